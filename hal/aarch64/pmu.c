/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PMUv3. Cycles have a counter of 64 bits of their own; the others take the event counters, of 32 bits, in order. What
 * PMCEID does not list does not count. QEMU's TCG lists cycles, and with -icount instructions.
 */
#include "port.h"
#include <hal/pmu.h>

#define PMCR_ON       1ULL
#define PMCR_RESET    6ULL        /* event counters and cycle counter */
#define PMCR_LONG     (1ULL << 6) /* the cycle counter overflows at 64 bits */
#define COUNTERS_MAX  6U
#define CYCLE_COUNTER 31U

static const u16 codes[KOS_PMU_EVENT_COUNT] = {
    [KOS_PMU_CYCLES] = 0x11,        [KOS_PMU_INSTRUCTIONS] = 0x08,     [KOS_PMU_BRANCHES] = 0x21,
    [KOS_PMU_BRANCH_MISSES] = 0x10, [KOS_PMU_CACHE_REFERENCES] = 0x04, [KOS_PMU_CACHE_MISSES] = 0x03,
};

static u32 on[KOS_CPUS_MAX]; /* events that the CPU counts */

static bool exists(void)
{
    u64 version = (read_register(id_aa64dfr0_el1) >> 8) & 0xf;
    return version != 0 && version != 0xf;
}

u32 hal_pmu_counters(void)
{
    u32 counters = exists() ? (u32)(read_register(pmcr_el0) >> 11) & 0x1f : 0;
    return counters < COUNTERS_MAX ? counters : COUNTERS_MAX;
}

u32 hal_pmu_events(void)
{
    if (!exists())
        return 0;
    u64 listed[] = {read_register(pmceid0_el0), read_register(pmceid1_el0)};
    u32 events = 1U << KOS_PMU_CYCLES;
    for (u32 i = 0; i < KOS_PMU_EVENT_COUNT; i++)
        if (((listed[codes[i] / 32] >> codes[i] % 32) & 1U) != 0)
            events |= 1U << i;
    return events;
}

const char *hal_pmu_description(void)
{
    if (!exists())
        return "none: ID_AA64DFR0_EL1 reports no PMUv3. QEMU's -cpu cortex-a53, a57, a72 and max have one";
    return (hal_pmu_events() & 1U << KOS_PMU_INSTRUCTIONS) != 0
               ? "PMUv3"
               : "PMUv3 without instructions: PMCEID0_EL0 does not list them. QEMU's TCG counts them with -icount only";
}

/* The event counter that counts an event: all that are on, but for cycles, in order. */
static u32 counter_of(u32 events, u32 event)
{
    u32 before = events & ~(1U << KOS_PMU_CYCLES) & ((1U << event) - 1);
    return event == KOS_PMU_CYCLES ? CYCLE_COUNTER : (u32)__builtin_popcount(before);
}

bool hal_pmu_fits(u32 events)
{
    u32 others = (u32)__builtin_popcount(events & ~(1U << KOS_PMU_CYCLES));
    return others <= hal_pmu_counters() && (events == 0 || exists());
}

void hal_pmu_start(u32 events)
{
    if (!exists())
        return;
    u64 enabled = 0;
    write_register(pmcr_el0, PMCR_LONG | PMCR_RESET);
    write_register(pmcntenclr_el0, 0xffffffffULL);
    write_register(pmuserenr_el0, 0);
    for (u32 i = 0; i < KOS_PMU_EVENT_COUNT; i++) {
        if (((events >> i) & 1U) == 0)
            continue;
        u32 counter = counter_of(events, i);
        write_register(pmselr_el0, counter);
        barrier("isb");
        write_register(pmxevtyper_el0, counter == CYCLE_COUNTER ? 0 : codes[i]); /* at EL0 and EL1 */
        enabled |= 1ULL << counter;
    }
    on[hal_cpu_self()->index] = events;
    write_register(pmcntenset_el0, enabled);
    write_register(pmcr_el0, events != 0 ? PMCR_LONG | PMCR_ON : PMCR_LONG);
    barrier("isb");
}

u64 hal_pmu_read(u32 event)
{
    barrier("isb"); /* counts what comes before */
    if (event == KOS_PMU_CYCLES)
        return read_register(pmccntr_el0);
    write_register(pmselr_el0, counter_of(on[hal_cpu_self()->index], event));
    barrier("isb");
    return read_register(pmxevcntr_el0);
}

u64 hal_pmu_mask(u32 event)
{
    return event == KOS_PMU_CYCLES ? ~0ULL : 0xffffffffULL;
}
