/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
static inline Retcode KnSyncWait(const volatile rtl_uint32_t *ptr, rtl_uint32_t val, rtl_uint32_t delay)
{
    return KOS_CORE(SYNC, Wait, (rtl_uintptr_t)ptr, val, delay).rc;
}
static inline Retcode KnSyncWake(const volatile rtl_uint32_t *ptr, rtl_uint32_t nThreads, rtl_uint32_t *wokenCnt)
{
    struct kos_core_result r = KOS_CORE(SYNC, Wake, (rtl_uintptr_t)ptr, nThreads);
    *wokenCnt = (rtl_uint32_t)r.w[0];
    return r.rc;
}
