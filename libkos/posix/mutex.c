/* SPDX-License-Identifier: Apache-2.0 */
/* Mutexes: libkos's own, with what POSIX wants to hear of errors. */
#include "../src/thread.h"
#include "thread.h"
#include <abi/core.h>

static int inherits(const struct posix_mutex *mutex)
{
    return (mutex->kind & MUTEX_INHERIT) != 0;
}

static unsigned type_of(const struct posix_mutex *mutex)
{
    return mutex->kind & MUTEX_TYPE;
}

/* Whether the caller has it; not known of normal mutexes without inheritance. */
static int own(const struct posix_mutex *mutex)
{
    if (inherits(mutex))
        return (__atomic_load_n(&mutex->mutex.word, __ATOMIC_RELAXED) & ~KOS_LOCK_WAITERS) == kos_thread_self.tid;
    return __atomic_load_n(&mutex->mutex.owner, __ATOMIC_RELAXED) == kos_thread_self.tid;
}

static int has_owner(const struct posix_mutex *mutex)
{
    return inherits(mutex) || type_of(mutex) != PTHREAD_MUTEX_NORMAL;
}

/* libkos's kind: one that knows its owner wherever POSIX asks for him. */
static int init(struct posix_mutex *mutex, unsigned kind)
{
    int counts = (kind & MUTEX_TYPE) != PTHREAD_MUTEX_NORMAL;
    if ((kind & (MUTEX_ROBUST | MUTEX_SHARED)) != 0)
        return ENOTSUP;
    if ((kind & MUTEX_INHERIT) != 0)
        KosMutexInitRt(&mutex->mutex, counts);
    else
        KosMutexInitEx(&mutex->mutex, counts);
    mutex->kind = kind;
    return 0;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    return init(mutex_of(mutex), attributes != NULL ? attributes->__attr : 0);
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return KosMutexIsLocked(&mutex_of(mutex)->mutex) ? EBUSY : 0;
}

/* Locked already, by the caller, and not to be locked once more: a normal one with inheritance would never come back.
 */
static int again(const struct posix_mutex *mutex)
{
    return has_owner(mutex) && type_of(mutex) != PTHREAD_MUTEX_RECURSIVE && own(mutex);
}

int pthread_mutex_lock(pthread_mutex_t *lock)
{
    struct posix_mutex *mutex = mutex_of(lock);
    if (mutex->kind != 0 && again(mutex))
        return EDEADLK;
    KosMutexLock(&mutex->mutex);
    return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *lock)
{
    struct posix_mutex *mutex = mutex_of(lock);
    if (mutex->kind != 0 && again(mutex))
        return EBUSY;
    return KosMutexTryLock(&mutex->mutex) == rcOk ? 0 : EBUSY;
}

int pthread_mutex_timedlock(pthread_mutex_t *lock, const struct timespec *then)
{
    struct posix_mutex *mutex = mutex_of(lock);
    if (mutex->kind != 0 && again(mutex))
        return EDEADLK;
    if (KosMutexTryLock(&mutex->mutex) == rcOk)
        return 0;
    if (!timespec_valid(then))
        return EINVAL;
    return KosMutexLockTimeout(&mutex->mutex, posix_milliseconds_until(CLOCK_REALTIME, then)) == rcOk ? 0 : ETIMEDOUT;
}

int pthread_mutex_unlock(pthread_mutex_t *lock)
{
    struct posix_mutex *mutex = mutex_of(lock);
    if (mutex->kind != 0 && has_owner(mutex) && !own(mutex))
        return EPERM;
    KosMutexUnlock(&mutex->mutex);
    return 0;
}

int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
    (void)mutex;
    return EINVAL; /* none is robust */
}

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attributes, int protocol)
{
    if (protocol == PTHREAD_PRIO_PROTECT)
        return ENOTSUP;
    if (protocol != PTHREAD_PRIO_NONE && protocol != PTHREAD_PRIO_INHERIT)
        return EINVAL;
    attributes->__attr = (attributes->__attr & ~MUTEX_INHERIT) | (protocol == PTHREAD_PRIO_INHERIT ? MUTEX_INHERIT : 0);
    return 0;
}

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attributes, int robust)
{
    (void)attributes;
    return robust == PTHREAD_MUTEX_STALLED ? 0 : robust == PTHREAD_MUTEX_ROBUST ? ENOTSUP : EINVAL;
}
