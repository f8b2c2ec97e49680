/* SPDX-License-Identifier: Apache-2.0 */
/* What a trace says, in tables and pictures: one pass over its events, in the order of time. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <tools/trace/analyze.h>
#include <tools/trace/svg.h>
#include <tools/trace/trace.h>

static struct thread_account *thread_of(struct analysis *analysis, uint64_t sid)
{
    static struct thread_account nobody;
    if (sid == 0 || sid >= analysis->names.count)
        return &nobody;
    if (analysis->threads[sid] == NULL)
        analysis->threads[sid] = must(calloc(1, sizeof(struct thread_account)));
    return analysis->threads[sid];
}

/* From now on the thread is in state; what has passed goes to the one before. */
static void enters(struct thread_account *thread, enum doing doing, uint64_t time)
{
    if (thread->ended)
        return;
    if (thread->since != 0)
        thread->spent[thread->doing] += time - thread->since;
    thread->since = time;
    thread->doing = doing;
}

/* enum thread_state, as traced, of one who does not run. */
static enum doing doing_of(uint64_t state)
{
    static const enum doing doings[] = {READY,  SERVES, CALLS,  CALLS, LOCKED, SLEEPS,
                                        SLEEPS, SLEEPS, SLEEPS, READY, SLEEPS, SLEEPS};
    return state < sizeof(doings) / sizeof(*doings) ? doings[state] : SLEEPS;
}

/* A runnable thread waits while one that is less urgent runs: from since on, on that CPU. */
static void inversion_ends(struct analysis *analysis, struct thread_account *thread, uint64_t sid, uint64_t time)
{
    if (thread->inverted_since == 0)
        return;
    uint64_t lasted = time - thread->inverted_since;
    thread->inverted_since = 0;
    spread_add(&analysis->inversions, lasted);
    if (lasted <= analysis->worst[INVERSIONS - 1].lasted)
        return;
    struct inversion *place = &analysis->worst[INVERSIONS - 1];
    for (; place > analysis->worst && place[-1].lasted < lasted; place--)
        *place = place[-1];
    *place = (struct inversion){.lasted = lasted, .begun = time - lasted, .victim = sid, .runs = thread->inverted_by};
}

static void on_switch(struct analysis *analysis, const struct record *record)
{
    struct cpu_account *cpu = &analysis->cpus[record->cpu];
    uint64_t next = record->fields[WORD], previous = record->fields[FIRST], time = record->time;
    if (cpu->since != 0)
        *(cpu->running != 0 ? &cpu->busy : &cpu->idle) += time - cpu->since;
    cpu->since = time;
    cpu->running = next;
    cpu->switches++;
    if (previous != 0 && previous != next)
        enters(thread_of(analysis, previous), doing_of(record->fields[SMALL]), time);
    if (next == 0)
        return;
    struct thread_account *thread = thread_of(analysis, next);
    inversion_ends(analysis, thread, next, time);
    enters(thread, RUNS, time);
    thread->level = record->fields[SECOND];
    thread->switches++;
}

static void on_wake(struct analysis *analysis, const struct record *record)
{
    struct thread_account *thread = thread_of(analysis, record->fields[WORD]);
    uint64_t running = analysis->cpus[record->cpu].running;
    enters(thread, READY, record->time);
    thread->level = record->fields[HALF];
    if (running != 0 && thread_of(analysis, running)->level < thread->level) {
        thread->inverted_since = record->time;
        thread->inverted_by = running;
    }
}

static struct spread *fresh(struct spread **place)
{
    if (*place == NULL)
        *place = must(calloc(1, sizeof(struct spread)));
    return *place;
}

static void on_call(struct analysis *analysis, const struct record *record)
{
    struct thread_account *client = thread_of(analysis, analysis->cpus[record->cpu].running);
    client->called = record->time;
    client->channel = record->fields[WORD];
}

static void on_reply(struct analysis *analysis, const struct record *record)
{
    struct thread_account *client = thread_of(analysis, record->fields[WORD]);
    if (client->called == 0 || client->channel >= analysis->names.count)
        return;
    spread_add(fresh(&analysis->channels[client->channel]), record->time - client->called);
    client->called = 0;
}

/* The kernel's slow paths: on a CPU that is inside no interrupt is taken, but at its preemption points. */
static void inside(struct analysis *analysis, const struct record *record, bool enters_kernel)
{
    struct cpu_account *cpu = &analysis->cpus[record->cpu];
    if (cpu->inside_since != 0 && cpu->entry < ENTRIES)
        spread_add(&analysis->paths[cpu->entry], record->time - cpu->inside_since);
    cpu->inside_since = enters_kernel ? record->time : 0;
    cpu->entry = record->fields[SMALL];
}

static void one(struct analysis *analysis, const struct record *record)
{
    analysis->events[record->id]++;
    analysis->cpu_count = record->cpu >= analysis->cpu_count ? record->cpu + 1 : analysis->cpu_count;
    switch (record->id) {
    case TRACE_switch:
        if (record->fields[WORD] == 0)
            inside(analysis, record, false);
        on_switch(analysis, record);
        break;
    case TRACE_block:
        enters(thread_of(analysis, record->fields[WORD]), doing_of(record->fields[SMALL]), record->time);
        break;
    case TRACE_thread_end:
        enters(thread_of(analysis, record->fields[WORD]), SLEEPS, record->time);
        thread_of(analysis, record->fields[WORD])->ended = true;
        break;
    case TRACE_wake:
        on_wake(analysis, record);
        break;
    case TRACE_call:
        on_call(analysis, record);
        break;
    case TRACE_reply:
        on_reply(analysis, record);
        break;
    case TRACE_interrupt:
    case TRACE_enter:
        inside(analysis, record, true);
        break;
    case TRACE_resume:
        inside(analysis, record, false);
        break;
    case TRACE_decision:
        if (record->fields[SMALL] < VERDICTS)
            spread_add(&analysis->decisions[record->fields[SMALL]], record->fields[SECOND]);
        break;
    case TRACE_page_fault:
        spread_add(&analysis->page_faults, record->fields[SECOND]);
        break;
    case TRACE_core_return:
        spread_add(&analysis->core_calls, record->fields[SECOND]);
        break;
    default:
        break;
    }
}

static void finish(struct analysis *analysis, uint64_t time)
{
    for (unsigned i = 0; i < analysis->cpu_count; i++) {
        struct cpu_account *cpu = &analysis->cpus[i];
        if (cpu->since != 0)
            *(cpu->running != 0 ? &cpu->busy : &cpu->idle) += time - cpu->since;
    }
    for (size_t sid = 0; sid < analysis->names.count; sid++)
        if (analysis->threads[sid] != NULL)
            enters(analysis->threads[sid], analysis->threads[sid]->doing, time);
}

int trace_analyze(const char *folder, FILE *out)
{
    static struct ctf_reader reader;
    static struct analysis analysis;
    struct record record;
    char streams[4096];
    (void)snprintf(streams, sizeof(streams), "%s/ctf", folder);
    if (!reader_open(&reader, streams))
        return 1;
    names_read(&analysis.names, &reader);
    analysis.threads = must(calloc(analysis.names.count + 1, sizeof(*analysis.threads)));
    analysis.channels = must(calloc(analysis.names.count + 1, sizeof(*analysis.channels)));
    analysis.dropped = reader.discarded;
    while (reader_next(&reader, &record)) {
        if (analysis.begin == 0)
            analysis.begin = record.time;
        analysis.end = record.time;
        one(&analysis, &record);
    }
    finish(&analysis, analysis.end);
    analysis_print(&analysis, out);
    if (!analysis_draw(&analysis, folder)) {
        fprintf(stderr, "kos: trace: cannot write the pictures into %s\n", folder);
        return 2;
    }
    return 0;
}
