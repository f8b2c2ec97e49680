/* SPDX-License-Identifier: Apache-2.0 */
/* What deciding needs on each CPU: one event at a time, interrupts masked. Made at boot. */
#pragma once
#include <hal/cpu.h>
#include <ksm/cache.h>
#include <ksm/models/transaction.h>

struct ksm_cpu {
    struct ksm_cache cache;
    struct ksm_memory *memory;
};

extern struct ksm_cpu *ksm_cpus[KOS_CPUS_MAX];

static inline struct ksm_cpu *ksm_cpu_self(void)
{
    return ksm_cpus[hal_cpu_self()->index];
}

/* For CPUs 0 to count - 1, with nothing in their caches. Boot, and tests. rcOutOfMemory. */
retcode ksm_cpus_init(u32 count);
