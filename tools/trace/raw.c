/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples by the processor's counters (kernel/sample.h) as the file that profiles/ makes perf.data and pictures of: the
 * same as the plugin writes (profiles/raw.h), from the trace of a machine that need not be QEMU.
 */
#include <profiles/profile.h>
#include <stdlib.h>
#include <string.h>
#include <tools/trace/names.h>
#include <tools/trace/trace.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The last sample of a CPU, whose callers are still coming. */
struct pending {
    struct raw_record head;
    uint64_t words[3 + RAW_CHAIN_MAX];
    uint32_t callers; /* that it has */
    bool there;
};

static void write_raw(FILE *out, const struct raw_record *head, const uint64_t *words)
{
    (void)fwrite(head, sizeof(*head), 1, out);
    (void)fwrite(words, sizeof(*words), head->count, out);
}

/* With the callers that have come: after a drop they may be fewer. */
static void finish(FILE *out, struct pending *pending)
{
    if (pending->there)
        write_raw(out, &pending->head, pending->words);
    pending->there = false;
}

static void caller_add(struct pending *pending, uint64_t address)
{
    if (pending->there && address != 0 && pending->head.count < COUNT(pending->words))
        pending->words[pending->head.count++] = address;
}

static void write_task(FILE *out, const struct names *names, const struct record *record)
{
    uint64_t words[2 + RAW_NAME_SIZE / 8] = {record->fields[FIRST], record->fields[SECOND]};
    const struct raw_record head = {
        .kind = RAW_TASK, .count = COUNT(words), .task = (uint32_t)record->fields[WORD], .time = record->time};
    memcpy(&words[2], names_find(names, record->fields[WORD])->name, sizeof(((struct named *)NULL)->name));
    write_raw(out, &head, words);
}

static void sample_begin(struct pending *pending, const struct names *names, const struct record *record,
                         uint64_t period)
{
    uint32_t thread = (uint32_t)record->fields[WORD];
    *pending = (struct pending){.head = {.kind = RAW_SAMPLE,
                                         .count = 3,
                                         .cpu = record->cpu,
                                         .task = names_find(names, thread)->task,
                                         .thread = thread,
                                         .idle = thread == 0,
                                         .time = record->time,
                                         .weight = period},
                                .callers = (uint32_t)record->fields[SMALL],
                                .there = true};
    pending->words[0] = record->fields[FIRST];
}

int trace_raw(const char *folder, uint32_t machine, uint32_t cpus, uint64_t period, FILE *out)
{
    static struct ctf_reader reader;
    static struct pending pending[TRACE_CPUS];
    struct names names;
    struct record record;
    if (!reader_open(&reader, folder))
        return 1;
    names_read(&names, &reader);
    const uint64_t words[] = {RAW_MAGIC, machine, period, cpus, PROFILE_CYCLES};
    const struct raw_record head = {.kind = RAW_BEGIN, .count = COUNT(words)};
    write_raw(out, &head, words);
    while (reader_next(&reader, &record)) {
        struct pending *own = &pending[record.cpu % TRACE_CPUS];
        if (record.id == TRACE_task_image) {
            write_task(out, &names, &record);
        } else if (record.id == TRACE_sample) {
            finish(out, own);
            sample_begin(own, &names, &record, period);
        } else if (record.id == TRACE_sample_callers && own->head.count == 3 + record.fields[HALF]) {
            caller_add(own, record.fields[FIRST]);
            caller_add(own, record.fields[SECOND]);
        }
        if (own->there && own->head.count == 3 + own->callers)
            finish(out, own);
    }
    for (unsigned cpu = 0; cpu < TRACE_CPUS; cpu++)
        finish(out, &pending[cpu]);
    return ferror(out) != 0 ? 2 : 0;
}
