/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting mode: where the time of each CPU and thread goes, and which services are called. While it is on, the CPU's
 * system calls come in by another door (hal_entry_divert), and it always leaves the slow way (CPU_PENDING_COUNTING), as
 * on an isolated CPU; so while it is off nothing costs an instruction on the fast path, and every entry and exit is
 * seen while it is on. It is on where it was asked for (Profiler.SetCounting: all CPUs), and where a thread is at home
 * that counts events of the processor for itself.
 *
 *   from            charged to                        by
 *   user mode       the thread, its CPU               counting_enter, at the next entry
 *   kernel          the thread that entered, until    counting_leave
 *                   the CPU leaves or is idle; its
 *                   CPU. Not if that thread ends or   counting_stop: what comes after is its CPU's only
 *                   moves to another CPU meanwhile
 *   idle            its CPU                           counting_enter; counting_leave, if another CPU's request
 *                                                     and no interrupt ended it
 *
 * All of a CPU's counters are written by that CPU, all of a thread's by the CPU where it runs. Others read them, each
 * for itself: what belongs together may be read at moments a little apart.
 */
#pragma once
#include <abi/core_methods.h>
#include <abi/statistics.h>
#include <sched/thread.h>

enum counting_time { COUNTING_USER, COUNTING_KERNEL, COUNTING_IDLE, COUNTING_TIMES };

#define COUNTING_SERVICES 8U /* handles whose calls a thread counts apart; calls by further ones are not counted */

/* Of a thread, while counting was on. Made when it first leaves the kernel with counting on. */
struct thread_counters {
    _Atomic u64 times[2];                   /* ns: user, kernel */
    _Atomic u64 ksm[KOS_KSM_KIND_COUNT];    /* ns of the kernel's in decisions that had to be evaluated */
    _Atomic u64 pmu[KOS_PMU_EVENT_COUNT];   /* events of the processor, user mode and kernel */
    u32 pmu_events;                         /* its own, counted while it runs; home only */
    _Atomic u64 core_calls[KOS_CORE_RIIDS]; /* of the kernel's endpoints */
    _Atomic u64 channel_calls;              /* of other processes' */
    struct {
        _Atomic u32 handle; /* 0: free */
        _Atomic u64 calls;
    } services[COUNTING_SERVICES];
};

/* Of a CPU. Others read. */
struct counting {
    cache_aligned _Atomic u64 since; /* ns: charged up to here; 0: counting is off */
    _Atomic u32 mode;                /* enum counting_time: what goes on since then */
    struct thread *thread;           /* owner only: whom it is charged to, or null */
    const struct thread *ran;        /* owner only, compared only: who was in user mode last */
    _Atomic u64 times[COUNTING_TIMES];
    _Atomic u64 ksm[KOS_KSM_KIND_COUNT];
    bool asked;      /* owner only: SetCounting; else it counts for the sake of the threads below, or not at all */
    u32 pmu_threads; /* owner only: threads at home here that have events of their own */
    u32 pmu_machine; /* owner only: events that all CPUs count */
    u32 pmu_events;  /* owner only: what the processor counts now: these, and the running thread's; read at every entry
                        and exit */
    _Atomic u64 pmu[KOS_PMU_EVENT_COUNT];
    u64 pmu_last[KOS_PMU_EVENT_COUNT];   /* owner only: the processor's counters, as last read */
    u64 ksm_charged[KOS_KSM_KIND_COUNT]; /* owner only: what of ksm has been charged to threads */
};
extern struct counting countings[KOS_CPUS_MAX];

void counting_room_init(void);
static inline bool counting_on(const struct cpu *cpu)
{
    return (cpu->hal.pending & CPU_PENDING_COUNTING) != 0;
}
/* This CPU counts from now on, or no longer unless a thread here has events of its own. In the kernel. */
void counting_set_self(bool on);
/*
 * Events of the processor, of hal_pmu_events(), 0: none. First all that is to be counted anywhere is claimed, so that
 * it fits whichever thread runs where; then each CPU, or the thread's home, is told.
 */
/* On all CPUs. rcInvalidArgument: together with the threads' events too many. Any CPU. */
retcode counting_claim_machine(u32 events);
/* This CPU. rcInvalidOperation: SetCounting is off. */
retcode counting_set_pmu_self(u32 events);
/* A thread's own: its CPU counts (as for counting_set_self) while it is there, and these events while it runs. Home.
 * rcInvalidArgument (with all others too many), rcInvalidThreadState (it has ended), rcOutOfMemory. */
retcode counting_set_pmu_thread(struct thread *thread, u32 events);
/* The thread has come from another CPU. */
void counting_arrived_some(struct thread *thread);
static inline void counting_arrived(struct thread *thread)
{
    if (unlikely(thread->counters != nullptr) && thread->counters->pmu_events != 0)
        counting_arrived_some(thread);
}

/* All of the following: on a CPU that counts. */
/* A kernel entry begins. */
void counting_enter(struct cpu *cpu);
/* A system call of the running thread begins. */
void counting_call(struct cpu *cpu, struct thread *thread, word selector, word info);
/* thread is about to run in user mode; null: the CPU goes idle. */
void counting_leave(struct cpu *cpu, struct thread *thread);
/* This thread moves to another CPU: nothing more of this stay in the kernel is charged to whoever entered it. */
void counting_stop(struct cpu *cpu, struct thread *thread);
/* A decision of some kind was evaluated, since `begin` (ns). */
void counting_decided(struct cpu *cpu, enum kos_ksm_kind kind, u64 begin);

/* The counters of a thread that has ended, and has some, join those of its task, *kept: guarded by its task's lock. */
void counting_keep_some(struct thread *thread, struct thread_counters **kept);
static inline void counting_keep(struct thread *thread, struct thread_counters **kept)
{
    if (unlikely(thread->counters != nullptr))
        counting_keep_some(thread, kept);
}
void thread_counters_free(struct thread_counters *counters); /* null: nothing */
void thread_counters_add(struct thread_counters *to, const struct thread_counters *from);
/* Time of a kind that a CPU has spent, up to now, while counting was on. Any CPU. */
u64 counting_time(u32 cpu, enum counting_time kind);
