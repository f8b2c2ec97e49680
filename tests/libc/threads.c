/* SPDX-License-Identifier: Apache-2.0 */
/* pthread.h, semaphore.h, threads.h. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 2000 };

static struct timespec in_ms(clockid_t clock, long ms)
{
    struct timespec then;
    clock_gettime(clock, &then);
    then.tv_nsec += ms * 1000000;
    then.tv_sec += then.tv_nsec / 1000000000;
    then.tv_nsec %= 1000000000;
    return then;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long sum, turn;
static _Thread_local int own = 5;

static void *add(void *argument)
{
    double total = 0;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        sum++;
        pthread_mutex_unlock(&lock);
        total += sqrt(i);
        own++;
    }
    errno = (int)(intptr_t)argument; /* each thread's own */
    sched_yield();
    return total > 0 && own == 5 + ROUNDS && errno == (int)(intptr_t)argument ? argument : NULL;
}

static void life(void)
{
    pthread_t threads[THREADS];
    void *result;
    for (intptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, add, (void *)(i + 1)) == 0);
    for (intptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], &result) == 0 && result == (void *)(i + 1));
    CHECK(sum == THREADS * ROUNDS && own == 5);
    CHECK(pthread_equal(pthread_self(), pthread_self()) && pthread_join(pthread_self(), NULL) == EDEADLK);
}

static void *take_turns(void *argument)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < 100; i++) {
        while (turn % 2 != (intptr_t)argument)
            pthread_cond_wait(&changed, &lock);
        turn++;
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void conditions(void)
{
    pthread_t other;
    CHECK(pthread_create(&other, NULL, take_turns, (void *)1) == 0);
    take_turns(0);
    CHECK(pthread_join(other, NULL) == 0 && turn == 200);
    struct timespec then = in_ms(CLOCK_REALTIME, 20);
    pthread_mutex_lock(&lock);
    CHECK(pthread_cond_timedwait(&changed, &lock, &then) == ETIMEDOUT);
    pthread_condattr_t attributes;
    pthread_cond_t monotonic;
    CHECK(pthread_condattr_init(&attributes) == 0 && pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
          pthread_cond_init(&monotonic, &attributes) == 0);
    then = in_ms(CLOCK_MONOTONIC, 20);
    CHECK(pthread_cond_timedwait(&monotonic, &lock, &then) == ETIMEDOUT && pthread_cond_destroy(&monotonic) == 0);
    then.tv_nsec = -1;
    CHECK(pthread_cond_timedwait(&changed, &lock, &then) == EINVAL);
    pthread_mutex_unlock(&lock);
}

static void *lock_it(void *mutex)
{
    int busy = pthread_mutex_trylock(mutex);
    return (void *)(intptr_t)(busy == 0 ? pthread_mutex_unlock(mutex) : busy);
}

static int elsewhere(pthread_mutex_t *mutex)
{
    pthread_t other;
    void *result = NULL;
    CHECK(pthread_create(&other, NULL, lock_it, mutex) == 0 && pthread_join(other, &result) == 0);
    return (int)(intptr_t)result;
}

static void mutexes(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    for (int protocol = PTHREAD_PRIO_NONE; protocol <= PTHREAD_PRIO_INHERIT; protocol++) {
        CHECK(pthread_mutexattr_init(&attributes) == 0 && pthread_mutexattr_setprotocol(&attributes, protocol) == 0);
        CHECK(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE) == 0 &&
              pthread_mutex_init(&mutex, &attributes) == 0);
        CHECK(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_lock(&mutex) == 0 &&
              pthread_mutex_trylock(&mutex) == 0 && elsewhere(&mutex) == EBUSY);
        CHECK(pthread_mutex_unlock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0 && elsewhere(&mutex) == EBUSY &&
              pthread_mutex_unlock(&mutex) == 0);
        CHECK(elsewhere(&mutex) == 0 && pthread_mutex_unlock(&mutex) == EPERM && pthread_mutex_destroy(&mutex) == 0);
        CHECK(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK) == 0 &&
              pthread_mutex_init(&mutex, &attributes) == 0);
        CHECK(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_lock(&mutex) == EDEADLK &&
              pthread_mutex_trylock(&mutex) == EBUSY);
        CHECK(pthread_mutex_destroy(&mutex) == EBUSY && pthread_mutex_unlock(&mutex) == 0 &&
              pthread_mutex_unlock(&mutex) == EPERM);
    }
    CHECK(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_PROTECT) == ENOTSUP &&
          pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == ENOTSUP);
    struct timespec then = in_ms(CLOCK_REALTIME, 20);
    pthread_mutex_lock(&lock);
    CHECK(pthread_mutex_timedlock(&lock, &then) == ETIMEDOUT && pthread_mutex_unlock(&lock) == 0 &&
          pthread_mutex_timedlock(&lock, &then) == 0);
    pthread_mutex_unlock(&lock);
}

static int once_count, destroyed;
static void count_once(void)
{
    once_count++;
}
static void destroy(void *value)
{
    destroyed += (int)(intptr_t)value;
}
static pthread_key_t key;
static void *with_key(void *argument)
{
    pthread_setspecific(key, argument);
    return pthread_getspecific(key);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static int serial;

static void *meet(void *argument)
{
    (void)argument;
    for (int i = 0; i < 50; i++)
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
            __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
    sem_post(&semaphore);
    return NULL;
}

static void *read_lock(void *argument)
{
    (void)argument;
    int busy = pthread_rwlock_tryrdlock(&rwlock);
    if (busy == 0)
        pthread_rwlock_unlock(&rwlock);
    return (void *)(intptr_t)busy;
}

static void others(void)
{
    pthread_t threads[3];
    pthread_once_t once = PTHREAD_ONCE_INIT;
    void *result;
    CHECK(pthread_once(&once, count_once) == 0 && pthread_once(&once, count_once) == 0 && once_count == 1);
    CHECK(pthread_key_create(&key, destroy) == 0 && pthread_getspecific(key) == NULL &&
          pthread_setspecific(key, &key) == 0);
    CHECK(pthread_create(&threads[0], NULL, with_key, (void *)11) == 0 && pthread_join(threads[0], &result) == 0 &&
          result == (void *)11);
    CHECK(destroyed == 11 && pthread_getspecific(key) == &key && pthread_key_delete(key) == 0 &&
          pthread_setspecific(key, &key) == EINVAL);
    CHECK(pthread_barrier_init(&barrier, NULL, 0) == EINVAL && pthread_barrier_init(&barrier, NULL, 3) == 0 &&
          sem_init(&semaphore, 0, 0) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, meet, NULL) == 0 && pthread_detach(threads[i]) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(sem_wait(&semaphore) == 0);
    CHECK(serial == 50);
    int value = -1;
    struct timespec then = in_ms(CLOCK_REALTIME, 20);
    CHECK(sem_getvalue(&semaphore, &value) == 0 && value == 0 && sem_trywait(&semaphore) == -1 && errno == EAGAIN);
    CHECK(sem_timedwait(&semaphore, &then) == -1 && errno == ETIMEDOUT && sem_post(&semaphore) == 0 &&
          sem_trywait(&semaphore) == 0);
    CHECK(sem_destroy(&semaphore) == 0 && sem_init(&semaphore, 1, 0) == -1 && errno == ENOSYS);
    CHECK(pthread_rwlock_rdlock(&rwlock) == 0 && pthread_rwlock_tryrdlock(&rwlock) == 0 &&
          pthread_rwlock_trywrlock(&rwlock) == EBUSY);
    CHECK(pthread_rwlock_timedwrlock(&rwlock, &then) == ETIMEDOUT && pthread_rwlock_unlock(&rwlock) == 0 &&
          pthread_rwlock_unlock(&rwlock) == 0);
    CHECK(pthread_rwlock_wrlock(&rwlock) == 0 && pthread_create(&threads[0], NULL, read_lock, NULL) == 0);
    CHECK(pthread_join(threads[0], &result) == 0 && result == (void *)EBUSY && pthread_rwlock_unlock(&rwlock) == 0);
    pthread_spinlock_t spin;
    CHECK(pthread_spin_init(&spin, 0) == 0 && pthread_spin_lock(&spin) == 0 && pthread_spin_trylock(&spin) == EBUSY &&
          pthread_spin_unlock(&spin) == 0);
}

static int cleaned;
static void clean(void *argument)
{
    cleaned += *(int *)argument;
}

static void *cancelled(void *argument)
{
    int one = 1, ten = 10;
    pthread_cleanup_push(clean, &one);
    pthread_cleanup_push(clean, &ten);
    sem_post(argument);
    for (;;) {
        pthread_testcancel();
        sched_yield();
    }
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(1);
    return NULL;
}

static void *exits(void *argument)
{
    int hundred = 100;
    pthread_cleanup_push(clean, &hundred);
    pthread_exit(argument);
    pthread_cleanup_pop(0);
}

static void *on_big_stack(void *argument)
{
    char memory[300000];
    memset(memory, 1, sizeof(memory));
    pthread_attr_t attributes;
    size_t size = 0;
    void *stack = NULL;
    CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0 &&
          pthread_attr_getstack(&attributes, &stack, &size) == 0 && size >= 400000);
    CHECK((char *)stack < memory && memory < (char *)stack + size);
    return memory[299999] == 1 ? argument : NULL;
}

/* As its creator. */
static void *inherited(void *argument)
{
    struct sched_param parameters;
    int policy;
    (void)argument;
    return pthread_getschedparam(pthread_self(), &policy, &parameters) == 0 && policy == SCHED_RR
               ? (void *)(intptr_t)parameters.sched_priority
               : NULL;
}

static void endings(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    void *result;
    sem_t begun;
    sem_init(&begun, 0, 0);
    CHECK(pthread_create(&thread, NULL, cancelled, &begun) == 0 && sem_wait(&begun) == 0 &&
          pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED && cleaned == 11);
    CHECK(pthread_create(&thread, NULL, exits, (void *)9) == 0 && pthread_join(thread, &result) == 0 &&
          result == (void *)9 && cleaned == 111);
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 400000) == 0);
    CHECK(pthread_create(&thread, &attributes, on_big_stack, (void *)3) == 0 && pthread_join(thread, &result) == 0 &&
          result == (void *)3);
    CHECK(pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED) == 0 &&
          pthread_attr_setschedpolicy(&attributes, SCHED_FIFO) == 0);
    struct sched_param parameters = {.sched_priority = 7};
    int policy = 0;
    CHECK(pthread_attr_setschedparam(&attributes, &parameters) == 0 &&
          pthread_create(&thread, &attributes, add, (void *)1) == 0);
    CHECK(pthread_getschedparam(thread, &policy, &parameters) == 0 && policy == SCHED_FIFO &&
          parameters.sched_priority == 7 && pthread_join(thread, NULL) == 0);
    parameters.sched_priority = 32;
    CHECK(sched_get_priority_max(SCHED_RR) == 31 &&
          pthread_setschedparam(pthread_self(), SCHED_RR, &parameters) == EINVAL);
    parameters.sched_priority = 3;
    CHECK(pthread_setschedparam(pthread_self(), SCHED_RR, &parameters) == 0);
    CHECK(pthread_create(&thread, NULL, inherited, NULL) == 0 && pthread_join(thread, &result) == 0 &&
          result == (void *)3);
    CHECK(pthread_setschedparam(pthread_self(), SCHED_OTHER, &parameters) == 0 &&
          pthread_setschedprio(pthread_self(), 16) == EINVAL);
    char name[16];
    CHECK(pthread_setname_np(pthread_self(), "main") == 0 && pthread_getname_np(pthread_self(), name, 16) == 0 &&
          strcmp(name, "main") == 0);
}

static mtx_t c11_lock;
static cnd_t c11_changed;
static int c11_value;
static int c11_thread(void *argument)
{
    mtx_lock(&c11_lock);
    c11_value = *(int *)argument;
    cnd_signal(&c11_changed);
    mtx_unlock(&c11_lock);
    return 17;
}

static void c11(void)
{
    thrd_t thread;
    int wanted = 23, result = 0;
    CHECK(mtx_init(&c11_lock, mtx_plain) == thrd_success && cnd_init(&c11_changed) == thrd_success);
    mtx_lock(&c11_lock);
    CHECK(thrd_create(&thread, c11_thread, &wanted) == thrd_success);
    while (c11_value != wanted)
        CHECK(cnd_wait(&c11_changed, &c11_lock) == thrd_success);
    mtx_unlock(&c11_lock);
    CHECK(thrd_join(thread, &result) == thrd_success && result == 17 &&
          thrd_sleep(&(struct timespec){.tv_nsec = 1000}, NULL) == 0);
    once_flag flag = ONCE_FLAG_INIT;
    call_once(&flag, count_once);
    CHECK(once_count == 2);
}

static void *last(void *argument)
{
    (void)argument;
    usleep(20000);
    done("threads");
    return NULL;
}

/* The process ends with its last thread, though main's has gone before. */
int main(void)
{
    pthread_t thread;
    life();
    conditions();
    mutexes();
    others();
    endings();
    c11();
    CHECK(pthread_create(&thread, NULL, last, NULL) == 0);
    pthread_exit(NULL);
}
