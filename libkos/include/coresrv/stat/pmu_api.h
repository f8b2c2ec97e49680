/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events that the processor counts: of threads, processes and CPUs by name (task.3.pmu.cycles, cpu.0.pmu.cycles; see
 * value_api.h), and around a region of a program. Events are bits: 1U << KOS_PMU_CYCLES and so on, enum kos_pmu_event.
 */
#pragma once
#include <coresrv/stat/value_api.h>

typedef struct KnPmuInfo {
    rtl_uint32_t events;   /* those that this processor, or emulator, can count; 0: none */
    rtl_uint32_t counters; /* how many at once, at least */
    char description[256]; /* what there is, or why there is nothing */
} KnPmuInfo;

/* What a thread does between two points of its program, user mode and kernel. */
typedef struct KnPmuRegion {
    Handle thread;
    rtl_uint32_t events;
    rtl_uint64_t begin[KOS_PMU_EVENT_COUNT],
        empty[KOS_PMU_EVENT_COUNT]; /* empty: what a region with nothing in it counts */
} KnPmuRegion;

#ifdef __cplusplus
extern "C" {
#endif
Retcode KnPmuGetInfo(KnPmuInfo *info);
/* The name of an event, as in counters' names; null: there is no such event. */
const char *KnPmuEventName(rtl_uint32_t event);
/*
 * Counts these events on all CPUs from now on, and nothing else; 0: none. Switches counting on (KnStatSetCounting).
 * rcDeviceNotFound: the processor lacks one of them (KnPmuGetInfo says why); rcInvalidArgument: too many at once.
 */
Retcode KnPmuStart(rtl_uint32_t events);
/*
 * Counts these events while that thread runs, on whatever CPU, and nowhere else; 0: none of its own. Only the CPU where
 * it is at home counts (KnStatSetCounting) meanwhile; the others are as fast as before. rcDeviceNotFound,
 * rcInvalidArgument: as above, together with all other threads' events.
 */
Retcode KnPmuStartThread(Handle thread, rtl_uint32_t events);

/* For the calling thread, of events that have been started, on all CPUs or of that thread. Measures what an empty
 * region counts. */
Retcode KnPmuRegionInit(KnPmuRegion *region, rtl_uint32_t events);
Retcode KnPmuRegionBegin(KnPmuRegion *region);
/* counts[e]: of event e since Begin, without what the measuring costs. */
Retcode KnPmuRegionEnd(KnPmuRegion *region, rtl_uint64_t counts[KOS_PMU_EVENT_COUNT]);
Retcode KnPmuRegionFini(KnPmuRegion *region);
#ifdef __cplusplus
}
#endif
