/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace as Chrome's JSON, which ui.perfetto.dev opens: process "CPUs" has a track per CPU with who runs there and
 * what happens; every task is a process, every thread of it a track with its calls as slices.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <tools/trace/names.h>
#include <tools/trace/trace.h>

#define CPUS_PROCESS 0U
#define EXACT        (1ULL << 53)

struct writer {
    FILE *out;
    struct names names;
    bool some;
    struct {
        uint64_t since, thread;
    } running[TRACE_CPUS];
    struct open_call {
        uint64_t since, info, channel;
    } *calls; /* by SID of the client; since 0: none */
};

static void begin(struct writer *writer)
{
    fprintf(writer->out, "%s\n", writer->some ? "," : "");
    writer->some = true;
}

/* Names come from the guest: only what needs no quoting goes through. */
static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++)
        fputc(*text < ' ' || *text == '"' || *text == '\\' || *text > '~' ? '?' : *text, out);
    fputc('"', out);
}

static void track(struct writer *writer, const char *what, uint64_t process, uint64_t thread, const char *name)
{
    begin(writer);
    fprintf(writer->out,
            "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%" PRIu64 ",\"tid\":%" PRIu64 ",\"args\":{\"name\":", what, process,
            thread);
    quoted(writer->out, name);
    fprintf(writer->out, "}}");
}

static void time_print(FILE *out, const char *key, uint64_t time)
{
    fprintf(out, ",\"%s\":%" PRIu64 ".%03" PRIu64, key, time / 1000, time % 1000);
}

static void slice(struct writer *writer, uint64_t process, uint64_t thread, const char *name, uint64_t from,
                  uint64_t to)
{
    begin(writer);
    fprintf(writer->out, "{\"ph\":\"X\",\"pid\":%" PRIu64 ",\"tid\":%" PRIu64, process, thread);
    time_print(writer->out, "ts", from);
    time_print(writer->out, "dur", to - from);
    fprintf(writer->out, ",\"name\":");
    quoted(writer->out, name);
    fprintf(writer->out, "}");
}

static void instant(struct writer *writer, const struct record *record)
{
    const struct event *event = &events[record->id];
    begin(writer);
    fprintf(writer->out, "{\"ph\":\"i\",\"s\":\"t\",\"pid\":%u,\"tid\":%u", CPUS_PROCESS, record->cpu);
    time_print(writer->out, "ts", record->time);
    fprintf(writer->out, ",\"name\":\"%s\",\"args\":{", event->name);
    bool some = false;
    for (enum slot slot = 0; slot < SLOTS; slot++) {
        const struct field *field = &event->fields[slot];
        if (!field_stored(event, slot) || field->kind == NAME)
            continue;
        unsigned count;
        const char *const *words = kind_words(field->kind, &count);
        uint64_t value = record->fields[slot];
        fprintf(writer->out, "%s\"%s\":", some ? "," : "", field->name);
        some = true;
        if (value < count)
            quoted(writer->out, words[value]);
        else if (field->kind == THREAD || field->kind == TASK || field->kind == CHANNEL)
            quoted(writer->out, names_text(&writer->names, value));
        else if (field->kind == ADDRESS)
            fprintf(writer->out, "\"0x%" PRIx64 "\"", value);
        else if (field->kind == CODE)
            fprintf(writer->out, "%" PRId32, (int32_t)value);
        else if (value > EXACT) /* a reader that has numbers with fractions only would round it */
            fprintf(writer->out, "\"%" PRIu64 "\"", value);
        else
            fprintf(writer->out, "%" PRIu64, value);
    }
    fprintf(writer->out, "}}");
}

static struct open_call *call_of(struct writer *writer, uint64_t thread)
{
    static struct open_call none;
    none.since = 0;
    return thread < writer->names.count ? &writer->calls[thread] : &none;
}

static void call_ends(struct writer *writer, uint64_t client, uint64_t time)
{
    struct open_call *call = call_of(writer, client);
    if (call->since == 0)
        return;
    char name[128];
    (void)snprintf(name, sizeof(name), "%s %" PRIu64 ".%" PRIu64, names_text(&writer->names, call->channel),
                   call->info >> 16 & 0xffffU, call->info & 0xffffU);
    slice(writer, names_find(&writer->names, client)->task, client, name, call->since, time);
    call->since = 0;
}

static void runs(struct writer *writer, unsigned cpu, uint64_t thread, uint64_t time)
{
    uint64_t before = writer->running[cpu].thread, since = writer->running[cpu].since;
    if (before != 0 && since != 0)
        slice(writer, CPUS_PROCESS, cpu, names_text(&writer->names, before), since, time);
    writer->running[cpu].thread = thread;
    writer->running[cpu].since = time;
}

static void one(struct writer *writer, const struct record *record)
{
    uint64_t running = writer->running[record->cpu].thread;
    switch (record->id) {
    case TRACE_switch:
        runs(writer, record->cpu, record->fields[WORD], record->time);
        break;
    case TRACE_call:
        *call_of(writer, running) =
            (struct open_call){.since = record->time, .info = record->fields[FIRST], .channel = record->fields[WORD]};
        break;
    case TRACE_reply:
        call_ends(writer, record->fields[WORD], record->time);
        break;
    default:
        instant(writer, record);
    }
}

int trace_perfetto(const char *folder, FILE *out)
{
    static struct ctf_reader reader;
    static struct writer writer;
    struct record record;
    uint64_t last = 0, cpus = 0;
    if (!reader_open(&reader, folder))
        return 1;
    names_read(&writer.names, &reader);
    writer.out = out;
    writer.calls = must(calloc(writer.names.count + 1, sizeof(*writer.calls)));
    fprintf(out,
            "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"tracer\":\"kos\",\"dropped\":\"%" PRIu64
            "\"},\"traceEvents\":[",
            reader.discarded);
    track(&writer, "process_name", CPUS_PROCESS, 0, "CPUs");
    for (uint64_t sid = 0; sid < writer.names.count; sid++) {
        const struct named *named = names_find(&writer.names, sid);
        if (named->who == WHO_TASK)
            track(&writer, "process_name", sid, 0, named->name);
        else if (named->who == WHO_THREAD)
            track(&writer, "thread_name", named->task, sid, names_text(&writer.names, sid));
    }
    while (reader_next(&reader, &record)) {
        if ((cpus >> record.cpu & 1U) == 0) {
            char name[16];
            (void)snprintf(name, sizeof(name), "CPU %u", record.cpu);
            track(&writer, "thread_name", CPUS_PROCESS, record.cpu, name);
            cpus |= 1ULL << record.cpu;
        }
        one(&writer, &record);
        last = record.time;
    }
    for (unsigned cpu = 0; cpu < TRACE_CPUS; cpu++)
        runs(&writer, cpu, 0, last);
    fprintf(out, "\n]}\n");
    return ferror(out) != 0 ? 2 : 0;
}
