/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HashSet: a context is
 *   name        of this life of the table: stepped by each init, in the bits above an entry's number; never 0
 *   control     entries in the set, entries ever used, first free one of those used before
 *   buckets     a power of two of links
 *   next        by number: the next entry of the chain, or 0
 *   entries     by number: the entry's words
 * Entries are numbered from 1 to set_size. A link is the table's name and the number of the chain's first entry, or 0
 * if it has none: one of another name is none, so init clears nothing. What is behind the last entry of a chain is
 * number 0, an entry that is never written: its next one is itself, so who has gone too far need not know it yet.
 */
#include <ksm/models/state.h>

#define INDEX_MASK ((1ULL << KSM_INDEX_BITS) - 1)
#define NAME_STEP  (1ULL << KSM_INDEX_BITS)
#define TABLE_HEAD 2U

/* Fields of control, each of KSM_INDEX_BITS; the count is the lowest. */
#define USED_SHIFT KSM_INDEX_BITS
#define FREE_SHIFT (2U * KSM_INDEX_BITS)

/* Fibonacci hashing: the highest bits of a product with it differ between words that are alike. */
#define FACTOR 0x9e3779b97f4a7c15ULL

/* Of a table that is not large, memory is no matter: at least four times as many buckets as entries, so that no six of
 * 64 entries are in one chain (unit/ksm_models looks). */
#define LARGE 4096U

static u32 bucket_bits(const struct ksm_hashset_configuration *configuration)
{
    u32 entries = configuration->set_size <= 1 ? 0 : 32U - (u32)__builtin_clz(configuration->set_size - 1U);
    return entries + (configuration->set_size <= LARGE ? 2 : 1);
}

u64 ksm_hashset_words(const struct ksm_hashset_configuration *configuration)
{
    return TABLE_HEAD + (1ULL << bucket_bits(configuration)) +
           (configuration->set_size + 1ULL) * (1ULL + configuration->entry_words);
}

void ksm_hashset_measure(struct ksm_state *state, const struct ksm_hashset_configuration *configuration)
{
    state->table_seed = ksm_seed;
    state->table_factor = FACTOR;
    state->table_shift = 64 - bucket_bits(configuration);
    state->table_next = TABLE_HEAD + (1ULL << bucket_bits(configuration));
    state->table_entries = state->table_next + configuration->set_size + 1;
    state->table_more = configuration->entry_words - 1;
    state->table_size = configuration->set_size;
}

static inline u64 *next_of(const struct ksm_state *state, u64 *table, u64 number)
{
    return table + state->table_next + number;
}

static inline u64 *entry_at(const struct ksm_state *state, u64 *table, u64 number)
{
    return table + state->table_entries + number * (state->table_more + 1);
}

KSM_ASIDE static u64 mix_rest(u64 hash, const u64 *entry, u64 more)
{
    for (u64 i = 1; i <= more; i++) {
        hash *= FACTOR;
        hash = (hash ^ hash >> 32) ^ entry[i];
    }
    return hash;
}

static inline u64 *bucket_at(const struct ksm_state *state, u64 *table, u64 mixed)
{
    return table + TABLE_HEAD + (mixed * state->table_factor >> state->table_shift);
}

/* Most entries are one word. */
static inline u64 *bucket_of(const struct ksm_state *state, u64 *table, const u64 *entry)
{
    u64 mixed = entry[0] ^ state->table_seed;
    if (unlikely(state->table_more != 0))
        mixed = mix_rest(mixed, entry, state->table_more);
    return bucket_at(state, table, mixed);
}

/* Number of the first entry of a bucket's chain; above INDEX_MASK: there is none. */
static inline u64 chain_of(const u64 *table, const u64 *bucket)
{
    return ksm_load(bucket) ^ ksm_load(table);
}

/* more: words behind the first. */
static inline bool same(const u64 *stored, const u64 *entry, u64 more)
{
    for (u64 i = 0; i <= more; i++)
        if (ksm_load(&stored[i]) != entry[i])
            return false;
    return true;
}

/* Number of an entry, or 0; and of the entry before it in its chain, or 0. */
struct place {
    u64 number, before;
};

/* From an entry of a chain on. At most as many steps as the table may have entries, also while another CPU changes the
 * chain. */
static inline struct place walk(const struct ksm_state *state, u64 *table, u64 number, const u64 *entry, u64 more)
{
    const u64 *entries = table + state->table_entries, *next = table + state->table_next;
    u64 before = 0;
    u32 left = state->table_size;
    do {
        if (same(&entries[number * (more + 1)], entry, more))
            return (struct place){number, before};
        before = number;
        number = ksm_load(&next[number]);
    } while (number != 0 && --left != 0);
    return (struct place){};
}
[[gnu::noinline]] static struct place walk_any(const struct ksm_state *state, u64 *table, u64 number, const u64 *entry)
{
    return walk(state, table, number, entry, state->table_more);
}

static inline struct place find(const struct ksm_state *state, u64 *table, const u64 *bucket, const u64 *entry)
{
    u64 number = chain_of(table, bucket);
    if (number > INDEX_MASK)
        return (struct place){};
    return likely(state->table_more == 0) ? walk(state, table, number, entry, 0)
                                          : walk_any(state, table, number, entry);
}

/* What a bucket holds whose chain begins with this entry. */
static inline u64 link_of(const u64 *table, u64 number)
{
    return number != 0 ? table[0] | number : 0;
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
    u64 *table = ksm_context_find(object, sid);
    if (table == nullptr)
        return false;
    u64 *bucket = bucket_of(state, table, entry), control = table[1];
    if (find(state, table, bucket, entry).number != 0)
        return true;
    u64 free = control >> FREE_SHIFT, used = control >> USED_SHIFT & INDEX_MASK, count = control & INDEX_MASK;
    if (count == state->table_size)
        return false;
    u64 number = free != 0 ? free : ++used, first = chain_of(table, bucket);
    u64 *next = next_of(state, table, number), *place = entry_at(state, table, number);
    free = free != 0 ? *next : 0;
    ksm_store(transaction, state, &table[1], (count + 1) | used << USED_SHIFT | free << FREE_SHIFT);
    ksm_store(transaction, state, next, first <= INDEX_MASK ? first : 0);
    for (u64 i = 0; i <= state->table_more; i++)
        ksm_store(transaction, state, &place[i], entry[i]);
    ksm_store(transaction, state, bucket, link_of(table, number));
    return true;
}

bool ksm_hashset_remove(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    struct ksm_state *state = object->state;
    u64 *table = ksm_context_find(object, sid);
    if (table == nullptr)
        return false;
    u64 *bucket = bucket_of(state, table, entry), control = table[1];
    const struct place found = find(state, table, bucket, entry);
    u64 number = found.number;
    if (number == 0)
        return true;
    u64 *next = next_of(state, table, number);
    if (found.before != 0)
        ksm_store(transaction, state, next_of(state, table, found.before), *next);
    else
        ksm_store(transaction, state, bucket, link_of(table, *next));
    ksm_store(transaction, state, next, control >> FREE_SHIFT);
    ksm_store(transaction, state, &table[1], ((control & ((1ULL << FREE_SHIFT) - 1)) - 1) | number << FREE_SHIFT);
    return true;
}

[[gnu::noinline]] static bool contains_any(const struct ksm_state *state, u64 *table, const u64 *entry, bool *result)
{
    *result = find(state, table, bucket_of(state, table, entry), entry).number != 0;
    return true;
}

/* Behind a chain's first entries. */
[[gnu::noinline]] static bool follows(const struct ksm_state *state, u64 *table, u64 number, u64 word, bool *result)
{
    *result = false;
    for (u32 left = state->table_size; number != 0 && left != 0 && !*result; left--) {
        *result = ksm_load(entry_at(state, table, number)) == word;
        number = ksm_load(next_of(state, table, number));
    }
    return true;
}

/* What ksm_hashset_contains does for entries of one word, which most are. Chains of up to CHAIN entries without asking
 * where they end. */
#define CHAIN 6
static inline bool contains_word(const struct ksm_state *state, u64 *table, u64 word, bool *result)
{
    u64 number = chain_of(table, bucket_at(state, table, word ^ state->table_seed));
    *result = number <= INDEX_MASK;
    if (number > INDEX_MASK)
        return true;
    const u64 *entries = table + state->table_entries, *next = table + state->table_next;
    if (likely(ksm_load(&entries[number]) == word))
        return true;
#pragma clang loop unroll(full)
    for (u32 i = 1; i < CHAIN; i++) {
        number = ksm_load(&next[number]);
        if (ksm_load(&entries[number]) == word) {
            if (unlikely(number == 0))
                *result = false;
            return true;
        }
    }
    return follows(state, table, ksm_load(&next[number]), word, result);
}

bool ksm_hashset_contains(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry,
                          bool *result)
{
    (void)transaction;
    const struct ksm_state *state = object->state;
    u64 *table = ksm_context_find(object, sid);
    if (unlikely(table == nullptr))
        return false;
    if (unlikely(state->table_more != 0))
        return contains_any(state, table, entry, result);
    return contains_word(state, table, entry[0], result);
}
