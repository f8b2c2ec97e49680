/* SPDX-License-Identifier: Apache-2.0 */
/* Priority-inheriting locks through the kernel: inheritance on one CPU and across two, chains, time limits, death. */
#include <tests/scheduling/scheduling.h>

static volatile unsigned locks[3], stop, holds, got;
static volatile long long result;

static Retcode lock(unsigned index, rtl_uint32_t timeout)
{
    return KOS_CORE(SYNC, Lock, (rtl_uintptr_t)&locks[index], timeout).rc;
}
static Retcode unlock(unsigned index)
{
    return KOS_CORE(SYNC, Unlock, (rtl_uintptr_t)&locks[index]).rc;
}

/* Holds lock 0 until told. */
static void holder(void *unused)
{
    (void)unused;
    if (lock(0, INFINITE_TIMEOUT) != rcOk)
        return;
    holds = 1;
    while (!stop)
        (void)KnSleep(1);
    (void)unlock(0);
    holds = 2;
    while (stop != 2)
        (void)KnSleep(1);
}

/* Holds lock 1, and waits for lock 0. */
static void middle(void *unused)
{
    (void)unused;
    (void)lock(1, INFINITE_TIMEOUT);
    (void)lock(0, INFINITE_TIMEOUT);
    (void)unlock(0);
    (void)unlock(1);
}

static void taker(void *index)
{
    unsigned which = (unsigned)(rtl_uintptr_t)index;
    result = lock(which, INFINITE_TIMEOUT);
    if (result == rcOk)
        (void)unlock(which);
    __atomic_fetch_add(&got, 1, __ATOMIC_SEQ_CST);
}

static void impatient(void *unused)
{
    (void)unused;
    result = lock(0, 20);
    __atomic_fetch_add(&got, 1, __ATOMIC_SEQ_CST);
}

static Handle begin(unsigned cpu)
{
    stop = holds = got = 0;
    result = 77;
    Handle thread = start(FIFO(3), cpu, holder, RTL_NULL);
    expect("lock/held", reached(&holds, 1), 1);
    return thread;
}

static void inheritance(unsigned cpu)
{
    Handle low = begin(0), high = start(FIFO(20), cpu, taker, RTL_NULL);
    expect("lock/holder_inherits", reaches_level(low, LEVEL(20)), 1);
    Handle higher = start(FIFO(25), 0, taker, RTL_NULL);
    expect("lock/holder_inherits_the_highest", reaches_level(low, LEVEL(25)), 1);
    expect("lock/raise_waiter", KOS_CORE(THREAD, SetPriority, high, FIFO(28)).rc, rcOk);
    expect("lock/raised_waiter_counts", reaches_level(low, LEVEL(28)), 1);
    stop = 1;
    expect("lock/all_took_it", reached(&got, 2), 1);
    expect("lock/rc", result, rcOk);
    expect("lock/back_to_own", reaches_level(low, LEVEL(3)), 1);
    expect("lock/free", locks[0], 0);
    stop = 2;
    finish(low), finish(high), finish(higher);
}

static void chain(unsigned cpu)
{
    Handle low = begin(0), between = start(FIFO(5), cpu, middle, RTL_NULL);
    expect("chain/waits", reaches_state(between, KOS_THREAD_STATE_FUTEX), 1);
    Handle high = start(FIFO(22), 0, taker, (void *)1);
    expect("chain/middle_inherits", reaches_level(between, LEVEL(22)), 1);
    expect("chain/end_inherits", reaches_level(low, LEVEL(22)), 1);
    stop = 1;
    expect("chain/resolved", reached(&got, 1), 1);
    expect("chain/back_to_own", reaches_level(low, LEVEL(3)), 1);
    stop = 2;
    finish(low), finish(between), finish(high);
}

/* Longer than what is walked at once. */
#define LINKS 24U
static volatile unsigned links[LINKS + 1];

static Retcode links_lock(unsigned index)
{
    return KOS_CORE(SYNC, Lock, (rtl_uintptr_t)&links[index], INFINITE_TIMEOUT).rc;
}
static void links_unlock(unsigned index)
{
    (void)KOS_CORE(SYNC, Unlock, (rtl_uintptr_t)&links[index]);
}

/* Holds its lock while it waits for the next one's; the last one until told. */
static void link(void *argument)
{
    unsigned index = (unsigned)(rtl_uintptr_t)argument;
    (void)links_lock(index);
    if (index < LINKS && links_lock(index + 1) == rcOk)
        links_unlock(index + 1);
    while (index == LINKS && !stop)
        (void)KnSleep(1);
    links_unlock(index);
    __atomic_fetch_add(&got, 1, __ATOMIC_SEQ_CST);
}

static void first_link_taker(void *unused)
{
    (void)unused;
    result = links_lock(0);
    links_unlock(0);
    __atomic_fetch_add(&got, 1, __ATOMIC_SEQ_CST);
}

static void long_chain(unsigned cpus)
{
    Handle threads[LINKS + 1];
    unsigned waiting = 0;
    stop = got = 0;
    for (unsigned i = LINKS + 1; i-- > 0;) {
        threads[i] = start(FIFO(3), i % cpus, link, (void *)(rtl_uintptr_t)i);
        waiting += i == LINKS ? (unsigned)reaches_state(threads[i], KOS_THREAD_STATE_SLEEPING)
                              : (unsigned)reaches_state(threads[i], KOS_THREAD_STATE_FUTEX);
    }
    expect("long_chain/waits", waiting, LINKS + 1);
    Handle high = start(FIFO(22), 0, first_link_taker, RTL_NULL);
    expect("long_chain/end_inherits", reaches_level(threads[LINKS], LEVEL(22)), 1);
    expect("long_chain/middle_inherits", reaches_level(threads[LINKS / 2], LEVEL(22)), 1);
    expect("long_chain/lower", KOS_CORE(THREAD, SetPriority, high, FIFO(12)).rc, rcOk);
    expect("long_chain/end_is_lowered", reaches_level(threads[LINKS], LEVEL(12)), 1);
    stop = 1;
    expect("long_chain/resolved", reached(&got, LINKS + 2), 1);
    for (unsigned i = 0; i <= LINKS; i++)
        finish(threads[i]);
    finish(high);
}

static void time_limit(unsigned cpu)
{
    Handle low = begin(0), high = start(FIFO(20), cpu, impatient, RTL_NULL);
    expect("lock/inherits_for_a_while", reaches_level(low, LEVEL(20)), 1);
    expect("lock/gave_up", reached(&got, 1), 1);
    expect("lock/timeout", result, rcTimeout);
    expect("lock/level_given_back", reaches_level(low, LEVEL(3)), 1);
    Handle ended = start(FIFO(21), cpu, taker, RTL_NULL);
    expect("lock/inherits_again", reaches_level(low, LEVEL(21)), 1);
    finish(ended);
    expect("lock/ended_waiter_gives_back", reaches_level(low, LEVEL(3)), 1);
    stop = 1;
    expect("lock/released", reached(&holds, 2), 1);
    stop = 2;
    finish(low), finish(high);
}

static void owner_ends(unsigned cpu)
{
    Handle low = begin(0), high = start(FIFO(20), cpu, taker, RTL_NULL);
    (void)reaches_state(high, KOS_THREAD_STATE_FUTEX);
    finish(low);
    expect("lock/owner_ended", reached(&got, 1), 1);
    expect("lock/waiter_is_told", result, rcInvalidThreadState);
    finish(high);
    expect("lock/later_locker_is_told", lock(0, 10), rcInvalidThreadState);
    locks[0] = 0;
}

static void mistakes(void)
{
    expect("lock/take", lock(2, 10), rcOk);
    expect("lock/twice", lock(2, 10), rcInvalidOperation);
    expect("unlock/rc", unlock(2), rcOk);
    expect("unlock/not_held", unlock(2), rcInvalidOperation);
    expect("lock/misaligned", KOS_CORE(SYNC, Lock, (rtl_uintptr_t)&locks[2] + 1, 10).rc, rcInvalidArgument);
    expect("lock/kernel", KOS_CORE(SYNC, Lock, 0xffff800000000000ULL, 10).rc, rcInvalidArgument);
    expect("lock/read_only", KOS_CORE(SYNC, Lock, (rtl_uintptr_t)mistakes & ~3ULL, 10).rc, rcInvalidArgument);
    expect("lock/timeout_too_wide", KOS_CORE(SYNC, Lock, (rtl_uintptr_t)&locks[2], 1ULL << 32).rc, rcInvalidArgument);
    locks[2] = 0x7ffffff0;
    expect("lock/no_such_holder", lock(2, 10), rcInvalidThreadState);
    locks[2] = 0;
}

void lock_tests(unsigned cpus)
{
    mistakes();
    long_chain(1);
    long_chain(cpus < 2 ? cpus : 2);
    for (unsigned cpu = 0; cpu < cpus && cpu < 2; cpu++) {
        inheritance(cpu);
        chain(cpu);
        time_limit(cpu);
        owner_ends(cpu);
    }
}
