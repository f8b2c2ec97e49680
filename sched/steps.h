/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a CPU does for no thread in particular, and whose length somebody else chooses, is done in steps of bounded
 * length, the most urgent first: a step, then interrupts, then threads of a higher level than what is left, then the
 * next step.
 *
 *   steps_add                           waits in cpu->steps, by level; the stepper goes into the CPU's own inbox
 *   stepper, nobody more urgent ready   a step (steps_do); is there more, it goes into the inbox again: sched_exit()
 *                                       lets interrupts in between
 *   stepper, somebody is                CPU_PENDING_STEPS: nothing more until steps_resume()
 *   thread of no higher level is next   steps_resume(): the stepper goes into the inbox
 *   nobody is ready                     the same, before the CPU sleeps
 *
 * So threads of the level of the steps, and of lower ones, do not run before they are done. Fast paths miss while they
 * wait (`pending`). Owner only.
 */
#pragma once
#include <smp/cpu.h>

struct steps {
    struct tree_node node; /* in cpu->steps */
    u32 level;
};

/* There are steps to be done, at that level at least; no-op if they wait and are as urgent already. */
void steps_add(struct steps *steps, u32 level);
static inline bool steps_wait(const struct steps *steps)
{
    return tree_contains(&steps->node);
}
/* CPU_PENDING_STEPS is set, and nobody of a level above `level` is ready: true if there are steps of that level. */
bool steps_resume(struct cpu *cpu, u32 level);
/* Implemented by ipc/work.c: one step; true if there are more. May call steps_add() for the same. */
bool steps_do(struct steps *steps);
/* They are done: after the last step, and taken out. */
void steps_done(struct steps *steps);
/* Order of cpu->steps. */
bool steps_before(const struct tree_node *a, const struct tree_node *b);
