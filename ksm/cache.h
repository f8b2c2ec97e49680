/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of events, by kind, classes and SIDs: a table per CPU. A verdict that depends on the state of at most
 * KSM_SEEN_MAX objects is good while their generations are what they were when it was decided; why that is enough is in
 * ksm/models/README.md. Of others an entry knows how to evaluate them. Finding writes nothing. Interrupts masked.
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
    struct ksm_seen seen;
    const struct ksm_decision *decision; /* how to evaluate it, or null */
    u16 needs;                           /* what is read besides: ksm_plan */
    bool cacheable;
    u8 verdict; /* KSM_EVALUATE: to be evaluated each time; KSM_NO_RULE: the entry is empty; KSM_GRANT, KSM_DENY: as
                   long as what was seen is so now, else to be evaluated */
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

/* Null: there is none. */
static inline struct ksm_cache_entry *ksm_cache_find(struct ksm_cache *cache, enum ksm_event event,
                                                     struct ksm_cache_key key)
{
    struct ksm_cache_entry *entry = cache->sets[ksm_cache_set(event, key)];
    if (!likely(ksm_cache_same(entry->key, key)) && !ksm_cache_same((++entry)->key, key))
        return nullptr;
    return entry;
}
static_assert(KSM_CACHE_WAYS == 2, "both are compared");

void ksm_cache_clear(struct ksm_cache *cache);
/* entry: all but the key. */
void ksm_cache_add(struct ksm_cache *cache, enum ksm_event event, struct ksm_cache_key key,
                   const struct ksm_cache_entry *entry);
