/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads that one event makes runnable. Each is; and in the runs that look for paths without interrupts
 * (bench/interrupts_off), no path grows with their number. */
#include <tests/patience.h>
#include <tests/scheduling/scheduling.h>

#define JOINERS 24U
#define CROWD   128U

static volatile unsigned stay, done;
static volatile rtl_int32_t codes;

/* ---- those who wait for the end of a thread ---- */

static void goes(void *argument)
{
    (void)argument;
    (void)KOS_CORE(SYNC, Wait, (rtl_uintptr_t)&stay, 1, INFINITE_TIMEOUT);
    KnThreadExit(3);
}

static void joiner(void *target)
{
    rtl_int32_t code = 0;
    if (KnThreadWaitByHandle((Handle)(rtl_uintptr_t)target, INFINITE_TIMEOUT, &code) == rcOk)
        __atomic_fetch_add(&codes, code, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
}

/* All are told, but for one that is ended before. */
static void many_joiners(unsigned cpus)
{
    Handle joiners[JOINERS];
    stay = 1;
    done = 0;
    codes = 0;
    Handle target = start(STANDARD(8), cpus - 1, goes, RTL_NULL);
    for (unsigned i = 0; i < JOINERS; i++) {
        joiners[i] = start(STANDARD(8), i % cpus, joiner, (void *)(rtl_uintptr_t)target);
        if (!reaches_state(joiners[i], KOS_THREAD_STATE_JOINING))
            expect("crowd/joins", i, JOINERS);
    }
    finish(joiners[JOINERS / 2]);
    stay = 0;
    (void)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&stay, 1);
    expect("crowd/told", reached(&done, JOINERS - 1), 1);
    expect("crowd/code", codes, 3LL * (JOINERS - 1));
    for (unsigned i = 0; i < JOINERS; i++)
        if (i != JOINERS / 2)
            finish(joiners[i]);
    finish(target);
}

/* ---- requests that have piled up ---- */

static volatile unsigned gate, awake, busy;

static void waits(void *argument)
{
    (void)argument;
    (void)KOS_CORE(SYNC, Wait, (rtl_uintptr_t)&gate, 0, INFINITE_TIMEOUT);
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

static void keeps_busy(void *argument)
{
    (void)argument;
    for (busy = 1; busy != 0;)
        ;
}

/* Less urgent ones are woken on a CPU whose thread makes no system call: none of them interrupts it. */
static void pile(void)
{
    static Handle crowd[CROWD];
    gate = awake = 0;
    for (unsigned i = 0; i < CROWD; i++) {
        crowd[i] = start(STANDARD(8), 1, waits, RTL_NULL);
        if (!reaches_state(crowd[i], KOS_THREAD_STATE_FUTEX))
            expect("crowd/waits", i, CROWD);
    }
    busy = 0;
    Handle urgent = start(FIFO(20), 1, keeps_busy, RTL_NULL);
    (void)reached(&busy, 1);
    unsigned woken = 0;
    for (unsigned i = 0; i < CROWD; i++)
        woken += (unsigned)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&gate, 1).w[0];
    expect("crowd/woken", woken, CROWD);
    expect("crowd/behind", awake, 0);
    busy = 0;
    expect("crowd/all_run", reached(&awake, CROWD), 1);
    for (unsigned i = 0; i < CROWD; i++)
        finish(crowd[i]);
    finish(urgent);
}

void crowd_tests(unsigned cpus)
{
    many_joiners(cpus);
    if (cpus > 1)
        pile();
}
