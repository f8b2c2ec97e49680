/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for a word without a time limit, and waking one thread: both threads in such a call, on one CPU, so that the
 * turn goes from one to the other with nothing saved but the info word. Whatever does not fit is done by
 * kernel/core_sync.c, from the beginning. The steps are those of sched/futex.h.
 *
 * A thread that waits by this way has the context of a call that succeeded (HAL_RESUME_STATUS) from when it enters the
 * bucket; who ends its wait otherwise writes another. So that kind tells a waker that the waiter waits for one word,
 * has no timer, nobody's account, and an answer that is granted.
 */
#include <ipc/shared_memory.h>
#include <kernel/core_fast.h>
#include <sched/futex_bucket.h>
#include <sched/local.h>

static inline struct cpu *cpu_of(struct hal_cpu *cpu)
{
    return (struct cpu *)(void *)cpu;
}

/* Registers whose values nobody will look at: nothing is kept for their sake. Not before a way back to the ordinary
 * handler, which stores them. */
#define ANY_WORDS(a, b, c, d) __asm__("" : "=r"(a), "=r"(b), "=r"(c), "=r"(d))

/* Parameters by name. */
#define WAIT(name)        CORE_REGISTER(SYNC, Wait, name)
#define SHARED(name)      CORE_REGISTER(SYNC, WaitShared, name)
#define WAKE(name)        CORE_REGISTER(SYNC, Wake, name)
#define WAKE_SHARED(name) CORE_REGISTER(SYNC, WakeShared, name)
/* w4 to w7 are nobody's parameters; answers are rc and one word. */
static_assert(KOS_WORDS_SYNC_Wait_in <= 4 && KOS_WORDS_SYNC_WaitShared_in <= 4 && KOS_WORDS_SYNC_Wake_in <= 4 &&
              KOS_WORDS_SYNC_WakeShared_in <= 4);
static_assert(KOS_CORE_SYNC_Wait_out_outDelay == 1 && KOS_CORE_SYNC_WaitShared_out_outDelay == 1 &&
              KOS_CORE_SYNC_Wake_out_wokenCnt == 1 && KOS_CORE_SYNC_WakeShared_out_wokenCnt == 1);

/* May the running thread wait, may another take its place, without a look at budgets and what is pending? */
static inline bool plain(struct hal_cpu *cpu)
{
    return likely(cpu->pending == 0 && cpu_of(cpu)->account == nullptr);
}

/* model: futex.pml 1. Under bucket->lock: afterwards other CPUs may end the wait. */
static inline void wait_begin(struct thread *thread, struct futex_bucket *bucket, u64 address, word response)
{
    thread->core_response = response;
    thread->context.info = response;
    thread->context.kind = HAL_RESUME_STATUS;
    thread->account = nullptr; /* that of the CPU: a server's may be an old caller's */
    thread->futex_words = 1;
    thread->state = THREAD_FUTEX;
    atomic_store_explicit(&thread->futex_claimed, 0, memory_order_relaxed);
    futex_enter(bucket, &thread->waiter, thread, address);
}

HAL_FAST void core_fast_Wait(HAL_FAST_PARAMETERS)
{
    struct thread *thread = thread_of(self);
    u32 present;
    w4 = w5 = w6 = w7 = 0; /* not of the request */
    if (!plain(cpu) || unlikely(WAIT(delay) != KOS_INFINITE_TIMEOUT))
        CORE_FAST_FALL_BACK();
    struct futex_bucket *bucket = futex_private_bucket(thread->domain, WAIT(ptr));
    spinlock_lock(&bucket->lock);
    if (unlikely(!hal_load_user_u32(&present, WAIT(ptr)))) { /* perhaps it is only not there yet */
        spinlock_unlock(&bucket->lock);
        CORE_FAST_FALL_BACK();
    }
    if (unlikely(present != WAIT(val))) {
        spinlock_unlock(&bucket->lock);
        if (WAIT(val) > 0xffffffffU)
            CORE_FAST_FALL_BACK();
        CORE_FAST_RETURN(rcFutexWouldBlock, 0);
    }
    wait_begin(thread, bucket, WAIT(ptr), selector);
    spinlock_unlock(&bucket->lock);
    ANY_WORDS(w0, w1, w2, w3);
    hal_tail sched_next_fast(HAL_FAST_ARGUMENTS);
}

/* The memory that handle names, borrowed, or null: anything may be wrong then. */
static inline struct shared_memory *memory_of(const struct thread *thread, word handle)
{
    /* acquire: entries before the block, the capability before its place was filled (object/capability.c) */
    const struct handle_block *block = atomic_load_explicit(&thread->domain->handles.block, memory_order_acquire);
    const struct capability *capability =
        atomic_load_explicit(&block->entries[handle & block->mask].capability, memory_order_acquire);
    if (unlikely(capability == nullptr || capability->handle != handle || capability->revoked ||
                 capability->object->type != OBJECT_MEMORY || (capability->rights & KOS_RIGHT_MEMORY_READ) == 0))
        return nullptr;
    return container_of(capability->object, struct shared_memory, object);
}

HAL_FAST void core_fast_WaitShared(HAL_FAST_PARAMETERS)
{
    struct thread *thread = thread_of(self);
    struct futex_word at;
    w4 = w5 = w6 = w7 = 0;
    if (!plain(cpu) || unlikely(SHARED(delay) != KOS_INFINITE_TIMEOUT))
        CORE_FAST_FALL_BACK();
    struct shared_memory *memory = memory_of(thread, SHARED(mdl));
    if (unlikely(memory == nullptr || shared_memory_word(memory, SHARED(offset), (u32)SHARED(val), &at) != rcOk))
        CORE_FAST_FALL_BACK();
    spinlock_lock(&at.bucket->lock);
    if (unlikely(__atomic_load_n(at.physical, __ATOMIC_RELAXED) != SHARED(val))) {
        spinlock_unlock(&at.bucket->lock);
        if (SHARED(val) > 0xffffffffU)
            CORE_FAST_FALL_BACK();
        CORE_FAST_RETURN(rcFutexWouldBlock, 0);
    }
    u32 references = atomic_load_explicit(&memory->object.references, memory_order_relaxed);
    if (unlikely(references == 0 || !atomic_compare_exchange_strong_explicit(
                                        &memory->object.references, &references, references + 1, memory_order_acquire,
                                        memory_order_relaxed))) { /* as object_try_reference(), but trying once */
        spinlock_unlock(&at.bucket->lock);
        CORE_FAST_FALL_BACK();
    }
    thread->futex_object = &memory->object; /* the bucket must stay */
    wait_begin(thread, at.bucket, at.address, selector);
    spinlock_unlock(&at.bucket->lock);
    ANY_WORDS(w0, w1, w2, w3);
    hal_tail sched_next_fast(HAL_FAST_ARGUMENTS);
}

/* The thread w4, woken, is more urgent than the running one: it goes on at once. The other has its answer, one thread
 * woken, when it is its turn again, the first of its level. */
HAL_FAST [[gnu::noinline]] static void give_way(HAL_FAST_PARAMETERS)
{
    struct cpu *this_cpu = cpu_of(cpu);
    struct thread *woken = (struct thread *)w4;
    memset(self->words, 0, sizeof(self->words));
    self->words[KOS_CORE_SYNC_Wake_out_wokenCnt] = 1; /* WakeShared's, too */
    self->selector = 0;
    self->info = selector;
    self->kind = HAL_RESUME_CALL;
    thread_of(self)->account = nullptr;
    run_queue_push_front(&this_cpu->run_queue, thread_of(self));
    atomic_store_explicit(&this_cpu->doing, woken->level, memory_order_relaxed); /* model: inbox.pml k */
    cpu->current = &woken->context;
    hal_switch_space(self, &woken->context);
    self = &woken->context;
    info = self->info;
    ANY_WORDS(w4, w5, w6, w7);
    hal_tail hal_fast_resume_empty(HAL_FAST_ARGUMENTS);
}

/* Wakes the first waiter of the word that has number w5 in the bucket w4. */
HAL_FAST static void wake_first(HAL_FAST_PARAMETERS)
{
    struct futex_bucket *bucket = (struct futex_bucket *)w4;
    __asm__("" : "=r"(w6), "=r"(w7)); /* not of the request */
    spinlock_lock(&bucket->lock);
    struct futex_waiter *waiter = futex_first(bucket, w5);
    if (waiter == nullptr) {
        spinlock_unlock(&bucket->lock);
        CORE_FAST_RETURN(rcOk, 0);
    }
    struct thread *woken = waiter->thread;
    u32 level = woken->level, running_level = thread_of(self)->level;
    /* of its home's fields only that one may be read elsewhere; with it the others are ours */
    if (unlikely(woken->home != cpu->index || woken->context.kind != HAL_RESUME_STATUS || woken->watched ||
                 level >= RUN_LEVEL_RESERVATION || (level > running_level && cpu_of(cpu)->account != nullptr))) {
        spinlock_unlock(&bucket->lock);
        w4 = w5 = w6 = w7 = 0;
        CORE_FAST_FALL_BACK();
    }
    /* model: futex.pml 2, without an exchange: who else may claim it now would hold this lock, or be this CPU */
    kassert(atomic_load_explicit(&woken->futex_claimed, memory_order_relaxed) == 0);
    atomic_store_explicit(&woken->futex_claimed, 1, memory_order_relaxed);
    futex_leave_only(bucket, waiter); /* model: futex.pml 3 */
    spinlock_unlock(&bucket->lock);
    struct object *object = woken->futex_object;
    if (object != nullptr) {
        woken->futex_object = nullptr;
        object_release(object);
    }
    woken->state = THREAD_RUNNABLE; /* model: futex.pml 4 */
    if (unlikely(level > running_level)) {
        w4 = (word)woken;
        ANY_WORDS(w0, w1, w2, w3);
        hal_tail give_way(HAL_FAST_ARGUMENTS);
    }
    struct run_queue *queue = &cpu_of(cpu)->run_queue;
    queue->ready |= 1ULL << level;
    list_push_back(&queue->queues[level], &woken->run_link);
    if (level == running_level && unlikely(!timer_armed(&schedulers[cpu->index].slice)))
        turn_begin(thread_of(self));
    CORE_FAST_RETURN(rcOk, 1);
}

HAL_FAST void core_fast_Wake(HAL_FAST_PARAMETERS)
{
    if (unlikely(WAKE(nThreads) != 1 || cpu->pending != 0))
        CORE_FAST_FALL_BACK();
    struct futex_bucket *bucket = futex_private_bucket(thread_of(self)->domain, WAKE(ptr));
    w4 = (word)bucket;
    w5 = WAKE(ptr);
    hal_tail wake_first(HAL_FAST_ARGUMENTS);
}

HAL_FAST void core_fast_WakeShared(HAL_FAST_PARAMETERS)
{
    struct futex_word at;
    if (unlikely(WAKE_SHARED(nThreads) != 1 || cpu->pending != 0))
        CORE_FAST_FALL_BACK();
    struct shared_memory *memory = memory_of(thread_of(self), WAKE_SHARED(mdl));
    if (unlikely(memory == nullptr || shared_memory_word(memory, WAKE_SHARED(offset), 0, &at) != rcOk))
        CORE_FAST_FALL_BACK();
    w4 = (word)at.bucket;
    w5 = at.address;
    hal_tail wake_first(HAL_FAST_ARGUMENTS);
}
