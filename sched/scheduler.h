/* SPDX-License-Identifier: Apache-2.0 */
/* Which thread runs on this CPU. All functions: this CPU's own threads, interrupts masked, unless said otherwise. */
#pragma once
#include <sched/run_queue.h>

/* Each CPU on its way up, after cpu_init. */
void sched_cpu_init(struct cpu *cpu);

/* Makes thread (home: this CPU, not runnable) runnable; asks for a reschedule if it is more urgent. A thread whose
 * affinity excludes this CPU leaves for another; one whose reservation has no budget is held. */
void sched_wake(struct thread *thread);
/* The same from any CPU: goes through the home's inbox if need be. State changes to RUNNABLE there. */
void sched_wake_remote(struct thread *thread);

/* The running thread stops being so; its state was set by the caller. */
void sched_block(void);

/* The running thread, just blocked by the caller (sched_block done), hands the CPU to thread, which is RUNNABLE and in
 * no queue. */
void sched_handoff(struct thread *thread);

/* The running thread lets others of its level run. */
void sched_yield(void);
/* The running thread goes into its level's queue behind `place`, and the most urgent one runs. */
void sched_preempt(struct list *place);

/* True if thread is in this CPU's run queue. */
bool sched_queued(const struct thread *thread);

/* next.c: the running thread, whose context is complete, has just stopped running by a fast path, and `pending` is 0.
 * The most urgent thread goes on, if it can at once; else as by sched_exit(). The message words mean nothing. */
HAL_FAST void sched_next_fast(HAL_FAST_PARAMETERS);

/* Leaves the kernel: pending work, then the most urgent thread, or idle. */
[[noreturn]] void sched_exit(void);

/* The work of a thread that ends: implemented by kernel/thread.c. It is not runnable afterwards. */
void thread_finish(struct thread *thread);

/* ---- account.c: who pays ---- */
/* The running thread is paid for by account, or by nobody, from now on. */
void sched_account_switch(struct thread *account);
/* Whose reservation pays for thread, running or not. */
static inline struct thread *sched_account(const struct thread *thread)
{
    const struct cpu *cpu = cpu_self();
    return cpu->busy && thread_current() == thread ? cpu->account : thread->account;
}
static inline void sched_account_set(struct thread *thread, struct thread *account)
{
    const struct cpu *cpu = cpu_self();
    thread->account = account; /* means nothing while it runs */
    if (cpu->busy && thread_current() == thread && unlikely(cpu->account != account))
        sched_account_switch(account);
}
/* The account that thread has of its own. */
static inline struct thread *sched_own_account(struct thread *thread)
{
    return thread->reservation.bandwidth != 0 ? thread : nullptr;
}
/*
 * A chain of Calls is paid for by one account. On this CPU it belongs to the last server of the chain (payee), for
 * Calls on the fast path do not save it; where the chain leaves this CPU it is saved in the thread that calls
 * (account), and goes with the call. Who has a reservation pays himself, whoever he serves, so a chain ends before him.
 *
 *   event                                           account of the payee
 *   a client in the middle or at the beginning goes null; the client has again what it was
 *   a reservation is made, or its period begins     its owner's
 *   a reservation is taken away                     null, or his caller's if he serves
 *
 * A call that has left this CPU goes on with what it had. So that this is still there, who called keeps a reference to
 * it (lender) until he runs again.
 */
/* The last server of the chain that thread is in, on this CPU; thread, if nobody works for it here. Home. */
struct thread *sched_payee(struct thread *thread);
/* The payee has that account, or none, from now on. */
void sched_account_pass(struct thread *payee, struct thread *account);
/* The call for which thread keeps a lender is over. */
void sched_lender_release(struct thread *thread);
/* thread, in no queue, is held until then (state HELD); the caller blocks it if it runs. */
void sched_hold(struct thread *thread, u64 until);
/* The held thread may run again. */
void sched_wake_held(struct thread *thread);
/* A budget was used up: implemented by kernel/core_notice.c. */
void thread_overrun(struct thread *account);

/* ---- level.c: how urgent, and on whose behalf ---- */
/* Sets class and priority. Home. */
void sched_set_class(struct thread *thread, u32 class, u32 priority);
/* Recomputes level from what it is made of, and passes a change on: to the server of its Call, to the holder of the
 * lock that it waits for, on whatever CPU. Owner of thread. */
void sched_level_update(struct thread *thread);
/* The same, asked for by any CPU. */
void sched_level_update_remote(struct thread *thread, u32 cpu);

/* ---- move.c: where ---- */
/* rcInvalidArgument (no such CPU). Takes effect when the thread is next made runnable, at once if it is. Home. */
retcode sched_set_affinity(struct thread *thread, u64 cpus);
/* rcBusy (this CPU's time is reserved), rcInvalidArgument, rcInvalidThreadState (a Call of it is served on
 * another CPU). budget 0: none from now on. Home. */
retcode sched_set_reservation(struct thread *thread, u64 budget, u64 period, u64 relative_deadline, bool throttles);
/* Lists thread as one of this CPU's; home is set. On the way up: the creating CPU is the home. */
void sched_home_enter(struct thread *thread);
void sched_home_leave(struct thread *thread);
/* Carries an order out that takes this CPU offline or online again: PREEMPTED, and when it is over order_applied() with
 * rcOk, or rcBusy if it is the last, or real-time threads may run nowhere else. Those of its threads that wait move
 * when they are woken. */
retcode sched_set_online(struct order *order, bool online);
/* Sets thread->watched from what it depends on. Home. */
void sched_watch(struct thread *thread);
/* The fast paths, which look at neither affinity nor reservation, do not meet the thread where it is. Home. */
void sched_off_fast_path(struct thread *thread);
/* Upcalls, implemented by ipc/: what server answers is decided on the slow path from here on; a parked receiver goes
 * where the fast path does not look; a caller takes its place in the queue anew, or (false) is in none, but on its way
 * to or served on *peer_cpu; the thread's IPC state goes with it to another CPU, and has arrived there with it. */
void thread_reply_slowly(struct thread *server);
void thread_park_aside(struct thread *thread);
bool thread_requeue_caller(struct thread *thread, u32 *peer_cpu);
void thread_ipc_moves(struct thread *thread, u32 target);
void thread_ipc_moved(struct thread *thread);
/* Level of the most urgent caller that waits where server receives, 0 if none or standard. */
u32 thread_waiting_level(const struct thread *server);
/* A server's level is no longer what it should be: sched_level_update. Home. */
bool sched_level_stale(const struct thread *thread);
/* Isolated CPUs from now on: no balancing. *changed: CPUs that are to be told (sched_isolate_self). Any CPU.
 * rcInvalidArgument (not all of them exist, or none is left). */
retcode sched_isolate(u64 cpus, u64 *changed);
/* This CPU becomes what sched_isolate() made of it. */
void sched_isolate_self(void);
