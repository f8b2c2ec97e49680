/* SPDX-License-Identifier: Apache-2.0 */
/* HashSets of one word: against a set kept by hand, and how deep their chains get: benchmarks/ksm counts entries in the
 * sixth place of a chain as the dearest that 64 entries have. */
#include "ksm_models_fixture.h"

#define ENTRIES 64U
#define DEEPEST 6U

static const struct ksm_hashset_configuration word_configuration = {ENTRIES, 1, 1};
static struct ksm_object word_object = {
    .name = "words", .model = KSM_HASHSET, .index = 0, .configuration = &word_configuration};
static struct ksm_object *const words = &word_object, *const word_list[] = {&word_object};
static const u16 first_object[] = {0};
static const struct ksm_decision change = {.verdict = KSM_EVALUATE,
                                           .flags = KSM_READS_STATE | KSM_CHANGES_STATE,
                                           .objects = first_object,
                                           .changes = first_object,
                                           .object_count = 1,
                                           .change_count = 1,
                                           .undo_count = KSM_UNDO_MAX};

static u64 random_state = 1;
static u64 any(void)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    u64 value = random_state;
    value = (value ^ value >> 31) * 0xbf58476d1ce4e5b9ULL;
    return value ^ value >> 29;
}

static int words_setup(void **state)
{
    static bool made;
    if (!made) {
        models_setup(state);
        assert_int_equal(ksm_models_init(word_list, 1), rcOk);
        made = true;
    }
    ksm_models_reset();
    return 0;
}

static bool changed(bool (*rule)(struct ksm_transaction *, struct ksm_object *, u32, const u64 *), u64 word, bool keep)
{
    ksm_transaction_begin(t, &no_query, &change);
    bool granted = rule(t, words, 1, &word);
    ksm_transaction_end(t, granted && keep);
    return granted;
}
static void fresh_table(void)
{
    ksm_transaction_begin(t, &no_query, &change);
    ksm_hashset_fini(t, words, 1);
    bool granted = ksm_hashset_init(t, words, 1);
    ksm_transaction_end(t, granted);
    assert_true(granted);
}
static bool contains(u64 word)
{
    bool result = false;
    assert_true(ksm_hashset_contains(t, words, 1, &word, &result));
    return result;
}

/* Few words, so that all chains are long; 0 among them, as the entry behind every chain holds it. */
static void it_is_a_set(void **state)
{
    (void)state;
    enum { WORDS = 100 };
    bool held[WORDS] = {};
    u32 count = 0;
    fresh_table();
    ((struct ksm_state *)words->state)->table_factor = 0; /* one chain */
    for (u32 step = 0; step < 20000; step++) {
        u64 word = any() % WORDS;
        bool add = any() % 64 < 34, keep = any() % 4 != 0;
        bool granted = changed(add ? ksm_hashset_add : ksm_hashset_remove, word, keep);
        assert_int_equal(granted, !add || held[word] || count < ENTRIES);
        if (granted && keep && held[word] != add) {
            held[word] = add;
            count += add ? 1U : ~0U;
        }
        for (u64 i = 0; step % 16 == 0 && i < WORDS; i++)
            assert_int_equal(contains(i), held[i]);
        if (step % 1000 == 999) {
            fresh_table();
            memset(held, 0, sizeof(held));
            count = 0;
        }
    }
    ((struct ksm_state *)words->state)->table_factor = 0x9e3779b97f4a7c15ULL;
}

static u32 longest_chain(void)
{
    const struct ksm_state *tables = words->state;
    const u64 *table = ksm_context_find(words, 1);
    u64 mask = (1ULL << KSM_INDEX_BITS) - 1;
    u32 longest = 0;
    for (u64 bucket = 2; bucket < tables->table_next; bucket++) {
        u32 length = 0;
        for (u64 number = (table[bucket] & ~mask) == table[0] ? table[bucket] & mask : 0; number != 0; length++)
            number = table[tables->table_next + number];
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* What entries are like: numbers in a row, at distances, in the high bits, anything. */
static u64 entry_of(u32 kind, u64 i)
{
    switch (kind) {
    case 0:
        return i;
    case 1:
        return i * 1000;
    case 2:
        return i << 12;
    case 3:
        return i << 32;
    case 4:
        return i << 56;
    case 5:
        return i * i;
    default:
        return any();
    }
}

static void chains_are_short(void **state)
{
    (void)state;
    u32 lengths[ENTRIES + 1] = {};
    for (u32 round = 0; round < 7 * 500; round++) {
        fresh_table();
        ((struct ksm_state *)words->state)->table_seed = any();
        for (u64 i = 0; i < ENTRIES; i++)
            assert_true(changed(ksm_hashset_add, entry_of(round % 7, i), true));
        lengths[longest_chain()]++;
    }
    for (u32 length = DEEPEST + 1; length <= ENTRIES; length++)
        assert_int_equal(lengths[length], 0);
    assert_true(lengths[DEEPEST - 1] + lengths[DEEPEST] <= 7); /* two in a thousand of those with any entries */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_a_set, words_setup),
        cmocka_unit_test_setup(chains_are_short, words_setup),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
