/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/futex_bucket.h>
#include <traces/trace.h>

void pi_lock_room_init(void);

void futex_room_init(void)
{
    futex_any_room_init();
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

struct futex_waiter *futex_waiter_at(struct thread *thread, u32 index)
{
    return index == 0 ? &thread->waiter : &thread->more_waiters[index - 1];
}

/* The bucket of a waiter, locked; null if it is in none. Requeueing may change it until it is locked. */
static struct futex_bucket *bucket_lock_of(struct futex_waiter *waiter)
{
    for (;;) {
        /* acquire: who took it out says before through which word: futex_leave() */
        struct futex_bucket *bucket = atomic_load_explicit(&waiter->bucket, memory_order_acquire);
        if (bucket == nullptr)
            return nullptr;
        spinlock_lock(&bucket->lock);
        if (atomic_load_explicit(&waiter->bucket, memory_order_relaxed) == bucket)
            return bucket;
        spinlock_unlock(&bucket->lock);
    }
}

/* Who claimed the thread, once it has left its bucket, whose memory stays until we leave the kernel: epochs. */
static void drop_object(struct thread *thread)
{
    struct object *object = thread->futex_object;
    if (unlikely(object != nullptr)) {
        thread->futex_object = nullptr;
        object_release(object);
    }
}

void futex_leave_word(struct thread *thread, u32 index)
{
    struct futex_waiter *waiter = futex_waiter_at(thread, index);
    struct futex_bucket *bucket = bucket_lock_of(waiter);
    if (bucket == nullptr)
        return;
    futex_leave(bucket, waiter);
    spinlock_unlock(&bucket->lock);
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
    if (space_device_there(&thread->domain->space, address, HAL_ACCESS_READ))
        return rcInvalidArgument;
    retcode code = space_fault_preemptible(&thread->domain->space, address, HAL_ACCESS_READ);
    return code == rcOk || code == PREEMPTED ? PREEMPTED : rcInvalidArgument;
}

retcode futex_enter_word(struct thread *thread, u32 index, const struct futex_word *word)
{
    struct futex_waiter *waiter = futex_waiter_at(thread, index);
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

void futex_block(struct thread *thread, u32 timeout_ms, u64 address)
{
    thread->state = THREAD_FUTEX; /* who wakes it leaves that to this CPU */
    if (timeout_ms != KOS_INFINITE_TIMEOUT)
        timer_arm(&thread->timer, timer_deadline(timeout_ms), time_limit);
    trace_futex_wait(cpu_self(), 0, 0, thread->object.sid, address, 0);
    sched_block();
}

retcode futex_wait(struct thread *thread, const struct futex_word *word, u32 timeout_ms)
{
    thread->futex_words = 1; /* before anybody can claim the thread */
    atomic_store_explicit(&thread->futex_claimed, FUTEX_WAITING, memory_order_relaxed); /* published by the lock */
    retcode code = futex_enter_word(thread, 0, word);
    if (code != rcOk) {
        drop_object(thread);
        return unlikely(code == PREEMPTED) ? futex_word_bring(thread, word->address) : code;
    }
    futex_block(thread, timeout_ms, word->address);
    return rcOk;
}

/* A claimed thread; outside the lock: a wake may send an IPI. */
static inline void wake_claimed(struct thread *thread)
{
    futex_complete(thread, rcOk, thread->futex_index); /* model: futex.pml 4; may look at the object */
    drop_object(thread);
    sched_wake_remote(thread);
}

/* Under bucket->lock. model: futex.pml 2, 3. The thread whose waiter, the first of the word, was taken out, or null;
 * *before: what it was to who claimed it. */
static inline struct thread *take_first(struct futex_bucket *bucket, u64 address, u32 *before)
{
    struct futex_waiter *waiter = futex_first(bucket, address);
    if (waiter == nullptr)
        return nullptr;
    struct thread *thread = waiter->thread;
    *before = futex_claim(thread);
    if (likely(*before != FUTEX_CLAIMED))
        thread->futex_index = waiter->index;
    futex_leave(bucket, waiter);
    return thread;
}

/* Nobody, or one who sees to the rest himself, or waits no longer. */
[[gnu::noinline]] static u32 not_woken(const struct futex_word *word, const struct thread *thread, u32 before)
{
    trace_futex_wake(cpu_self(), 0, 0, before != FUTEX_CLAIMED, word->address, 0);
    return before != FUTEX_CLAIMED ? 1 : thread != nullptr ? FUTEX_SWEPT : 0;
}

u32 futex_wake_one(const struct futex_word *word)
{
    u32 before = FUTEX_CLAIMED;
    spinlock_lock(&word->bucket->lock);
    struct thread *thread = take_first(word->bucket, word->address, &before);
    spinlock_unlock(&word->bucket->lock);
    if (unlikely(before != FUTEX_WAITING))
        return not_woken(word, thread, before);
    trace_futex_wake(cpu_self(), 0, 0, 1, word->address, 0);
    wake_claimed(thread);
    return 1;
}

u32 futex_wake_first(const struct futex_word *word)
{
    u32 found;
    do {
        found = futex_wake_one(word);
    } while (unlikely(found == FUTEX_SWEPT));
    return found;
}

u32 futex_wake(const struct futex_word *word, u32 count)
{
    u32 woken = 0;
    while (woken < count && woken < FUTEX_AT_ONCE && futex_wake_first(word) == 1)
        woken++;
    return woken;
}

static void lock_both(struct futex_bucket *a, struct futex_bucket *b)
{
    struct futex_bucket *first = a < b ? a : b, *second = a < b ? b : a;
    spinlock_lock(&first->lock);
    if (second != first)
        spinlock_lock(&second->lock);
}

/* Both buckets are locked. */
static u32 move_first(struct futex_bucket *from, u64 address, struct futex_bucket *to, u64 target)
{
    struct futex_waiter *waiter = futex_first(from, address);
    if (waiter == nullptr)
        return 0;
    if (atomic_load_explicit(&waiter->thread->futex_claimed, memory_order_relaxed) == FUTEX_CLAIMED) {
        futex_leave(from, waiter);
        return FUTEX_SWEPT;
    }
    tree_remove(&from->waiters, &waiter->node);
    waiter->address = target;
    atomic_store_explicit(&waiter->bucket, to, memory_order_relaxed); /* under both locks */
    tree_insert(&to->waiters, &waiter->node);
    return 1;
}

retcode futex_requeue(struct thread *thread, const struct futex_word *word, const struct futex_word *target,
                      enum futex_what what, u32 *found)
{
    struct futex_bucket *from = word->bucket, *to = target->bucket;
    struct thread *taken = nullptr;
    u32 before = FUTEX_CLAIMED;
    *found = 0;
    lock_both(from, to);
    retcode code = target->address % 4 != 0 ? rcInvalidArgument : word_check(word);
    if (code == rcOk && what == FUTEX_WAKES) {
        taken = take_first(from, word->address, &before);
        *found = before != FUTEX_CLAIMED ? 1 : taken != nullptr ? FUTEX_SWEPT : 0;
    } else if (code == rcOk && what == FUTEX_MOVES) {
        *found = move_first(from, word->address, to, target->address);
    }
    spinlock_unlock(&from->lock);
    if (to != from)
        spinlock_unlock(&to->lock);
    if (before == FUTEX_WAITING)
        wake_claimed(taken);
    return unlikely(code == PREEMPTED) ? futex_word_bring(thread, word->address) : code;
}

bool futex_cancel(struct thread *thread)
{
    if (thread->futex_words == 0)
        return pi_lock_cancel(thread);
    if (futex_claim(thread) != FUTEX_WAITING)
        return false;
    if (thread->futex_words == 1) /* else it leaves them when it runs */
        futex_leave_word(thread, 0);
    drop_object(thread);
    return true;
}

/* Waiters that take their places anew at a time: the rest as a level that changes again, from the inbox. */
#define LEVELS_AT_ONCE 1U

struct thread *futex_level_changed(struct thread *thread)
{
    if (thread->futex_words == 0)
        return pi_lock_level_changed(thread);
    u32 changed = 0;
    for (u32 i = 0; i < thread->futex_words; i++) {
        struct futex_waiter *waiter = futex_waiter_at(thread, i);
        if (waiter->level == thread->level)
            continue;
        if (changed++ == LEVELS_AT_ONCE) {
            sched_level_update_remote(thread, cpu_self()->hal.index);
            break;
        }
        struct futex_bucket *bucket = bucket_lock_of(waiter);
        if (bucket == nullptr) {
            waiter->level = thread->level;
            continue;
        }
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
        futex_any_thread_free(thread);
    pi_lock_thread_free(thread);
}
