/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/object_cache.h>
#include <sched/futex_bucket.h>
#include <traces/trace.h>

static struct object_cache waiter_sets; /* FUTEX_WORDS - 1 of struct futex_waiter */
void pi_lock_room_init(void);

void futex_room_init(void)
{
    object_cache_init(&waiter_sets, "futex_waiters", (FUTEX_WORDS - 1) * sizeof(struct futex_waiter), 8);
    pi_lock_room_init();
}

static bool waiter_before(const struct tree_node *left, const struct tree_node *right)
{
    const struct futex_waiter *a = waiter_of(left), *b = waiter_of(right);
    return a->address != b->address ? a->address < b->address : a->level > b->level;
}

static bool address_reached(const struct tree_node *node, const void *address)
{
    return waiter_of(node)->address >= *(const u64 *)address;
}

struct futex_waiter *futex_first_beyond(const struct futex_bucket *bucket, u64 address)
{
    struct tree_node *node = tree_find(&bucket->waiters, address_reached, &address);
    return node != nullptr && waiter_of(node)->address == address ? waiter_of(node) : nullptr;
}

static bool lock_before(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct turnstile, node)->address < tree_entry(b, struct turnstile, node)->address;
}

void futex_bucket_init(struct futex_bucket *bucket)
{
    *bucket = (struct futex_bucket){};
    tree_init(&bucket->waiters, waiter_before);
    tree_init(&bucket->locks, lock_before);
}

void futex_table_init(struct futex_bucket *buckets)
{
    for (u32 i = 0; i < FUTEX_BUCKETS; i++)
        futex_bucket_init(&buckets[i]);
}

struct futex_word futex_private(struct domain *domain, vaddr address, u32 value)
{
    return (struct futex_word){futex_private_bucket(domain, address), address, value, nullptr};
}

static struct futex_waiter *waiter_at(struct thread *thread, u32 index)
{
    return index == 0 ? &thread->waiter : &thread->more_waiters[index - 1];
}

/* The bucket of a waiter, locked; null if it is in none. Requeueing may change it until it is locked. */
static struct futex_bucket *bucket_lock_of(struct futex_waiter *waiter)
{
    for (;;) {
        struct futex_bucket *bucket = atomic_load_explicit(&waiter->bucket, memory_order_relaxed);
        if (bucket == nullptr)
            return nullptr;
        spinlock_lock(&bucket->lock);
        if (atomic_load_explicit(&waiter->bucket, memory_order_relaxed) == bucket)
            return bucket;
        spinlock_unlock(&bucket->lock);
    }
}

/* Who claimed the thread, once it has left its buckets. Their memory stays until we leave the kernel: epochs. */
static void drop_object(struct thread *thread)
{
    struct object *object = thread->futex_object;
    if (unlikely(object != nullptr)) {
        thread->futex_object = nullptr;
        object_release(object);
    }
}

/* model: futex.pml 3 */
static void leave_all(struct thread *thread)
{
    for (u32 i = 0; i < thread->futex_words; i++) {
        struct futex_bucket *bucket = bucket_lock_of(waiter_at(thread, i));
        if (bucket == nullptr)
            continue;
        futex_leave(bucket, waiter_at(thread, i));
        spinlock_unlock(&bucket->lock);
    }
}

static void time_limit(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    if (futex_cancel(thread)) {
        futex_complete(thread, rcTimeout, 0);
        sched_wake(thread);
    }
}

/* PREEMPTED: it is not there, or not the user's: futex_word_bring() tells. */
static retcode word_check(const struct futex_word *word)
{
    u32 present;
    if (word->physical != nullptr)
        present = __atomic_load_n(word->physical, __ATOMIC_RELAXED);
    else if (word->address % 4 != 0 || !hal_load_user_u32(&present, word->address))
        return PREEMPTED;
    return present == word->value ? rcOk : rcFutexWouldBlock;
}

retcode futex_word_bring(struct thread *thread, vaddr address)
{
    if (address % 4 != 0)
        return rcInvalidArgument;
    if (preemption_point())
        return PREEMPTED;
    retcode code = space_fault_preemptible(&thread->domain->space, address, HAL_ACCESS_READ);
    return code == rcOk || code == PREEMPTED ? PREEMPTED : rcInvalidArgument;
}

/* model: futex.pml 1, for one word */
static retcode enter(struct thread *thread, u32 index, const struct futex_word *word)
{
    struct futex_waiter *waiter = waiter_at(thread, index);
    struct futex_bucket *bucket = word->bucket;
    spinlock_lock(&bucket->lock);
    retcode code = word_check(word);
    if (code == rcOk) {
        waiter->index = index;
        futex_enter(bucket, waiter, thread, word->address);
    }
    spinlock_unlock(&bucket->lock);
    return code;
}

retcode futex_wait(struct thread *thread, const struct futex_word *words, u32 count, u32 timeout_ms, u32 *index)
{
    if (count > 1 && thread->more_waiters == nullptr) {
        thread->more_waiters = object_cache_allocate(&waiter_sets, &thread->domain->quota);
        if (thread->more_waiters == nullptr)
            return quota_refusal(&thread->domain->quota, 0);
    }
    thread->futex_words = count; /* before anybody can claim the thread: he looks through all of them */
    atomic_store_explicit(&thread->futex_claimed, 0, memory_order_relaxed); /* published by the buckets' locks */
    for (u32 i = 0; i < count; i++) {
        retcode code = enter(thread, i, &words[i]);
        if (code != rcOk) {
            *index = i;
            if (futex_claim(thread)) {
                leave_all(thread);
                drop_object(thread);
                return unlikely(code == PREEMPTED) ? futex_word_bring(thread, words[i].address) : code;
            }
            break; /* woken through a word before this one: the wake is in our inbox */
        }
    }
    thread->state = THREAD_FUTEX; /* who wakes it leaves that to this CPU; who sees it finds it at all its words */
    if (count > 1) {
        /* model: futex.pml ENTERED. Who claimed the thread meanwhile may have looked for its waiters too early, and
         * then he claimed first: we see it. */
        atomic_thread_fence(memory_order_seq_cst);
        if (atomic_load_explicit(&thread->futex_claimed, memory_order_relaxed) != 0)
            leave_all(thread);
    }
    if (timeout_ms != KOS_INFINITE_TIMEOUT)
        timer_arm(&thread->timer, timer_deadline(timeout_ms), time_limit);
    trace_futex_wait(cpu_self(), 0, 0, thread->object.sid, words[0].address, 0);
    sched_block();
    return rcOk;
}

/* A claimed thread; outside the lock: a wake may send an IPI. */
static inline void wake_claimed(struct thread *thread)
{
    if (unlikely(thread->futex_words > 1)) {       /* it has left the one through which it was claimed */
        atomic_thread_fence(memory_order_seq_cst); /* model: futex.pml CLAIMED */
        leave_all(thread);
    }
    futex_complete(thread, rcOk, thread->futex_index); /* model: futex.pml 4; may look at the object */
    drop_object(thread);
    sched_wake_remote(thread);
}

/* Claimed threads, in order. */
static void wake_all(struct list *woken)
{
    while (!list_empty(woken)) {
        struct thread *thread = list_entry(woken->next, struct thread, futex_link);
        list_remove(&thread->futex_link);
        wake_claimed(thread);
    }
}

/* Under bucket->lock. */
static u32 take(struct futex_bucket *bucket, u64 address, u32 count, struct list *woken)
{
    u32 taken = 0;
    struct futex_waiter *waiter = futex_first(bucket, address);
    while (waiter != nullptr && waiter->address == address && taken < count) {
        struct tree_node *next = tree_next(&waiter->node);
        struct thread *thread = waiter->thread;
        if (futex_claim(thread)) { /* else somebody else is about to take it out */
            thread->futex_index = waiter->index;
            futex_leave(bucket, waiter);
            list_push_back(woken, &thread->futex_link);
            taken++;
        }
        waiter = next == nullptr ? nullptr : waiter_of(next);
    }
    return taken;
}

static u32 bounded(u32 count)
{
    return count < FUTEX_AT_ONCE ? count : FUTEX_AT_ONCE;
}

/* The common case: there is a waiter, and nobody else is about to take it. */
static struct thread *take_first(struct futex_bucket *bucket, u64 address)
{
    struct futex_waiter *waiter = futex_first(bucket, address);
    if (waiter == nullptr || !futex_claim(waiter->thread))
        return nullptr;
    waiter->thread->futex_index = waiter->index;
    futex_leave(bucket, waiter);
    return waiter->thread;
}

[[gnu::noinline]] static u32 wake_some(const struct futex_word *word, u32 count)
{
    struct list woken;
    list_init(&woken);
    spinlock_lock(&word->bucket->lock);
    u32 taken = take(word->bucket, word->address, bounded(count), &woken);
    spinlock_unlock(&word->bucket->lock);
    trace_futex_wake(cpu_self(), 0, 0, taken, word->address, 0);
    wake_all(&woken);
    return taken;
}

u32 futex_wake_one(const struct futex_word *word)
{
    spinlock_lock(&word->bucket->lock);
    struct thread *thread = take_first(word->bucket, word->address);
    spinlock_unlock(&word->bucket->lock);
    if (unlikely(thread == nullptr))
        return wake_some(word, 1);
    trace_futex_wake(cpu_self(), 0, 0, 1, word->address, 0);
    wake_claimed(thread);
    return 1;
}

u32 futex_wake(const struct futex_word *word, u32 count)
{
    return count == 1 ? futex_wake_one(word) : wake_some(word, count);
}

static void lock_both(struct futex_bucket *a, struct futex_bucket *b)
{
    struct futex_bucket *first = a < b ? a : b, *second = a < b ? b : a;
    spinlock_lock(&first->lock);
    if (second != first)
        spinlock_lock(&second->lock);
}

retcode futex_requeue(struct thread *thread, const struct futex_word *word, const struct futex_word *target, u32 *woken,
                      u32 *moved)
{
    struct futex_bucket *from = word->bucket, *to = target->bucket;
    struct list claimed;
    u32 wanted = bounded(*moved);
    list_init(&claimed);
    *moved = 0;
    lock_both(from, to);
    retcode code = target->address % 4 != 0 ? rcInvalidArgument : word_check(word);
    if (code == rcOk) {
        *woken = take(from, word->address, bounded(*woken), &claimed);
        struct futex_waiter *waiter = futex_first(from, word->address);
        while (waiter != nullptr && waiter->address == word->address && *moved < wanted) {
            struct tree_node *next = tree_next(&waiter->node);
            tree_remove(&from->waiters, &waiter->node);
            waiter->address = target->address;
            atomic_store_explicit(&waiter->bucket, to, memory_order_relaxed); /* under both locks */
            tree_insert(&to->waiters, &waiter->node);
            (*moved)++;
            waiter = next == nullptr || from == to ? futex_first(from, word->address) : waiter_of(next);
        }
    }
    spinlock_unlock(&from->lock);
    if (to != from)
        spinlock_unlock(&to->lock);
    wake_all(&claimed);
    return unlikely(code == PREEMPTED) ? futex_word_bring(thread, word->address) : code;
}

bool futex_cancel(struct thread *thread)
{
    if (thread->futex_words == 0)
        return pi_lock_cancel(thread);
    if (!futex_claim(thread))
        return false;
    leave_all(thread);
    drop_object(thread);
    return true;
}

struct thread *futex_level_changed(struct thread *thread)
{
    if (thread->futex_words == 0)
        return pi_lock_level_changed(thread);
    for (u32 i = 0; i < thread->futex_words; i++) {
        struct futex_waiter *waiter = waiter_at(thread, i);
        struct futex_bucket *bucket = bucket_lock_of(waiter);
        if (bucket == nullptr)
            continue;
        tree_remove(&bucket->waiters, &waiter->node);
        waiter->level = thread->level;
        tree_insert(&bucket->waiters, &waiter->node);
        spinlock_unlock(&bucket->lock);
    }
    return nullptr;
}

void pi_lock_thread_free(struct thread *thread);

void futex_thread_free(struct thread *thread)
{
    if (thread->more_waiters != nullptr)
        object_cache_free(&waiter_sets, thread->more_waiters, &thread->domain->quota);
    pi_lock_thread_free(thread);
}
