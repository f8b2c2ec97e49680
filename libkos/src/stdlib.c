/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <kos/alloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *malloc(size_t size)
{
    return KosMemAlloc(size);
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? NULL : KosMemZalloc(bytes);
}

void *aligned_alloc(size_t align, size_t size)
{
    return KosMemAllocEx(size, align, 0);
}

void *realloc(void *p, size_t size)
{
    if (p == NULL)
        return malloc(size);
    size_t had = KosMemGetSize(p);
    if (size <= had && size >= had / 2)
        return p;
    void *moved = malloc(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, p, size < had ? size : had);
    free(p);
    return moved;
}

void free(void *p)
{
    KosMemFree(p);
}

void kos_assert_failed(const char *text, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, text);
    abort();
}
