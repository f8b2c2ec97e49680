/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
typedef struct RtlTimeSpec {
    rtl_int64_t sec;
    rtl_int64_t nsec;
} RtlTimeSpec;
static inline Retcode KnGetUpTime(RtlTimeSpec *time)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetUpTime);
    time->sec = (rtl_int64_t)r.w[0];
    time->nsec = (rtl_int64_t)r.w[1];
    return r.rc;
}
static inline Retcode KnGetSystemTime(RtlTimeSpec *time)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetSystemTime);
    time->sec = (rtl_int64_t)r.w[0];
    time->nsec = (rtl_int64_t)r.w[1];
    return r.rc;
}
static inline Retcode KnSetSystemTime(const RtlTimeSpec *time)
{
    return KOS_CORE(TIME, SetSystemTime, (nk_uint64_t)time->sec, (nk_uint64_t)time->nsec).rc;
}
