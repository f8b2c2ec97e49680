/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <abi/core.h>
#define VMM_FLAG_READ          KOS_VMM_READ
#define VMM_FLAG_WRITE         KOS_VMM_WRITE
#define VMM_FLAG_EXECUTE       KOS_VMM_EXECUTE
#define VMM_FLAG_RWX_MASK      KOS_VMM_ACCESS
#define VMM_FLAG_RESERVE       KOS_VMM_RESERVE
#define VMM_FLAG_COMMIT        KOS_VMM_COMMIT
#define VMM_FLAG_LOCKED        KOS_VMM_LOCKED
#define VMM_FLAG_LOW_GUARD     KOS_VMM_LOW_GUARD
#define VMM_FLAG_HIGH_GUARD    KOS_VMM_HIGH_GUARD
#define VMM_FLAG_GROW_DOWN     KOS_VMM_GROW_DOWN
#define VMM_FLAG_CACHE_DISABLE KOS_VMM_CACHE_DISABLE  /* memory of devices: KnIoMapMem */
#define VMM_FLAG_WRITE_BACK    0U                     /* all memory that is no device's */
#define VMM_FLAG_WRITE_THROUGH VMM_FLAG_CACHE_DISABLE /* no device's memory is cached: stricter than asked */
#define VMM_FLAG_WRITE_COMBINE VMM_FLAG_CACHE_DISABLE
#define VMM_FLAG_CACHE_MASK    VMM_FLAG_CACHE_DISABLE
#define VMM_FLAG_ALIAS         0U /* a region may be mapped at several addresses anyhow */
