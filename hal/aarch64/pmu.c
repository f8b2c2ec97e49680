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
/* What the CPU's last counter interrupts by; period 0: nothing. */
static struct {
    u32 period, event;
} sampling[KOS_CPUS_MAX];

static bool exists(void)
{
    u64 version = (read_register(id_aa64dfr0_el1) >> 8) & 0xf;
    return version != 0 && version != 0xf;
}

static u32 counters_there(void)
{
    return exists() ? (u32)(read_register(pmcr_el0) >> 11) & 0x1f : 0;
}

u32 hal_pmu_counters(void)
{
    u32 counters = counters_there() - (sampling[hal_cpu_self()->index].period != 0 ? 1 : 0);
    return counters < COUNTERS_MAX ? counters : COUNTERS_MAX;
}

/* As reset may leave it, an interrupt could be pending for ever. */
void hal_pmu_cpu_init(void)
{
    if (exists())
        write_register(pmintenclr_el1, 0xffffffffULL);
}

static void select_counter(u32 counter)
{
    write_register(pmselr_el0, counter);
    barrier("isb");
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

/* The sampling counter goes on from a value. The control register last: QEMU asks then when the next overflow is. */
static void sample_from(u32 value)
{
    const u32 counter = counters_there() - 1;
    select_counter(counter);
    write_register(pmxevtyper_el0, codes[sampling[hal_cpu_self()->index].event]);
    write_register(pmxevcntr_el0, value);
    write_register(pmcntenset_el0, 1ULL << counter);
    write_register(pmintenset_el1, 1ULL << counter);
    write_register(pmcr_el0, PMCR_LONG | PMCR_ON);
    barrier("isb");
}

const char *hal_pmu_sample(u32 event, u32 period)
{
    if (counters_there() == 0)
        return hal_pmu_description();
    if (hal_device_tree.pmu_ppi == 0)
        return "the device tree knows no interrupt of the PMU";
    if ((hal_pmu_events() & 1U << event) == 0)
        return "PMCEID does not list this event";
    sampling[hal_cpu_self()->index].event = event;
    sampling[hal_cpu_self()->index].period = period;
    sample_from(-period);
    return nullptr;
}

bool hal_pmu_overflowed(u64 *late)
{
    const u32 period = sampling[hal_cpu_self()->index].period, counter = counters_there() - 1;
    if (period == 0 || (read_register(pmovsset_el0) & 1ULL << counter) == 0)
        return false;
    select_counter(counter);
    *late = read_register(pmxevcntr_el0); /* it went on from 0 */
    write_register(pmovsclr_el0, 1ULL << counter);
    sample_from(-period);
    return true;
}

void hal_pmu_start(u32 events)
{
    if (!exists())
        return;
    u64 enabled = 0;
    const bool samples = sampling[hal_cpu_self()->index].period != 0;
    u64 sampled = 0;
    if (samples) {
        select_counter(counters_there() - 1);
        sampled = read_register(pmxevcntr_el0);
    }
    write_register(pmcr_el0, PMCR_LONG | PMCR_RESET);
    write_register(pmcntenclr_el0, 0xffffffffULL);
    write_register(pmuserenr_el0, 0);
    for (u32 i = 0; i < KOS_PMU_EVENT_COUNT; i++) {
        if (((events >> i) & 1U) == 0)
            continue;
        u32 counter = counter_of(events, i);
        select_counter(counter);
        write_register(pmxevtyper_el0, counter == CYCLE_COUNTER ? 0 : codes[i]); /* at EL0 and EL1 */
        enabled |= 1ULL << counter;
    }
    on[hal_cpu_self()->index] = events;
    write_register(pmcntenset_el0, enabled);
    write_register(pmcr_el0, events != 0 ? PMCR_LONG | PMCR_ON : PMCR_LONG);
    barrier("isb");
    if (samples)
        sample_from((u32)sampled);
}

u64 hal_pmu_read(u32 event)
{
    barrier("isb"); /* counts what comes before */
    if (event == KOS_PMU_CYCLES)
        return read_register(pmccntr_el0);
    select_counter(counter_of(on[hal_cpu_self()->index], event));
    return read_register(pmxevcntr_el0);
}

u64 hal_pmu_mask(u32 event)
{
    return event == KOS_PMU_CYCLES ? ~0ULL : 0xffffffffULL;
}
