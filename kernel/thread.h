/* SPDX-License-Identifier: Apache-2.0 */
/* Life of threads: sched/thread.h describes the object. */
#pragma once
#include <sched/scheduler.h>

struct task;

#define THREAD_STACK_SIZE_DEFAULT (64U << 10)

void thread_room_init(void);
bool thread_tid_before(const struct tree_node *a, const struct tree_node *b); /* the order of task->tids */

/* New thread of task, suspended, home = CPU `home`, with one reference; its stack is stack_size bytes with guard pages
 * (0: none is made, sp is given). Codes: rcQuotaExceeded, rcOutOfMemory, rcInvalidArgument, rcInvalidOperation (task is
 * ending). */
struct thread_parameters {
    vaddr routine;
    word argument0, argument1;
    u64 stack_size;
    u32 class, priority;
    u32 home;
    bool detached;
};
retcode thread_create(struct task *task, const struct thread_parameters *parameters, struct thread **thread);

/* From any CPU: a suspended thread runs. rcInvalidThreadState. */
retcode thread_resume(struct thread *thread);
/* From any CPU: the thread ends, whatever it does. */
void thread_terminate(struct thread *thread, s32 code);
/* The running thread ends; leave by sched_exit(). */
void thread_exit(struct thread *thread, s32 code);

/* The running thread waits in joins until *ended (a flag that its owner sets under the join lock before
 * thread_join_wake), or the time limit. False: it has ended already. The waiter's response comes by core_respond: code,
 * reason. */
bool thread_join(struct thread *joiner, struct joins *joins, const bool *ended, u32 timeout_ms);
void thread_joinable_end(bool *ended); /* sets it under the join lock */
static inline void joins_init(struct joins *joins)
{
    list_init(&joins->waiting);
    atomic_store_explicit(&joins->request.queued, 0, memory_order_relaxed);
}
/* Object, a thread or a task, whose joins these are, has ended: all that wait are told, and the caller's reference to
 * it is dropped. How many wait is the users' choice: when an interrupt comes, what is left is done from this CPU's
 * inbox. From *ended on nobody comes to the list; who leaves it meanwhile (time limit, end) does so under the lock. */
void thread_join_wake(struct joins *joins, struct object *object, s32 code, u32 reason);

static inline struct thread *thread_from_object(struct object *object)
{
    return container_of(object, struct thread, object);
}
