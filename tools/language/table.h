/* SPDX-License-Identifier: Apache-2.0 */
/* Names to pointers. Keys are not copied: they live as long as the table. Zero-initialized but for the pool. */
#pragma once
#include <tools/language/memory.h>

struct table_entry {
    const char *key;
    void *value;
};
struct table {
    struct pool *pool;
    struct table_entry *entries;
    size_t count, capacity;
};

/* The value of a key of length bytes, or null. */
void *table_get(const struct table *table, const char *key, size_t length);
/* Sets a value unless the key has one; returns the key's value. value is not null. */
void *table_add(struct table *table, const char *key, void *value);
