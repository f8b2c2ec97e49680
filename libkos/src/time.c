/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/time/time_api.h>

#define DAY 86400

static int leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

Retcode KnGetRtcTime(RtlRtcTime *time)
{
    static const rtl_uint8_t month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    RtlTimeSpec now;
    if (KnGetSystemTime(&now) != rcOk || now.sec < 0)
        return rcFail;
    rtl_int64_t day = now.sec / DAY;
    rtl_uint32_t second = (rtl_uint32_t)(now.sec % DAY);
    time->msec = (rtl_uint32_t)(now.nsec / 1000000);
    time->sec = second % 60;
    time->min = second / 60 % 60;
    time->hour = second / 3600;
    time->wday = (rtl_uint32_t)((day + 4) % 7); /* 1 January 1970 was a Thursday */
    day %= 146097LL * 100;                      /* days in 40,000 years: the loop below is bounded */
    int year = 1970;
    for (; day >= 365 + leap(year); year++)
        day -= 365 + leap(year);
    rtl_uint32_t month = 0;
    for (; day >= month_days[month] + (month == 1 && leap(year)); month++)
        day -= month_days[month] + (month == 1 && leap(year));
    time->year = year - 1900;
    time->month = month;
    time->mday = (rtl_uint32_t)day + 1;
    return rcOk;
}
