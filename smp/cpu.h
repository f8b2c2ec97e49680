/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per-CPU data of the generic kernel. Every field is owned by its CPU and written only by it, except where a line says
 * otherwise.
 */
#pragma once
#include <abi/statistics.h>
#include <hal/hal.h>
#include <smp/cross_call.h>
#include <smp/epoch.h>
#include <smp/inbox.h>
#include <smp/list.h>
#include <smp/tree.h>
#include <stdatomic.h>

/* Bits of hal_cpu.pending; tested once per kernel entry on the fast path and once on the slow exit. */
#define CPU_PENDING_RESCHEDULE (1ULL << 0) /* a thread more urgent than the current one, or its turn, waits */
#define CPU_PENDING_EPOCH      (1ULL << 1) /* deferred entries wait for epoch_advance */
#define CPU_PENDING_STEPS      (1ULL << 2) /* work waits that is less urgent than what runs: sched/steps.h */
#define CPU_PENDING_ISOLATED   (1ULL << 3) /* on an isolated CPU always, so that it leaves slowly: smp/epoch.h */
#define CPU_PENDING_COUNTING   (1ULL << 4) /* on a CPU that counts always, for the same: sched/counting.h */
#define CPU_PENDING_FPU        HAL_PENDING_FPU

#define CPU_SLOT_SIZE (2ULL * KOS_CACHE_LINE) /* of struct endpoint_slot: ipc/endpoint.h */

#define CPU_LEVELS 64U /* levels of the run queue: sched/run_queue.h */

struct thread;
struct trace_ring;

struct run_queue {
    u64 ready;                      /* bit l: queue l is not empty */
    struct list queues[CPU_LEVELS]; /* runnable threads that do not run, FIFO per level */
    struct tree deadlines;          /* those of the level of reservations, by deadline; its list stays empty */
};

struct cpu {
    struct hal_cpu hal; /* first: current, pending, index */

    u64 slot_offset;        /* index * CPU_SLOT_SIZE: this CPU's slot in an endpoint */
    bool busy;              /* a thread runs: that of hal.current; false while idle */
    bool accepts;           /* threads may run here; false: the CPU is offline */
    struct thread *account; /* whose reservation pays for the running thread, or null: sched/account.c */
    struct run_queue run_queue;

    struct tree timers;   /* struct timer, by deadline: sched/timer.h */
    struct tree steps;    /* struct steps, by level: sched/steps.h */
    u64 timer_programmed; /* deadline in the hardware, ~0 = none */

    bool isolated;                          /* or is to be no longer, when CPU_PENDING_ISOLATED is still set */
    u8 epoch_ask, epoch_ask_end;            /* CPUs that are still to be asked for epoch_current; none: equal */
    _Atomic u64 events[KOS_EVENT_COUNTERS]; /* since boot; others read them: cpu_count_event */

    struct epoch_entry *epoch_next;    /* deferred since the last advance */
    struct epoch_entry *epoch_current; /* wait for the other CPUs */

    u64 random_given; /* numbers that this CPU has drawn: kernel/random.c */

    u8 *scratch; /* one page for copies of names and strings during one kernel entry */

    u64 trace_events;              /* bit e: event e is recorded here; 0: off: traces/trace.h */
    struct trace_ring *trace_ring; /* null: off */
    bool trace_idle;               /* the last switch that was recorded is one to nobody */

    struct request *inbox_rest;        /* taken from the inbox, not handled yet; in order: smp/inbox.h */
    struct request *inbox_unturned;    /* the same, those that are not in order yet; then rest is not empty either */
    struct request inbox_reminders[2]; /* one is in this CPU's own inbox, if it put them off */
    u32 inbox_reminder;                /* which */

    struct hal_context idle_context; /* stands in as hal.current when the last thread is gone */

    /* Written by other CPUs. */
    cache_aligned struct inbox inbox;
    _Atomic u32 doing; /* level of the running thread, INBOX_POLLING or INBOX_SLEEPING; owner writes, pushers read */
    _Atomic u64 epoch_whereabouts; /* isolated: odd inside the kernel, even outside; else 0; owner writes */
    _Atomic u64 epoch_askers;      /* isolated, bit s: CPU s waits until this CPU leaves the kernel */
    _Atomic u32 epoch_waiting;     /* CPUs that have not yet passed for epoch_current; others decrement */
    _Atomic u64 cross_senders;     /* bit s: CPU s has a cross call for this CPU */
    _Atomic u64 cross_remaining;   /* of this CPU's own cross call: targets that have not run it */
    const struct cross_call *_Atomic cross_call;
};
static_assert(sizeof(struct cpu) <= HAL_CPU_AREA_SIZE, "the port reserves that much");

static inline struct cpu *cpu_self(void)
{
    return (struct cpu *)(void *)hal_cpu_self();
}

/* One more of an event, on this CPU. No read-modify-write: nobody else writes. */
static inline void cpu_count_event(struct cpu *cpu, enum kos_event_counter event)
{
    atomic_store_explicit(&cpu->events[event], atomic_load_explicit(&cpu->events[event], memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

/* System calls on this CPU come in by the door that its pending bits and its traces ask for. */
static inline void cpu_divert(struct cpu *cpu)
{
    hal_entry_divert((cpu->hal.pending & (CPU_PENDING_ISOLATED | CPU_PENDING_COUNTING)) != 0 || cpu->trace_events != 0);
}

extern struct cpu *cpu_table[KOS_CPUS_MAX]; /* constant once a CPU is online */
extern _Atomic u32 cpu_count;               /* online CPUs; grows at boot only */

/* Called by each CPU on its way up, with its scratch page. */
void cpu_init(struct cpu *cpu, u8 *scratch);
