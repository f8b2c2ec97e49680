/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/thread/thread_api.h>
#include <coresrv/time/time_api.h>
#include <errno.h>
#include <kos/time.h>
#include <time.h>
#include <unistd.h>

static int failed(int error)
{
    errno = error;
    return -1;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    RtlTimeSpec time;
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return failed(EINVAL);
    if ((clock == CLOCK_REALTIME ? KnGetSystemTime(&time) : KnGetUpTime(&time)) != rcOk)
        return failed(EIO);
    now->tv_sec = time.sec;
    now->tv_nsec = time.nsec;
    return 0;
}

time_t time(time_t *to)
{
    struct timespec now;
    time_t seconds = clock_gettime(CLOCK_REALTIME, &now) == 0 ? now.tv_sec : (time_t)-1;
    if (to != NULL)
        *to = seconds;
    return seconds;
}

static int sleep_ns(rtl_uint64_t ns)
{
    return KnSleepUntilNs(kos_time_ns() + ns) == rcOk ? 0 : failed(EINTR);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec > 999999999)
        return failed(EINVAL);
    if (left != NULL)
        *left = (struct timespec){0, 0};
    return sleep_ns((rtl_uint64_t)time->tv_sec * 1000000000U + (rtl_uint64_t)time->tv_nsec);
}

int usleep(unsigned microseconds)
{
    return sleep_ns((rtl_uint64_t)microseconds * 1000U);
}

unsigned sleep(unsigned seconds)
{
    return sleep_ns((rtl_uint64_t)seconds * 1000000000U) == 0 ? 0 : seconds;
}
