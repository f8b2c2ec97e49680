/* SPDX-License-Identifier: Apache-2.0 */
/* How durations are spread, in constant space: exact count, sum, least and greatest; the rest to within an eighth. */
#pragma once
#include <stdint.h>

#define SPREAD_STEPS   8U /* per power of two */
#define SPREAD_BUCKETS (62U * SPREAD_STEPS)
struct spread {
    uint64_t count, sum, least, greatest;
    uint32_t buckets[SPREAD_BUCKETS];
};
void spread_add(struct spread *spread, uint64_t value);
/* Lower end of the bucket in which that part of the values (0 to 1) ends; 1: the greatest. */
uint64_t spread_part(const struct spread *spread, double part);
/* How many are at least 2^power and below twice that; power 0 has 0, too. */
uint64_t spread_power(const struct spread *spread, unsigned power);
