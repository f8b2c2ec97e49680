/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/mutex.h>
#include <tests/libkos/check.h>

static KosMutex mutex = KosInitializedMutex;
static KosMutex recursive = KosInitializedRecursiveMutex;
static volatile int inside;

static int try_both(void *context)
{
    (void)context;
    CHECK_SAME(KosMutexTryLock(&mutex), rcBusy);
    CHECK_SAME(KosMutexTryLock(&recursive), rcBusy);
    CHECK_SAME(KosMutexLockTimeout(&mutex, 0), rcTimeout);
    long before = milliseconds();
    CHECK_SAME(KosMutexLockTimeout(&mutex, 20), rcTimeout);
    CHECK(milliseconds() - before >= 19);
    CHECK_SAME(KosMutexLockTimeout(&recursive, 5), rcTimeout);
    return 7;
}

static void held_by_another(void)
{
    KosMutexLock(&mutex);
    CHECK_SAME(KosMutexTryLock(&mutex), rcBusy);
    CHECK(KosMutexIsLocked(&mutex));
    KosMutexLock(&recursive);
    join(spawn(0, try_both, RTL_NULL));
    join(spawn(1, try_both, RTL_NULL));
    KosMutexUnlock(&recursive);
    KosMutexUnlock(&mutex);
    CHECK(!KosMutexIsLocked(&mutex) && !KosMutexIsLocked(&recursive));
    CHECK_SAME(KosMutexTryLock(&mutex), rcOk);
    KosMutexUnlock(&mutex);
    CHECK_SAME(KosMutexLockTimeout(&mutex, 10), rcOk);
    KosMutexUnlock(&mutex);
}

static int take_recursive(void *context)
{
    CHECK_SAME(KosMutexTryLock(&recursive), *(int *)context ? rcOk : rcBusy);
    if (*(int *)context)
        KosMutexUnlock(&recursive);
    return 7;
}

static void as_many_unlocks_as_locks(void)
{
    int free = 0;
    KosMutexLock(&recursive);
    KosMutexLock(&recursive);
    CHECK_SAME(KosMutexTryLock(&recursive), rcOk);
    CHECK_SAME(KosMutexLockTimeout(&recursive, 1), rcOk);
    for (int i = 0; i < 4; i++) {
        join(spawn(1, take_recursive, &free));
        KosMutexUnlock(&recursive);
    }
    free = 1;
    join(spawn(1, take_recursive, &free));
}

static void inits(void)
{
    KosMutex a, b = KosInitializedMutexEx(1), c = KosInitializedMutexEx(0);
    KosMutexInit(&a);
    KosMutexLock(&a);
    CHECK_SAME(KosMutexTryLock(&a), rcBusy);
    KosMutexInitEx(&a, 1);
    KosMutexLock(&a);
    CHECK_SAME(KosMutexTryLock(&a), rcOk);
    KosMutexLock(&b);
    CHECK_SAME(KosMutexTryLock(&b), rcOk);
    KosMutexLock(&c);
    CHECK_SAME(KosMutexTryLock(&c), rcBusy);
}

static int lock_waiting(void *context)
{
    KosMutexLock(&mutex);
    *(int *)context = ++inside;
    KosMutexUnlock(&mutex);
    return 7;
}

/* Waiters get the mutex in order of real-time priority, standard threads after them. */
static void waiters_by_priority(void)
{
    int order[3] = {0};
    Tid threads[3];
    static const rtl_uint32_t classes[3] = {KOS_CLASS_STANDARD, KOS_CLASS_FIFO, KOS_CLASS_FIFO};
    static const rtl_uint32_t priorities[3] = {15, 3, 9};
    inside = 0;
    KosMutexLock(&mutex);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_SAME(KosThreadCreate(&threads[i], 15, 0, lock_waiting, &order[i], 1), rcOk);
        CHECK_SAME(KnThreadSetPriorityByHandle(KosThreadGetHandle(threads[i]), classes[i], priorities[i]), rcOk);
        CHECK_SAME(KosThreadResume(threads[i]), rcOk);
        (void)KosThreadSleep(10);
    }
    KosMutexUnlock(&mutex);
    for (unsigned i = 0; i < 3; i++)
        join(threads[i]);
    CHECK_SAME(order[2], 1);
    CHECK_SAME(order[1], 2);
    CHECK_SAME(order[0], 3);
}

struct contest {
    KosMutex *mutex;
    long counter;
    int timed;
};

static int contend(void *context)
{
    struct contest *contest = context;
    for (int i = 0; i < 300; i++) {
        if (!contest->timed || KosMutexLockTimeout(contest->mutex, 1) != rcOk)
            KosMutexLock(contest->mutex);
        CHECK_SAME(inside, 0);
        inside = 1;
        long seen = contest->counter;
        if (i % 16 == 0)
            KosThreadYield(); /* while it is held: others must wait */
        contest->counter = seen + 1;
        inside = 0;
        KosMutexUnlock(contest->mutex);
    }
    return 7;
}

static void run_contest(KosMutex *which, int timed)
{
    struct contest contest = {which, 0, timed};
    Tid threads[8];
    inside = 0;
    for (unsigned i = 0; i < 8; i++)
        threads[i] = spawn(i, contend, &contest);
    for (unsigned i = 0; i < 8; i++)
        join(threads[i]);
    CHECK_SAME(contest.counter, 8 * 300);
    CHECK(!KosMutexIsLocked(which));
}

static void contention_plain(void)
{
    run_contest(&mutex, 0);
}
static void contention_recursive(void)
{
    run_contest(&recursive, 0);
}
static void contention_timed(void)
{
    run_contest(&mutex, 1);
}

void test_mutex(void)
{
    RUN(held_by_another);
    RUN(as_many_unlocks_as_locks);
    RUN(inits);
    RUN(waiters_by_priority);
    RUN(contention_plain);
    RUN(contention_recursive);
    RUN(contention_timed);
}
