/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the kernel keeps every path short on which no interrupt can be taken. It runs with interrupts masked, so an
 * operation whose length somebody else chooses (pages, bytes, handles, threads) is cut into steps of bounded length:
 *
 *   retcode operation(..., struct progress *progress)      progress: zero at first, the operation's own afterwards
 *       for (;;)
 *           lock, one step from progress on, unlock         looks everything up anew: between steps anything may happen
 *           if it is done: return its code
 *           if (preemption_point()) return PREEMPTED        else the next step, at once
 *
 * Who gets PREEMPTED passes it on, undoing nothing, up to the system call or the work (sched/work.h) that the thread
 * does; that leaves the kernel's stack, the interrupt is taken, more urgent threads run, and when it is the thread's
 * turn again the operation is called with the same arguments and the same progress. Each call makes at least one step.
 *
 * What holds between two steps: no lock is held; no pointer is kept but to objects that the caller has a reference to;
 * everything is in a state in which it could stay for ever, as the thread may end there.
 *
 * Where too much of an operation is in local variables for that, a thread calls checkpoint() between its steps. Also
 * there: no lock is held, and no pointer is used afterwards but to what the caller has a reference to. But the
 * operation goes on in any case, also if the thread is to end. Only in a thread's own call, exception or work, never in
 * a request of the inbox or a timer.
 */
#pragma once
#include <hal/cpu.h>

/* Where an operation stands. What the fields mean is the operation's own. */
struct progress {
    u32 stage;
    retcode code; /* to be returned once what was done is undone */
    u64 start, end, position;
};

/* True if an interrupt waits: the operation stops here. */
static inline bool preemption_point(void)
{
    if (unlikely(hal_interrupt_pending()))
        return true;
    hal_mark_interruptible();
    return false;
}

/* Implemented by sched/checkpoint.c. */
void checkpoint_reached(void);
/* Each CPU on its way up: two pages for who is put aside there. */
void checkpoint_cpu_init(void *first, void *second);

/* If an interrupt waits: it is taken, more urgent threads run, and then the operation goes on. */
static inline void checkpoint(void)
{
    if (preemption_point())
        checkpoint_reached();
}
