/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/event.h>
#include <tests/libkos/check.h>
#include <tests/patience.h>

static KosEvent event = KosInitializedEvent, second;
static volatile int released;

static void set_and_reset(void)
{
    KosEvent local;
    KosEventInit(&local);
    CHECK_SAME(KosEventWaitTimeout(&local, 0, 0), rcTimeout);
    KosEventSet(&local);
    KosEventWait(&local, 0);
    KosEventWait(&local, 1);
    CHECK_SAME(KosEventWaitTimeout(&local, 1, 0), rcTimeout);
    KosEventSet(&local);
    KosEventReset(&local);
    long before = milliseconds();
    CHECK_SAME(KosEventWaitTimeout(&local, 0, 15), rcTimeout);
    CHECK(milliseconds() - before >= 14);
    KosEventDeinit(&local);
}

static int wait_reset(void *context)
{
    KosEventWait(&event, *(int *)context);
    __atomic_fetch_add(&released, 1, __ATOMIC_SEQ_CST);
    return 7;
}

/* Everybody who waits at the moment of the set goes, also if the event is reset at once. */
static void pulse(int reset)
{
    Tid threads[6];
    released = 0;
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(i, wait_reset, &reset);
    for (unsigned i = 0; i < 6; i++)
        until_blocked(threads[i]);
    CHECK_SAME(released, 0);
    KosEventSet(&event);
    if (!reset)
        KosEventReset(&event);
    for (unsigned i = 0; i < 6; i++)
        join(threads[i]);
    CHECK_SAME(KosEventWaitTimeout(&event, 0, 0), rcTimeout);
}

static void set_wakes_all(void)
{
    pulse(0);
}
static void set_wakes_all_who_reset(void)
{
    pulse(1);
}

enum { ROUNDS = 200 };

static int answer(void *context)
{
    (void)context;
    for (int i = 0; i < ROUNDS; i++) {
        KosEventWait(&event, 1);
        KosEventSet(&second);
    }
    return 7;
}

/* Two threads take turns: a lost wake would hang, one too many would be counted. */
static void ping_pong(void)
{
    KosEventInit(&second);
    Tid tid = spawn(1, answer, RTL_NULL);
    for (int i = 0; i < ROUNDS; i++) {
        KosEventSet(&event);
        CHECK_SAME(KosEventWaitTimeout(&second, 1, PATIENCE_MS), rcOk);
        CHECK_SAME(KosEventWaitTimeout(&second, 1, 0), rcTimeout);
    }
    join(tid);
}

static int tickets;

static int take_tickets(void *context)
{
    int got = 0;
    while (KosEventWaitTimeout(&event, 1, 100) == rcOk) {
        if (__atomic_load_n(&tickets, __ATOMIC_SEQ_CST) < 0)
            break;
        got++;
    }
    __atomic_fetch_add((int *)context, got, __ATOMIC_SEQ_CST);
    return 7;
}

/* Waits with time limits against sets: nothing is stuck, and the event knows afterwards that nobody waits. */
static void event_contention(void)
{
    Tid threads[6];
    int got = 0;
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(i, take_tickets, &got);
    for (int i = 0; i < ROUNDS; i++) {
        KosEventSet(&event);
        if (i % 32 == 0)
            KosThreadYield();
    }
    for (unsigned i = 0; i < 6; i++)
        join(threads[i]);
    CHECK(got >= 1);
    KosEventReset(&event);
    CHECK_SAME(event.state >> 32, 0);
}

void test_event(void)
{
    RUN(set_and_reset);
    RUN(set_wakes_all);
    RUN(set_wakes_all_who_reset);
    RUN(ping_pong);
    RUN(event_contention);
}
