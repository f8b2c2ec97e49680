/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdarg.h>
#ifdef __cplusplus
extern "C" {
#endif
#ifndef PLOG_LEVEL
#define PLOG_LEVEL 2
#endif
void plog(int level, const char *program, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#define LOG_I(...) plog(2, HYDRO_PROGRAM, __VA_ARGS__)
#define LOG_E(...) plog(0, HYDRO_PROGRAM, __VA_ARGS__)
#ifdef __cplusplus
}
#endif
