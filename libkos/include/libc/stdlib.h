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
char *getenv(const char *name); /* of init.yaml's env; not to be changed */
int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);
long strtol(const char *text, char **end, int base);
long long strtoll(const char *text, char **end, int base);
unsigned long strtoul(const char *text, char **end, int base);
unsigned long long strtoull(const char *text, char **end, int base);
int abs(int value);
long labs(long value);
long long llabs(long long value);
#define RAND_MAX 0x7fffffff
int rand(void); /* not for secrets: kos/random/random_api.h */
void srand(unsigned seed);
void qsort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *items, size_t count, size_t size,
              int (*compare)(const void *, const void *));
/* kos/alloc.h under ISO C's names. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *p, size_t size);
void *aligned_alloc(size_t align, size_t size);
void free(void *p);
#ifdef __cplusplus
}
#endif
