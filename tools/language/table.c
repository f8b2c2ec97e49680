/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>
#include <tools/language/table.h>

/* The key's entry, or the free one where it belongs. */
static struct table_entry *place(const struct table *table, const char *key, size_t length)
{
    uint64_t hash = 14695981039346656037ULL;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)key[i]) * 1099511628211ULL;
    size_t index = (hash ^ hash >> 32) & (table->capacity - 1);
    for (;; index = (index + 1) & (table->capacity - 1)) {
        struct table_entry *entry = &table->entries[index];
        if (entry->key == nullptr || (strncmp(entry->key, key, length) == 0 && entry->key[length] == '\0'))
            return entry;
    }
}

void *table_get(const struct table *table, const char *key, size_t length)
{
    return table->capacity != 0 ? place(table, key, length)->value : nullptr;
}

static void grow(struct table *table)
{
    struct table old = *table;
    table->capacity = old.capacity != 0 ? old.capacity * 2 : 64;
    table->entries = pool_allocate(table->pool, table->capacity * sizeof(table->entries[0]));
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].key != nullptr)
            *place(table, old.entries[i].key, strlen(old.entries[i].key)) = old.entries[i];
}

void *table_add(struct table *table, const char *key, void *value)
{
    if (table->count * 2 >= table->capacity)
        grow(table);
    struct table_entry *entry = place(table, key, strlen(key));
    if (entry->key == nullptr) {
        *entry = (struct table_entry){key, value};
        table->count++;
    }
    return entry->value;
}
