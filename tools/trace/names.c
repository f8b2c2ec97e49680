/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <tools/trace/names.h>

#define SID_MOST (1U << 24)

void *must(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "kos: trace: out of memory\n");
        exit(2);
    }
    return memory;
}

static struct named *place(struct names *names, uint64_t sid)
{
    static struct named none;
    if (sid >= SID_MOST)
        return &none;
    if (sid >= names->count) {
        size_t count = sid + 1024;
        names->by_sid = must(realloc(names->by_sid, count * sizeof(struct named)));
        memset(names->by_sid + names->count, 0, (count - names->count) * sizeof(struct named));
        names->count = count;
    }
    return &names->by_sid[sid];
}

void names_read(struct names *names, struct ctf_reader *reader)
{
    struct record record;
    memset(names, 0, sizeof(*names));
    while (reader_next(reader, &record)) {
        struct named *named;
        switch (record.id) {
        case TRACE_task_create:
            named = place(names, record.fields[WORD]);
            named->who = WHO_TASK;
            memcpy(named->name, &record.fields[FIRST], 8);
            memcpy(named->name + 8, &record.fields[SECOND], 8);
            break;
        case TRACE_thread_create: {
            uint32_t number = ++place(names, record.fields[FIRST])->threads;
            named = place(names, record.fields[WORD]);
            named->who = WHO_THREAD;
            named->task = (uint32_t)record.fields[FIRST];
            named->number = number;
            break;
        }
        case TRACE_channel_create:
            named = place(names, record.fields[WORD]);
            named->who = WHO_CHANNEL;
            named->task = (uint32_t)record.fields[FIRST];
            named->server = (uint32_t)record.fields[SECOND];
            break;
        default:
            break;
        }
    }
    reader_rewind(reader);
}

const struct named *names_find(const struct names *names, uint64_t sid)
{
    static const struct named nobody;
    return sid < names->count ? &names->by_sid[sid] : &nobody;
}

const char *names_text(const struct names *names, uint64_t sid)
{
    static char texts[8][64];
    static unsigned turn;
    char *text = texts[turn++ % 8];
    const struct named *named = names_find(names, sid);
    const char *task = names_find(names, named->task)->name, *server = names_find(names, named->server)->name;
    if (sid == 0)
        return "idle";
    if (named->who == WHO_TASK)
        (void)snprintf(text, sizeof(texts[0]), "%s", named->name);
    else if (named->who == WHO_THREAD && named->number == 1)
        (void)snprintf(text, sizeof(texts[0]), "%s", *task != '\0' ? task : "?");
    else if (named->who == WHO_THREAD)
        (void)snprintf(text, sizeof(texts[0]), "%s.%u", *task != '\0' ? task : "?", named->number);
    else if (named->who == WHO_CHANNEL)
        (void)snprintf(text, sizeof(texts[0]), "%s>%s", *task != '\0' ? task : "?", *server != '\0' ? server : "?");
    else
        (void)snprintf(text, sizeof(texts[0]), "#%llu", (unsigned long long)sid);
    return text;
}
