/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/base.h>
struct hal_context;
struct hal_cpu {
    struct hal_context *current;
    u64 pending;
    u32 index;
};
bool fake_interrupt_pending(void);
extern struct hal_cpu *fake_cpu; /* the CPU that the test plays */
static inline struct hal_cpu *hal_cpu_self(void)
{
    return fake_cpu;
}
static inline bool hal_interrupt_pending(void)
{
    return fake_interrupt_pending();
}
static inline void hal_mark_interruptible(void) {}
static inline void hal_fence_after_exchange(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
static inline u64 hal_counter(void)
{
    return 0;
}
static inline void hal_cpu_relax(void) {}
