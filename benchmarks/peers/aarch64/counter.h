/* SPDX-License-Identifier: Apache-2.0 */
/* The counter that kos_cycles reads in kos' benchmarks, read the same way. */
#pragma once
#include <stdint.h>

static inline uint64_t counter(void)
{
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
}
