/* SPDX-License-Identifier: Apache-2.0 */
/* The marker for 1, 2, 4 or 8 CPUs (benchmarks/footprint/lockstep.c): it has the number in it. */
#pragma once
#include <kos/arch/marker.h>

/* A function of its own: behind each marker comes the same. */
__attribute__((noinline)) static void gather(unsigned cpus)
{
    switch (cpus) {
    case 1:
        kos_marker_gather(1);
        return;
    case 2:
        kos_marker_gather(2);
        return;
    case 4:
        kos_marker_gather(4);
        return;
    default:
        kos_marker_gather(8);
    }
}
