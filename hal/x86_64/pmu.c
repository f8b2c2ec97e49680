/* SPDX-License-Identifier: Apache-2.0 */
/* Architectural performance monitoring, version 2 or later: CPUID leaf 0xA. The general counters only. */
#include "port.h"
#include <hal/pmu.h>

#define MSR_COUNTER    0xc1U  /* + counter */
#define MSR_EVENT      0x186U /* + counter: which event, whether it counts */
#define MSR_GLOBAL     0x38fU /* bit c: counter c is on */
#define EVENT_USER     (1ULL << 16)
#define EVENT_KERNEL   (1ULL << 17)
#define EVENT_ON       (1ULL << 22)
#define COUNTERS_MAX   8U
#define VERSION_OLDEST 2U

/* Event and unit mask, and its bit in EBX, which is set if there is no such event. */
static const struct {
    u16 code;
    u8 absent;
} known[KOS_PMU_EVENT_COUNT] = {
    [KOS_PMU_CYCLES] = {0x003c, 0},           [KOS_PMU_INSTRUCTIONS] = {0x00c0, 1},
    [KOS_PMU_CACHE_REFERENCES] = {0x4f2e, 3}, [KOS_PMU_CACHE_MISSES] = {0x412e, 4},
    [KOS_PMU_BRANCHES] = {0x00c4, 5},         [KOS_PMU_BRANCH_MISSES] = {0x00c5, 6},
};

/* Which counter of this CPU counts an event: the events that are on, in order. */
static u32 on[KOS_CPUS_MAX];

static struct cpuid leaf(void)
{
    return cpuid(0, 0).a >= 0xa ? cpuid(0xa, 0) : (struct cpuid){};
}

u32 hal_pmu_counters(void)
{
    struct cpuid report = leaf();
    u32 counters = (report.a & 0xff) >= VERSION_OLDEST ? (report.a >> 8) & 0xff : 0;
    return counters < COUNTERS_MAX ? counters : COUNTERS_MAX;
}

u32 hal_pmu_events(void)
{
    struct cpuid report = leaf();
    u32 events = 0, described = report.a >> 24; /* how many bits of EBX mean something */
    for (u32 i = 0; hal_pmu_counters() != 0 && i < KOS_PMU_EVENT_COUNT; i++)
        if (known[i].absent < described && ((report.b >> known[i].absent) & 1U) == 0)
            events |= 1U << i;
    return events;
}

const char *hal_pmu_description(void)
{
    return hal_pmu_events() != 0
               ? "architectural performance monitoring"
               : "none: CPUID leaf 0xA reports no architectural performance monitoring of version 2 or later. QEMU's "
                 "TCG has none; KVM has, with -cpu host";
}

bool hal_pmu_fits(u32 events)
{
    return (u32)__builtin_popcount(events) <= hal_pmu_counters();
}

void hal_pmu_start(u32 events)
{
    u32 counter = 0;
    if (hal_pmu_counters() == 0)
        return;
    msr_write(MSR_GLOBAL, 0);
    for (u32 i = 0; i < KOS_PMU_EVENT_COUNT; i++) {
        if (((events >> i) & 1U) == 0)
            continue;
        msr_write(MSR_EVENT + counter, 0);
        msr_write(MSR_COUNTER + counter, 0);
        msr_write(MSR_EVENT + counter, known[i].code | EVENT_USER | EVENT_KERNEL | EVENT_ON);
        counter++;
    }
    on[hal_cpu_self()->index] = events;
    msr_write(MSR_GLOBAL, (1ULL << counter) - 1);
}

u64 hal_pmu_read(u32 event)
{
    u32 before = on[hal_cpu_self()->index] & ((1U << event) - 1);
    return msr_read(MSR_COUNTER + (u32)__builtin_popcount(before));
}

u64 hal_pmu_mask(u32 event)
{
    (void)event;
    u32 width = (leaf().a >> 16) & 0xff;
    return width >= 64 ? ~0ULL : (1ULL << width) - 1;
}

const char *hal_pmu_sample(u32 event, u32 period)
{
    (void)event, (void)period;
    return "on x86_64 counters interrupt nobody: where kos is tested there are none";
}
