/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts that depend on an event's kind, its classes and SIDs, and the state of at most KSM_SEEN_MAX objects: a
 * table per CPU. An entry is good while the generations of those objects are what they were when it was decided; why
 * that is enough is in ksm/models/README.md. Finding writes nothing. Interrupts masked.
 */
#pragma once
#include <ksm/models/transaction.h>

#define KSM_CACHE_EVENTS 8U
#define KSM_CACHE_SETS   32U /* of each kind of event */
#define KSM_CACHE_WAYS   2U

struct ksm_cache_key {
    u64 what; /* classes, endpoint, method */
    u64 sids;
};

struct ksm_cache_entry {
    alignas(KOS_CACHE_LINE) struct ksm_cache_key key;
    struct ksm_seen seen;     /* in an entry that was never filled: what never is */
    enum ksm_verdict verdict; /* KSM_GRANT, KSM_DENY */
};
static_assert(sizeof(struct ksm_cache_entry) == KOS_CACHE_LINE, "an entry is a line");

struct ksm_cache {
    struct ksm_cache_entry sets[KSM_CACHE_EVENTS * KSM_CACHE_SETS][KSM_CACHE_WAYS];
};

static inline struct ksm_cache_key ksm_cache_key(const struct ksm_query *query)
{
    struct ksm_cache_key key;
    static_assert(offsetof(struct ksm_query, source_sid) == 8 && offsetof(struct ksm_query, event) == 16, "two words");
    __builtin_memcpy(&key, query, sizeof(key));
    return key;
}

/* Events have sets of their own, so the kind of event need not be compared. */
static inline u32 ksm_cache_set(enum ksm_event event, struct ksm_cache_key key)
{
    return (u32)((key.what ^ key.sids) * 0x9e3779b97f4a7c15ULL >> 59) | event * KSM_CACHE_SETS;
}
static_assert(KSM_CACHE_SETS == 1U << (64 - 59), "the highest bits of the product");

static inline bool ksm_cache_same(struct ksm_cache_key a, struct ksm_cache_key b)
{
    return a.what == b.what && a.sids == b.sids;
}

static inline bool ksm_seen_now(const struct ksm_seen *seen)
{
    for (u32 i = 0; i < KSM_SEEN_MAX; i++)
        if (__atomic_load_n(seen->generations[i], __ATOMIC_RELAXED) != seen->values[i])
            return false;
    return true;
}

/* Null: not known. */
static inline const struct ksm_cache_entry *ksm_cache_find(const struct ksm_cache *cache, enum ksm_event event,
                                                           struct ksm_cache_key key)
{
    const struct ksm_cache_entry *entry = cache->sets[ksm_cache_set(event, key)];
    if (!likely(ksm_cache_same(entry->key, key)) && !ksm_cache_same((++entry)->key, key))
        return nullptr;
    return likely(ksm_seen_now(&entry->seen)) ? entry : nullptr;
}
static_assert(KSM_CACHE_WAYS == 2, "both are compared");

void ksm_cache_clear(struct ksm_cache *cache);
void ksm_cache_add(struct ksm_cache *cache, enum ksm_event event, struct ksm_cache_key key, enum ksm_verdict verdict,
                   const struct ksm_seen *seen);
