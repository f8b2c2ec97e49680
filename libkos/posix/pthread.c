/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: made, ended, joined, detached. */
#include "../src/futex.h"
#include "../src/thread.h"
#include "../src/tls.h"
#include "thread.h"
#include <limits.h>
#include <sched.h>
#include <stdlib.h>

static struct __pthread first = {.state = THREAD_DETACHED};
static _Thread_local struct __pthread *current;
static rtl_uint32_t others; /* threads made here that have not ended; the first thread waits for 0 in pthread_exit */

/* A thread that KosThreadCreate made is its own, too, until it ends: nobody can join it. */
struct __pthread *posix_self(void)
{
    static _Thread_local struct __pthread foreign;
    if (current == NULL) {
        current = kos_thread_self.record == NULL ? &first : &foreign;
        current->tid = kos_thread_self.tid;
        current->state = THREAD_DETACHED;
    }
    return current;
}

pthread_t pthread_self(void)
{
    return posix_self();
}

__attribute__((weak)) void posix_keys_end(void) {}

/* ---- end ---- */

/* The stack's own memory stays until the kernel is through with the thread; what is shared here is let go before. */
__attribute__((noreturn)) static void finish(struct __pthread *self)
{
    posix_locals_end();
    posix_keys_end();
    if (__atomic_exchange_n(&self->state, THREAD_ENDED, __ATOMIC_ACQ_REL) == THREAD_DETACHED) {
        kos_thread_self.record->detached = 1;
        free(self);
    }
    if (__atomic_sub_fetch(&others, 1, __ATOMIC_ACQ_REL) == 0)
        kos_futex_wake(&others, 1);
    KosThreadExit(0);
}

void pthread_exit(void *result)
{
    struct __pthread *self = posix_self();
    self->keeps_going = 1;
    while (self->cleanup != NULL) {
        struct __ptcb *cleanup = self->cleanup;
        self->cleanup = cleanup->__next;
        cleanup->__f(cleanup->__x);
    }
    if (self->routine == NULL) {
        /* The process goes on until its last thread has ended. */
        posix_locals_end();
        posix_keys_end();
        if (kos_thread_self.record != NULL)
            KosThreadExit(0);
        for (rtl_uint32_t left; (left = __atomic_load_n(&others, __ATOMIC_ACQUIRE)) != 0;)
            (void)kos_futex_wait(&others, left, KOS_FOREVER);
        exit(0);
    }
    self->result = result;
    finish(self);
}

void _pthread_cleanup_push(struct __ptcb *cleanup, void (*routine)(void *), void *argument)
{
    struct __pthread *self = posix_self();
    *cleanup = (struct __ptcb){.__f = routine, .__x = argument, .__next = self->cleanup};
    self->cleanup = cleanup;
}

void _pthread_cleanup_pop(struct __ptcb *cleanup, int run)
{
    posix_self()->cleanup = cleanup->__next;
    if (run != 0)
        cleanup->__f(cleanup->__x);
}

/* ---- beginning ---- */

static int thread_main(void *context)
{
    struct __pthread *self = context;
    current = self;
    self->result = self->routine(self->argument);
    finish(self);
}

struct wishes {
    size_t stack;
    int policy, priority, detached;
};

static void wishes_of(const pthread_attr_t *attributes, struct wishes *wishes)
{
    pthread_attr_t usual;
    int inherits;
    struct sched_param parameters;
    if (attributes == NULL) {
        (void)pthread_attr_init(&usual);
        attributes = &usual;
    }
    (void)pthread_attr_getstacksize(attributes, &wishes->stack);
    (void)pthread_attr_getdetachstate(attributes, &wishes->detached);
    (void)pthread_attr_getinheritsched(attributes, &inherits);
    if (inherits == PTHREAD_EXPLICIT_SCHED) {
        (void)pthread_attr_getschedpolicy(attributes, &wishes->policy);
        (void)pthread_attr_getschedparam(attributes, &parameters);
        wishes->priority = parameters.sched_priority;
    } else {
        posix_scheduling(kos_thread_self.tid, &wishes->policy, &wishes->priority);
    }
}

/* Suspended, with its class: 0, or an error. */
static int thread_make(struct __pthread *thread, const struct wishes *wishes)
{
    size_t stack = wishes->stack + kos_tls_area_size() + 4096;
    if (wishes->priority < 0 || wishes->priority > sched_get_priority_max(wishes->policy) || stack > UINT_MAX)
        return EINVAL;
    if (KosThreadCreate(&thread->tid, (rtl_uint32_t)wishes->priority, (rtl_uint32_t)stack, thread_main, thread, 1) !=
        rcOk)
        return EAGAIN;
    if (wishes->policy == SCHED_OTHER ||
        KnThreadSetPriorityByHandle(KosThreadGetHandle(thread->tid), (rtl_uint32_t)wishes->policy,
                                    (rtl_uint32_t)wishes->priority) == rcOk)
        return 0;
    (void)KosThreadTerminate(thread->tid, 0); /* it has not run */
    (void)KosThreadWait(thread->tid, INFINITE_TIMEOUT);
    return EPERM;
}

/* The attribute's own stack (pthread_attr_setstack) is not used, its size is. */
int pthread_create(pthread_t *to, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument)
{
    struct wishes wishes;
    struct __pthread *thread = calloc(1, sizeof(*thread));
    if (thread == NULL)
        return EAGAIN;
    wishes_of(attributes, &wishes);
    thread->state = wishes.detached == PTHREAD_CREATE_DETACHED ? THREAD_DETACHED : THREAD_JOINABLE;
    thread->routine = routine;
    thread->argument = argument;
    int error = thread_make(thread, &wishes);
    if (error != 0) {
        free(thread);
        return error;
    }
    Tid tid = thread->tid;
    (void)__atomic_add_fetch(&others, 1, __ATOMIC_RELAXED);
    *to = thread; /* before it runs: it may use it, or be joined by then */
    (void)KosThreadResume(tid);
    return 0;
}

/* ---- joined ---- */

static void reap(struct __pthread *thread)
{
    (void)KosThreadWait(thread->tid, INFINITE_TIMEOUT);
    free(thread);
}

static int join(struct __pthread *thread, void **result, rtl_uint32_t limit)
{
    if (thread == posix_self())
        return EDEADLK;
    if (__atomic_load_n(&thread->state, __ATOMIC_ACQUIRE) == THREAD_DETACHED)
        return EINVAL;
    pthread_testcancel();
    if (KosThreadWait(thread->tid, limit) == -1)
        return limit == INFINITE_TIMEOUT ? ESRCH : limit == 0 ? EBUSY : ETIMEDOUT;
    if (result != NULL)
        *result = thread->result;
    free(thread);
    return 0;
}

int pthread_join(pthread_t thread, void **result)
{
    return join(thread, result, INFINITE_TIMEOUT);
}

int pthread_tryjoin_np(pthread_t thread, void **result)
{
    return join(thread, result, 0);
}

int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *then)
{
    rtl_uint32_t limit = posix_milliseconds_until(CLOCK_REALTIME, then);
    int error = join(thread, result, limit);
    return error == EBUSY ? ETIMEDOUT : error;
}

int pthread_detach(pthread_t thread)
{
    int seen = THREAD_JOINABLE;
    if (__atomic_compare_exchange_n(&thread->state, &seen, THREAD_DETACHED, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return 0;
    if (seen == THREAD_DETACHED)
        return EINVAL;
    reap(thread);
    return 0;
}

/* ---- cancelled: at the next call that may be cancelled; who waits is not woken ---- */

void pthread_testcancel(void)
{
    struct __pthread *self = posix_self();
    if (!self->keeps_going && __atomic_load_n(&self->cancelled, __ATOMIC_ACQUIRE))
        pthread_exit(PTHREAD_CANCELED);
}

int pthread_cancel(pthread_t thread)
{
    __atomic_store_n(&thread->cancelled, 1, __ATOMIC_RELEASE);
    if (thread == posix_self() && thread->cancelled_async)
        pthread_testcancel();
    return 0;
}

int pthread_setcancelstate(int state, int *before)
{
    struct __pthread *self = posix_self();
    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE)
        return EINVAL;
    if (before != NULL)
        *before = self->keeps_going ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    self->keeps_going = state == PTHREAD_CANCEL_DISABLE;
    return 0;
}

int pthread_setcanceltype(int type, int *before)
{
    struct __pthread *self = posix_self();
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS)
        return EINVAL;
    if (before != NULL)
        *before = self->cancelled_async ? PTHREAD_CANCEL_ASYNCHRONOUS : PTHREAD_CANCEL_DEFERRED;
    self->cancelled_async = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    return 0;
}

/* musl's pthread_attr_init holds these while it reads the default sizes, which nothing changes here. */
void musl_acquire(void) MUSL(__acquire_ptc);
void musl_acquire(void) {}
void musl_release(void) MUSL(__release_ptc);
void musl_release(void) {}
