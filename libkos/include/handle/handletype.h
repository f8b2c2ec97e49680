/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <abi/handle.h>
#include <rtl/stdint.h>
typedef rtl_uint32_t Handle;
#define INVALID_HANDLE ((Handle)KOS_INVALID_HANDLE)
