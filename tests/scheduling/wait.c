/* SPDX-License-Identifier: Apache-2.0 */
/* Sync: order of wake-ups, requeueing, one of several words. */
#include <tests/scheduling/scheduling.h>

static volatile unsigned word, other, awake, order[4], order_count;

static void waiter(void *number)
{
    (void)KOS_CORE(SYNC, Wait, (rtl_uintptr_t)&word, 0, INFINITE_TIMEOUT);
    order[__atomic_fetch_add(&order_count, 1, __ATOMIC_SEQ_CST)] = (unsigned)(rtl_uintptr_t)number;
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

static void by_priority(void)
{
    Handle threads[3];
    word = awake = order_count = 0;
    for (unsigned i = 0; i < 3; i++) {
        threads[i] = start(FIFO(i == 1 ? 9 : 5), 0, waiter, (void *)(rtl_uintptr_t)i);
        expect("wait/blocks", reaches_state(threads[i], KOS_THREAD_STATE_FUTEX), 1);
    }
    expect("wait/raise", KOS_CORE(THREAD, SetPriority, threads[2], FIFO(12)).rc, rcOk);
    for (unsigned i = 0; i < 3; i++) {
        struct kos_core_result woken = KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&word, 1);
        expect("wake/one", (long long)woken.w[0], 1);
        expect("wake/runs", reached(&awake, i + 1), 1);
    }
    expect("wake/raised_first", order[0], 2);
    expect("wake/higher_before_lower", order[1], 1);
    expect("wake/last", order[2], 0);
    expect("wake/nobody", (long long)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&word, 1).w[0], 0);
    for (unsigned i = 0; i < 3; i++)
        finish(threads[i]);
}

static void requeue(void)
{
    Handle threads[3];
    word = awake = order_count = 0;
    for (unsigned i = 0; i < 3; i++) {
        threads[i] = start(FIFO(5 + i), 0, waiter, (void *)(rtl_uintptr_t)i);
        (void)reaches_state(threads[i], KOS_THREAD_STATE_FUTEX);
    }
    rtl_uintptr_t from = (rtl_uintptr_t)&word, to = (rtl_uintptr_t)&other;
    expect("requeue/changed", KOS_CORE(SYNC, Requeue, from, 1, 1, to, 1).rc, rcFutexWouldBlock);
    expect("requeue/misaligned", KOS_CORE(SYNC, Requeue, from, 0, 1, to + 1, 1).rc, rcInvalidArgument);
    struct kos_core_result done = KOS_CORE(SYNC, Requeue, from, 0, 1, to, 8);
    expect("requeue", done.rc, rcOk);
    expect("requeue/woken", (long long)done.w[0], 1);
    expect("requeue/moved", (long long)done.w[1], 2);
    expect("requeue/runs", reached(&awake, 1), 1);
    expect("requeue/first_is_most_urgent", order[0], 2);
    expect("requeue/left_behind", (long long)KOS_CORE(SYNC, Wake, from, 8).w[0], 0);
    expect("requeue/at_target", (long long)KOS_CORE(SYNC, Wake, to, 8).w[0], 2);
    expect("requeue/all", reached(&awake, 3), 1);
    expect("requeue/order_kept", order[1], 1);
    for (unsigned i = 0; i < 3; i++)
        finish(threads[i]);
}

static volatile unsigned words[8];
static volatile long long any_rc, any_index;

static struct kos_core_result wait_any(unsigned count, rtl_uint32_t timeout)
{
    struct kos_idl_SYNC_Word list[8];
    struct kos_core_result result = {.rc = rcOk};
    nk_uint64_t w[8] = {(nk_uint64_t)(count * sizeof(list[0])) << 32, timeout};
    for (unsigned i = 0; i < count && i < 8; i++)
        list[i] = (struct kos_idl_SYNC_Word){(rtl_uintptr_t)&words[i], 0, 0};
    result.rc = KOS_CORE_ARENA(SYNC, WaitAny, w, list, count * sizeof(list[0]), RTL_NULL, 0);
    result.w[0] = w[1];
    return result;
}

static void any_waiter(void *unused)
{
    (void)unused;
    struct kos_core_result result = wait_any(8, INFINITE_TIMEOUT);
    any_rc = result.rc;
    any_index = (long long)result.w[0];
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

static void any(void)
{
    awake = 0;
    Handle thread = start(FIFO(5), 0, any_waiter, RTL_NULL);
    expect("wait_any/blocks", reaches_state(thread, KOS_THREAD_STATE_FUTEX), 1);
    expect("wait_any/wake", (long long)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&words[6], 8).w[0], 1);
    expect("wait_any/runs", reached(&awake, 1), 1);
    expect("wait_any/rc", any_rc, rcOk);
    expect("wait_any/index", any_index, 6);
    for (unsigned i = 0; i < 8; i++)
        if (KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&words[i], 8).w[0] != 0)
            expect("wait_any/left_every_word", i, -1);
    finish(thread);
    expect("wait_any/timeout", wait_any(3, 2).rc, rcTimeout);
    words[2] = 1;
    expect("wait_any/changed", wait_any(3, 2).rc, rcFutexWouldBlock);
    words[2] = 0;
    expect("wait_any/none", wait_any(0, 2).rc, rcInvalidArgument);
    thread = start(FIFO(5), 0, any_waiter, RTL_NULL);
    (void)reaches_state(thread, KOS_THREAD_STATE_FUTEX);
    /* it changes its place at all words */
    expect("wait_any/raise", KOS_CORE(THREAD, SetPriority, thread, FIFO(12)).rc, rcOk);
    expect("wait_any/raised", level_of(thread), LEVEL(12));
    finish(thread); /* leaves all its places */
    expect("wait_any/ended", (long long)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&words[3], 8).w[0], 0);
}

/* Many wait for the same eight words: they go by level at each, also when the levels change, and leave all. */
#define CROWD 24U
static volatile unsigned crowd_awake[CROWD + 1], crowd_count, crowd_wrong;

static void crowd_waiter(void *number)
{
    struct kos_core_result result = wait_any(8, (rtl_uintptr_t)number % 4 == 3 ? 60 : INFINITE_TIMEOUT);
    crowd_wrong += result.rc != ((rtl_uintptr_t)number % 4 == 3 ? rcTimeout : rcOk);
    crowd_awake[crowd_count++] = (unsigned)(rtl_uintptr_t)number;
}

/* Raised in turn, so that their places change; a prime: each has another level. */
static unsigned crowd_priority(unsigned number)
{
    return 1 + number * 7 % CROWD;
}

static void any_crowd(void)
{
    Handle threads[CROWD];
    crowd_count = crowd_wrong = 0;
    for (unsigned i = 0; i < CROWD; i++) {
        threads[i] = start(FIFO(1 + i), 0, crowd_waiter, (void *)(rtl_uintptr_t)i);
        expect("wait_any/crowd_blocks", reaches_state(threads[i], KOS_THREAD_STATE_FUTEX), 1);
    }
    for (unsigned i = 0; i < CROWD; i++)
        expect("wait_any/crowd_raise", KOS_CORE(THREAD, SetPriority, threads[i], FIFO(crowd_priority(i))).rc, rcOk);
    expect("wait_any/crowd_time_limits", reached(&crowd_count, CROWD / 4), 1);
    for (unsigned i = 0; i < CROWD / 2; i++)
        expect("wait_any/crowd_wake", (long long)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&words[i % 8], 1).w[0], 1);
    expect("wait_any/crowd_woken", reached(&crowd_count, CROWD * 3 / 4), 1);
    unsigned disorder = 0;
    for (unsigned i = CROWD / 4 + 1; i < CROWD * 3 / 4; i++)
        disorder += crowd_priority(crowd_awake[i]) > crowd_priority(crowd_awake[i - 1]);
    expect("wait_any/crowd_order", disorder, 0);
    expect("wait_any/crowd_wrong", crowd_wrong, 0);
    for (unsigned i = 0; i < CROWD; i++)
        finish(threads[i]); /* the rest leave as they end */
    for (unsigned i = 0; i < 8; i++)
        expect("wait_any/crowd_left", (long long)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&words[i], 8).w[0], 0);
}

void wait_tests(void)
{
    by_priority();
    requeue();
    any();
    any_crowd();
}
