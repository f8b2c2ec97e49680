/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clearing by whole cache lines, without reading them (DC ZVA: Arm ARM C5.3.8), and copying by pairs of words that move
 * the address, which the compiler does not make of a loop.
 */
#pragma once

#include <stddef.h>

/* Copies whole blocks, upwards, each pair read before anything behind it is written; advances both pointers and reduces
 * size. */
#define ARCH_COPY_FROM 128U
#define ARCH_COPY(to, from, size)                                                                                      \
    do {                                                                                                               \
        size_t blocks_ = (size) / 128, a_, b_, c_, d_, e_, f_, g_, h_;                                                 \
        __asm__ volatile("1: ldp %3, %4, [%1], #16\n\tldp %5, %6, [%1], #16\n\t"                                       \
                         "ldp %7, %8, [%1], #16\n\tldp %9, %10, [%1], #16\n\t"                                         \
                         "stp %3, %4, [%0], #16\n\tstp %5, %6, [%0], #16\n\t"                                          \
                         "stp %7, %8, [%0], #16\n\tstp %9, %10, [%0], #16\n\t"                                         \
                         "ldp %3, %4, [%1], #16\n\tldp %5, %6, [%1], #16\n\t"                                          \
                         "ldp %7, %8, [%1], #16\n\tldp %9, %10, [%1], #16\n\t"                                         \
                         "stp %3, %4, [%0], #16\n\tstp %5, %6, [%0], #16\n\t"                                          \
                         "stp %7, %8, [%0], #16\n\tstp %9, %10, [%0], #16\n\t"                                         \
                         "subs %2, %2, #1\n\tb.ne 1b"                                                                  \
                         : "+r"(to), "+r"(from), "+r"(blocks_), "=&r"(a_), "=&r"(b_), "=&r"(c_), "=&r"(d_), "=&r"(e_), \
                           "=&r"(f_), "=&r"(g_), "=&r"(h_)                                                             \
                         :                                                                                             \
                         : "memory", "cc");                                                                            \
        (size) %= 128;                                                                                                 \
    } while (0)

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
