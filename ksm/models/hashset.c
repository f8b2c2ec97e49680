/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HashSet: a context is
 *   number      stepped by each init: a link of another number is none, so init clears nothing
 *   control     entries in the set, entries ever used, first free one + 1 of those used before
 *   buckets     a power of two of links
 *   entries     set_size times: number of the next one of the chain + 1, or 0; the entry's words
 * A link is the table's number, and the number of the chain's first entry + 1, or 0.
 */
#include <ksm/models/state.h>

#define INDEX_MASK ((1ULL << KSM_INDEX_BITS) - 1)
#define TABLE_HEAD 2U

/* Fields of control, each of KSM_INDEX_BITS; the count is the lowest. */
#define USED_SHIFT KSM_INDEX_BITS
#define FREE_SHIFT (2U * KSM_INDEX_BITS)

/* A table and its measures. */
struct table {
    u64 *words;
    u64 *entries; /* [0]: number 1 */
    u64 bucket_mask;
    u32 entry_words;
};

u64 ksm_hashset_mask(const struct ksm_hashset_configuration *configuration)
{
    return configuration->set_size <= 1 ? 0 : ~0ULL >> __builtin_clzll(configuration->set_size - 1U);
}

u64 ksm_hashset_words(const struct ksm_hashset_configuration *configuration)
{
    return TABLE_HEAD + ksm_hashset_mask(configuration) + 1 +
           configuration->set_size * (1ULL + configuration->entry_words);
}

static inline bool table_find(const struct ksm_object *object, u32 sid, struct table *table)
{
    const struct ksm_hashset_configuration *configuration = object->configuration;
    table->words = ksm_context_find(object, sid);
    if (table->words == nullptr)
        return false;
    table->bucket_mask = ((const struct ksm_state *)object->state)->table_mask;
    table->entries = table->words + TABLE_HEAD + table->bucket_mask + 1;
    table->entry_words = configuration->entry_words;
    return true;
}

static inline u64 *entry_at(const struct table *table, u64 number)
{
    return table->entries + (number - 1) * (1ULL + table->entry_words);
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
static inline u64 *bucket_of(const struct table *table, const u64 *entry)
{
    u64 hash = mix(ksm_seed, entry[0]);
    if (unlikely(table->entry_words > 1))
        hash = mix_rest(hash, entry, table->entry_words);
    return table->words + TABLE_HEAD + (hash & table->bucket_mask);
}

/* Number of the first entry of a bucket's chain, or 0. */
static inline u64 chain_of(const struct table *table, const u64 *bucket)
{
    u64 link = ksm_load(bucket);
    return link >> KSM_INDEX_BITS == ksm_load(table->words) ? link & INDEX_MASK : 0;
}

/* Words behind the first. */
KSM_ASIDE static bool same_rest(const u64 *stored, const u64 *entry, u32 words)
{
    for (u32 i = 1; i < words; i++)
        if (ksm_load(&stored[i]) != entry[i])
            return false;
    return true;
}

/* Number of an entry, or 0; *before: the entry before it in its chain, or null. At most as many steps as the table may
 * have entries, also while another CPU changes the chain. */
static inline u64 find(const struct ksm_object *object, const struct table *table, const u64 *bucket, const u64 *entry,
                       u64 **before)
{
    u64 number = chain_of(table, bucket);
    *before = nullptr;
    for (u32 left = ((const struct ksm_hashset_configuration *)object->configuration)->set_size; number != 0; left--) {
        u64 *stored = entry_at(table, number);
        if (ksm_load(&stored[1]) == entry[0] &&
            (likely(table->entry_words == 1) || same_rest(&stored[1], entry, table->entry_words)))
            return number;
        if (left == 0)
            return 0;
        *before = stored;
        number = ksm_load(stored);
    }
    return 0;
}

bool ksm_hashset_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    u64 *table = ksm_context_make(transaction, object, sid);
    if (table == nullptr)
        return false;
    ksm_store(transaction, object->state, &table[0], table[0] + 1);
    ksm_store(transaction, object->state, &table[1], 0);
    return true;
}

bool ksm_hashset_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    return ksm_context_drop(transaction, object, sid);
}

bool ksm_hashset_add(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    const struct ksm_hashset_configuration *configuration = object->configuration;
    struct table table;
    u64 *before;
    if (!table_find(object, sid, &table))
        return false;
    u64 *bucket = bucket_of(&table, entry), control = table.words[1];
    if (find(object, &table, bucket, entry, &before) != 0)
        return true;
    u64 free = control >> FREE_SHIFT, used = control >> USED_SHIFT & INDEX_MASK, count = control & INDEX_MASK;
    if (count == configuration->set_size)
        return false;
    u64 number = free != 0 ? free : ++used;
    u64 *place = entry_at(&table, number);
    free = free != 0 ? *place : 0;
    ksm_store(transaction, object->state, &table.words[1], (count + 1) | used << USED_SHIFT | free << FREE_SHIFT);
    ksm_store(transaction, object->state, place, chain_of(&table, bucket));
    for (u32 i = 0; i < table.entry_words; i++)
        ksm_store(transaction, object->state, &place[1 + i], entry[i]);
    ksm_store(transaction, object->state, bucket, number | table.words[0] << KSM_INDEX_BITS);
    return true;
}

bool ksm_hashset_remove(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    struct table table;
    u64 *before;
    if (!table_find(object, sid, &table))
        return false;
    u64 *bucket = bucket_of(&table, entry), control = table.words[1];
    u64 number = find(object, &table, bucket, entry, &before);
    if (number == 0)
        return true;
    u64 *place = entry_at(&table, number);
    if (before != nullptr)
        ksm_store(transaction, object->state, before, *place);
    else
        ksm_store(transaction, object->state, bucket, *place | table.words[0] << KSM_INDEX_BITS);
    ksm_store(transaction, object->state, place, control >> FREE_SHIFT);
    ksm_store(transaction, object->state, &table.words[1],
              ((control & ((1ULL << FREE_SHIFT) - 1)) - 1) | number << FREE_SHIFT);
    return true;
}

bool ksm_hashset_contains(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry,
                          bool *result)
{
    (void)transaction;
    struct table table;
    u64 *before;
    if (!table_find(object, sid, &table))
        return false;
    *result = find(object, &table, bucket_of(&table, entry), entry, &before) != 0;
    return true;
}
