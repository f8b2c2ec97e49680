/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar time, UTC. */
#pragma once
#include <rtl/stdint.h>

typedef struct RtlRtcTime {
    rtl_uint32_t msec; /* 0..999 */
    rtl_uint32_t sec;
    rtl_uint32_t min;
    rtl_uint32_t hour;
    rtl_uint32_t mday;  /* 1..31 */
    rtl_uint32_t month; /* 0..11 */
    rtl_int32_t year;   /* since 1900 */
    rtl_uint32_t wday;  /* 0..6, 0 is Sunday */
} RtlRtcTime;
