/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a thread does in the kernel by itself, when it is its turn to run, instead of going on in user mode. That is how
 * operations end that were preempted (smp/preemption.h): a thread has no kernel stack of its own, only this.
 *
 *   who                          run                         what it keeps besides
 *   call to the kernel           core_call.c: again          progress; the request's words are in the context
 *   server: long message         ipc/long_copy.c             transfer, caller; progress: how much is copied
 *   thread that ends             thread.c: thread_finish     -
 *   woken, of several words       sched/futex_any.c           futex_words: how many are left
 *   last of a large task         thread.c: pages_awaited     progress: for which pages; pinned
 *   thread at a checkpoint       checkpoint.c: go_on         the kernel's stack, and the work before
 *
 * The scheduler calls run on the way out of the kernel, with the thread current, on the CPU's empty stack, and lets
 * interrupts in before each time. It returns at its end, or when an interrupt waits (preemption_point). At the end it
 * calls work_end(); until then the thread is RUNNABLE like any other, its slice can end, and it can move to another
 * CPU: run makes no use of where it ran before.
 *
 * An order to terminate sets thread->dying only. Work that can leave something behind looks at that, and gives up.
 */
#pragma once
#include <sched/thread.h>

/* The running thread, or one that is to be woken, does this before anything else. */
static inline void work_begin(struct thread *thread, void (*run)(struct thread *))
{
    thread->context.kind = HAL_RESUME_CALL; /* not STATUS: a yield must not resume it */
    thread->work.run = run;
}

/* Back to user mode, or the end of a thread that is to end. */
static inline void work_end(struct thread *thread)
{
    thread->work = (struct work){.run = thread->dying ? thread_finish : nullptr};
}
