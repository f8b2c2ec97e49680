/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/trace/spread.h>

static unsigned bucket_of(uint64_t value)
{
    if (value < SPREAD_STEPS)
        return (unsigned)value;
    unsigned power = 63U - (unsigned)__builtin_clzll(value);
    unsigned bucket = (power - 2) * SPREAD_STEPS + (unsigned)(value >> (power - 3)) - SPREAD_STEPS;
    return bucket < SPREAD_BUCKETS ? bucket : SPREAD_BUCKETS - 1;
}

static uint64_t lower_end(unsigned bucket)
{
    if (bucket < SPREAD_STEPS)
        return bucket;
    unsigned power = bucket / SPREAD_STEPS + 2;
    return (uint64_t)(bucket % SPREAD_STEPS + SPREAD_STEPS) << (power - 3);
}

void spread_add(struct spread *spread, uint64_t value)
{
    if (spread->count == 0 || value < spread->least)
        spread->least = value;
    if (value > spread->greatest)
        spread->greatest = value;
    spread->count++;
    spread->sum += value;
    spread->buckets[bucket_of(value)]++;
}

uint64_t spread_part(const struct spread *spread, double part)
{
    uint64_t wanted = (uint64_t)((double)spread->count * part), seen = 0;
    if (wanted >= spread->count)
        return spread->greatest;
    for (unsigned bucket = 0; bucket < SPREAD_BUCKETS; bucket++) {
        seen += spread->buckets[bucket];
        if (seen > wanted)
            return lower_end(bucket) > spread->least ? lower_end(bucket) : spread->least;
    }
    return spread->greatest;
}

uint64_t spread_power(const struct spread *spread, unsigned power)
{
    uint64_t count = 0;
    for (unsigned bucket = 0; bucket < SPREAD_BUCKETS; bucket++) {
        uint64_t end = lower_end(bucket);
        unsigned of = end == 0 ? 0 : 63U - (unsigned)__builtin_clzll(end);
        count += of == power ? spread->buckets[bucket] : 0;
    }
    return count;
}
