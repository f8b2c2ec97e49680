/* SPDX-License-Identifier: Apache-2.0 */
/* The counter that kos_cycles reads in kos' benchmarks, read the same way. */
#pragma once
#include <stdint.h>

static inline uint64_t counter(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | ((uint64_t)high << 32);
}
