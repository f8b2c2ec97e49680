/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts that depend on an event's kind, its classes and SIDs, and the state of at most KSM_SEEN_MAX objects: a
 * table per CPU. An entry is good while the generations of those objects are what they were when it was decided; why
 * that is enough is in ksm/models/README.md. Finding writes nothing. Interrupts masked.
 */
#pragma once
#include <ksm/models/transaction.h>

#define KSM_CACHE_SETS 128U
#define KSM_CACHE_WAYS 2U

struct ksm_cache_entry {
    u64 event;
    u64 sids; /* the verdict in the two highest bits: 0 in an entry that was never filled */
    struct ksm_seen seen;
};
static_assert(sizeof(struct ksm_cache_entry) == KOS_CACHE_LINE, "an entry is a line");

struct ksm_cache {
    cache_aligned struct ksm_cache_entry sets[KSM_CACHE_SETS][KSM_CACHE_WAYS];
};

#define KSM_CACHE_VERDICT_SHIFT 62U

/* An event as two words; false if it does not fit them: then it is not cached. */
static inline bool ksm_cache_key(const struct ksm_query *query, u64 *event, u64 *sids)
{
    *event = (u64)query->event << 61 | (u64)query->riid << 48 | (u64)query->mid << 32 | (u64)query->source_class << 16 |
             query->destination_class;
    *sids = (u64)query->source_sid << 31 | query->destination_sid;
    return (query->riid >> 13 | (query->mid | query->source_class | query->destination_class) >> 16 |
            (query->source_sid | query->destination_sid) >> 31) == 0;
}

static inline u32 ksm_cache_set(u64 event, u64 sids)
{
    return (u32)(((event ^ event >> 29) + sids) * 0x9e3779b97f4a7c15ULL >> 57);
}
static_assert(KSM_CACHE_SETS == 1U << (64 - 57), "the highest bits of the product");

static inline bool ksm_seen_now(const struct ksm_seen *seen)
{
    for (u32 i = 0; i < KSM_SEEN_MAX; i++)
        if (__atomic_load_n(seen->generations[i], __ATOMIC_RELAXED) != seen->values[i])
            return false;
    return true;
}

/* KSM_GRANT, KSM_DENY, or KSM_NO_RULE: not known. */
static inline enum ksm_verdict ksm_cache_find(const struct ksm_cache *cache, u64 event, u64 sids)
{
    const struct ksm_cache_entry *set = cache->sets[ksm_cache_set(event, sids)];
    for (u32 i = 0; i < KSM_CACHE_WAYS; i++) {
        const struct ksm_cache_entry *entry = &set[i];
        if (entry->event != event || (entry->sids ^ sids) << (64 - KSM_CACHE_VERDICT_SHIFT) != 0 ||
            entry->sids >> KSM_CACHE_VERDICT_SHIFT == 0)
            continue;
        return ksm_seen_now(&entry->seen) ? (enum ksm_verdict)(entry->sids >> KSM_CACHE_VERDICT_SHIFT) : KSM_NO_RULE;
    }
    return KSM_NO_RULE;
}

void ksm_cache_add(struct ksm_cache *cache, u64 event, u64 sids, enum ksm_verdict verdict, const struct ksm_seen *seen);
