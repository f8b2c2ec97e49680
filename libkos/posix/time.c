/* SPDX-License-Identifier: Apache-2.0 */
#include "posix.h"
#include <coresrv/thread/thread_api.h>
#include <coresrv/time/time_api.h>
#include <kos/time.h>
#include <time.h>

#define SECOND 1000000000ULL

static int clock_known(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC ||
           clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME;
}

static int clock_real(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    RtlTimeSpec time;
    if (!clock_known(clock))
        return posix_failed(EINVAL);
    if (!clock_real(clock)) {
        unsigned long long uptime = kos_time_ns();
        *now = (struct timespec){.tv_sec = (time_t)(uptime / SECOND), .tv_nsec = (long)(uptime % SECOND)};
        return 0;
    }
    if (KnGetSystemTime(&time) != rcOk)
        return posix_failed(EIO);
    *now = (struct timespec){.tv_sec = (time_t)time.sec, .tv_nsec = (long)time.nsec};
    return 0;
}

int musl_clock_gettime(clockid_t clock, struct timespec *now) MUSL(__clock_gettime);
int musl_clock_gettime(clockid_t clock, struct timespec *now)
{
    return clock_gettime(clock, now);
}

int clock_getres(clockid_t clock, struct timespec *step)
{
    if (!clock_known(clock))
        return posix_failed(EINVAL);
    if (step != NULL)
        *step = (struct timespec){.tv_sec = 0, .tv_nsec = 1};
    return 0;
}

int clock_settime(clockid_t clock, const struct timespec *time)
{
    (void)time;
    return posix_failed(clock_known(clock) ? EPERM : EINVAL);
}

/* Nanoseconds from now until then; 0 if it has passed. */
static unsigned long long until(clockid_t clock, const struct timespec *then)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0 || then->tv_sec < now.tv_sec)
        return 0;
    long long left = (long long)(then->tv_sec - now.tv_sec);
    if (left > (long long)(1ULL << 32))
        left = 1LL << 32; /* longer than anything runs */
    left = left * (long long)SECOND + then->tv_nsec - now.tv_nsec;
    return left > 0 ? (unsigned long long)left : 0;
}

rtl_uint32_t posix_milliseconds_until(clockid_t clock, const struct timespec *then)
{
    unsigned long long left = (until(clock, then) + 999999U) / 1000000U;
    return left < 0x7fffffffU ? (rtl_uint32_t)left : 0x7fffffffU;
}

/* Errors are returned, not left in errno. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    unsigned long long ns;
    if (!clock_known(clock) || time->tv_sec < 0 || !timespec_valid(time))
        return EINVAL;
    if ((flags & TIMER_ABSTIME) != 0)
        ns = until(clock, time);
    else if (time->tv_sec >= 1LL << 32)
        ns = SECOND << 32;
    else
        ns = (unsigned long long)time->tv_sec * SECOND + (unsigned long long)time->tv_nsec;
    if (left != NULL && (flags & TIMER_ABSTIME) == 0)
        *left = (struct timespec){.tv_sec = 0, .tv_nsec = 0};
    return ns == 0 || KnSleepUntilNs(kos_time_ns() + ns) == rcOk ? 0 : EINTR;
}

int musl_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
    MUSL(__clock_nanosleep);
int musl_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    return clock_nanosleep(clock, flags, time, left);
}
