/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/notice_api.h>
#include <kos/time.h>

#define NS_PER_MS 1000000ULL

/* Milliseconds until then, rounded up. */
static rtl_uint32_t left_until(rtl_uint64_t deadline)
{
    rtl_uint64_t now = kos_time_ns();
    return now >= deadline ? 0 : (rtl_uint32_t)((deadline - now + NS_PER_MS - 1) / NS_PER_MS);
}

Retcode KnNoticeGetEvent(Notice n, rtl_uint64_t msec, rtl_size_t countMax, EventDesc *events, rtl_size_t *count)
{
    int for_ever = msec >= INFINITE_TIMEOUT;
    rtl_uint64_t deadline = for_ever || msec == 0 ? 0 : kos_time_ns() + msec * NS_PER_MS;
    rtl_uint32_t wait = for_ever ? INFINITE_TIMEOUT : (rtl_uint32_t)msec;
    *count = 0;
    if (countMax == 0)
        return rcInvalidArgument;
    for (;;) {
        struct kos_core_result r = KOS_CORE(NOTICE, GetEvent, n, wait);
        if (r.rc == rcFutexWouldBlock) { /* another thread has taken what we were woken for */
            if (!for_ever)
                wait = msec == 0 ? 0 : left_until(deadline);
            continue;
        }
        if (r.rc != rcOk)
            return *count != 0 ? rcOk : r.rc;
        events[(*count)++] = (EventDesc){(rtl_uintptr_t)KOS_CORE_OUT(r, NOTICE, GetEvent, evId),
                                         (rtl_uint32_t)KOS_CORE_OUT(r, NOTICE, GetEvent, evMask)};
        if (KOS_CORE_OUT(r, NOTICE, GetEvent, left) == 0 || *count == countMax)
            return rcOk;
        wait = 0, msec = 0, for_ever = 0; /* of those that are there */
    }
}
