/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
static inline rtl_uint32_t KnHalGetCpuCount(void)
{
    return (rtl_uint32_t)KOS_CORE_OUT(KOS_CORE0(HAL, GetCpuCount), HAL, GetCpuCount, count);
}
/* An event of group `user` into the kernel's trace, with values of the program's own; nothing if it is off: ./kos
 * trace.
 */
static inline Retcode KosTraceEvent(rtl_uint32_t id, rtl_uint64_t first, rtl_uint64_t second)
{
    return KOS_CORE(HAL, TraceEvent, id, first, second).rc;
}
/* The value of a "name=value" word of the kernel's command line, NUL-terminated. rcResourceNotFound, rcBufferTooSmall.
 */
#ifdef __cplusplus
extern "C" {
#endif
Retcode KnHalGetEnv(const char *name, char *value, rtl_size_t size);
#ifdef __cplusplus
}
#endif
