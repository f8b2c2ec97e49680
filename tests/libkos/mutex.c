/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/mutex.h>
#include <tests/libkos/check.h>

static KosMutex mutex = KosInitializedMutex;
static KosMutex recursive = KosInitializedRecursiveMutex;
static KosMutex inheriting = KosInitializedRtMutex;
static volatile int inside;

static int try_both(void *context)
{
    (void)context;
    CHECK_SAME(KosMutexTryLock(&mutex), rcBusy);
    CHECK_SAME(KosMutexTryLock(&recursive), rcBusy);
    CHECK_SAME(KosMutexTryLock(&inheriting), rcBusy);
    CHECK_SAME(KosMutexLockTimeout(&mutex, 0), rcTimeout);
    long before = milliseconds();
    CHECK_SAME(KosMutexLockTimeout(&mutex, 20), rcTimeout);
    CHECK(milliseconds() - before >= 19);
    CHECK_SAME(KosMutexLockTimeout(&recursive, 5), rcTimeout);
    before = milliseconds();
    CHECK_SAME(KosMutexLockTimeout(&inheriting, 20), rcTimeout);
    CHECK(milliseconds() - before >= 19);
    return 7;
}

static void held_by_another(void)
{
    KosMutexLock(&mutex);
    CHECK_SAME(KosMutexTryLock(&mutex), rcBusy);
    CHECK(KosMutexIsLocked(&mutex));
    KosMutexLock(&recursive);
    KosMutexLock(&inheriting);
    CHECK_SAME(KosMutexTryLock(&inheriting), rcBusy);
    CHECK_SAME(KosMutexLockTimeout(&inheriting, 5), rcTimeout);
    join(spawn(0, try_both, RTL_NULL));
    join(spawn(1, try_both, RTL_NULL));
    KosMutexUnlock(&recursive);
    KosMutexUnlock(&inheriting);
    KosMutexUnlock(&mutex);
    CHECK(!KosMutexIsLocked(&inheriting) && !KosMutexIsLocked(&mutex) && !KosMutexIsLocked(&recursive));
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
    KosMutexInitRt(&a, 1);
    KosMutexLock(&a);
    CHECK_SAME(KosMutexTryLock(&a), rcOk);
    KosMutexLock(&a);
    for (int i = 0; i < 3; i++) {
        CHECK(KosMutexIsLocked(&a));
        KosMutexUnlock(&a);
    }
    CHECK(!KosMutexIsLocked(&a));
    KosMutexInitRt(&a, 0);
    KosMutexLock(&a);
    CHECK_SAME(KosMutexTryLock(&a), rcBusy);
    KosMutexUnlock(&a);
}

static KosMutex *waited_for;

static int lock_waiting(void *context)
{
    KosMutexLock(waited_for);
    *(int *)context = ++inside;
    KosMutexUnlock(waited_for);
    return 7;
}

/* A thread of a class and priority on CPU 0. */
static Tid spawn_urgent(rtl_uint32_t schedulingClass, rtl_uint32_t priority, ThreadRoutine routine, void *context)
{
    Tid tid = 0;
    CHECK_SAME(KosThreadCreate(&tid, 15, 0, routine, context, 1), rcOk);
    CHECK_SAME(KnThreadSetAffinityByHandle(KosThreadGetHandle(tid), 1), rcOk);
    CHECK_SAME(KnThreadSetPriorityByHandle(KosThreadGetHandle(tid), schedulingClass, priority), rcOk);
    CHECK_SAME(KosThreadResume(tid), rcOk);
    return tid;
}

/* Waiters get the mutex in order of real-time priority, standard threads after them. */
static void waiters_in_order(KosMutex *which)
{
    int order[3] = {0};
    Tid threads[3];
    static const rtl_uint32_t classes[3] = {KOS_CLASS_STANDARD, KOS_CLASS_FIFO, KOS_CLASS_FIFO};
    static const rtl_uint32_t priorities[3] = {15, 3, 9};
    inside = 0;
    waited_for = which;
    KosMutexLock(which);
    for (unsigned i = 0; i < 3; i++) {
        threads[i] = spawn_urgent(classes[i], priorities[i], lock_waiting, &order[i]);
        until_blocked(threads[i]);
    }
    KosMutexUnlock(which);
    for (unsigned i = 0; i < 3; i++)
        join(threads[i]);
    CHECK_SAME(order[2], 1);
    CHECK_SAME(order[1], 2);
    CHECK_SAME(order[0], 3);
}

static void waiters_by_priority(void)
{
    waiters_in_order(&mutex);
}
static void inheriting_waiters_by_priority(void)
{
    waiters_in_order(&inheriting);
}

static volatile int hold, go_on, spinning;

static int hold_low(void *context)
{
    KosMutexLock(context);
    hold = 1;
    while (!go_on)
        ;
    KosMutexUnlock(context);
    return 7;
}

/* Would keep a less urgent thread from ever running; gives up after a while. */
static int spin_middle(void *context)
{
    long end = milliseconds() + 1500;
    spinning = 1;
    while (!*(volatile int *)context && milliseconds() < end)
        ;
    spinning = 2;
    return 7;
}

static int high_got;
static int lock_high(void *context)
{
    KosMutexLock(context);
    high_got = spinning;
    KosMutexUnlock(context);
    return 7;
}

/* Three threads on one CPU: the holder has to run before the spinning one, because the most urgent one waits for it. */
static void inversion_is_bounded(void)
{
    static volatile int stop;
    CHECK_SAME(KnThreadSetAffinityByHandle(KosThreadGetHandle(KosThreadCurrentId()), 1), rcOk);
    stop = hold = go_on = spinning = high_got = 0;
    /* we are the most urgent of all, so that each of them starts when we sleep */
    CHECK_SAME(KnThreadSetPriorityByHandle(KosThreadGetHandle(KosThreadCurrentId()), KOS_CLASS_FIFO, 31), rcOk);
    Tid low = spawn_urgent(KOS_CLASS_FIFO, 5, hold_low, &inheriting);
    while (!hold)
        (void)KosThreadSleep(1);
    Tid middle = spawn_urgent(KOS_CLASS_FIFO, 10, spin_middle, (void *)(rtl_uintptr_t)&stop);
    Tid high = spawn_urgent(KOS_CLASS_FIFO, 20, lock_high, &inheriting);
    go_on = 1; /* none of them has run since the first one got the mutex */
    join(high);
    stop = 1;
    join(low);
    join(middle);
    CHECK(high_got != 2); /* the one in the middle had not ended */
    CHECK_SAME(KnThreadSetPriorityByHandle(KosThreadGetHandle(KosThreadCurrentId()), KOS_CLASS_STANDARD, 15), rcOk);
}

static int die_holding(void *context)
{
    KosMutexLock(context);
    return 7;
}

static void holder_has_ended(void)
{
    static KosMutex orphan = KosInitializedRtMutex;
    join(spawn(0, die_holding, &orphan));
    CHECK_SAME(KosMutexLockTimeout(&orphan, 20), rcTimeout);
    CHECK_SAME(KosMutexTryLock(&orphan), rcBusy);
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
static void contention_inheriting(void)
{
    run_contest(&inheriting, 0);
}
static void contention_inheriting_timed(void)
{
    run_contest(&inheriting, 1);
}

void test_mutex(void)
{
    RUN(held_by_another);
    RUN(as_many_unlocks_as_locks);
    RUN(inits);
    RUN(waiters_by_priority);
    RUN(inheriting_waiters_by_priority);
    RUN(inversion_is_bounded);
    RUN(holder_has_ended);
    RUN(contention_plain);
    RUN(contention_recursive);
    RUN(contention_timed);
    RUN(contention_inheriting);
    RUN(contention_inheriting_timed);
}
