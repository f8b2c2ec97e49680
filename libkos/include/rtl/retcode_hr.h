/* SPDX-License-Identifier: Apache-2.0 */
/* Return codes for people: printf("failed: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc)) says "failed: rcTimeout
 * (0x90000014)". */
#pragma once
#include <rtl/retcode.h>
#ifdef __cplusplus
extern "C" {
#endif
/* The code's name, or "unknown". */
const char *KosRetcodeName(Retcode rc); /* ours */
#ifdef __cplusplus
}
#endif
#define RETCODE_HR_FMT        "%s (0x%08x)"
#define RETCODE_HR_PARAMS(rc) KosRetcodeName(rc), (unsigned)(rc)
