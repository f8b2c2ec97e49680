/* SPDX-License-Identifier: Apache-2.0 */
#include "mutex.h"
#include "futex.h"
#include "thread.h"
#include <kos/mutex.h>

/* U. Drepper, "Futexes are tricky" (2011), mutex 3: who has waited locks with LOCKED_WAITED, so that its unlock looks
 * for others. */
enum { FREE, LOCKED, LOCKED_WAITED };

static inline int change(KosMutex *mutex, rtl_uint32_t from, rtl_uint32_t to, int order)
{
    return __atomic_compare_exchange_n(&mutex->word, &from, to, 0, order, __ATOMIC_RELAXED);
}

static inline rtl_uint32_t self(void)
{
    return kos_thread_self.tid;
}

void KosMutexInit(KosMutex *mutex)
{
    *mutex = (KosMutex)KosInitializedMutex;
}

void KosMutexInitEx(KosMutex *mutex, int recursive)
{
    *mutex = (KosMutex)KosInitializedMutexEx(recursive);
}

void KosMutexInitRt(KosMutex *mutex, int recursive)
{
    *mutex = (KosMutex)KosInitializedRtMutex;
    mutex->kind |= recursive ? KOS_MUTEX_RECURSIVE : 0;
}

/* ---- plain and recursive ---- */

static Retcode wait_for(KosMutex *mutex, nk_uint64_t deadline)
{
    while (__atomic_exchange_n(&mutex->word, LOCKED_WAITED, __ATOMIC_ACQUIRE) != FREE)
        if (kos_futex_wait(&mutex->word, LOCKED_WAITED, deadline) == rcTimeout)
            return rcTimeout;
    return rcOk;
}

/* False: it has to wait. */
static inline int take_recursive(KosMutex *mutex)
{
    if (__atomic_load_n(&mutex->owner, __ATOMIC_RELAXED) == self()) {
        mutex->depth++;
        return 1;
    }
    if (!change(mutex, FREE, LOCKED, __ATOMIC_ACQUIRE))
        return 0;
    __atomic_store_n(&mutex->owner, self(), __ATOMIC_RELAXED);
    return 1;
}

static Retcode lock_ordinary(KosMutex *mutex, rtl_uint32_t mdelay)
{
    int recursive = (mutex->kind & KOS_MUTEX_RECURSIVE) != 0;
    if (recursive ? take_recursive(mutex) : change(mutex, FREE, LOCKED, __ATOMIC_ACQUIRE))
        return rcOk;
    if (mdelay == 0 || wait_for(mutex, kos_deadline(mdelay)) != rcOk)
        return rcTimeout;
    if (recursive)
        __atomic_store_n(&mutex->owner, self(), __ATOMIC_RELAXED);
    return rcOk;
}

static inline void unlock_word(KosMutex *mutex)
{
    if (__builtin_expect(__atomic_exchange_n(&mutex->word, FREE, __ATOMIC_RELEASE) == LOCKED_WAITED, 0))
        kos_futex_wake(&mutex->word, 1);
}

static inline void unlock_recursive(KosMutex *mutex)
{
    if (mutex->depth != 0) {
        mutex->depth--;
        return;
    }
    __atomic_store_n(&mutex->owner, 0, __ATOMIC_RELAXED);
    unlock_word(mutex);
}

/* ---- priority-inheriting ---- */

static Retcode lock_inheriting(KosMutex *mutex, rtl_uint32_t mdelay)
{
    if (change(mutex, FREE, self(), __ATOMIC_ACQUIRE))
        return rcOk;
    int own = (__atomic_load_n(&mutex->word, __ATOMIC_RELAXED) & ~KOS_LOCK_WAITERS) == self();
    if (own && (mutex->kind & KOS_MUTEX_RECURSIVE) != 0) {
        mutex->depth++;
        return rcOk;
    }
    nk_uint64_t deadline = kos_deadline(mdelay);
    Retcode rc = rcFutexWouldBlock;
    while (rc == rcFutexWouldBlock) {
        rtl_uint32_t left = mdelay != 0 ? kos_time_left(deadline) : 0;
        rc = left != 0 && !(own && mdelay != INFINITE_TIMEOUT) ? KnSyncLock(&mutex->word, left) : rcTimeout;
    }
    if (rc == rcInvalidThreadState && mdelay != INFINITE_TIMEOUT)
        rc = rcTimeout; /* nobody will ever unlock it */
    if (rc != rcOk && rc != rcTimeout)
        __builtin_trap();
    return rc;
}

__attribute__((noinline)) static void unlock_inheriting(KosMutex *mutex)
{
    if (mutex->depth != 0)
        mutex->depth--;
    else if (!change(mutex, self(), FREE, __ATOMIC_RELEASE) && KnSyncUnlock(&mutex->word) != rcOk)
        __builtin_trap();
}

/* ---- all kinds; the short ways stay short because the long ones are not inlined ---- */

__attribute__((noinline)) static Retcode lock_slow(KosMutex *mutex, rtl_uint32_t mdelay)
{
    return (mutex->kind & KOS_MUTEX_PRIORITY) != 0 ? lock_inheriting(mutex, mdelay) : lock_ordinary(mutex, mdelay);
}

/* What can be had without waiting and without the kernel. */
static inline int take(KosMutex *mutex)
{
    if (__builtin_expect(mutex->kind == 0, 1))
        return change(mutex, FREE, LOCKED, __ATOMIC_ACQUIRE);
    if (mutex->kind == KOS_MUTEX_RECURSIVE)
        return take_recursive(mutex);
    return mutex->kind == KOS_MUTEX_PRIORITY && change(mutex, FREE, self(), __ATOMIC_ACQUIRE);
}

void KosMutexLock(KosMutex *mutex)
{
    if (__builtin_expect(!take(mutex), 0))
        (void)lock_slow(mutex, INFINITE_TIMEOUT);
}

Retcode KosMutexTryLock(KosMutex *mutex)
{
    return take(mutex) || lock_slow(mutex, 0) == rcOk ? rcOk : rcBusy;
}

Retcode KosMutexLockTimeout(KosMutex *mutex, rtl_uint32_t mdelay)
{
    return take(mutex) ? rcOk : lock_slow(mutex, mdelay);
}

void KosMutexUnlock(KosMutex *mutex)
{
    if (__builtin_expect(mutex->kind == 0, 1))
        unlock_word(mutex);
    else if (mutex->kind == KOS_MUTEX_RECURSIVE)
        unlock_recursive(mutex);
    else if (mutex->kind != KOS_MUTEX_PRIORITY || !change(mutex, self(), FREE, __ATOMIC_RELEASE))
        unlock_inheriting(mutex);
}

rtl_bool KosMutexIsLocked(KosMutex *mutex)
{
    return __atomic_load_n(&mutex->word, __ATOMIC_RELAXED) != FREE;
}

rtl_uint32_t kos_mutex_release_all(KosMutex *mutex)
{
    rtl_uint32_t depth = mutex->depth;
    mutex->depth = 0;
    KosMutexUnlock(mutex);
    return depth;
}

void kos_mutex_lock_again(KosMutex *mutex, rtl_uint32_t depth)
{
    KosMutexLock(mutex);
    mutex->depth = depth;
}
