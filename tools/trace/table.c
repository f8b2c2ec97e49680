/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/trace/table.h>

#define FIELD(name, kind, text) {#name, kind, text}
#define ROW(name, group, text, small, half, word, first, second)                                                       \
    {#name, #group, text, {FIELD small, FIELD half, FIELD word, FIELD first, FIELD second}},
const struct event events[TRACE_EVENT_COUNT] = {TRACE_EVENTS(ROW)};

const unsigned slot_size[SLOTS] = {1, 2, 4, 8, 8};

bool field_stored(const struct event *event, enum slot slot)
{
    return event->fields[slot].kind != NONE && !(slot == SECOND && event->fields[slot].kind == NAME);
}

/* A name takes both its slots. */
unsigned event_size(const struct event *event)
{
    unsigned size = 0;
    for (enum slot slot = 0; slot < SLOTS; slot++)
        size += event->fields[slot].kind != NONE ? slot_size[slot] : 0;
    return size;
}

const char *const *kind_words(enum kind kind, unsigned *count)
{
    static const char *const states[] = {TRACE_STATES}, *const paths[] = {TRACE_PATHS},
                             *const verdicts[] = {TRACE_VERDICTS}, *const ksm[] = {TRACE_KSM},
                             *const entries[] = {TRACE_ENTRIES};
    static const struct {
        enum kind kind;
        unsigned count;
        const char *const *words;
    } all[] = {
        {STATE, sizeof(states) / sizeof(*states), states},         {PATH, sizeof(paths) / sizeof(*paths), paths},
        {VERDICT, sizeof(verdicts) / sizeof(*verdicts), verdicts}, {EVENT, sizeof(ksm) / sizeof(*ksm), ksm},
        {ENTRY, sizeof(entries) / sizeof(*entries), entries},
    };
    for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++)
        if (all[i].kind == kind) {
            *count = all[i].count;
            return all[i].words;
        }
    *count = 0;
    return NULL;
}

static uint64_t mask_of(const char *word, size_t length)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < TRACE_EVENT_COUNT; i++)
        if ((strlen(events[i].name) == length && memcmp(events[i].name, word, length) == 0) ||
            (strlen(events[i].group) == length && memcmp(events[i].group, word, length) == 0) ||
            (length == 3 && memcmp(word, "all", 3) == 0))
            mask |= 1ULL << i;
    return mask;
}

bool events_mask(const char *list, uint64_t *mask, char *wrong, size_t size)
{
    *mask = 0;
    for (;;) {
        size_t length = strcspn(list, ",");
        uint64_t found = mask_of(list, length);
        if (found == 0) {
            (void)snprintf(wrong, size, "%.*s", (int)length, list);
            return false;
        }
        *mask |= found;
        if (list[length] == '\0')
            return true;
        list += length + 1;
    }
}
