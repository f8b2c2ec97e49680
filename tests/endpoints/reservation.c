/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint thread.Thread: reservations of time, and sleep until a moment. */
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

#define MS 1000000ULL

static volatile nk_uint64_t turns;

static void forever(void *argument)
{
    (void)argument;
    for (;;)
        turns++;
}

static Retcode reserve(Handle thread, nk_uint64_t budget, nk_uint64_t period, nk_uint64_t deadline, nk_uint64_t how)
{
    return RC(THREAD, SetReservation, thread, budget, period, deadline, how);
}

static void error_tests(Handle thread)
{
    const char *name = "thread/SetReservation";
    expect(name, "unknown_way", reserve(thread, MS, 10 * MS, 10 * MS, 2), rcInvalidArgument);
    expect(name, "way_all_bits", reserve(thread, MS, 10 * MS, 10 * MS, ~0ULL), rcInvalidArgument);
    expect(name, "budget_too_small", reserve(thread, 999, 10 * MS, 10 * MS, 0), rcInvalidArgument);
    expect(name, "budget_above_deadline", reserve(thread, 2 * MS, 10 * MS, MS, 0), rcInvalidArgument);
    expect(name, "deadline_above_period", reserve(thread, MS, 10 * MS, 11 * MS, 0), rcInvalidArgument);
    expect(name, "period_too_long", reserve(thread, MS, 10001 * MS, 10 * MS, 0), rcInvalidArgument);
    expect(name, "all_bits", reserve(thread, ~0ULL, ~0ULL, ~0ULL, 0), rcInvalidArgument);
    expect(name, "more_than_a_cpu", reserve(thread, 98 * MS, 100 * MS, 100 * MS, 0), rcBusy);
    Handle weak;
    expect("thread/Copy", NK_NULL, KnHandleCopy(thread, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    const struct core_request set = {REQUEST(THREAD, SetReservation, thread, MS, 10 * MS, 10 * MS, 0)},
                              get = {REQUEST(THREAD, GetReservation, thread)};
    expect_handle_errors(name, &set, 0, KOS_CORE_HANDLE, weak);
    expect_handle_errors("thread/GetReservation", &get, 0, KOS_CORE_HANDLE, weak);
    expect("thread/Close", "weak", KnHandleClose(weak), rcOk);
}

static void life_tests(unsigned cpu)
{
    const char *name = "thread/SetReservation";
    Handle thread = thread_on(cpu, forever, RTL_NULL, KOS_THREAD_SUSPENDED);
    struct kos_core_result r = KOS_CORE(THREAD, GetReservation, thread);
    expect("thread/GetReservation", "none", r.rc == rcOk && (r.w[0] | r.w[1] | r.w[2] | r.w[3]) == 0, 1);
    error_tests(thread);
    expect(name, "report", reserve(thread, MS, 50 * MS, 50 * MS, KOS_RESERVATION_REPORT), rcOk);
    expect(name, "throttled", reserve(thread, 2 * MS, 20 * MS, 10 * MS, KOS_RESERVATION_THROTTLE), rcOk);
    r = KOS_CORE(THREAD, GetReservation, thread);
    expect("thread/GetReservation", "budget", (long long)r.w[0], 2 * MS);
    expect("thread/GetReservation", "period", (long long)r.w[1], 20 * MS);
    expect("thread/GetReservation", "deadline", (long long)r.w[2], 10 * MS);
    expect("thread/GetReservation", "remaining", r.w[3] <= 2 * MS, 1);
    expect("thread/GetInfo", "class", (long long)(KOS_CORE(THREAD, GetInfo, thread).w[2] >> 8), KOS_CLASS_RESERVATION);
    turns = 0;
    expect("thread/Resume", "reserved", KnThreadResumeByHandle(thread), rcOk);
    (void)KnSleep(100); /* it is held most of the time, or this would not come back */
    expect(name, "runs", turns != 0, 1);
    expect("thread/GetReservation", "overruns", KOS_CORE(THREAD, GetReservation, thread).w[4] > 0, 1);
    expect(name, "none", reserve(thread, 0, 0, 0, 0), rcOk);
    expect("thread/GetInfo", "class_again", (long long)(KOS_CORE(THREAD, GetInfo, thread).w[2] >> 8),
           KOS_CLASS_STANDARD);
    expect(name, "again", reserve(thread, MS, 20 * MS, 20 * MS, 0), rcOk);
    expect("thread/SetPriority", "ends_reservation", RC(THREAD, SetPriority, thread, 3), rcOk);
    expect("thread/GetReservation", "ended", (long long)KOS_CORE(THREAD, GetReservation, thread).w[0], 0);
    expect(name, "held_and_terminated", reserve(thread, MS, 2000 * MS, 1000 * MS, 0), rcOk);
    (void)KnSleep(20);
    expect("thread/Terminate", "held", KnThreadTerminateByHandle(thread, 8), rcOk);
    rtl_int32_t code = 0;
    expect("thread/Wait", "held", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    expect(name, "of_the_dead", reserve(thread, MS, 20 * MS, 20 * MS, 0), rcInvalidThreadState);
    expect("thread/SetPriority", "of_the_dead", RC(THREAD, SetPriority, thread, 3), rcInvalidThreadState);
    expect("thread/GetReservation", "of_the_dead", RC(THREAD, GetReservation, thread), rcOk);
    thread_join("thread/Terminate/held", thread, 8);
}

static nk_uint64_t now(void)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetUpTime);
    return r.w[0] * 1000 * MS + r.w[1];
}

static void sleeper(void *argument)
{
    (void)argument;
    (void)KOS_CORE(THREAD, SleepUntil, ~0ULL);
}

static void sleep_tests(unsigned cpus)
{
    nk_uint64_t until = now() + 15 * MS;
    expect("thread/SleepUntil", NK_NULL, RC(THREAD, SleepUntil, until), rcOk);
    expect("thread/SleepUntil", "not_shorter", now() >= until, 1);
    expect("thread/SleepUntil", "passed", RC(THREAD, SleepUntil, until), rcOk);
    expect("thread/SleepUntil", "zero", RC(THREAD, SleepUntil, 0), rcOk);
    Handle thread = thread_on(cpus - 1, sleeper, RTL_NULL, 0);
    rtl_int32_t code;
    expect("thread/SleepUntil", "for_ever", KnThreadWaitByHandle(thread, 30, &code), rcTimeout);
    expect("thread/Terminate", "asleep_for_ever", KnThreadTerminateByHandle(thread, 4), rcOk);
    thread_join("thread/Terminate/asleep_for_ever", thread, 4);
}

void reservation_tests(unsigned cpus)
{
    life_tests(0);
    if (cpus > 1)
        life_tests(cpus - 1);
    sleep_tests(cpus);
}
