/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HashSet: a context is
 *   name        of this life of the table: stepped by each init, in the bits above an entry's number
 *   control     entries in the set, entries ever used, first free one of those used before
 *   buckets     a power of two of links
 *   entries     set_size times: number of the next one of the chain, or 0; the entry's words
 * Entries are numbered from 1. A link is the table's name and the number of the chain's first entry, or 0: one of
 * another name is none, so init clears nothing.
 */
#include <ksm/models/state.h>

#define INDEX_MASK ((1ULL << KSM_INDEX_BITS) - 1)
#define NAME_STEP  (1ULL << KSM_INDEX_BITS)
#define TABLE_HEAD 2U

/* Fields of control, each of KSM_INDEX_BITS; the count is the lowest. */
#define USED_SHIFT KSM_INDEX_BITS
#define FREE_SHIFT (2U * KSM_INDEX_BITS)

static u64 bucket_mask(const struct ksm_hashset_configuration *configuration)
{
    /* twice as many as entries and more: most chains have one */
    return configuration->set_size <= 1 ? 0 : ~0ULL >> __builtin_clzll(configuration->set_size - 1U) << 1 | 1;
}

u64 ksm_hashset_words(const struct ksm_hashset_configuration *configuration)
{
    return TABLE_HEAD + bucket_mask(configuration) + 1 + configuration->set_size * (1ULL + configuration->entry_words);
}

void ksm_hashset_measure(struct ksm_state *state, const struct ksm_hashset_configuration *configuration)
{
    state->table_mask = bucket_mask(configuration);
    state->table_stride = 1ULL + configuration->entry_words;
    state->table_entries = TABLE_HEAD + (s64)state->table_mask + 1 - (s64)state->table_stride;
    state->table_size = configuration->set_size;
}

static inline u64 *entry_at(const struct ksm_state *state, u64 *table, u64 number)
{
    return table + state->table_entries + number * state->table_stride;
}

static inline u64 mix(u64 hash, u64 word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    return hash ^ hash >> 32;
}

KSM_ASIDE static u64 mix_rest(u64 hash, const u64 *entry, u32 words)
{
    for (u32 i = 1; i < words; i++)
        hash = mix(hash, entry[i]);
    return hash;
}

/* Most entries are one word. */
static inline u64 *bucket_of(const struct ksm_state *state, u64 *table, const u64 *entry)
{
    u64 hash = mix(ksm_seed, entry[0]);
    if (unlikely(state->table_stride != 2))
        hash = mix_rest(hash, entry, (u32)state->table_stride - 1);
    return table + TABLE_HEAD + (hash & state->table_mask);
}

/* Number of the first entry of a bucket's chain, or 0. */
static inline u64 chain_of(const u64 *table, const u64 *bucket)
{
    u64 number = ksm_load(bucket) ^ ksm_load(table);
    return number <= INDEX_MASK ? number : 0;
}

/* Words behind the first. */
KSM_ASIDE static bool same_rest(const u64 *stored, const u64 *entry, u32 words)
{
    for (u32 i = 1; i < words; i++)
        if (ksm_load(&stored[i]) != entry[i])
            return false;
    return true;
}

static inline bool same(const struct ksm_state *state, const u64 *place, const u64 *entry)
{
    return ksm_load(&place[1]) == entry[0] &&
           (likely(state->table_stride == 2) || same_rest(&place[1], entry, (u32)state->table_stride - 1));
}

/* Number of an entry, or 0; *before: the entry before it in its chain, or null. At most as many steps as the table may
 * have entries, also while another CPU changes the chain. */
static inline u64 find(const struct ksm_state *state, u64 *table, const u64 *bucket, const u64 *entry, u64 **before)
{
    u64 number = chain_of(table, bucket);
    *before = nullptr;
    for (u32 left = state->table_size; number != 0 && left != 0; left--) {
        u64 *place = entry_at(state, table, number);
        if (same(state, place, entry))
            return number;
        *before = place;
        number = ksm_load(place);
    }
    return 0;
}

bool ksm_hashset_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    u64 *table = ksm_context_make(transaction, object, sid);
    if (table == nullptr)
        return false;
    ksm_store(transaction, object->state, &table[0], table[0] + NAME_STEP);
    ksm_store(transaction, object->state, &table[1], 0);
    return true;
}

bool ksm_hashset_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    return ksm_context_drop(transaction, object, sid);
}

bool ksm_hashset_add(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    struct ksm_state *state = object->state;
    u64 *table = ksm_context_find(object, sid), *before;
    if (table == nullptr)
        return false;
    u64 *bucket = bucket_of(state, table, entry), control = table[1];
    if (find(state, table, bucket, entry, &before) != 0)
        return true;
    u64 free = control >> FREE_SHIFT, used = control >> USED_SHIFT & INDEX_MASK, count = control & INDEX_MASK;
    if (count == state->table_size)
        return false;
    u64 number = free != 0 ? free : ++used;
    u64 *place = entry_at(state, table, number);
    free = free != 0 ? *place : 0;
    ksm_store(transaction, state, &table[1], (count + 1) | used << USED_SHIFT | free << FREE_SHIFT);
    ksm_store(transaction, state, place, chain_of(table, bucket));
    for (u32 i = 1; i < state->table_stride; i++)
        ksm_store(transaction, state, &place[i], entry[i - 1]);
    ksm_store(transaction, state, bucket, table[0] | number);
    return true;
}

bool ksm_hashset_remove(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    struct ksm_state *state = object->state;
    u64 *table = ksm_context_find(object, sid), *before;
    if (table == nullptr)
        return false;
    u64 *bucket = bucket_of(state, table, entry), control = table[1];
    u64 number = find(state, table, bucket, entry, &before);
    if (number == 0)
        return true;
    u64 *place = entry_at(state, table, number);
    if (before != nullptr)
        ksm_store(transaction, state, before, *place);
    else
        ksm_store(transaction, state, bucket, table[0] | *place);
    ksm_store(transaction, state, place, control >> FREE_SHIFT);
    ksm_store(transaction, state, &table[1], ((control & ((1ULL << FREE_SHIFT) - 1)) - 1) | number << FREE_SHIFT);
    return true;
}

[[gnu::noinline]] static bool contains_any(const struct ksm_state *state, u64 *table, const u64 *entry, bool *result)
{
    u64 *before;
    *result = find(state, table, bucket_of(state, table, entry), entry, &before) != 0;
    return true;
}

/* What ksm_hashset_contains does for entries of one word, which most are. */
static inline bool contains_word(const struct ksm_state *state, u64 *table, u64 word)
{
    u64 *entries = table + state->table_entries;
    u64 number = chain_of(table, table + TABLE_HEAD + (mix(ksm_seed, word) & state->table_mask));
    if (number == 0)
        return false;
    if (likely(ksm_load(&entries[number * 2 + 1]) == word))
        return true;
    for (u32 left = state->table_size; left != 0; left--) {
        number = ksm_load(&entries[number * 2]);
        if (number == 0)
            return false;
        if (ksm_load(&entries[number * 2 + 1]) == word)
            return true;
    }
    return false;
}

bool ksm_hashset_contains(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry,
                          bool *result)
{
    (void)transaction;
    const struct ksm_state *state = object->state;
    u64 *table = ksm_context_find(object, sid);
    if (unlikely(table == nullptr))
        return false;
    if (unlikely(state->table_stride != 2))
        return contains_any(state, table, entry, result);
    *result = contains_word(state, table, entry[0]);
    return true;
}
