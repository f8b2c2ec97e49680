/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
static inline rtl_uint32_t KnHalGetCpuCount(void)
{
    return (rtl_uint32_t)KOS_CORE0(HAL, GetCpuCount).w[0];
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
