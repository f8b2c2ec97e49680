/* SPDX-License-Identifier: Apache-2.0 */
/* What a CPU's scheduler keeps for itself, beside its run queue. Owner only, unless a line says otherwise. */
#pragma once
#include <sched/run_queue.h>
#include <sched/steps.h>

/* This CPU goes offline, or online again: sched/offline.c. */
struct offline {
    struct order *order;   /* that is being carried out; null: none is */
    struct order *waiting; /* the first of those that come after it, by `behind`, or null */
    struct order *last;    /* of them */
    struct steps steps;
    struct list *next; /* home_link of the thread that is looked at next, or the list's end; null: none is */
    u64 before;        /* cpus_offline when CHECK began */
    u64 others;        /* CPUs that stay online then */
    bool checks, stays;
};

struct scheduler {
    cache_aligned struct timer slice;  /* end of the running thread's quantum; armed while others of its level wait */
    const struct thread *turn_is_over; /* if it still runs: reschedule() is to see to that; compared only */
    u64 slice_put_off;   /* when it was to end, ns, if it is not armed for that a real-time thread came; or 0 */
    struct timer budget; /* end of the running account's budget; armed while there is an account */
    u64 account_since;   /* charged up to here */
    u32 reserved;        /* bandwidth of the reservations of threads at home here */
    u32 threads;         /* at home here */
    struct list home;    /* they: home_link */
    /* This CPU's wish for a thread of another, in that one's inbox. */
    struct request pull;
    /* In this CPU's own inbox while there are steps to be done: sched/steps.h. */
    struct request stepper;
    struct offline offline;

    /* Standard threads have waited for more than a turn, and no CPU slept that may have one: a set of CPUs that may,
     * for these to see when they are idle. On a line of its own, for it changes seldom. */
    cache_aligned _Atomic u64 crowded;
};
extern struct scheduler schedulers[KOS_CPUS_MAX];

static inline struct scheduler *scheduler_self(void)
{
    return &schedulers[cpu_self()->hal.index];
}

/* Somebody has sent this CPU something: looked at on every slow exit (smp/inbox.h), and before it stops running a
 * thread. */
static inline bool inbox_waits(const struct cpu *cpu)
{
    return atomic_load_explicit(&cpu->inbox.head, memory_order_relaxed) != nullptr ||
           atomic_load_explicit(&cpu->cross_senders, memory_order_relaxed) != 0;
}

/* CPUs that take part in nothing but what their own threads cause (sched_isolate); CPUs that take no threads
 * (sched/offline.c). */
extern _Atomic u64 cpus_isolated, cpus_offline;

/* ---- account.c ---- */
/* The running thread, or the one that is about to run, is paid for by `account`, not null, from now on. */
void account_begin(struct cpu *cpu, struct thread *account);
/* Nobody is charged any more; what ran so far is. There is an account. */
void account_end(struct cpu *cpu);

/* ---- turn.c ---- */
/* The running thread shares its level with others: its quantum ends. No-op if it is armed, or the class has none. */
void turn_begin(struct thread *running);
/* The running thread's quantum has ended: the next one of its level comes, if there is one. */
void turn_end(struct cpu *cpu, struct thread *running);
/* A real-time thread comes instead of the one whose quantum has ended or ends soon, and shall not meet the interrupt
 * for that in its first 0.2 ms: the next turn_begin() arms it as it was. */
void turn_put_off(struct scheduler *scheduler);

/* ---- move.c ---- */
u64 cpus_all(void);
/* Home: it may run on none of these. */
bool thread_must_stay(const struct thread *thread, u64 others);
/* Online CPUs on which thread may run; its affinity may leave none: then any that is online. */
u64 thread_cpus(const struct thread *thread);
/* thread (home: this CPU, in no queue, not running, nothing on its kernel side left to do) goes on to run on target. */
void thread_move(struct thread *thread, u32 target);
/* Where thread may run has changed: if that is no longer here, true, and it goes, now if it is queued, else when it
 * leaves the kernel, or is woken. Home. */
bool sched_send_off(struct thread *thread);
/* The least busy of the CPUs on which thread may run. */
u32 thread_choose_cpu(const struct thread *thread);
/* This CPU has nothing to do: asks another that has too much. */
void balance_pull(struct cpu *cpu);
/* A turn is over and standard threads wait: one goes to a CPU that sleeps; if none does, the first to become idle will
 * ask. */
void balance_push(struct cpu *cpu);

/* ---- offline.c ---- */
/* A step of schedulers[].offline.steps of this CPU; as steps_do, and steps_done. */
bool offline_step(void);
void offline_done(void);
