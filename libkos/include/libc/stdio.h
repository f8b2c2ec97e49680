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
#define EOF (-1)
int vsnprintf(char *text, size_t size, const char *format, va_list arguments);
__attribute__((format(printf, 3, 4))) int snprintf(char *text, size_t size, const char *format, ...);
__attribute__((format(printf, 1, 2))) int printf(const char *format, ...);
__attribute__((format(printf, 2, 3))) int fprintf(FILE *file, const char *format, ...);
__attribute__((format(printf, 2, 3))) int sprintf(char *text, const char *format, ...);
int vsprintf(char *text, const char *format, va_list arguments);
int vprintf(const char *format, va_list arguments);
int vfprintf(FILE *file, const char *format, va_list arguments);
size_t fwrite(const void *items, size_t size, size_t count, FILE *file);
int fflush(FILE *file); /* nothing is ever kept back */
int putchar(int c);
int putc(int c, FILE *file);
int fputc(int c, FILE *file);
void perror(const char *text);
int fputs(const char *text, FILE *file);
int puts(const char *text);
#ifdef __cplusplus
}
#endif
