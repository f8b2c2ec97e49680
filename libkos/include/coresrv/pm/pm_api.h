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
/* Those CPUs, and no others. The bootstrap CPU must be one of them: rcInvalidArgument. Behind rcBusy a part has
 * changed: ask for the set, and try again. Nothing of it waits, so timeout (milliseconds) has no meaning. */
static inline Retcode KnPmSetCpusOnline(RtlCpuSet cpus, rtl_uint32_t timeout)
{
    return KOS_CORE(PM, SetCpusOnline, cpus, timeout).rc;
}
static inline rtl_uint32_t KnPmGetBootstrapCpuNum(void)
{
    return 0;
}
