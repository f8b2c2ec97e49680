/* SPDX-License-Identifier: Apache-2.0 */
/* The waiters of one bucket: what sched/futex.c and the calls answered in registers (kernel/core_fast_sync.c) share. */
#pragma once
#include <sched/futex.h>

static inline struct futex_waiter *waiter_of(const struct tree_node *node)
{
    return tree_entry(node, struct futex_waiter, node);
}

static inline struct futex_bucket *futex_private_bucket(struct domain *domain, vaddr address)
{
    u64 hash = (address >> 2) * 0x9e3779b97f4a7c15ULL;
    static_assert(FUTEX_BUCKETS == 1U << 4, "the top four bits");
    return &domain->futexes[hash >> 60];
}

/* Most urgent waiter of the word, or null. Under bucket->lock, as all that follows. */
struct futex_waiter *futex_first_beyond(const struct futex_bucket *bucket, u64 address);
static inline struct futex_waiter *futex_first(const struct futex_bucket *bucket, u64 address)
{
    struct tree_node *least = bucket->waiters.first;
    if (least == nullptr || waiter_of(least)->address >= address)
        return least != nullptr && waiter_of(least)->address == address ? waiter_of(least) : nullptr;
    return futex_first_beyond(bucket, address);
}

/* Values of futex_claimed. */
#define FUTEX_WAITING  0U
#define FUTEX_CLAIMED  1U
#define FUTEX_ENTERING 2U

/* model: futex.pml 2; acq_rel: whoever claims sees the waiters as the thread left them. No lock needed. What it was
 * before: FUTEX_WAITING for who is to wake the thread. */
static inline u32 futex_claim(struct thread *thread)
{
    return atomic_exchange_explicit(&thread->futex_claimed, FUTEX_CLAIMED, memory_order_acq_rel);
}

static inline void futex_enter(struct futex_bucket *bucket, struct futex_waiter *waiter, struct thread *thread,
                               u64 address)
{
    waiter->thread = thread;
    waiter->address = address;
    waiter->level = thread->level;
    atomic_store_explicit(&waiter->bucket, bucket, memory_order_relaxed);
    tree_insert(&bucket->waiters, &waiter->node);
}

/* One for the thread's only word: nobody looks at it without the lock. */
static inline void futex_leave_only(struct futex_bucket *bucket, struct futex_waiter *waiter)
{
    tree_remove(&bucket->waiters, &waiter->node);
    atomic_store_explicit(&waiter->bucket, nullptr, memory_order_relaxed);
}

static inline void futex_leave(struct futex_bucket *bucket, struct futex_waiter *waiter)
{
    tree_remove(&bucket->waiters, &waiter->node);
    /* model: futex.pml LEFT; release: the thread, which may not take the lock, reads futex_index then */
    atomic_store_explicit(&waiter->bucket, nullptr, memory_order_release);
}

/* ---- futex.c, for futex_any.c ---- */
struct futex_waiter *futex_waiter_at(struct thread *thread, u32 index);
/* model: futex.pml 1. rcOk: the word has the value, and the thread's waiter is in its bucket; else as futex_wait. */
retcode futex_enter_word(struct thread *thread, u32 index, const struct futex_word *word);
/* model: futex.pml 3. Takes the waiter out of the bucket where it is, if it still is in one. */
void futex_leave_word(struct thread *thread, u32 index);
/* The running thread, which waits from here on, blocks; address is for the trace. */
void futex_block(struct thread *thread, u32 timeout_ms, u64 address);
void futex_any_room_init(void);
void futex_any_thread_free(struct thread *thread);
