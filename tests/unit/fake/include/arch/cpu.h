/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/base.h>
struct hal_context;
struct hal_cpu {
    struct hal_context *current;
    u64 pending;
    u32 index;
};
extern struct hal_cpu *fake_cpu; /* the CPU that the test plays */
static inline struct hal_cpu *hal_cpu_self(void)
{
    return fake_cpu;
}
static inline void hal_cpu_relax(void) {}
