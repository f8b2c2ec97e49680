/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <abi/handle.h>
#include <rtl/stdint.h>
typedef rtl_uint32_t Handle;
#define INVALID_HANDLE ((Handle)KOS_INVALID_HANDLE)

/* Types of user resources (KnHandleCreateUserObject). */
#define HANDLE_TYPE_USER_FIRST 0x00010000U
#define HANDLE_TYPE_USER_LAST  0x0001ffffU
