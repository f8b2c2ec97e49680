/* SPDX-License-Identifier: Apache-2.0 */
/* Per-CPU area of the aarch64 port: TPIDR_EL1 points to it. Assembly knows the offsets (offsets.h). */
#pragma once

#include <arch/layout.h>
#include <hal/base.h>

struct hal_context;

struct hal_cpu {
    struct hal_context *current;
    u64 pending;
    u32 index;
    u32 reserved;
    u64 affinity; /* MPIDR_EL1, affinity fields only */
    u64 zero[2];  /* always 0: registers are cleared by pairs from here */
};

static inline struct hal_cpu *hal_cpu_self(void)
{
    struct hal_cpu *cpu;
    __asm__("mrs %0, tpidr_el1" : "=r"(cpu)); /* not volatile: constant once the CPU runs C */
    return cpu;
}

static inline bool hal_interrupt_pending(void)
{
    u64 pending;
    __asm__ volatile("mrs %0, isr_el1" : "=r"(pending)); /* volatile: changes by itself */
    return (pending & 0xc0) != 0;                        /* IRQ, FIQ */
}

static inline void hal_mark_interruptible(void)
{
    __asm__ volatile("movz xzr, #0x4b49");
}

/* After a seq_cst exchange: what follows stays behind it. On ARMv8.0 the exchange alone is no full barrier. */
static inline void hal_fence_after_exchange(void)
{
    __asm__ volatile("dmb ish" ::: "memory");
}

static inline u64 hal_counter(void)
{
    u64 ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

static inline void hal_cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}
