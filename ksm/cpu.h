/* SPDX-License-Identifier: Apache-2.0 */
/* What deciding needs on each CPU: one event at a time, interrupts masked. Made at boot. */
#pragma once
#include <hal/cpu.h>
#include <ksm/cache.h>
#include <ksm/models/transaction.h>

/* Lets interrupts in, and more urgent threads run, while a decision is evaluated that only reads (KSM_LONG). Returns on
 * the same CPU, once it is the thread's turn again; other events may have been decided here meanwhile. */
struct ksm_pauser {
    void (*pause)(struct ksm_pauser *pauser);
};

struct ksm_cpu {
    struct ksm_cache cache;
    struct ksm_memory *memory;
    struct ksm_pauser *pauser; /* null unless one is evaluated that may be paused now */
};

extern struct ksm_cpu *ksm_cpus[KOS_CPUS_MAX];

static inline struct ksm_cpu *ksm_cpu_self(void)
{
    return ksm_cpus[hal_cpu_self()->index];
}

/* What is long in a rule asks now and then, with nothing in this CPU's memory or cache that it goes on with: no word
 * changed, no text copied (the arenas that decisions with pauses read are in one piece). If an interrupt waits and the
 * decision may be paused, it is taken. */
void ksm_pause(void);

/* For CPUs 0 to count - 1, with nothing in their caches. Boot, and tests. rcOutOfMemory. */
retcode ksm_cpus_init(u32 count);
