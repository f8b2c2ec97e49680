/* SPDX-License-Identifier: Apache-2.0 */
/* Once, keys, barriers, semaphores. */
#include "thread.h"
#include <kos/barrier.h>
#include <kos/semaphore.h>
#include <limits.h>
#include <semaphore.h>
#include <string.h>

int pthread_once(pthread_once_t *once, void (*init)(void))
{
    return KosThreadOnce((KosThreadOnceState *)once, init) == rcOk ? 0 : EINVAL;
}

/* ---- keys: destructors of all threads, values of each ---- */

static KosMutex keys_lock = KosInitializedMutex;
static struct {
    int used;
    void (*destructor)(void *);
} keys[PTHREAD_KEYS_MAX];
static _Thread_local void *values[PTHREAD_KEYS_MAX];

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    KosMutexLock(&keys_lock);
    unsigned free = 0;
    while (free < PTHREAD_KEYS_MAX && keys[free].used)
        free++;
    if (free < PTHREAD_KEYS_MAX) {
        keys[free].used = 1;
        keys[free].destructor = destructor;
    }
    KosMutexUnlock(&keys_lock);
    *key = free;
    return free < PTHREAD_KEYS_MAX ? 0 : EAGAIN;
}

/* Values that other threads still have under the key come to light again under the next one: POSIX leaves it to the
 * program to set them to null before. */
int pthread_key_delete(pthread_key_t key)
{
    if (key >= PTHREAD_KEYS_MAX || !keys[key].used)
        return EINVAL;
    KosMutexLock(&keys_lock);
    keys[key].used = 0;
    keys[key].destructor = NULL;
    KosMutexUnlock(&keys_lock);
    values[key] = NULL;
    return 0;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= PTHREAD_KEYS_MAX || !keys[key].used)
        return EINVAL;
    values[key] = (void *)(rtl_uintptr_t)value;
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    return key < PTHREAD_KEYS_MAX ? values[key] : NULL;
}

void posix_keys_end(void)
{
    int more = 1;
    for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && more; round++) {
        more = 0;
        for (unsigned key = 0; key < PTHREAD_KEYS_MAX; key++) {
            void *value = values[key];
            if (value == NULL)
                continue;
            KosMutexLock(&keys_lock);
            void (*destructor)(void *) = keys[key].destructor;
            KosMutexUnlock(&keys_lock);
            values[key] = NULL;
            if (destructor != NULL) {
                destructor(value);
                more = 1;
            }
        }
    }
}

/* ---- barriers ---- */

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes, unsigned count)
{
    if (attributes != NULL && attributes->__attr != PTHREAD_PROCESS_PRIVATE)
        return ENOTSUP;
    return KosBarrierInit((KosBarrier *)(void *)barrier, count) == rcOk ? 0 : EINVAL;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    (void)barrier;
    return 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    return KosBarrierWait((KosBarrier *)(void *)barrier) ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

/* ---- semaphores ---- */

static KosSemaphore *semaphore_of(sem_t *semaphore)
{
    return (KosSemaphore *)(void *)semaphore;
}

int sem_init(sem_t *semaphore, int shared, unsigned value)
{
    if (shared)
        return posix_failed(ENOSYS);
    return KosSemaphoreInit(semaphore_of(semaphore), value) == rcOk ? 0 : posix_failed(EINVAL);
}

int sem_destroy(sem_t *semaphore)
{
    Retcode rc = KosSemaphoreDeinit(semaphore_of(semaphore));
    return rc == rcOk ? 0 : posix_failed(rc == rcBusy ? EBUSY : EINVAL);
}

int sem_post(sem_t *semaphore)
{
    Retcode rc = KosSemaphoreSignal(semaphore_of(semaphore));
    return rc == rcOk ? 0 : posix_failed(rc == rcInvalidArgument ? EINVAL : EOVERFLOW);
}

int sem_wait(sem_t *semaphore)
{
    pthread_testcancel();
    return KosSemaphoreWait(semaphore_of(semaphore)) == rcOk ? 0 : posix_failed(EINVAL);
}

int sem_trywait(sem_t *semaphore)
{
    Retcode rc = KosSemaphoreTryWait(semaphore_of(semaphore));
    return rc == rcOk ? 0 : posix_failed(rc == rcInvalidArgument ? EINVAL : EAGAIN);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *then)
{
    pthread_testcancel();
    if (KosSemaphoreTryWait(semaphore_of(semaphore)) == rcOk)
        return 0;
    if (!timespec_valid(then))
        return posix_failed(EINVAL);
    Retcode rc = KosSemaphoreWaitTimeout(semaphore_of(semaphore), posix_milliseconds_until(CLOCK_REALTIME, then));
    return rc == rcOk ? 0 : posix_failed(rc == rcTimeout ? ETIMEDOUT : EINVAL);
}

int sem_getvalue(sem_t *semaphore, int *value)
{
    *value = (int)(__atomic_load_n(&semaphore_of(semaphore)->state, __ATOMIC_RELAXED) & KOS_SEMAPHORE_VALUE_MAX);
    return 0;
}
