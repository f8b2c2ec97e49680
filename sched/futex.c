/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/futex.h>

static struct futex_bucket *bucket_of(struct domain *domain, vaddr address)
{
    u64 hash = (address >> 2) * 0x9e3779b97f4a7c15ULL;
    return &domain->futexes[hash >> 60];
}
static_assert(FUTEX_BUCKETS == 1U << 4, "bucket_of takes the top four bits");

void futex_table_init(struct futex_bucket *buckets)
{
    for (u32 i = 0; i < FUTEX_BUCKETS; i++)
        list_init(&buckets[i].waiters);
}

static void time_limit(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    if (futex_cancel(thread)) {
        futex_complete(thread, rcTimeout);
        sched_wake(thread);
    }
}

retcode futex_wait(struct thread *thread, vaddr address, u32 value, u32 timeout_ms)
{
    u32 present;
    if (address % 4 != 0)
        return rcInvalidArgument;
    struct futex_bucket *bucket = bucket_of(thread->domain, address);
    spinlock_lock(
        &bucket
             ->lock); /* a waker changes the word first, then takes the lock: either we see the change or it sees us */
    if (!hal_load_user_u32(&present, address)) {
        spinlock_unlock(&bucket->lock);
        return rcInvalidArgument;
    }
    if (present != value) {
        spinlock_unlock(&bucket->lock);
        return rcFutexWouldBlock;
    }
    thread->state = THREAD_FUTEX;
    thread->futex_address = address;
    thread->futex_bucket = bucket;
    struct list *place = bucket->waiters.previous;
    while (place != &bucket->waiters && list_entry(place, struct thread, futex_link)->level < thread->level)
        place = place->previous;
    list_insert_after(place, &thread->futex_link);
    if (timeout_ms != KOS_INFINITE_TIMEOUT)
        timer_arm(&thread->timer, timer_deadline(timeout_ms), time_limit);
    spinlock_unlock(&bucket->lock);
    sched_block();
    return rcOk;
}

u32 futex_wake(struct domain *domain, vaddr address, u32 count)
{
    struct futex_bucket *bucket = bucket_of(domain, address);
    struct list woken;
    u32 taken = 0;
    list_init(&woken);
    spinlock_lock(&bucket->lock);
    list_for_each_safe(node, &bucket->waiters)
    {
        if (taken == count)
            break;
        struct thread *thread = list_entry(node, struct thread, futex_link);
        if (thread->futex_address != address)
            continue;
        list_remove(&thread->futex_link);
        thread->futex_bucket = nullptr;
        list_push_back(&woken, &thread->futex_link);
        taken++;
    }
    spinlock_unlock(&bucket->lock);
    while (!list_empty(&woken)) { /* outside the lock: a wake may send an IPI */
        struct thread *thread = list_entry(woken.next, struct thread, futex_link);
        list_remove(&thread->futex_link);
        futex_complete(thread, rcOk);
        sched_wake_remote(thread);
    }
    return taken;
}

bool futex_cancel(struct thread *thread)
{
    struct futex_bucket *bucket = thread->futex_bucket;
    if (bucket == nullptr)
        return false; /* see below: only cleared under the lock, and then the wake is under way */
    bool waiting = false;
    spinlock_lock(&bucket->lock);
    if (thread->futex_bucket == bucket) {
        list_remove(&thread->futex_link);
        thread->futex_bucket = nullptr;
        waiting = true;
    }
    spinlock_unlock(&bucket->lock);
    return waiting;
}

u32 futex_inherited_level(struct thread *thread)
{
    (void)thread;
    return 0;
}
struct thread *futex_level_changed(struct thread *thread)
{
    (void)thread;
    return nullptr;
}
