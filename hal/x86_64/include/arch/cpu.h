/* SPDX-License-Identifier: Apache-2.0 */
/* Per-CPU area of the x86_64 port: found from the stack pointer, without the GS base (see layout.h). */
#pragma once

#include <arch/layout.h>
#include <hal/base.h>

struct hal_context;

struct hal_cpu {
    struct hal_context *current;
    u64 pending;
    u32 index;
    u32 apic_id;
    u64 timer_deadline; /* ns; what hal_timer_set asked for */
};

static inline struct hal_cpu *hal_cpu_self(void)
{
    u64 stack;
    __asm__("mov %%rsp, %0" : "=r"(stack)); /* not volatile: may be computed once per function */
    return (struct hal_cpu *)((stack & ~(u64)(HAL_CPU_BLOCK_SIZE - 1)) + HAL_BLOCK_AREA);
}

bool apic_interrupt_pending(void);
static inline bool hal_interrupt_pending(void)
{
    return apic_interrupt_pending();
}

static inline void hal_mark_interruptible(void)
{
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 'K', 'O', 'I', 0"); /* nopl disp32(%rax) */
}

/* After a seq_cst exchange: what follows stays behind it. The exchange was a full barrier already. */
static inline void hal_fence_after_exchange(void)
{
    __asm__ volatile("" ::: "memory");
}

static inline u64 hal_counter(void)
{
    u32 low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | (u64)high << 32;
}

static inline void hal_cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}
