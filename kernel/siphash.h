/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-2-4 of whole words: Aumasson, Bernstein, "SipHash: a fast short-input PRF" (2012). Who does not have the key
 * can neither tell the result of words that he knows from a random number, nor the words or the key from results.
 */
#pragma once
#include <hal/base.h>

struct siphash {
    u64 v[4];
};

static inline u64 siphash_rotate(u64 value, u32 by)
{
    return value << by | value >> (64 - by);
}

static inline void siphash_rounds(struct siphash *s, u32 count)
{
    u64 *v = s->v;
    while (count-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = siphash_rotate(v[1], 13) ^ v[0];
        v[3] = siphash_rotate(v[3], 16) ^ v[2];
        v[0] = siphash_rotate(v[0], 32) + v[3];
        v[2] += v[1];
        v[1] = siphash_rotate(v[1], 17) ^ v[2];
        v[3] = siphash_rotate(v[3], 21) ^ v[0];
        v[2] = siphash_rotate(v[2], 32);
    }
}

static inline void siphash_word(struct siphash *s, u64 word)
{
    s->v[3] ^= word;
    siphash_rounds(s, 2);
    s->v[0] ^= word;
}

static inline u64 siphash(const u64 key[2], const u64 *words, u32 count)
{
    struct siphash s = {{key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL, key[0] ^ 0x6c7967656e657261ULL,
                         key[1] ^ 0x7465646279746573ULL}};
    for (u32 i = 0; i < count; i++)
        siphash_word(&s, words[i]);
    siphash_word(&s, (u64)count * 8 << 56); /* the last word: the length in bytes */
    s.v[2] ^= 0xff;
    siphash_rounds(&s, 4);
    return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
