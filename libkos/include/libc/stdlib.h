/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#ifdef __cplusplus
extern "C" {
#endif
__attribute__((noreturn)) void exit(int code);
__attribute__((noreturn)) void abort(void);
#ifdef __cplusplus
}
#endif
