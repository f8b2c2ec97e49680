/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/base.h>
struct hal_context;
struct hal_cpu {
    struct hal_context *current;
    u64 pending;
    u32 index;
};
extern thread_local struct hal_cpu host_cpu; /* threads of a test are CPUs */
static inline struct hal_cpu *hal_cpu_self(void)
{
    return &host_cpu;
}
static inline bool hal_interrupt_pending(void)
{
    return false;
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
