/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run queue of one CPU; owner only. Holds exactly the runnable threads that do not run (Benno scheduling).
 *
 *   level      who                                                              order within
 *   1          standard threads: they never preempt each other                  first in, first out (sched/turn.h)
 *   16 + p     real-time threads of priority p, FIFO and RR                     first in, first out
 *   48         threads on a reservation; holders of a lock that such a one      by deadline: a tree; holders first
 *              waits for
 */
#pragma once
#include <abi/core.h>
#include <sched/thread.h>

#define RUN_LEVEL_STANDARD    KOS_LEVEL_STANDARD
#define RUN_LEVEL_REAL_TIME   KOS_LEVEL_REAL_TIME
#define RUN_LEVEL_RESERVATION KOS_LEVEL_RESERVATION

static inline u32 run_level(u32 class, u32 priority)
{
    switch (class) {
    case KOS_CLASS_STANDARD:
        return RUN_LEVEL_STANDARD;
    case KOS_CLASS_RESERVATION:
        return RUN_LEVEL_RESERVATION;
    default:
        return RUN_LEVEL_REAL_TIME + priority;
    }
}

/* Absolute deadline by which a thread of level RUN_LEVEL_RESERVATION is ordered. */
static inline u64 run_deadline(const struct thread *account)
{
    return account == nullptr ? 0 : account->reservation.deadline;
}

/* Order of run_queue.deadlines. */
bool run_queue_earlier(const struct tree_node *a, const struct tree_node *b);

static inline void run_queue_push_back(struct run_queue *queue, struct thread *thread)
{
    queue->ready |= 1ULL << thread->level;
    if (unlikely(thread->level == RUN_LEVEL_RESERVATION))
        tree_insert(&queue->deadlines, &thread->edf_node);
    else
        list_push_back(&queue->queues[thread->level], &thread->run_link);
}

static inline void run_queue_push_front(struct run_queue *queue, struct thread *thread)
{
    queue->ready |= 1ULL << thread->level;
    if (unlikely(thread->level == RUN_LEVEL_RESERVATION))
        tree_insert(&queue->deadlines, &thread->edf_node);
    else
        list_push_front(&queue->queues[thread->level], &thread->run_link);
}

static inline void run_queue_remove(struct run_queue *queue, struct thread *thread)
{
    bool empty;
    if (unlikely(thread->level == RUN_LEVEL_RESERVATION)) {
        tree_remove(&queue->deadlines, &thread->edf_node);
        empty = tree_empty(&queue->deadlines);
    } else {
        list_remove(&thread->run_link);
        empty = list_empty(&queue->queues[thread->level]);
    }
    if (empty)
        queue->ready &= ~(1ULL << thread->level);
}

/* The first of a queue that is not empty leaves it, the running thread goes to its end: the bit stays. The link of the
 * first is not made to point to itself, for a running thread's link is never looked at. Not for reservations. */
static inline struct thread *run_queue_rotate(struct list *queue, struct thread *running)
{
    struct list *first = queue->next, *second = first->next;
    queue->next = second;
    second->previous = queue;
    list_push_back(queue, &running->run_link);
    return list_entry(first, struct thread, run_link);
}

/* Level of the most urgent thread; 0, a level of none, if there is nobody. */
static inline u32 run_queue_highest(const struct run_queue *queue)
{
    return 63U - (u32)__builtin_clzll(queue->ready | 1);
}

/* True if a thread of a level above `level` waits. */
static inline bool run_queue_above(const struct run_queue *queue, u32 level)
{
    return (queue->ready >> level) > 1;
}

/* The same, or one of the level of reservations whose deadline is before that of account. */
static inline bool run_queue_more_urgent(const struct run_queue *queue, u32 level, const struct thread *account)
{
    if (likely(level != RUN_LEVEL_RESERVATION))
        return run_queue_above(queue, level);
    return !tree_empty(&queue->deadlines) &&
           run_deadline(tree_entry(queue->deadlines.first, struct thread, edf_node)->account) < run_deadline(account);
}

/* Apart: rare, and its constants would be loaded on every way out of the kernel. */
struct thread *run_queue_first_deadline(const struct run_queue *queue);
/* Most urgent thread, taken out; null if none. */
static inline struct thread *run_queue_pop(struct run_queue *queue)
{
    if (queue->ready == 0)
        return nullptr;
    u32 level = 63U - (u32)__builtin_clzll(queue->ready);
    struct thread *thread = unlikely(level == RUN_LEVEL_RESERVATION)
                                ? run_queue_first_deadline(queue)
                                : list_entry(queue->queues[level].next, struct thread, run_link);
    run_queue_remove(queue, thread);
    return thread;
}
