/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers that a seed repeats (splitmix64). */
#pragma once
#include <nk/types.h>

struct random {
    nk_uint64_t state;
};

static inline nk_uint64_t random_next(struct random *random)
{
    nk_uint64_t value = random->state += 0x9e3779b97f4a7c15ULL;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}
static inline unsigned random_below(struct random *random, unsigned bound)
{
    return (unsigned)(random_next(random) % bound);
}
/* True once in so many times. */
static inline int random_once_in(struct random *random, unsigned times)
{
    return random_below(random, times) == 0;
}
