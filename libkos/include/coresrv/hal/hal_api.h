/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
static inline rtl_uint32_t KnHalGetCpuCount(void)
{
    return (rtl_uint32_t)KOS_CORE0(HAL, GetCpuCount).w[0];
}
