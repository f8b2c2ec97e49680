/* SPDX-License-Identifier: Apache-2.0 */
/* Output only, to the kernel's diagnostic console (HAL.DebugWrite), a write per call. */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct kos_file FILE;
extern FILE *const stdout, *const stderr;
int vsnprintf(char *text, size_t size, const char *format, va_list arguments);
__attribute__((format(printf, 3, 4))) int snprintf(char *text, size_t size, const char *format, ...);
__attribute__((format(printf, 1, 2))) int printf(const char *format, ...);
__attribute__((format(printf, 2, 3))) int fprintf(FILE *file, const char *format, ...);
int fputs(const char *text, FILE *file);
int puts(const char *text);
#ifdef __cplusplus
}
#endif
