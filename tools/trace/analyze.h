/* SPDX-License-Identifier: Apache-2.0 */
/* What analyze.c finds in a trace, and tables.c shows. Times in nanoseconds; 0 for "since": not known. */
#pragma once
#include <tools/trace/names.h>
#include <tools/trace/spread.h>

enum doing { RUNS, READY, CALLS, SERVES, LOCKED, SLEEPS, DOINGS }; /* SERVES: waits for requests */
#define ENTRIES    10U
#define VERDICTS   4U
#define INVERSIONS 10U

struct thread_account {
    uint64_t since, spent[DOINGS], switches, level;
    enum doing doing;
    bool ended;
    uint64_t called, channel; /* its call in progress */
    uint64_t inverted_since, inverted_by;
};
struct cpu_account {
    uint64_t since, running, busy, idle, switches;
    uint64_t inside_since, entry; /* in the kernel, by enum trace_entry */
};
struct inversion {
    uint64_t lasted, begun, victim, runs;
};
struct analysis {
    struct names names;
    struct thread_account **threads; /* by SID, null: nothing known */
    struct spread **channels;        /* by SID: latency of calls */
    struct cpu_account cpus[TRACE_CPUS];
    unsigned cpu_count;
    uint64_t begin, end, dropped, events[TRACE_EVENT_COUNT];
    struct spread paths[ENTRIES], decisions[VERDICTS], page_faults, core_calls, inversions;
    struct inversion worst[INVERSIONS]; /* longest first */
};
void analysis_print(const struct analysis *analysis, FILE *out);
bool analysis_draw(const struct analysis *analysis, const char *folder);
