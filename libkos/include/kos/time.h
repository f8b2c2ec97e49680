/* SPDX-License-Identifier: Apache-2.0 */
/* Nanoseconds since boot without a system call: the clock of KnSleepUntilNs and KnGetUpTime, the same on all CPUs. */
#pragma once
#include <kos/arch/syscall.h>

extern struct kos_clock {
    unsigned long long start, scale; /* abi/core.h, struct kos_startup; set before main */
} kos_clock;

static inline unsigned long long kos_time_ns(void)
{
    return (unsigned long long)((unsigned __int128)(kos_cycles() - kos_clock.start) * kos_clock.scale >> 32);
}
