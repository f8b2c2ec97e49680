/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run queue of one CPU; owner only. Holds exactly the runnable threads that do not run (Benno scheduling). Levels: 0
 * idle work, 1 standard threads (they never preempt each other), 32 + p real-time threads of priority p.
 */
#pragma once
#include <abi/core.h>
#include <sched/thread.h>

#define RUN_LEVEL_STANDARD  1U
#define RUN_LEVEL_REAL_TIME 32U

static inline u32 run_level(u32 class, u32 priority)
{
    return class == KOS_CLASS_STANDARD ? RUN_LEVEL_STANDARD : RUN_LEVEL_REAL_TIME + priority;
}

static inline void run_queue_push_back(struct run_queue *queue, struct thread *thread)
{
    list_push_back(&queue->queues[thread->level], &thread->run_link);
    queue->ready |= 1ULL << thread->level;
}

static inline void run_queue_push_front(struct run_queue *queue, struct thread *thread)
{
    list_push_front(&queue->queues[thread->level], &thread->run_link);
    queue->ready |= 1ULL << thread->level;
}

static inline void run_queue_remove(struct run_queue *queue, struct thread *thread)
{
    list_remove(&thread->run_link);
    if (list_empty(&queue->queues[thread->level]))
        queue->ready &= ~(1ULL << thread->level);
}

/* The first of a queue that is not empty leaves it, the running thread goes to its end: the bit stays. The link of the
 * first is not made to point to itself, for a running thread's link is never looked at. */
static inline struct thread *run_queue_rotate(struct list *queue, struct thread *running)
{
    struct list *first = queue->next, *second = first->next;
    queue->next = second;
    second->previous = queue;
    list_push_back(queue, &running->run_link);
    return list_entry(first, struct thread, run_link);
}

/* True if a thread of a level above `level` waits. */
static inline bool run_queue_above(const struct run_queue *queue, u32 level)
{
    return (queue->ready >> level) > 1;
}

/* Most urgent thread, taken out; null if none. */
static inline struct thread *run_queue_pop(struct run_queue *queue)
{
    if (queue->ready == 0)
        return nullptr;
    u32 level = 63U - (u32)__builtin_clzll(queue->ready);
    struct thread *thread = list_entry(queue->queues[level].next, struct thread, run_link);
    run_queue_remove(queue, thread);
    return thread;
}
