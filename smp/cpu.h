/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per-CPU data of the generic kernel. Every field is owned by its CPU and written only by it, except where a line says
 * otherwise.
 */
#pragma once
#include <hal/hal.h>
#include <smp/inbox.h>
#include <smp/list.h>
#include <stdatomic.h>

/* Bits of hal_cpu.pending; tested once per kernel entry on the fast path and once on the slow exit. */
#define CPU_PENDING_RESCHEDULE (1ULL << 0) /* a thread at least as urgent as the current one waits */
#define CPU_PENDING_FPU HAL_PENDING_FPU

#define CPU_PRIORITIES 64U /* levels of the run queue: sched/run_queue.h */

struct run_queue {
    u64 ready;                          /* bit p: queue p is not empty */
    struct list queues[CPU_PRIORITIES]; /* runnable threads that do not run, FIFO per level */
};

struct cpu {
    struct hal_cpu hal; /* first: current, pending, index */

    u64 slot_offset; /* index * sizeof(struct endpoint_slot): this CPU's slot in an endpoint */
    struct run_queue run_queue;
    struct thread *idle_since; /* reserved for accounting */

    struct list timers;   /* struct timer, ascending by deadline: sched/timer.h */
    u64 timer_programmed; /* deadline in the hardware, ~0 = none */
    u64 switches;         /* scheduler decisions so far; the slice timer compares */
    u64 slice_switches;   /* value of switches when the slice timer was armed */
    bool slice_armed;

    u8 *scratch; /* one page for copies of names and strings during one kernel entry */

    /* Written by other CPUs. */
    cache_aligned struct inbox inbox;
    _Atomic u32 idle;    /* 1 while the CPU is going to sleep or sleeps; owner writes, pushers read: smp/inbox.h */
    _Atomic u64 shootdown_done;
};
static_assert(sizeof(struct cpu) <= HAL_CPU_AREA_SIZE, "the port reserves that much");

static inline struct cpu *cpu_self(void) { return (struct cpu *)(void *)hal_cpu_self(); }

extern struct cpu *cpu_table[KOS_CPUS_MAX]; /* constant once a CPU is online */
extern u32 cpu_count;                       /* online CPUs, constant after boot */

/* Called by each CPU on its way up. */
void cpu_init(struct cpu *cpu);
