/* SPDX-License-Identifier: Apache-2.0 */
#include <kernel/stack.h>
#include <kernel/task.h>

#define STACK_FLAGS (KOS_VMM_COMMIT | KOS_VMM_READ | KOS_VMM_WRITE)

static bool pool_take(struct task *task, u64 size, vaddr *base)
{
    struct stack_pool *pool = &task->stacks;
    bool found = false;
    spinlock_lock(&task->lock);
    for (u32 i = pool->count; i-- > 0 && !found;) {
        if (pool->kept[i].size != size)
            continue;
        *base = pool->kept[i].base;
        pool->kept[i] = pool->kept[--pool->count];
        found = true;
    }
    spinlock_unlock(&task->lock);
    return found;
}

static bool pool_put(struct task *task, vaddr base, u64 size)
{
    struct stack_pool *pool = &task->stacks;
    spinlock_lock(&task->lock);
    bool room = pool->count < STACKS_KEPT;
    if (room) {
        pool->kept[pool->count].base = base;
        pool->kept[pool->count++].size = size;
    }
    spinlock_unlock(&task->lock);
    return room;
}

retcode stack_take(struct task *task, u64 *size, vaddr *base)
{
    *size = round_up(*size, KOS_PAGE_SIZE);
    /* the task may have unmapped or changed a kept one: it is its memory */
    while (pool_take(task, *size, base))
        if (space_is_region(&task->domain.space, *base, *size, STACK_FLAGS))
            return rcOk;
    *base = 0;
    struct progress progress = {};
    retcode code;
    while ((code = space_allocate(&task->domain.space, base, *size, KOS_VMM_RESERVE | KOS_VMM_LOW_GUARD | STACK_FLAGS,
                                  &progress)) == PREEMPTED)
        checkpoint();
    return code;
}

void stack_put(struct task *task, vaddr base, u64 size)
{
    if (pool_put(task, base, size))
        return;
    struct progress progress = {};
    /* It is the task's memory: what it has unmapped already is no concern of ours. */
    while (space_free(&task->domain.space, base, size, &progress) == PREEMPTED)
        checkpoint();
}
