/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
#include <rtl/rtc.h>
typedef struct RtlTimeSpec {
    rtl_int64_t sec;
    rtl_int64_t nsec;
} RtlTimeSpec;
static inline Retcode KnGetUpTime(RtlTimeSpec *time)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetUpTime);
    time->sec = (rtl_int64_t)KOS_CORE_OUT(r, TIME, GetUpTime, secs);
    time->nsec = (rtl_int64_t)KOS_CORE_OUT(r, TIME, GetUpTime, nsecs);
    return r.rc;
}
static inline Retcode KnGetSystemTime(RtlTimeSpec *time)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetSystemTime);
    time->sec = (rtl_int64_t)KOS_CORE_OUT(r, TIME, GetSystemTime, secs);
    time->nsec = (rtl_int64_t)KOS_CORE_OUT(r, TIME, GetSystemTime, nsecs);
    return r.rc;
}
static inline Retcode KnSetSystemTime(const RtlTimeSpec *time)
{
    return KOS_CORE(TIME, SetSystemTime, (nk_uint64_t)time->sec, (nk_uint64_t)time->nsec).rc;
}
static inline Retcode kos_time_resolution(RtlTimeSpec *resolution)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetResolution);
    resolution->sec = 0;
    resolution->nsec = (rtl_int64_t)KOS_CORE_OUT(r, TIME, GetResolution, nsecs);
    return r.rc;
}
static inline Retcode KnGetSystemTimeRes(RtlTimeSpec *resolution)
{
    return kos_time_resolution(resolution);
}
static inline Retcode KnGetUpTimeRes(RtlTimeSpec *resolution)
{
    return kos_time_resolution(resolution);
}
static inline rtl_size_t KnGetMSecSinceStart(void)
{
    RtlTimeSpec now;
    return KnGetUpTime(&now) == rcOk ? (rtl_size_t)(now.sec * 1000 + now.nsec / 1000000) : 0;
}
#ifdef __cplusplus
extern "C" {
#endif
/* System time as a calendar has it, UTC; rcFail: there is none, or it is before 1970. */
Retcode KnGetRtcTime(RtlRtcTime *time);
#ifdef __cplusplus
}
#endif
