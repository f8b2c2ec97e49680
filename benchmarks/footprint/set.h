/* SPDX-License-Identifier: Apache-2.0 */
/* Set of 64-bit numbers that is emptied in constant time. Zero-initialized is empty. */
#pragma once
#include <stdint.h>

#define SET_PLACES 131072U /* a stretch that touches more than that many lines is refused by abort() */

struct set {
    struct {
        uint64_t value;
        uint64_t round; /* the place is in use if this equals the set's */
    } *places;
    uint64_t round, count;
};

void set_clear(struct set *set);
void set_add(struct set *set, uint64_t value);
static inline uint64_t set_count(const struct set *set)
{
    return set->count;
}
