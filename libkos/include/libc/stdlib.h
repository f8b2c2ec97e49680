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
/* kos/alloc.h under ISO C's names. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *p, size_t size);
void *aligned_alloc(size_t align, size_t size);
void free(void *p);
#ifdef __cplusplus
}
#endif
