/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX threads over those of kos/thread.h. What a static initializer of musl's headers makes is all zero, and so is
 * what it means here: plain mutex, free lock, clock CLOCK_REALTIME. */
#pragma once
#include "posix.h"
#include <kos/condvar.h>
#include <kos/mutex.h>
#include <kos/thread.h>
#include <pthread.h>

/* A thread that has not been joined. */
struct __pthread {
    void *(*routine)(void *);
    void *argument, *result;
    Tid tid;
    int state;              /* THREAD_*; by atomic exchange: who comes second frees */
    int cancelled;          /* set by others, by atomics */
    int keeps_going;        /* pthread_setcancelstate; the thread's own, as the rest */
    int cancelled_async;    /* pthread_setcanceltype */
    struct __ptcb *cleanup; /* innermost first */
    char name[16];
};
enum { THREAD_JOINABLE, THREAD_DETACHED, THREAD_ENDED };

struct __pthread *posix_self(void);
/* What the kernel says of a thread; of one with a reservation, or if it does not say: standard, usual. */
void posix_scheduling(Tid tid, int *policy, int *priority);
/* Values of pthread_setspecific at the thread's end; the default does nothing, for programs without keys. */
void posix_keys_end(void);

struct posix_mutex {
    KosMutex mutex;
    unsigned kind; /* PTHREAD_MUTEX_*, and MUTEX_INHERIT */
};
#define MUTEX_TYPE    3U
#define MUTEX_ROBUST  4U
#define MUTEX_INHERIT 8U
#define ATTR_SHARED   (1U << 31) /* of condition variables and readers-writer locks */
#define MUTEX_SHARED  128U
_Static_assert(sizeof(struct posix_mutex) <= sizeof(pthread_mutex_t), "musl's mutex has room");
static inline struct posix_mutex *mutex_of(pthread_mutex_t *mutex)
{
    return (struct posix_mutex *)(void *)mutex;
}
