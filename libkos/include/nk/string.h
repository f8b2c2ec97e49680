/* SPDX-License-Identifier: Apache-2.0 */
/* Strings of messages. */
#pragma once
#include <nk/types.h>

static inline int nk_strcmp(const nk_char_t *a, const nk_char_t *b)
{
    return __builtin_strcmp(a, b);
}
static inline nk_size_t nk_strlen(const nk_char_t *text)
{
    return __builtin_strlen(text);
}
static inline nk_size_t nk_strnlen(const nk_char_t *text, nk_size_t size)
{
    nk_size_t length = 0;
    while (length < size && text[length] != '\0')
        length++;
    return length;
}
/* As strncpy: zeros fill the rest, and a text of size bytes gets no terminator. */
static inline nk_char_t *nk_strncpy(nk_char_t *to, const nk_char_t *from, nk_size_t size)
{
    nk_size_t length = nk_strnlen(from, size);
    __builtin_memcpy(to, from, length);
    __builtin_memset(to + length, 0, size - length);
    return to;
}
