/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders: what a thread wants done with another, which may be at home on another CPU. Here it is done at once; else the
 * asker waits (state ORDERING) while the order, which is part of the asker, travels to the target's home, after it if
 * it moves, and back.
 *
 *   asker's CPU                         target's home
 *   1 ORDERING, blocked
 *   2 sends order.request
 *                                       3 target no longer here: sends it on
 *                                       4 apply; of one to CPUs, it may be over later: PREEMPTED, then order_applied
 *   6 done(asker, code), RUNNABLE  <-   5 done's result into the asker's context, wake
 *
 * ORDERING cannot be cancelled: it ends by itself.
 */
#pragma once
#include <sched/scheduler.h>

/* Without an answer. RESUME: it runs, if it is suspended. INTERRUPT: the wait that an IPC synchronization object was
 * told to end ends, if it goes on. */
#define THREAD_CONTROL_RESUME    1U
#define THREAD_CONTROL_INTERRUPT 2U
/* At home, now or soon. Takes over a reference to the thread. */
void thread_control(struct thread *thread, u32 what);
/* Implemented by ipc/sync_object.c. Home. */
void thread_interrupt(struct thread *thread);

/* Carries the order out, or sends it: true if *code is the result; false if the running thread is blocked and
 * done(thread, result) will be called before it is woken. order: in the asker, target and apply set. */
bool order_give(struct thread *asker, struct order *order, retcode *code);
/* An order to CPUs, at least one, instead of a thread: target is null. One after the other, the result is the last's.
 */
bool order_give_cpus(struct thread *asker, struct order *order, u64 cpus, retcode *code);
/* What apply said PREEMPTED to has been carried out here, with that result. Not in the kernel entry in which it did. */
void order_applied(struct order *order, retcode code);
