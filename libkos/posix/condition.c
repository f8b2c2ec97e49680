/* SPDX-License-Identifier: Apache-2.0 */
/* Condition variables, and readers-writer locks, which have no time limits in libkos. */
#include "thread.h"
#include <kos/rwlock.h>

struct posix_condition {
    KosCondvar condition;
    clockid_t clock;
};
_Static_assert(sizeof(struct posix_condition) <= sizeof(pthread_cond_t), "musl's condition variable has room");

static struct posix_condition *condition_of(pthread_cond_t *condition)
{
    return (struct posix_condition *)(void *)condition;
}

int pthread_cond_init(pthread_cond_t *to, const pthread_condattr_t *attributes)
{
    struct posix_condition *condition = condition_of(to);
    unsigned wish = attributes != NULL ? attributes->__attr : 0;
    if ((wish & ATTR_SHARED) != 0)
        return ENOTSUP;
    KosCondvarInit(&condition->condition);
    condition->clock = (clockid_t)wish;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition)
{
    (void)condition;
    return 0;
}

static int wait_on(pthread_cond_t *on, pthread_mutex_t *mutex, rtl_uint32_t limit)
{
    KosCondvar *condition = &condition_of(on)->condition;
    Retcode rc;
    pthread_testcancel();
    rc = limit == INFINITE_TIMEOUT ? KosCondvarWait(condition, &mutex_of(mutex)->mutex)
                                   : KosCondvarWaitTimeout(condition, &mutex_of(mutex)->mutex, limit);
    pthread_testcancel(); /* with the mutex, as the cleanup handlers expect */
    return rc == rcTimeout ? ETIMEDOUT : rc == rcOk ? 0 : EINVAL;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    return wait_on(condition, mutex, INFINITE_TIMEOUT);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *then)
{
    if (!timespec_valid(then))
        return EINVAL;
    return wait_on(condition, mutex, posix_milliseconds_until(condition_of(condition)->clock, then));
}

int pthread_cond_signal(pthread_cond_t *condition)
{
    KosCondvarSignal(&condition_of(condition)->condition);
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition)
{
    KosCondvarBroadcast(&condition_of(condition)->condition);
    return 0;
}

/* ---- readers-writer locks ---- */

static KosRWLock *lock_of(pthread_rwlock_t *lock)
{
    return (KosRWLock *)(void *)lock;
}

int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes)
{
    if (attributes != NULL && attributes->__attr[0] != PTHREAD_PROCESS_PRIVATE)
        return ENOTSUP;
    KosRWLockInit(lock_of(lock));
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    (void)lock;
    return 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    KosRWLockRead(lock_of(lock));
    return 0;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    return KosRWLockTryRead(lock_of(lock)) == rcOk ? 0 : EBUSY;
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    KosRWLockWrite(lock_of(lock));
    return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    return KosRWLockTryWrite(lock_of(lock)) == rcOk ? 0 : EBUSY;
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    KosRWLockUnlock(lock_of(lock));
    return 0;
}

/* With a time limit: tried once a millisecond. */
static int try_until(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), const struct timespec *then)
{
    while (try(lock) != 0) {
        if (!timespec_valid(then))
            return EINVAL;
        if (posix_milliseconds_until(CLOCK_REALTIME, then) == 0)
            return ETIMEDOUT;
        (void)KosThreadSleep(1);
    }
    return 0;
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *then)
{
    return try_until(lock, pthread_rwlock_tryrdlock, then);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *then)
{
    return try_until(lock, pthread_rwlock_trywrlock, then);
}
