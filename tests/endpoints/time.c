/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint time.Time. */
#include <tests/endpoints/endpoints.h>

#define SECOND 1000000000LL

static long long nanoseconds_of(struct kos_core_result r)
{
    return (long long)r.w[0] * SECOND + (long long)r.w[1];
}
#define NOW_OF(method) nanoseconds_of(KOS_CORE0(TIME, method))

static void set_tests(void)
{
    const char *name = "time/SetSystemTime";
    expect(name, NK_NULL, RC(TIME, SetSystemTime, 1700000000, 999999999), rcOk);
    long long since = NOW_OF(GetSystemTime) - (1700000000 * SECOND + 999999999);
    expect("time/GetSystemTime", "as_set", since >= 0 && since < 5 * SECOND, 1);
    expect(name, "nanoseconds_too_many", RC(TIME, SetSystemTime, 0, SECOND), rcInvalidArgument);
    expect(name, "nanoseconds_all", RC(TIME, SetSystemTime, 0, ~0ULL), rcInvalidArgument);
    expect(name, "seconds_too_many", RC(TIME, SetSystemTime, 1ULL << 32, 0), rcInvalidArgument);
    expect(name, "seconds_all", RC(TIME, SetSystemTime, ~0ULL, 0), rcInvalidArgument);
    expect(name, "seconds_most", RC(TIME, SetSystemTime, (1ULL << 32) - 1, 0), rcOk);
    expect(name, "epoch", RC(TIME, SetSystemTime, 0, 0), rcOk);
    since = NOW_OF(GetSystemTime);
    expect("time/GetSystemTime", "since_epoch", since >= 0 && since < 5 * SECOND, 1);
}

static void clock_tests(void)
{
    expect("time/GetResolution", NK_NULL, RC(TIME, GetSystemTime), rcOk);
    nk_uint64_t resolution = KOS_CORE0(TIME, GetResolution).w[0];
    expect("time/GetResolution", "some", resolution > 0 && resolution <= 1000000, 1);
    int backwards = 0, crooked = 0;
    long long before = NOW_OF(GetUpTime), wall = NOW_OF(GetSystemTime);
    for (unsigned i = 0; i < 2000; i++) {
        struct kos_core_result r = KOS_CORE0(TIME, GetUpTime);
        crooked += r.rc != rcOk || r.w[1] >= SECOND;
        backwards += nanoseconds_of(r) < before;
        before = nanoseconds_of(r);
        long long next = NOW_OF(GetSystemTime);
        backwards += next < wall;
        wall = next;
    }
    expect("time/GetUpTime", "never_backwards", backwards, 0);
    expect("time/GetUpTime", "whole", crooked, 0);
}

/* Both clocks, read within a tenth of a millisecond: nothing else ran in between. */
static void read_both(long long *up, long long *wall)
{
    long long after;
    do {
        *up = NOW_OF(GetUpTime);
        *wall = NOW_OF(GetSystemTime);
        after = NOW_OF(GetUpTime);
    } while (after - *up > 100000);
}

/* How much faster than the other the wall clock went for 60 ms, in percent. */
static long long gain(void)
{
    long long up, wall, up_after, wall_after;
    read_both(&up, &wall);
    do /* being asked must not hold it up */
        read_both(&up_after, &wall_after);
    while (up_after - up < 60000000);
    return (wall_after - wall - (up_after - up)) * 100 / (up_after - up);
}

static void adjust_tests(void)
{
    const char *name = "time/SetSystemTimeAdj";
    expect(name, "seconds_too_many", RC(TIME, SetSystemTimeAdj, 1000001, 0, 1), rcInvalidArgument);
    expect(name, "seconds_too_few", RC(TIME, SetSystemTimeAdj, (nk_uint64_t)-1000001, 0, 1), rcInvalidArgument);
    expect(name, "seconds_least", RC(TIME, SetSystemTimeAdj, 1ULL << 63, 0, 1), rcInvalidArgument);
    expect(name, "nanoseconds_too_many", RC(TIME, SetSystemTimeAdj, 0, SECOND, 1), rcInvalidArgument);
    expect(name, "nanoseconds_too_few", RC(TIME, SetSystemTimeAdj, 0, (nk_uint64_t)-SECOND, 1), rcInvalidArgument);
    expect(name, "slew_zero", RC(TIME, SetSystemTimeAdj, 1, 0, 0), rcInvalidArgument);
    expect(name, "slew_too_much", RC(TIME, SetSystemTimeAdj, 1, 0, 1000001), rcInvalidArgument);
    expect(name, "slew_all", RC(TIME, SetSystemTimeAdj, 1, 0, ~0ULL), rcInvalidArgument);
    expect(name, "twice_as_fast", RC(TIME, SetSystemTimeAdj, 1000, 500, 1000000), rcOk);
    long long percent = gain();
    expect("time/GetSystemTime", "gains_its_slew", percent >= 99 && percent <= 100, 1);
    long long left = NOW_OF(GetSystemTimeAdj);
    expect("time/GetSystemTimeAdj", "less_and_less", left < 1000 * SECOND - 50000000 && left > 990 * SECOND, 1);
    struct kos_core_result previous = KOS_CORE(TIME, SetSystemTimeAdj, (nk_uint64_t)-100, (nk_uint64_t)-7, 500000);
    expect(name, "backwards", previous.rc, rcOk);
    expect(name, "tells_previous", nanoseconds_of(previous) <= left && nanoseconds_of(previous) > left - SECOND, 1);
    percent = gain();
    expect("time/GetSystemTime", "loses_its_slew", percent >= -50 && percent <= -49, 1);
    expect(name, "small", RC(TIME, SetSystemTimeAdj, 0, 2000000, 1000000), rcOk);
    (void)KnSleep(5);
    expect("time/GetSystemTimeAdj", "ends", NOW_OF(GetSystemTimeAdj), 0);
    expect(name, "none", RC(TIME, SetSystemTimeAdj, 0, 0, 1), rcOk);
    expect("time/SetSystemTime", "ends_adjustment",
           RC(TIME, SetSystemTimeAdj, 1000, 0, 1) == rcOk && RC(TIME, SetSystemTime, 1, 1) == rcOk &&
               NOW_OF(GetSystemTimeAdj) == 0,
           1);
}

void time_tests(void)
{
    set_tests();
    clock_tests();
    adjust_tests();
}
