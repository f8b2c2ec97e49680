/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardware event counters of this CPU. They count in user mode and in the kernel, and wrap: who reads often enough adds
 * up the differences, masked. Off after boot. Sources: Arm ARM, D13 (PMUv3); Intel SDM volume 3, 20.2 (architectural
 * performance monitoring).
 */
#pragma once
#include <abi/statistics.h>
#include <hal/base.h>

/* Bit e: event e of enum kos_pmu_event can be counted here. The same on all CPUs. */
u32 hal_pmu_events(void);
/* How many of them at once, at least. */
u32 hal_pmu_counters(void);
/* They can be counted at the same time. */
bool hal_pmu_fits(u32 events);
/* One line on what there is, or why there is nothing. */
const char *hal_pmu_description(void);
/* Counts these, of hal_pmu_events(), from now on and nothing else; 0: off. They fit. */
void hal_pmu_start(u32 events);
/* The counter of an event that is being counted, and which of its bits there are. */
u64 hal_pmu_read(u32 event);
u64 hal_pmu_mask(u32 event);

/*
 * Sampling: from now on this CPU is interrupted (kernel_counter_interrupt, hal/upcall.h) whenever it has counted
 * another `period` of an event, in user mode or in the kernel. Where interrupts are masked the interrupt waits: in the
 * kernel all but idle CPUs and preemption points. It takes a counter, which hal_pmu_counters() has no longer; what is
 * counted with the others (hal_pmu_start) does not disturb it. Null, or why not, as a line for people.
 */
const char *hal_pmu_sample(u32 event, u32 period);
