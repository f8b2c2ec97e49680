/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reclamation of what other CPUs may be reading without a lock. A kernel entry is the reader's section; an entry
 * deferred here is freed once every online CPU has been outside the kernel, or idle, since. Readers pay nothing: the
 * deferring CPU asks the others by inbox, and the way out of the interrupt is their pass.
 *
 * It asks a few CPUs in a step; if an interrupt waits after it, that is taken, or a thread runs, before the next:
 *
 *   first step   current := next; waiting := all others; fence; asks some
 *   next steps   asks some more
 *   then         nothing, until waiting is 0: the last to pass sends an IPI
 *   then         frees what is in current, some in a step
 *
 * Who was asked may pass before others are asked; waiting counts these, too, so it is not 0 before all have passed.
 * What is deferred meanwhile is in next.
 *
 * An isolated CPU is not asked; it says where it is. Its system calls come in by another door (hal_entry_divert), and
 * it always leaves the slow way (CPU_PENDING_ISOLATED), so other CPUs have no instruction more for that.
 *
 *   asker s (what it frees cannot be found any more)     isolated CPU t
 *   1 fence; where := t.whereabouts                      a enters: whereabouts + 1 (odd: inside), fence, then it reads
 *   2 even: t has passed                                 b leaves, or goes idle: whereabouts + 1 (even), release; fence
 *   3 odd: t.askers |= s; fence                          c taken := exchange(t.askers, 0) if it is not 0
 *   4 t.whereabouts = where: t will come to b            d each s taken has t's pass, by IPI if it was the last
 *   5 else take s out of t.askers again: if it was
 *     there t has passed, else t has seen it in c
 *
 * A CPU is isolated from some moment inside on (whereabouts 0 -> 1), and no longer from the next time that it leaves
 * (b stores 0). Who sees 0 asks by inbox. tests/models/epoch.pml has these steps (ISOLATED).
 */
#pragma once
#include <hal/base.h>

struct cpu;

struct epoch_entry {
    struct epoch_entry *next;
    void (*free)(struct epoch_entry *);
};

/* Any CPU; entry is owned by the epoch room until free runs, on the same CPU. */
void epoch_defer(struct epoch_entry *entry, void (*free)(struct epoch_entry *));

/* Called on the slow way out of the kernel when CPU_PENDING_EPOCH is set: this CPU holds no pointer from before. Frees
 * that many entries at most; if more could be, or other CPUs are still to be asked and an interrupt waits, the bit is
 * set again. */
void epoch_advance(u32 most);
/* True if nothing is deferred on this CPU. */
bool epoch_idle(void);

/* This CPU is isolated from now on, or no longer once it leaves the kernel. */
void epoch_isolate(bool isolated);
/* An isolated CPU: it is in the kernel, from user mode or idle or already; before anything shared is read. */
void epoch_enter(struct cpu *self);
/* An isolated CPU is about to run in user mode, or to sleep: it reads nothing shared any more but the running thread.
 */
void epoch_leave(struct cpu *self);
