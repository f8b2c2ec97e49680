/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
static inline Retcode KnPmRequest(rtl_uint32_t request)
{
    return KOS_CORE(PM, Request, request).rc;
}
