/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers that are the same everywhere, messages of random values, and messages as bytes. */
#pragma once
#include <tests/languages/psl/reference/reference.h>

struct random {
    uint64_t state;
};
uint64_t random_next(struct random *random);
/* Below limit. */
unsigned random_below(struct random *random, unsigned limit);

/* A value of the type: small and extreme numbers, texts that policies know, few elements. */
struct value random_value(struct random *random, struct pool *pool, const struct type *type);
struct value random_message(struct random *random, struct pool *pool, const struct method *method,
                            enum direction direction);

struct encoded {
    _Alignas(16) unsigned char constant_part[4096]; /* without header */
    _Alignas(16) unsigned char arena[16384];
    uint32_t constant_size, arena_size;
    uint32_t sids[128], sid_count;
};
/* A message as it goes over a channel; its handles' SIDs apart. */
void encode_message(struct encoded *encoded, const struct method *method, enum direction direction,
                    const struct value *message);
