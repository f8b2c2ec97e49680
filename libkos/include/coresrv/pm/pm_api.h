/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
#include <rtl/cpuset.h>
static inline Retcode KnPmRequest(rtl_uint32_t request)
{
    return KOS_CORE(PM, Request, request).rc;
}
static inline Retcode KnPmGetCpusOnline(RtlCpuSet *cpus)
{
    struct kos_core_result r = KOS_CORE0(PM, GetCpusOnline);
    *cpus = KOS_CORE_OUT(r, PM, GetCpusOnline, online);
    return r.rc;
}
static inline rtl_uint32_t KnPmGetBootstrapCpuNum(void)
{
    return 0;
}
