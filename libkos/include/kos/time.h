/* SPDX-License-Identifier: Apache-2.0 */
/* Nanoseconds since boot without a system call: the clock of KnSleepUntilNs and KnGetUpTime, the same on all CPUs. */
#pragma once
#include <kos/arch/syscall.h>

#ifdef __cplusplus
extern "C" {
#endif
extern struct kos_clock {
    unsigned long long start, scale; /* abi/core.h, struct kos_startup; set before main */
} kos_clock;
#ifdef __cplusplus
}
#endif

static inline unsigned long long kos_time_ns(void)
{
    __extension__ typedef unsigned __int128 wide;
    return (unsigned long long)((wide)(kos_cycles() - kos_clock.start) * kos_clock.scale >> 32);
}
