/* SPDX-License-Identifier: Apache-2.0 */
#include "futex.h"
#include "mutex.h"
#include <kos/condvar.h>

/*
 * The low word counts the signals; a waiter sleeps while it is as it was when the waiter still had the mutex. Signals
 * count the waiters off, so who was signalled never touches the condvar again, which may be gone by then. The number of
 * waiters may be too high for a while (who leaves because of a signal that another one got is not counted off): that
 * costs a wake of nobody. It is never too low: a signal that counts one off wakes one who sleeps, if any does, and
 * those not yet asleep find the count changed and leave.
 */
#define LOW    0xffffffffULL
#define WAITER (1ULL << 32)

void KosCondvarInit(KosCondvar *condvar)
{
    condvar->state = 0;
}

void KosCondvarDeinit(KosCondvar *condvar)
{
    condvar->state = 0;
}

static Retcode wait(KosCondvar *condvar, KosMutex *mutex, rtl_uint32_t mdelay)
{
    nk_uint64_t deadline = kos_deadline(mdelay);
    rtl_uint64_t before = __atomic_fetch_add(&condvar->state, WAITER, __ATOMIC_SEQ_CST) & LOW;
    rtl_uint32_t depth = kos_mutex_release_all(mutex);
    Retcode rc = kos_futex_wait(kos_low(&condvar->state), (rtl_uint32_t)before, deadline);
    if (rc == rcTimeout) {
        rtl_uint64_t seen = __atomic_load_n(&condvar->state, __ATOMIC_RELAXED);
        while ((seen & LOW) == before && !kos_swap(&condvar->state, &seen, seen - WAITER))
            ;
        if ((seen & LOW) != before)
            rc = rcOk; /* a signal came first, perhaps for us */
    }
    kos_mutex_lock_again(mutex, depth);
    return rc == rcTimeout ? rcTimeout : rcOk;
}

Retcode KosCondvarWait(KosCondvar *condvar, KosMutex *mutex)
{
    return wait(condvar, mutex, INFINITE_TIMEOUT);
}

Retcode KosCondvarWaitTimeout(KosCondvar *condvar, KosMutex *mutex, rtl_uint32_t mdelay)
{
    return wait(condvar, mutex, mdelay);
}

static void signal(KosCondvar *condvar, rtl_uint64_t counted_off, rtl_uint32_t threads)
{
    rtl_uint64_t seen = __atomic_load_n(&condvar->state, __ATOMIC_SEQ_CST), wanted;
    do {
        if (seen < WAITER)
            return;
        rtl_uint64_t waiters = seen & ~LOW;
        wanted = (waiters - (counted_off < waiters ? counted_off : waiters)) | ((seen + 1) & LOW);
    } while (!kos_swap(&condvar->state, &seen, wanted));
    kos_futex_wake(kos_low(&condvar->state), threads);
}

void KosCondvarSignal(KosCondvar *condvar)
{
    signal(condvar, WAITER, 1);
}

void KosCondvarBroadcast(KosCondvar *condvar)
{
    signal(condvar, ~LOW, KOS_ALL_THREADS);
}
