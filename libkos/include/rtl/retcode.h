/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <abi/retcode.h>
#include <rtl/stdint.h>
typedef rtl_int32_t Retcode;
enum {
    rcOk = 0,
#define KOS_RETCODE_ENUMERATOR(name, code, text) name = KOS_RC_VALUE(KOS_RC_SPACE_GENERAL, code),
    KOS_RETCODES(KOS_RETCODE_ENUMERATOR)
#undef KOS_RETCODE_ENUMERATOR
};
#define RC_SPACE_GENERAL KOS_RC_SPACE_GENERAL
#define RC_SPACE_KERNEL  KOS_RC_SPACE_KERNEL
#define RC_SPACE_DRIVERS KOS_RC_SPACE_DRIVERS
