/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of the language tools. A pool gives out zeroed memory that lives until the whole pool is freed; a text grows.
 * Running out of memory ends the tool with a message and exit status 1. One thread.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

/* The end with a message and exit status 1. */
[[noreturn]] void memory_exhausted(void);

struct pool_block;
struct pool {
    struct pool_block *blocks;
};

/* Zeroed bytes, aligned for any type. */
void *pool_allocate(struct pool *pool, size_t size);
#define POOL_NEW(pool, type) ((type *)pool_allocate((pool), sizeof(type)))
/* A copy of length bytes with a NUL behind them. */
char *pool_copy(struct pool *pool, const char *text, size_t length);
[[gnu::format(printf, 2, 3)]] char *pool_print(struct pool *pool, const char *format, ...);
void pool_free(struct pool *pool);

/* Text being built; bytes is NUL-terminated, or null while nothing was added. */
struct text {
    char *bytes;
    size_t length, capacity;
};

[[gnu::format(printf, 2, 3)]] void text_add(struct text *text, const char *format, ...);
[[gnu::format(printf, 2, 0)]] void text_add_list(struct text *text, const char *format, va_list arguments);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_free(struct text *text);
