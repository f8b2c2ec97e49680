/* SPDX-License-Identifier: Apache-2.0 */
/* Large copies and clearing by the instructions that are made for them. */
#pragma once

#include <stddef.h>

/* Copies words, upwards; advances both pointers and reduces size. */
#define ARCH_COPY_FROM 256U
#define ARCH_COPY(to, from, size)                                                                                      \
    do {                                                                                                               \
        size_t words_ = (size) / 8;                                                                                    \
        __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words_) : : "memory");                               \
        (size) %= 8;                                                                                                   \
    } while (0)

/* Clears a part of size bytes from its beginning, and returns how much. */
#define ARCH_ZERO_FROM 256U
static inline size_t arch_zero(void *to, size_t size)
{
    size_t words = size / 8;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(0L) : "memory");
    return size & ~(size_t)7;
}
