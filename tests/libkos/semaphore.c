/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/semaphore.h>
#include <tests/libkos/check.h>

static KosSemaphore semaphore = KosInitializedSemaphore(0);

static void counts(void)
{
    KosSemaphore local;
    CHECK_SAME(KosSemaphoreInit(&local, 2), rcOk);
    CHECK_SAME(KosSemaphoreWait(&local), rcOk);
    CHECK_SAME(KosSemaphoreTryWait(&local), rcOk);
    CHECK_SAME(KosSemaphoreTryWait(&local), rcBusy);
    CHECK_SAME(KosSemaphoreWaitTimeout(&local, 0), rcTimeout);
    long before = milliseconds();
    CHECK_SAME(KosSemaphoreWaitTimeout(&local, 15), rcTimeout);
    CHECK(milliseconds() - before >= 14);
    CHECK_SAME(KosSemaphoreSignal(&local), rcOk);
    CHECK_SAME(KosSemaphoreSignalN(&local, 2), rcOk);
    CHECK_SAME(KosSemaphoreSignalN(&local, 0), rcOk);
    for (int i = 0; i < 3; i++)
        CHECK_SAME(KosSemaphoreWaitTimeout(&local, 10), rcOk);
    CHECK_SAME(KosSemaphoreTryWait(&local), rcBusy);
    CHECK_SAME(KosSemaphoreDeinit(&local), rcOk);
}

static void wrong_objects(void)
{
    KosSemaphore local = {0, 0};
    CHECK_SAME(KosSemaphoreInit(RTL_NULL, 0), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreDeinit(RTL_NULL), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreSignal(RTL_NULL), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreSignalN(&local, 1), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreWait(&local), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreWaitTimeout(&local, 1), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreTryWait(&local), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreInit(&local, 1), rcOk);
    CHECK_SAME(KosSemaphoreDeinit(&local), rcOk);
    CHECK_SAME(KosSemaphoreTryWait(&local), rcInvalidArgument);
    CHECK_SAME(KosSemaphoreDeinit(&local), rcInvalidArgument);
}

static void limits(void)
{
    KosSemaphore local;
    CHECK_SAME(KosSemaphoreInit(&local, KOS_SEMAPHORE_VALUE_MAX + 1U), rcFail);
    CHECK_SAME(KosSemaphoreInit(&local, KOS_SEMAPHORE_VALUE_MAX), rcOk);
    CHECK_SAME(KosSemaphoreSignal(&local), rcFail);
    CHECK_SAME(KosSemaphoreWait(&local), rcOk);
    CHECK_SAME(KosSemaphoreSignalN(&local, 2), rcFail);
    CHECK_SAME(KosSemaphoreSignal(&local), rcOk);
}

static int wait_once(void *context)
{
    (void)context;
    CHECK_SAME(KosSemaphoreWait(&semaphore), rcOk);
    return 7;
}

static void waiters(void)
{
    Tid threads[4];
    for (unsigned i = 0; i < 4; i++)
        threads[i] = spawn(i, wait_once, RTL_NULL);
    for (unsigned i = 0; i < 4; i++)
        until_blocked(threads[i]);
    CHECK_SAME(KosSemaphoreDeinit(&semaphore), rcBusy);
    CHECK_SAME(KosSemaphoreSignal(&semaphore), rcOk);
    CHECK_SAME(KosSemaphoreSignalN(&semaphore, 3), rcOk);
    for (unsigned i = 0; i < 4; i++)
        join(threads[i]);
    CHECK_SAME(KosSemaphoreTryWait(&semaphore), rcBusy);
}

enum { ITEMS = 300 };
static int taken, inside_now;

static int produce(void *context)
{
    (void)context;
    for (int i = 0; i < ITEMS; i++)
        CHECK_SAME(i % 3 != 0 ? KosSemaphoreSignal(&semaphore) : KosSemaphoreSignalN(&semaphore, 1), rcOk);
    return 7;
}

static int consume(void *context)
{
    (void)context;
    for (int i = 0; i < ITEMS;) {
        Retcode rc = i % 2 != 0 ? KosSemaphoreWait(&semaphore) : KosSemaphoreWaitTimeout(&semaphore, 1);
        if (rc == rcOk) {
            i++;
            __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
        } else {
            CHECK_SAME(rc, rcTimeout);
        }
    }
    return 7;
}

/* What is signalled is taken, no more and no less. */
static void semaphore_contention(void)
{
    Tid threads[6];
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(i, i % 2 != 0 ? produce : consume, RTL_NULL);
    for (unsigned i = 0; i < 6; i++)
        join(threads[i]);
    CHECK_SAME(taken, 3 * ITEMS);
    CHECK_SAME(KosSemaphoreTryWait(&semaphore), rcBusy);
    CHECK_SAME(semaphore.state, 0);
}

static int enter(void *context)
{
    (void)context;
    for (int i = 0; i < 200; i++) {
        CHECK_SAME(KosSemaphoreWait(&semaphore), rcOk);
        CHECK(__atomic_add_fetch(&inside_now, 1, __ATOMIC_SEQ_CST) <= 2);
        if (i % 8 == 0)
            KosThreadYield();
        __atomic_fetch_sub(&inside_now, 1, __ATOMIC_SEQ_CST);
        CHECK_SAME(KosSemaphoreSignal(&semaphore), rcOk);
    }
    return 7;
}

static void two_at_a_time(void)
{
    Tid threads[6];
    CHECK_SAME(KosSemaphoreSignalN(&semaphore, 2), rcOk);
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(i, enter, RTL_NULL);
    for (unsigned i = 0; i < 6; i++)
        join(threads[i]);
    CHECK_SAME(semaphore.state, 2);
}

void test_semaphore(void)
{
    RUN(counts);
    RUN(wrong_objects);
    RUN(limits);
    RUN(waiters);
    RUN(semaphore_contention);
    RUN(two_at_a_time);
}
