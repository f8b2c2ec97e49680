/* SPDX-License-Identifier: Apache-2.0 */
/* Which thread runs on this CPU. All functions: this CPU's own threads, interrupts masked, unless said otherwise. */
#pragma once
#include <sched/run_queue.h>

/* Makes thread (home: this CPU, not runnable) runnable; asks for a reschedule if it is more urgent. */
void sched_wake(struct thread *thread);
/* The same from any CPU: goes through the home's inbox if need be. State changes to RUNNABLE there. */
void sched_wake_remote(struct thread *thread);

/* The running thread stops being so; its state was set by the caller. */
void sched_block(void);

/* The running thread, just blocked by the caller (sched_block done), hands the CPU to thread, which is runnable and in
 * no queue. */
void sched_handoff(struct thread *thread);

/* The running thread lets others of its level run. */
void sched_yield(void);

/* Takes a runnable thread that does not run out of the queue, or stops the running one. */
void sched_remove(struct thread *thread);

/* Leaves the kernel: pending work, then the most urgent thread, or idle. */
[[noreturn]] void sched_exit(void);

/* The slow way out found the running thread dying: implemented by kernel/thread.c. It must not be runnable afterwards.
 */
void thread_finish(struct thread *thread);
