/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/condvar.h>
#include <kos/mutex.h>
#include <tests/libkos/check.h>
#include <tests/patience.h>

static KosMutex mutex = KosInitializedMutex, recursive = KosInitializedRecursiveMutex;
static KosCondvar condvar = KosInitializedCondvar, other;
static int tokens, gone, stop;

static void time_limit(void)
{
    KosCondvar local;
    KosCondvarInit(&local);
    KosMutexLock(&mutex);
    long before = milliseconds();
    CHECK_SAME(KosCondvarWaitTimeout(&local, &mutex, 15), rcTimeout);
    CHECK(milliseconds() - before >= 14);
    CHECK_SAME(KosMutexTryLock(&mutex), rcBusy); /* it is ours again */
    CHECK_SAME(KosCondvarWaitTimeout(&local, &mutex, 0), rcTimeout);
    KosMutexUnlock(&mutex);
    KosCondvarSignal(&local); /* nobody there: nothing is kept */
    KosCondvarBroadcast(&local);
    KosMutexLock(&mutex);
    CHECK_SAME(KosCondvarWaitTimeout(&local, &mutex, 3), rcTimeout);
    KosMutexUnlock(&mutex);
    CHECK_SAME(local.state >> 32, 0);
    KosCondvarDeinit(&local);
}

static int take_token(void *context)
{
    (void)context;
    KosMutexLock(&mutex);
    while (tokens == 0)
        CHECK_SAME(KosCondvarWait(&condvar, &mutex), rcOk);
    tokens--;
    gone++;
    KosMutexUnlock(&mutex);
    return 7;
}

static int gone_now(void)
{
    KosMutexLock(&mutex);
    int value = gone;
    KosMutexUnlock(&mutex);
    return value;
}

static void signal_one_broadcast_all(void)
{
    Tid threads[5];
    tokens = gone = 0;
    for (unsigned i = 0; i < 5; i++)
        threads[i] = spawn(i, take_token, RTL_NULL);
    for (unsigned i = 0; i < 5; i++)
        until_blocked(threads[i]);
    KosMutexLock(&mutex);
    tokens = 1;
    KosCondvarSignal(&condvar);
    KosMutexUnlock(&mutex);
    for (int i = 0; i < PATIENCE_MS && gone_now() == 0; i++)
        (void)KosThreadSleep(1);
    CHECK_SAME(gone_now(), 1);
    CHECK_SAME(condvar.state >> 32, 4);
    KosMutexLock(&mutex);
    tokens = 4;
    KosCondvarBroadcast(&condvar);
    KosMutexUnlock(&mutex);
    for (unsigned i = 0; i < 5; i++)
        join(threads[i]);
    CHECK_SAME(tokens, 0);
}

static int hold_twice(void *context)
{
    KosMutexLock(&recursive);
    KosMutexLock(&recursive);
    while (!*(volatile int *)context)
        CHECK_SAME(KosCondvarWait(&condvar, &recursive), rcOk);
    KosMutexUnlock(&recursive);
    CHECK(KosMutexIsLocked(&recursive)); /* once more ours */
    KosMutexUnlock(&recursive);
    return 7;
}

static void recursive_mutex_is_given_back_wholly(void)
{
    int ready = 0;
    Tid tid = spawn(1, hold_twice, &ready);
    until_blocked(tid);
    CHECK_SAME(KosMutexTryLock(&recursive), rcOk);
    ready = 1;
    KosCondvarSignal(&condvar);
    KosMutexUnlock(&recursive);
    join(tid);
}

enum { ITEMS = 200, PLACES = 4 };
static int filled;
static long put_sum, got_sum;

static int produce(void *context)
{
    (void)context;
    for (int i = 1; i <= ITEMS; i++) {
        KosMutexLock(&mutex);
        while (filled == PLACES)
            CHECK_SAME(KosCondvarWait(&other, &mutex), rcOk);
        filled++;
        put_sum += i;
        if (i % 2 == 0)
            KosCondvarSignal(&condvar);
        KosMutexUnlock(&mutex);
        if (i % 2 != 0)
            KosCondvarSignal(&condvar); /* without the mutex is as good */
    }
    return 7;
}

static int consume(void *context)
{
    (void)context;
    for (int i = 1; i <= ITEMS; i++) {
        KosMutexLock(&mutex);
        while (filled == 0)
            (void)KosCondvarWaitTimeout(&condvar, &mutex, i % 3 == 0 ? 1 : INFINITE_TIMEOUT);
        filled--;
        got_sum += i;
        KosMutexUnlock(&mutex);
        KosCondvarSignal(&other);
    }
    return 7;
}

static void condvar_contention(void)
{
    Tid threads[6];
    KosCondvarInit(&other);
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(i, i % 2 != 0 ? produce : consume, RTL_NULL);
    for (unsigned i = 0; i < 6; i++)
        join(threads[i]);
    CHECK_SAME(filled, 0);
    CHECK_SAME(got_sum, put_sum);
}

static int wait_for_stop(void *context)
{
    int *rounds = context;
    KosMutexLock(&mutex);
    while (!stop) {
        (void)KosCondvarWaitTimeout(&condvar, &mutex, 2);
        ++*rounds;
    }
    KosMutexUnlock(&mutex);
    return 7;
}

static void broadcasts_against_time_limits(void)
{
    Tid threads[6];
    int rounds[6] = {0};
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(i, wait_for_stop, &rounds[i]);
    for (int i = 0; i < 400; i++) {
        KosCondvarBroadcast(&condvar);
        if (i % 16 == 0)
            (void)KosThreadSleep(1);
    }
    KosMutexLock(&mutex);
    stop = 1;
    KosCondvarBroadcast(&condvar);
    KosMutexUnlock(&mutex);
    for (unsigned i = 0; i < 6; i++) {
        join(threads[i]);
        CHECK(rounds[i] > 0);
    }
}

void test_condvar(void)
{
    RUN(time_limit);
    RUN(signal_one_broadcast_all);
    RUN(recursive_mutex_is_given_back_wholly);
    RUN(condvar_contention);
    RUN(broadcasts_against_time_limits);
}
