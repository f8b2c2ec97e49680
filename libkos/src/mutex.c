/* SPDX-License-Identifier: Apache-2.0 */
#include "mutex.h"
#include "futex.h"
#include "thread.h"
#include <kos/mutex.h>

/* U. Drepper, "Futexes are tricky" (2011), mutex 3: who has waited locks with LOCKED_WAITED, so that its unlock looks
 * for others. */
enum { FREE, LOCKED, LOCKED_WAITED };

static inline int take(KosMutex *mutex)
{
    rtl_uint32_t free = FREE;
    return __atomic_compare_exchange_n(&mutex->word, &free, LOCKED, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline int owned(const KosMutex *mutex)
{
    return __atomic_load_n(&mutex->owner, __ATOMIC_RELAXED) == kos_thread_self.tid;
}

static inline Retcode wait_for(KosMutex *mutex, nk_uint64_t deadline)
{
    while (__atomic_exchange_n(&mutex->word, LOCKED_WAITED, __ATOMIC_ACQUIRE) != FREE)
        if (kos_futex_wait(&mutex->word, LOCKED_WAITED, deadline) == rcTimeout)
            return rcTimeout;
    return rcOk;
}

void KosMutexInitEx(KosMutex *mutex, int recursive)
{
    *mutex = (KosMutex){.kind = recursive ? KOS_MUTEX_RECURSIVE : 0};
}

void KosMutexInit(KosMutex *mutex)
{
    KosMutexInitEx(mutex, 0);
}

/* The rest of a lock: recursive mutexes, and waiting. Out of line, so that the short way is short. */
__attribute__((noinline)) static Retcode lock_slow(KosMutex *mutex, rtl_uint32_t mdelay)
{
    int recursive = (mutex->kind & KOS_MUTEX_RECURSIVE) != 0;
    if (recursive && owned(mutex)) {
        mutex->depth++;
        return rcOk;
    }
    if (!take(mutex)) {
        if (mdelay == 0 || wait_for(mutex, kos_deadline(mdelay)) != rcOk)
            return rcTimeout;
    }
    if (recursive)
        __atomic_store_n(&mutex->owner, kos_thread_self.tid, __ATOMIC_RELAXED);
    return rcOk;
}

void KosMutexLock(KosMutex *mutex)
{
    if (__builtin_expect(mutex->kind != 0 || !take(mutex), 0))
        (void)lock_slow(mutex, INFINITE_TIMEOUT);
}

Retcode KosMutexTryLock(KosMutex *mutex)
{
    return lock_slow(mutex, 0) == rcOk ? rcOk : rcBusy;
}

Retcode KosMutexLockTimeout(KosMutex *mutex, rtl_uint32_t mdelay)
{
    return lock_slow(mutex, mdelay);
}

__attribute__((noinline)) static void unlock_recursive(KosMutex *mutex)
{
    if (mutex->depth != 0) {
        mutex->depth--;
        return;
    }
    __atomic_store_n(&mutex->owner, 0, __ATOMIC_RELAXED);
    if (__atomic_exchange_n(&mutex->word, FREE, __ATOMIC_RELEASE) == LOCKED_WAITED)
        kos_futex_wake(&mutex->word, 1);
}

void KosMutexUnlock(KosMutex *mutex)
{
    if (__builtin_expect(mutex->kind != 0, 0))
        unlock_recursive(mutex);
    else if (__builtin_expect(__atomic_exchange_n(&mutex->word, FREE, __ATOMIC_RELEASE) == LOCKED_WAITED, 0))
        kos_futex_wake(&mutex->word, 1);
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
