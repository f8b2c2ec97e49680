/* SPDX-License-Identifier: Apache-2.0 */
/* Priority-inheriting locks: see sched/futex.h. */
#include <memory/object_cache.h>
#include <sched/futex.h>
#include <traces/trace.h>

#define TID_MASK (KOS_LOCK_WAITERS - 1U)

static struct object_cache turnstiles;

void pi_lock_room_init(void);
void pi_lock_room_init(void)
{
    object_cache_init(&turnstiles, "turnstile", sizeof(struct turnstile), 8);
}

static struct thread *waiting_thread(const struct tree_node *node)
{
    return tree_entry(node, struct futex_waiter, node)->thread;
}

static bool more_urgent(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct futex_waiter, node)->level > tree_entry(b, struct futex_waiter, node)->level;
}

bool pi_lock_held_before(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct turnstile, held_node)->top_level >
           tree_entry(b, struct turnstile, held_node)->top_level;
}

static bool address_reached(const struct tree_node *node, const void *address)
{
    return tree_entry(node, struct turnstile, node)->address >= *(const u64 *)address;
}

static struct turnstile *turnstile_find(const struct futex_bucket *bucket, u64 address)
{
    struct tree_node *node = tree_find(&bucket->locks, address_reached, &address);
    struct turnstile *turnstile = node == nullptr ? nullptr : tree_entry(node, struct turnstile, node);
    return turnstile != nullptr && turnstile->address == address ? turnstile : nullptr;
}

/* The user's word in the direct map, writable by the user for good (not in an arena, which may be sealed). Valid during
 * this kernel entry: pages that are unmapped meanwhile are freed after it. Null: *code, PREEMPTED if it was not there.
 */
static _Atomic u32 *user_word(struct thread *thread, vaddr address, retcode *code)
{
    u32 access = 0;
    *code = rcInvalidArgument;
    if (address % 4 != 0 || address >= KOS_USER_LIMIT)
        return nullptr;
    paddr page = hal_space_lookup(&thread->domain->space.hal, address, &access);
    if (unlikely(page == PADDR_NONE))
        *code = futex_word_bring(thread, address);
    if (page == PADDR_NONE || (access & (HAL_PAGE_WRITE | HAL_PAGE_SEALABLE)) != HAL_PAGE_WRITE)
        return nullptr;
    return (_Atomic u32 *)(void *)((u8 *)hal_direct(page) + (address & (KOS_PAGE_SIZE - 1)));
}

/* acq_rel: takes over, or hands on, what the lock guards. */
static bool word_exchange(_Atomic u32 *word, u32 from, u32 to)
{
    return atomic_compare_exchange_strong_explicit(word, &from, to, memory_order_acq_rel, memory_order_relaxed);
}

/* Asks for the level of a thread that may be at home anywhere to be computed anew; here: at once. */
static void level_concerns(struct thread *thread)
{
    /* model: pi_lock.pml CONCERNS */
    if (thread->home == cpu_self()->hal.index)
        sched_level_update(thread);
    else
        sched_level_update_remote(thread, thread->home);
}

static void time_limit(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    if (pi_lock_cancel(thread)) {
        futex_complete(thread, rcTimeout, 0);
        sched_wake(thread);
    }
}

/* The first waiter may be another: the turnstile's place among what its owner holds. Under the bucket's lock. True if
 * that changed. */
static bool top_changed(struct turnstile *turnstile)
{
    u32 level = tree_entry(turnstile->waiters.first, struct futex_waiter, node)->level;
    struct thread *owner = turnstile->owner;
    if (level == turnstile->top_level)
        return false;
    spinlock_lock(&owner->held_lock);
    tree_remove(&owner->held, &turnstile->held_node);
    turnstile->top_level = level;
    tree_insert(&owner->held, &turnstile->held_node);
    spinlock_unlock(&owner->held_lock);
    return true;
}

/* Puts the running thread's turnstile under the word: false if the owner has ended. Under the bucket's lock. */
static bool turnstile_begin(struct thread *thread, struct futex_bucket *bucket, u64 address, struct thread *owner)
{
    struct turnstile *turnstile = thread->turnstile;
    *turnstile = (struct turnstile){.address = address, .bucket = bucket, .owner = owner, .top_level = thread->level};
    tree_init(&turnstile->waiters, more_urgent);
    list_init(&turnstile->spares);
    list_init(&turnstile->spare_link);
    spinlock_lock(&owner->held_lock);
    bool alive = !owner->locks_gone;
    if (alive)
        tree_insert(&owner->held, &turnstile->held_node);
    spinlock_unlock(&owner->held_lock);
    if (alive)
        tree_insert(&bucket->locks, &turnstile->node);
    return alive;
}

/* Under the bucket's lock, the word says that owner holds it and that threads wait. */
static retcode wait_for(struct thread *thread, struct futex_bucket *bucket, u64 address, struct thread *owner)
{
    struct turnstile *turnstile = turnstile_find(bucket, address);
    if (turnstile == nullptr) {
        if (!turnstile_begin(thread, bucket, address, owner))
            return rcInvalidThreadState;
        turnstile = thread->turnstile;
    } else {
        if (turnstile->owner != owner)
            return rcInvalidOperation; /* somebody wrote the word who may not */
        list_push_back(&turnstile->spares, &thread->turnstile->spare_link);
    }
    thread->turnstile = nullptr;
    thread->waiter.thread = thread;
    thread->waiter.level = thread->level;
    thread->futex_words = 0;
    thread->blocked_on = turnstile;
    thread->state = THREAD_FUTEX;
    tree_insert(&turnstile->waiters, &thread->waiter.node);
    (void)top_changed(turnstile);
    return rcOk;
}

/* rcFutexWouldBlock: the word has changed meanwhile. */
static retcode lock_once(struct thread *thread, _Atomic u32 *word, vaddr address, bool *blocked)
{
    u32 value = atomic_load_explicit(word, memory_order_relaxed), holder = value & TID_MASK;
    if (holder == 0)
        return word_exchange(word, value, thread->tid | (value & KOS_LOCK_WAITERS)) ? rcOk : rcFutexWouldBlock;
    if (holder == thread->tid)
        return rcInvalidOperation;
    struct thread *owner = domain_thread(thread->domain, holder);
    if (owner == nullptr)
        return rcInvalidThreadState;
    struct futex_bucket *bucket = futex_private(thread->domain, address, 0).bucket;
    spinlock_lock(&bucket->lock); /* model: pi_lock.pml WAIT */
    retcode code = rcFutexWouldBlock;
    value = atomic_load_explicit(word, memory_order_relaxed);
    if ((value & TID_MASK) == holder && word_exchange(word, value, value | KOS_LOCK_WAITERS))
        code = wait_for(thread, bucket, address, owner);
    spinlock_unlock(&bucket->lock);
    if (code == rcOk) {
        *blocked = true;
        trace_lock_wait(cpu_self(), 0, 0, owner->object.sid, address, 0);
        sched_block();
        level_concerns(owner);
    }
    return code;
}

#define TRIES 8U

retcode pi_lock(struct thread *thread, vaddr address, u32 timeout_ms, bool *blocked)
{
    retcode code;
    _Atomic u32 *word = user_word(thread, address, &code);
    if (word == nullptr)
        return code;
    if (thread->turnstile == nullptr) {
        thread->turnstile = object_cache_allocate(&turnstiles, &thread->domain->quota);
        if (thread->turnstile == nullptr)
            return quota_refusal(&thread->domain->quota, 0);
        list_init(&thread->turnstile->spare_link);
        if (preemption_point()) /* a step of its own, once in a thread's life */
            return PREEMPTED;
    }
    code = rcFutexWouldBlock;
    for (u32 i = 0; i < TRIES && code == rcFutexWouldBlock; i++) {
        if (i != 0 && preemption_point())
            return PREEMPTED;
        code = lock_once(thread, word, address, blocked);
    }
    if (*blocked && timeout_ms != KOS_INFINITE_TIMEOUT)
        timer_arm(&thread->timer, timer_deadline(timeout_ms), time_limit);
    return code;
}

/* A waiter leaves, with a turnstile; the last with the lock's own. Under the bucket's lock. */
static void waiter_leaves(struct turnstile *turnstile, struct thread *thread)
{
    struct futex_bucket *bucket = turnstile->bucket;
    tree_remove(&turnstile->waiters, &thread->waiter.node);
    thread->blocked_on = nullptr;
    if (!tree_empty(&turnstile->waiters)) {
        thread->turnstile = list_entry(turnstile->spares.next, struct turnstile, spare_link);
        list_remove(&thread->turnstile->spare_link);
        return;
    }
    struct thread *owner = turnstile->owner;
    spinlock_lock(&owner->held_lock);
    tree_remove(&owner->held, &turnstile->held_node);
    spinlock_unlock(&owner->held_lock);
    tree_remove(&bucket->locks, &turnstile->node);
    thread->turnstile = turnstile;
}

/* The first waiter becomes the holder. Under the bucket's lock. */
static struct thread *hand_over(struct turnstile *turnstile, _Atomic u32 *word)
{
    struct thread *next = waiting_thread(turnstile->waiters.first), *owner = turnstile->owner;
    waiter_leaves(turnstile, next);
    bool more = next->turnstile != turnstile;
    if (more) {
        spinlock_lock(&owner->held_lock);
        tree_remove(&owner->held, &turnstile->held_node);
        spinlock_unlock(&owner->held_lock);
        turnstile->owner = next;
        turnstile->top_level = tree_entry(turnstile->waiters.first, struct futex_waiter, node)->level;
        spinlock_lock(&next->held_lock);
        tree_insert(&next->held, &turnstile->held_node);
        spinlock_unlock(&next->held_lock);
    }
    /* model: pi_lock.pml HAND_OVER; release: what the lock guards goes with it */
    atomic_store_explicit(word, next->tid | (more ? KOS_LOCK_WAITERS : 0), memory_order_release);
    return next;
}

retcode pi_unlock(struct thread *thread, vaddr address)
{
    retcode code;
    _Atomic u32 *word = user_word(thread, address, &code);
    if (word == nullptr)
        return code;
    struct futex_bucket *bucket = futex_private(thread->domain, address, 0).bucket;
    struct thread *next = nullptr;
    spinlock_lock(&bucket->lock);
    bool holds = (atomic_load_explicit(word, memory_order_relaxed) & TID_MASK) == thread->tid;
    if (holds) {
        struct turnstile *turnstile = turnstile_find(bucket, address);
        if (turnstile != nullptr && turnstile->owner == thread)
            next = hand_over(turnstile, word);
        else
            atomic_store_explicit(word, 0, memory_order_release);
    }
    spinlock_unlock(&bucket->lock);
    if (!holds)
        return rcInvalidOperation;
    if (next != nullptr) {
        futex_complete(next, rcOk, 0);
        level_concerns(next); /* it inherits from those who still wait */
        sched_wake_remote(next);
        sched_level_update(thread);
    }
    return rcOk;
}

/* The turnstile on which thread waits, its bucket locked; null if it no longer does. */
static struct turnstile *waits_on(struct thread *thread)
{
    struct turnstile *turnstile = thread->blocked_on;
    if (turnstile == nullptr)
        return nullptr;
    struct futex_bucket *bucket = turnstile->bucket;
    spinlock_lock(&bucket->lock);
    if (thread->blocked_on == turnstile && turnstile->bucket == bucket)
        return turnstile;
    spinlock_unlock(&bucket->lock);
    return nullptr; /* it has been handed the lock, which is final */
}

/* model: pi_lock.pml pi_lock_cancel() */
bool pi_lock_cancel(struct thread *thread)
{
    struct turnstile *turnstile = waits_on(thread);
    if (turnstile == nullptr)
        return false;
    struct futex_bucket *bucket = turnstile->bucket;
    struct thread *owner = turnstile->owner;
    waiter_leaves(turnstile, thread);
    bool concerns = thread->turnstile == turnstile || top_changed(turnstile);
    spinlock_unlock(&bucket->lock);
    if (concerns)
        level_concerns(owner);
    return true;
}

struct thread *pi_lock_level_changed(struct thread *thread)
{
    struct turnstile *turnstile = waits_on(thread);
    if (turnstile == nullptr)
        return nullptr;
    struct thread *owner = turnstile->owner;
    tree_remove(&turnstile->waiters, &thread->waiter.node);
    thread->waiter.level = thread->level;
    tree_insert(&turnstile->waiters, &thread->waiter.node);
    bool concerns = top_changed(turnstile);
    spinlock_unlock(&turnstile->bucket->lock);
    if (!concerns || owner->home == cpu_self()->hal.index)
        return concerns ? owner : nullptr;
    sched_level_update_remote(owner, owner->home);
    return nullptr;
}

u32 futex_inherited_level(struct thread *thread)
{
    u32 level = 0;
    if (tree_empty(&thread->held)) /* whoever makes it non-empty asks for another look afterwards */
        return 0;
    spinlock_lock(&thread->held_lock);
    if (!tree_empty(&thread->held))
        level = tree_entry(thread->held.first, struct turnstile, held_node)->top_level;
    spinlock_unlock(&thread->held_lock);
    return level;
}

/* A turnstile of a lock that thread holds; null: none is left, and none can come any more. */
static struct turnstile *held_first(struct thread *thread)
{
    spinlock_lock(&thread->held_lock);
    struct turnstile *turnstile =
        tree_empty(&thread->held) ? nullptr : tree_entry(thread->held.first, struct turnstile, held_node);
    thread->locks_gone = turnstile == nullptr;
    spinlock_unlock(&thread->held_lock);
    return turnstile;
}

/* model: pi_lock.pml end_thread() */
void pi_lock_owner_gone(struct thread *thread)
{
    struct turnstile *turnstile;
    while ((turnstile = held_first(thread)) != nullptr) {
        struct futex_bucket *bucket = turnstile->bucket;
        struct thread *waiter = nullptr;
        spinlock_lock(&bucket->lock);
        if (turnstile->bucket == bucket && turnstile->owner == thread && !tree_empty(&turnstile->waiters)) {
            waiter = waiting_thread(turnstile->waiters.first);
            waiter_leaves(turnstile, waiter);
            if (waiter->turnstile != turnstile)
                (void)top_changed(turnstile);
        }
        spinlock_unlock(&bucket->lock);
        if (waiter != nullptr) {
            futex_complete(waiter, rcInvalidThreadState, 0);
            sched_wake_remote(waiter);
        }
        checkpoint();
    }
}

void pi_lock_thread_free(struct thread *thread);
void pi_lock_thread_free(struct thread *thread)
{
    if (thread->turnstile != nullptr)
        object_cache_free(&turnstiles, thread->turnstile, &thread->domain->quota);
}
