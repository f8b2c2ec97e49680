/* SPDX-License-Identifier: Apache-2.0 */
/* Large copies by the instruction that is made for them. Advances both pointers. */
#pragma once

#define ARCH_COPY_WORDS_FROM 256U
#define ARCH_COPY_WORDS(to, from, words)                                                                               \
    do {                                                                                                               \
        size_t words_ = (words);                                                                                       \
        __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words_) : : "memory");                               \
    } while (0)
