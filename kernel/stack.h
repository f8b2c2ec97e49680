/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks of a task's threads. A thread's end leaves its stack to the next thread of the same task that wants one of
 * that size: pages, tables and contents stay, so neither is mapped, cleared or invalidated again. Kept stacks stay
 * charged to the task, at most STACKS_KEPT, and go with its address space. Contents never pass to another task.
 */
#pragma once
#include <hal/base.h>

struct task;

#define STACKS_KEPT 4U

struct stack_pool { /* in struct task, guarded by task->lock */
    u32 count;
    struct {
        vaddr base;
        u64 size;
    } kept[STACKS_KEPT];
};

/* size: bytes, rounded up to pages. A page below the stack is never accessible. rcQuotaExceeded, rcOutOfMemory,
 * rcInvalidArgument. */
retcode stack_take(struct task *task, u64 *size, vaddr *base);
/* The stack's thread has ended, or never ran. */
void stack_put(struct task *task, vaddr base, u64 size);
