/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/language/memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 65536U

struct pool_block {
    struct pool_block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

void memory_exhausted(void)
{
    fprintf(stderr, "out of memory\n");
    exit(EXIT_FAILURE);
}

static void *checked(void *memory)
{
    if (memory == nullptr)
        memory_exhausted();
    return memory;
}

void *pool_allocate(struct pool *pool, size_t size)
{
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (pool->blocks == nullptr || pool->blocks->size - pool->blocks->used < size) {
        size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        struct pool_block *block = checked(calloc(1, sizeof(*block) + capacity));
        block->size = capacity;
        block->next = pool->blocks;
        pool->blocks = block;
    }
    void *place = pool->blocks->bytes + pool->blocks->used;
    pool->blocks->used += size;
    return place;
}

char *pool_copy(struct pool *pool, const char *text, size_t length)
{
    char *copy = pool_allocate(pool, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *pool_print(struct pool *pool, const char *format, ...)
{
    va_list arguments;
    struct text text = {0};
    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    char *copy = pool_copy(pool, text.bytes != nullptr ? text.bytes : "", text.length);
    text_free(&text);
    return copy;
}

void pool_free(struct pool *pool)
{
    while (pool->blocks != nullptr) {
        struct pool_block *next = pool->blocks->next;
        free(pool->blocks);
        pool->blocks = next;
    }
}

static void reserve(struct text *text, size_t more)
{
    if (text->capacity - text->length > more)
        return;
    size_t capacity = text->capacity != 0 ? text->capacity : 256;
    while (capacity - text->length <= more)
        capacity *= 2;
    text->bytes = checked(realloc(text->bytes, capacity));
    text->capacity = capacity;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add_list(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (length < 0)
        abort();
    reserve(text, (size_t)length);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
    text->length += (size_t)length;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_add_list(text, format, arguments);
    va_end(arguments);
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}
