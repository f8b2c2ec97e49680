/* SPDX-License-Identifier: Apache-2.0 */
/* threads.h: what pthread.h has under other names. musl's types are of the same sizes. */
#include "thread.h"
#include <sched.h>
#include <stdlib.h>
#include <threads.h>

static int answer(int error)
{
    return error == 0           ? thrd_success
           : error == EBUSY     ? thrd_busy
           : error == ETIMEDOUT ? thrd_timedout
           : error == ENOMEM    ? thrd_nomem
                                : thrd_error;
}

struct start {
    thrd_start_t routine;
    void *argument;
};

static void *run(void *context)
{
    struct start start = *(struct start *)context;
    free(context);
    return (void *)(rtl_intptr_t)start.routine(start.argument);
}

int thrd_create(thrd_t *thread, thrd_start_t routine, void *argument)
{
    struct start *start = malloc(sizeof(*start));
    if (start == NULL)
        return thrd_nomem;
    *start = (struct start){routine, argument};
    int error = pthread_create(thread, NULL, run, start);
    if (error != 0)
        free(start);
    return error == EAGAIN ? thrd_nomem : answer(error);
}

thrd_t thrd_current(void)
{
    return posix_self();
}

void thrd_exit(int result)
{
    pthread_exit((void *)(rtl_intptr_t)result);
}

int thrd_join(thrd_t thread, int *result)
{
    void *value;
    int error = pthread_join(thread, &value);
    if (error == 0 && result != NULL)
        *result = (int)(rtl_intptr_t)value;
    return answer(error);
}

int thrd_detach(thrd_t thread)
{
    return answer(pthread_detach(thread));
}

void thrd_yield(void)
{
    KosThreadYield();
}

int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    int error = clock_nanosleep(CLOCK_REALTIME, 0, time, left);
    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}

void call_once(once_flag *flag, void (*init)(void))
{
    (void)pthread_once(flag, init);
}

static pthread_mutex_t *mutex(mtx_t *mutex)
{
    return (pthread_mutex_t *)(void *)mutex;
}

int mtx_init(mtx_t *to, int type)
{
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_settype(&attributes,
                                    (type & mtx_recursive) != 0 ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
    return answer(pthread_mutex_init(mutex(to), &attributes));
}

void mtx_destroy(mtx_t *gone)
{
    (void)gone;
}

int mtx_lock(mtx_t *lock)
{
    return answer(pthread_mutex_lock(mutex(lock)));
}

int mtx_trylock(mtx_t *lock)
{
    return answer(pthread_mutex_trylock(mutex(lock)));
}

int mtx_timedlock(mtx_t *lock, const struct timespec *then)
{
    return answer(pthread_mutex_timedlock(mutex(lock), then));
}

int mtx_unlock(mtx_t *lock)
{
    return answer(pthread_mutex_unlock(mutex(lock)));
}

static pthread_cond_t *condition(cnd_t *condition)
{
    return (pthread_cond_t *)(void *)condition;
}

int cnd_init(cnd_t *to)
{
    return answer(pthread_cond_init(condition(to), NULL));
}

void cnd_destroy(cnd_t *gone)
{
    (void)gone;
}

int cnd_wait(cnd_t *on, mtx_t *lock)
{
    return answer(pthread_cond_wait(condition(on), mutex(lock)));
}

int cnd_timedwait(cnd_t *on, mtx_t *lock, const struct timespec *then)
{
    return answer(pthread_cond_timedwait(condition(on), mutex(lock), then));
}

int cnd_signal(cnd_t *on)
{
    return answer(pthread_cond_signal(condition(on)));
}

int cnd_broadcast(cnd_t *on)
{
    return answer(pthread_cond_broadcast(condition(on)));
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
    return answer(pthread_key_create(key, destructor));
}

void tss_delete(tss_t key)
{
    (void)pthread_key_delete(key);
}

int tss_set(tss_t key, void *value)
{
    return answer(pthread_setspecific(key, value));
}

void *tss_get(tss_t key)
{
    return pthread_getspecific(key);
}
