/* SPDX-License-Identifier: Apache-2.0 */
/* Reservations: admission, enforcement, what is left for others. Times are generous: emulated CPUs share the host's. */
#include <tests/scheduling/scheduling.h>

#define MS 1000000ULL

static Retcode reserve(Handle thread, nk_uint64_t budget, nk_uint64_t period, nk_uint64_t deadline, nk_uint64_t flags)
{
    return KOS_CORE(THREAD, SetReservation, thread, budget, period, deadline, flags).rc;
}

static volatile unsigned count, background;

static void admission(void)
{
    Handle a = start(STANDARD(5), 0, spin, (void *)(rtl_uintptr_t)&count),
           b = start(STANDARD(5), 0, spin, (void *)(rtl_uintptr_t)&background);
    expect("reservation/budget_over_deadline", reserve(a, 3 * MS, 10 * MS, 2 * MS, 0), rcInvalidArgument);
    expect("reservation/deadline_over_period", reserve(a, 1 * MS, 10 * MS, 11 * MS, 0), rcInvalidArgument);
    expect("reservation/tiny_budget", reserve(a, 10, 10 * MS, 10 * MS, 0), rcInvalidArgument);
    expect("reservation/long_period", reserve(a, 1 * MS, 11000 * MS, 11000 * MS, 0), rcInvalidArgument);
    expect("reservation/unknown_flag", reserve(a, 1 * MS, 10 * MS, 10 * MS, 2), rcInvalidArgument);
    expect("reservation/bad_handle", reserve(12345, 1 * MS, 10 * MS, 10 * MS, 0), rcInvalidHandle);
    expect("reservation/first", reserve(a, 60 * MS, 100 * MS, 100 * MS, 0), rcOk);
    expect("reservation/too_much", reserve(b, 40 * MS, 100 * MS, 100 * MS, 0), rcBusy);
    expect("reservation/by_density", reserve(b, 20 * MS, 100 * MS, 50 * MS, 0), rcBusy);
    expect("reservation/rest", reserve(b, 30 * MS, 100 * MS, 100 * MS, 0), rcOk);
    expect("reservation/exchange", reserve(a, 10 * MS, 100 * MS, 100 * MS, 0), rcOk);
    expect("reservation/now_it_fits", reserve(b, 80 * MS, 100 * MS, 100 * MS, 0), rcOk);
    struct kos_core_result got = KOS_CORE(THREAD, GetReservation, b);
    expect("reservation/budget", (long long)got.w[0], 80 * MS);
    expect("reservation/period", (long long)got.w[1], 100 * MS);
    expect("reservation/level", level_of(b), KOS_LEVEL_RESERVATION);
    expect("reservation/stays_on_its_cpu", KnThreadSetAffinityByHandle(b, 2),
           KnHalGetCpuCount() > 1 ? rcInvalidThreadState : rcInvalidArgument);
    expect("reservation/take_back", reserve(b, 0, 0, 0, 0), rcOk);
    expect("reservation/standard_again", level_of(b), KOS_LEVEL_STANDARD);
    expect("reservation/freed", reserve(a, 90 * MS, 100 * MS, 100 * MS, 0), rcOk);
    expect("reservation/by_priority", KOS_CORE(THREAD, SetPriority, a, FIFO(3)).rc, rcOk);
    expect("reservation/gone", (long long)KOS_CORE(THREAD, GetReservation, a).w[0], 0);
    finish(a), finish(b);
}

/* A thread that never stops has its budget and no more: a less urgent one runs as well. */
static void throttling(void)
{
    count = background = 0;
    Handle greedy = start(STANDARD(5), 0, spin, (void *)(rtl_uintptr_t)&count);
    Handle other = start(STANDARD(5), 0, spin, (void *)(rtl_uintptr_t)&background);
    expect("throttle/reserve", reserve(greedy, 2 * MS, 10 * MS, 10 * MS, KOS_RESERVATION_THROTTLE), rcOk);
    expect("throttle/held", reaches_state(greedy, KOS_THREAD_STATE_HELD), 1);
    unsigned before = background, own = count;
    (void)KnSleep(200);
    expect("throttle/others_run", background != before, 1);
    expect("throttle/it_runs_too", count != own, 1);
    expect("throttle/overruns", KOS_CORE(THREAD, GetReservation, greedy).w[4] >= 5, 1);
    expect("throttle/release_held", reaches_state(greedy, KOS_THREAD_STATE_HELD), 1);
    expect("throttle/take_back_while_held", reserve(greedy, 0, 0, 0, 0), rcOk);
    own = count;
    (void)KnSleep(100);
    expect("throttle/runs_again", count != own, 1);
    expect("throttle/held_again", reserve(greedy, 2 * MS, 10 * MS, 10 * MS, KOS_RESERVATION_THROTTLE), rcOk);
    (void)reaches_state(greedy, KOS_THREAD_STATE_HELD);
    finish(greedy), finish(other); /* ends while it is held */

    count = 0;
    greedy = start(STANDARD(5), 0, spin, (void *)(rtl_uintptr_t)&count);
    expect("report/reserve", reserve(greedy, 2 * MS, 10 * MS, 10 * MS, KOS_RESERVATION_REPORT), rcOk);
    (void)KnSleep(100);
    expect("report/overruns", KOS_CORE(THREAD, GetReservation, greedy).w[4] >= 5, 1);
    expect("report/not_held", state_of(greedy), KOS_THREAD_STATE_RUNNABLE);
    finish(greedy);
}

void reservation_tests(void)
{
    /* this thread looks on from above: levels below a reservation would not run while one spins */
    expect("reservation/observer", reserve(CURRENT, 5 * MS, 1000 * MS, 20 * MS, KOS_RESERVATION_REPORT), rcOk);
    expect("reservation/observer_off", reserve(CURRENT, 0, 0, 0, 0), rcOk);
    expect("reservation/observer_level", level_of(CURRENT), KOS_LEVEL_STANDARD);
    expect("reservation/observer_fifo", KOS_CORE(THREAD, SetPriority, CURRENT, FIFO(31)).rc, rcOk);
    admission();
    throttling();
}
