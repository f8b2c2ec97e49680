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

static u64 bucket_mask(const struct ksm_hashset_configuration *configuration)
{
    return configuration->set_size <= 1 ? 0 : ~0ULL >> __builtin_clzll(configuration->set_size - 1U);
}

u64 ksm_hashset_words(const struct ksm_hashset_configuration *configuration)
{
    return TABLE_HEAD + bucket_mask(configuration) + 1 + configuration->set_size * (1ULL + configuration->entry_words);
}

static u64 *entry_at(const struct ksm_hashset_configuration *configuration, u64 *table, u64 number)
{
    return table + TABLE_HEAD + bucket_mask(configuration) + 1 + number * (1ULL + configuration->entry_words);
}

static u64 *bucket_of(const struct ksm_hashset_configuration *configuration, u64 *table, const u64 *entry)
{
    u64 hash = ksm_seed;
    for (u32 i = 0; i < configuration->entry_words; i++) {
        hash = (hash ^ entry[i]) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 32;
    }
    return table + TABLE_HEAD + (hash & bucket_mask(configuration));
}

static bool same(const u64 *stored, const u64 *entry, u32 words)
{
    for (u32 i = 0; i < words; i++)
        if (ksm_load(&stored[i]) != entry[i])
            return false;
    return true;
}

/* Number of the first entry of a bucket's chain + 1, or 0. */
static u64 chain_of(const u64 *table, const u64 *bucket)
{
    u64 link = ksm_load(bucket);
    return link >> KSM_INDEX_BITS == ksm_load(table) ? link & INDEX_MASK : 0;
}

/* Number of an entry + 1, or 0; *before: the entry before it in its chain, or null. At most set_size steps. */
static u64 find(const struct ksm_hashset_configuration *configuration, u64 *table, const u64 *bucket, const u64 *entry,
                u64 **before)
{
    *before = nullptr;
    u64 number = chain_of(table, bucket);
    for (u32 left = configuration->set_size; number != 0 && left != 0; left--) {
        u64 *stored = entry_at(configuration, table, number - 1);
        if (same(stored + 1, entry, configuration->entry_words))
            return number;
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
    u64 *table = ksm_context_find(object, sid), *before;
    if (table == nullptr)
        return false;
    u64 *bucket = bucket_of(configuration, table, entry), control = table[1];
    if (find(configuration, table, bucket, entry, &before) != 0)
        return true;
    u64 free = control >> FREE_SHIFT, used = control >> USED_SHIFT & INDEX_MASK, count = control & INDEX_MASK;
    if (count == configuration->set_size)
        return false;
    u64 number = free != 0 ? free : ++used;
    u64 *place = entry_at(configuration, table, number - 1);
    free = free != 0 ? *place : 0;
    ksm_store(transaction, object->state, &table[1], (count + 1) | used << USED_SHIFT | free << FREE_SHIFT);
    ksm_store(transaction, object->state, place, chain_of(table, bucket));
    for (u32 i = 0; i < configuration->entry_words; i++)
        ksm_store(transaction, object->state, &place[1 + i], entry[i]);
    ksm_store(transaction, object->state, bucket, number | table[0] << KSM_INDEX_BITS);
    return true;
}

bool ksm_hashset_remove(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    const struct ksm_hashset_configuration *configuration = object->configuration;
    u64 *table = ksm_context_find(object, sid), *before;
    if (table == nullptr)
        return false;
    u64 *bucket = bucket_of(configuration, table, entry), control = table[1];
    u64 number = find(configuration, table, bucket, entry, &before);
    if (number == 0)
        return true;
    u64 *place = entry_at(configuration, table, number - 1);
    if (before != nullptr)
        ksm_store(transaction, object->state, before, *place);
    else
        ksm_store(transaction, object->state, bucket, *place | table[0] << KSM_INDEX_BITS);
    ksm_store(transaction, object->state, place, control >> FREE_SHIFT);
    ksm_store(transaction, object->state, &table[1],
              ((control & ((1ULL << FREE_SHIFT) - 1)) - 1) | number << FREE_SHIFT);
    return true;
}

bool ksm_hashset_contains(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry,
                          bool *result)
{
    (void)transaction;
    const struct ksm_hashset_configuration *configuration = object->configuration;
    u64 *table = ksm_context_find(object, sid), *before;
    if (table == nullptr)
        return false;
    *result = find(configuration, table, bucket_of(configuration, table, entry), entry, &before) != 0;
    return true;
}
