/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clearing by whole cache lines, without reading them (DC ZVA: Arm ARM C5.3.8). There is no faster way to copy than
 * pairs of words, which the compiler makes of the loop in hal/string.c.
 */
#pragma once

#include <stddef.h>

#define ARCH_ZERO_FROM  320U /* four whole blocks, wherever it begins */
#define ARCH_ZERO_BLOCK 64U

/* Clears a part of size bytes (ARCH_ZERO_FROM or more) from its beginning, and returns how much: nothing where the CPU
 * has blocks of another size, or none. Normal memory only. */
static inline size_t arch_zero(void *to, size_t size)
{
    size_t permitted;
    __asm__("mrs %0, dczid_el0" : "=r"(permitted)); /* log2 of the block in words of 4 bytes; bit 4: prohibited */
    if ((permitted & 31U) != 4)
        return 0;
    char *at = to;
    __asm__ volatile("stp xzr, xzr, [%0]\n\tstp xzr, xzr, [%0, #16]\n\t"
                     "stp xzr, xzr, [%0, #32]\n\tstp xzr, xzr, [%0, #48]" ::"r"(at)
                     : "memory");
    const size_t head = ARCH_ZERO_BLOCK - ((size_t)at & (ARCH_ZERO_BLOCK - 1)); /* before the first whole block */
    size_t blocks = (size - head) / ARCH_ZERO_BLOCK, fours = blocks / 4;
    at += head;
    blocks %= 4;
    __asm__ volatile("1: dc zva, %0\n\tadd %0, %0, #64\n\tdc zva, %0\n\tadd %0, %0, #64\n\t"
                     "dc zva, %0\n\tadd %0, %0, #64\n\tdc zva, %0\n\tadd %0, %0, #64\n\t"
                     "subs %1, %1, #1\n\tb.gt 1b"
                     : "+r"(at), "+r"(fours)::"memory", "cc");
    for (; blocks > 0; blocks--, at += ARCH_ZERO_BLOCK)
        __asm__ volatile("dc zva, %0" ::"r"(at) : "memory");
    return (size_t)(at - (char *)to);
}
