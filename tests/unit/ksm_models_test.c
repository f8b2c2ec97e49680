/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule and expression of the models with contexts: what it grants, and each reason to deny. */
#pragma clang diagnostic ignored "-Wmissing-field-initializers" /* what is left out is zero */
#include "ksm_models_fixture.h"

static const struct ksm_policy policy;
const struct ksm_policy *const ksm_policy = &policy;

#define NO_SIDS 3U
static const u32 no_sids[NO_SIDS] = {0, KSM_SID_MAX + 1, ~0U};

/* ---- Base and Regex ---- */

static void base_sets_the_level(void **state)
{
    (void)state;
    assert_int_equal(ksm_audit_level(), 7);
    GRANTS(ksm_base_set_level(t, base, 3));
    assert_int_equal(ksm_audit_level(), 3);
    GRANTS(ksm_base_set_level(t, &objects[OTHER_BASE], 4));
    begin();
    assert_true(ksm_base_set_level(t, base, 5));
    assert_true(ksm_base_set_level(t, &objects[OTHER_BASE], 6));
    assert_int_equal(ksm_audit_level(), 4); /* nothing is in force before the event is granted */
    end(false);
    assert_int_equal(ksm_audit_level(), 4);
    begin();
    assert_true(ksm_base_set_level(t, base, 5));
    assert_true(ksm_base_set_level(t, &objects[OTHER_BASE], 6));
    assert_int_equal(ksm_audit_level(), 4);
    end(true);
    assert_int_equal(ksm_audit_level(), 6);
    ksm_models_reset();
    assert_int_equal(ksm_audit_level(), 7);
}

/* "a*" and "a*b", states 1 and 2: classes a, b, others. */
static struct ksm_regex two_patterns(void)
{
    static u8 classes[256];
    static const u16 next[] = {0, 0, 0, 3, 6, 0, 0, 0, 0}, accepts[] = {0, 1, 2};
    memset(classes, 2, sizeof(classes));
    classes['a'] = 0, classes['b'] = 1;
    return (struct ksm_regex){classes, next, accepts, 3, 3};
}

static void regex_runs_to_the_end(void **state)
{
    (void)state;
    const struct ksm_regex regex = two_patterns();
    static const struct {
        struct ksm_text text;
        u32 result;
    } cases[] = {{TEXT(""), 1},          {TEXT("a"), 1},           {TEXT("aaaa"), 1},     {TEXT("b"), 2},
                 {TEXT("aab"), 2},       {TEXT("ba"), 0},          {TEXT("bb"), 0},       {TEXT("c"), 0},
                 {TEXT("ac"), 0},        {TEXT("aaaaaaaaaaa"), 1}, {TEXT("aaaaaaab"), 2}, {TEXT("aaaaaaba"), 0},
                 {TEXT("aaaaaaabb"), 0}, {TEXT("caaaaaaa"), 0}};
    for (u32 i = 0; i < array_length(cases); i++)
        assert_int_equal(ksm_regex_run(&regex, cases[i].text), cases[i].result);
}

/* ---- what is long has pauses ---- */

static u32 pauses;
static void pause_counted(struct ksm_pauser *pauser)
{
    (void)pauser;
    assert_null(ksm_cpu_self()->pauser); /* what is decided meanwhile has none */
    pauses++;
}
static struct ksm_pauser counting_pauser = {pause_counted};

static char long_text[5001];

static void long_texts_have_pauses(void **state)
{
    (void)state;
    const struct ksm_regex regex = two_patterns();
    memset(long_text, 'a', sizeof(long_text) - 1);
    for (u32 length = 120; length < 5000; length += 61) {
        struct ksm_text text = {long_text, length};
        ksm_cpu_self()->pauser = &counting_pauser;
        fake_interrupt_every = 1; /* one always waits */
        pauses = 0;
        assert_int_equal(ksm_regex_run(&regex, text), 1);
        assert_true(pauses >= (length - 1) / 256 && pauses <= length / 64);
        fake_interrupt_every = 0;
        pauses = 0;
        long_text[length - 1] = 'b';
        assert_int_equal(ksm_regex_run(&regex, text), 2);
        long_text[length / 2] = 'c';
        assert_int_equal(ksm_regex_run(&regex, text), 0);
        long_text[length / 2] = long_text[length - 1] = 'a';
        assert_int_equal(pauses, 0); /* no interrupt, no pause */
        ksm_cpu_self()->pauser = nullptr;
    }
}

static const void *in_one_piece(void *context, u64 offset, u64 *available)
{
    (void)context;
    *available = sizeof(long_text) - 1 - offset;
    return long_text + offset;
}

/* Length of a text in an arena: found by pieces, wherever it ends. */
static void long_texts_end_at_their_nul(void **state)
{
    (void)state;
    memset(long_text, 'a', sizeof(long_text));
    const u32 size = sizeof(long_text) - 1;
    const struct ksm_arena arena = {.size = size, .span = in_one_piece};
    const u32 place[] = {0, size};
    const struct ksm_query query = {.arena = &arena};
    struct ksm_transaction transaction = {.query = &query};
    ksm_cpu_self()->pauser = &counting_pauser;
    fake_interrupt_every = 1;
    for (u32 end = 0; end < size; end += end < 1100 ? 1 : 97) {
        struct ksm_text text;
        long_text[end] = '\0';
        pauses = 0;
        assert_true(ksm_chunk_text(&transaction, (const u8 *)place, &text));
        assert_int_equal(text.length, end);
        assert_true(pauses >= end / 512 && pauses <= end / 128);
        long_text[end] = 'a';
    }
    struct ksm_text text;
    assert_false(ksm_chunk_text(&transaction, (const u8 *)place, &text)); /* no NUL at all */
    ksm_cpu_self()->pauser = nullptr;
    fake_interrupt_every = 0;
}

/* ---- Flow ---- */

static u32 state_of_machine(u32 sid)
{
    u32 number = ~0U;
    return ksm_flow_query(t, flow, sid, &number) ? number : ~0U;
}

static void flow_goes_along_its_transitions(void **state)
{
    (void)state;
    static const u64 busy_or_done[] = {1ULL << BUSY, 1ULL << (DONE - 64)}, none[2];
    assert_int_equal(state_of_machine(5), ~0U);
    DENIES(ksm_flow_enter(t, flow, 5, BUSY));
    DENIES(ksm_flow_allow(t, flow, 5, busy_or_done));
    DENIES(ksm_flow_fini(t, flow, 5));
    GRANTS(ksm_flow_init(t, flow, 5));
    DENIES(ksm_flow_init(t, flow, 5));
    assert_int_equal(state_of_machine(5), IDLE);
    DENIES(ksm_flow_allow(t, flow, 5, busy_or_done));
    DENIES(ksm_flow_enter(t, flow, 5, DONE));
    DENIES(ksm_flow_enter(t, flow, 5, IDLE));
    GRANTS(ksm_flow_enter(t, flow, 5, BUSY));
    GRANTS(ksm_flow_allow(t, flow, 5, busy_or_done));
    DENIES(ksm_flow_allow(t, flow, 5, none));
    GRANTS(ksm_flow_enter(t, flow, 5, DONE));
    GRANTS(ksm_flow_allow(t, flow, 5, busy_or_done));
    DENIES(ksm_flow_enter(t, flow, 5, IDLE));
    GRANTS(ksm_flow_init(t, flow, 6)); /* another SID, another machine */
    assert_int_equal(state_of_machine(5), DONE);
    assert_int_equal(state_of_machine(6), IDLE);
    GRANTS(ksm_flow_fini(t, flow, 5));
    DENIES(ksm_flow_fini(t, flow, 5));
    assert_int_equal(state_of_machine(5), ~0U);
    GRANTS(ksm_flow_init(t, flow, 5));
    assert_int_equal(state_of_machine(5), IDLE);
}

static void flow_denies_what_is_no_sid(void **state)
{
    (void)state;
    static const u64 all[] = {~0ULL, ~0ULL};
    for (u32 i = 0; i < NO_SIDS; i++) {
        DENIES(ksm_flow_init(t, flow, no_sids[i]));
        DENIES(ksm_flow_fini(t, flow, no_sids[i]));
        DENIES(ksm_flow_enter(t, flow, no_sids[i], BUSY));
        DENIES(ksm_flow_allow(t, flow, no_sids[i], all));
        assert_int_equal(state_of_machine(no_sids[i]), ~0U);
    }
    GRANTS(ksm_flow_init(t, flow, KSM_SID_MAX));
    assert_int_equal(state_of_machine(KSM_SID_MAX), IDLE);
}

static void flow_is_full_in_the_end(void **state)
{
    (void)state;
    for (u32 i = 1; i <= KSM_FLOW_MACHINES; i++)
        GRANTS(ksm_flow_init(t, flow, i * 3));
    DENIES(ksm_flow_init(t, flow, 1));
    for (u32 i = 1; i <= KSM_FLOW_MACHINES; i += 2)
        GRANTS(ksm_flow_fini(t, flow, i * 3));
    for (u32 i = 1; i <= KSM_FLOW_MACHINES; i++)
        assert_int_equal(state_of_machine(i * 3), i % 2 == 0 ? IDLE : ~0U);
    GRANTS(ksm_flow_init(t, flow, 1));
}

/* ---- HashSet ---- */

static bool contains(u32 sid, u64 a, u64 b)
{
    bool result = false;
    const u64 entry[] = {a, b};
    return ksm_hashset_contains(t, set, sid, entry, &result) && result;
}
static bool add(u32 sid, u64 a, u64 b)
{
    const u64 entry[] = {a, b};
    return ksm_hashset_add(t, set, sid, entry);
}
static bool take(u32 sid, u64 a, u64 b)
{
    const u64 entry[] = {a, b};
    return ksm_hashset_remove(t, set, sid, entry);
}

static void hashset_holds_each_entry_once(void **state)
{
    (void)state;
    static const u64 entry[] = {1, 2};
    bool result = true;
    DENIES(ksm_hashset_fini(t, set, 5));
    DENIES(add(5, 1, 2));
    DENIES(take(5, 1, 2));
    DENIES(ksm_hashset_contains(t, set, 5, entry, &result));
    GRANTS(ksm_hashset_init(t, set, 5));
    DENIES(ksm_hashset_init(t, set, 5));
    GRANTS(ksm_hashset_contains(t, set, 5, entry, &result));
    assert_false(result);
    for (u64 i = 0; i < SET_SIZE; i++)
        GRANTS(add(5, i, 2));
    for (u64 i = 0; i < SET_SIZE; i++) {
        GRANTS(add(5, i, 2)); /* is there already */
        assert_true(contains(5, i, 2));
        assert_false(contains(5, i, 3));
        assert_false(contains(5, i + SET_SIZE, 2));
    }
    DENIES(add(5, 1, 3)); /* full */
    GRANTS(take(5, 9, 9));
    DENIES(add(5, 1, 3));
    GRANTS(take(5, 2, 2));
    assert_false(contains(5, 2, 2));
    GRANTS(add(5, 1, 3));
    assert_true(contains(5, 1, 3));
    DENIES(add(5, 2, 2));
    GRANTS(ksm_hashset_fini(t, set, 5));
    GRANTS(ksm_hashset_init(t, set, 5));
    for (u64 i = 0; i < SET_SIZE; i++)
        assert_false(contains(5, i, 2));
}

static void hashset_has_a_pool_of_tables(void **state)
{
    (void)state;
    for (u32 sid = 1; sid <= POOL; sid++)
        GRANTS(ksm_hashset_init(t, set, sid));
    DENIES(ksm_hashset_init(t, set, POOL + 1));
    GRANTS(add(1, 5, 5));
    assert_false(contains(2, 5, 5));
    GRANTS(ksm_hashset_fini(t, set, 2));
    GRANTS(ksm_hashset_init(t, set, POOL + 1));
    for (u32 i = 0; i < NO_SIDS; i++) {
        DENIES(ksm_hashset_init(t, set, no_sids[i]));
        DENIES(ksm_hashset_fini(t, set, no_sids[i]));
        DENIES(add(no_sids[i], 1, 1));
        DENIES(take(no_sids[i], 1, 1));
        assert_false(contains(no_sids[i], 1, 1));
    }
}

/* ---- StaticMap ---- */

static u64 get(u32 sid, u32 key)
{
    u64 value = 0xdead;
    return ksm_staticmap_get(t, map, sid, key, &value) ? value : 0xbad;
}
static u64 get_uncommitted(u32 sid, u32 key)
{
    u64 value = 0xdead;
    return ksm_staticmap_get_uncommitted(t, map, sid, key, &value) ? value : 0xbad;
}

static void staticmap_has_two_instances(void **state)
{
    (void)state;
    DENIES(ksm_staticmap_fini(t, map, 5));
    DENIES(ksm_staticmap_set(t, map, 5, 0, 1));
    DENIES(ksm_staticmap_commit(t, map, 5));
    DENIES(ksm_staticmap_rollback(t, map, 5));
    assert_int_equal(get(5, 0), 0xbad);
    assert_int_equal(get_uncommitted(5, 0), 0xbad);
    GRANTS(ksm_staticmap_init(t, map, 5));
    DENIES(ksm_staticmap_init(t, map, 5));
    for (u32 key = 0; key < 3; key++) {
        assert_int_equal(get(5, key), defaults[key]);
        assert_int_equal(get_uncommitted(5, key), defaults[key]);
    }
    DENIES(ksm_staticmap_set(t, map, 5, KSM_NO_KEY, 1));
    assert_int_equal(get(5, KSM_NO_KEY), 0xbad);
    assert_int_equal(get_uncommitted(5, KSM_NO_KEY), 0xbad);
    GRANTS(ksm_staticmap_set(t, map, 5, 1, 99));
    assert_int_equal(get(5, 1), 20);
    assert_int_equal(get_uncommitted(5, 1), 99);
    GRANTS(ksm_staticmap_rollback(t, map, 5));
    assert_int_equal(get_uncommitted(5, 1), 20);
    GRANTS(ksm_staticmap_set(t, map, 5, 1, 98));
    GRANTS(ksm_staticmap_commit(t, map, 5));
    GRANTS(ksm_staticmap_set(t, map, 5, 1, 97));
    assert_int_equal(get(5, 1), 98);
    assert_int_equal(get_uncommitted(5, 1), 97);
    assert_int_equal(get(5, 0), 10);
    GRANTS(ksm_staticmap_fini(t, map, 5));
    GRANTS(ksm_staticmap_init(t, map, 5));
    assert_int_equal(get(5, 1), 20); /* the defaults again */
    assert_int_equal(get_uncommitted(5, 1), 20);
}

static void staticmap_finds_its_keys(void **state)
{
    (void)state;
    for (u32 key = 0; key < 3; key++)
        assert_int_equal(ksm_staticmap_key(map, keys[key]), key);
    static const struct ksm_text none[] = {TEXT(""), TEXT("A"), TEXT("aa"), TEXT("abc"), TEXT("c"), TEXT("a\0")};
    for (u32 i = 0; i < array_length(none); i++)
        assert_int_equal(ksm_staticmap_key(map, none[i]), KSM_NO_KEY);
}

static void staticmap_has_a_pool_of_tables(void **state)
{
    (void)state;
    for (u32 sid = 1; sid <= POOL; sid++)
        GRANTS(ksm_staticmap_init(t, map, sid));
    DENIES(ksm_staticmap_init(t, map, POOL + 1));
    GRANTS(ksm_staticmap_fini(t, map, 1));
    GRANTS(ksm_staticmap_init(t, map, POOL + 1));
    for (u32 i = 0; i < NO_SIDS; i++) {
        DENIES(ksm_staticmap_init(t, map, no_sids[i]));
        DENIES(ksm_staticmap_fini(t, map, no_sids[i]));
        DENIES(ksm_staticmap_set(t, map, no_sids[i], 0, 0));
        DENIES(ksm_staticmap_commit(t, map, no_sids[i]));
        assert_int_equal(get(no_sids[i], 0), 0xbad);
    }
}

/* ---- Mic ---- */

static const struct ksm_mic_level low = {0, 0}, medium = {1, 0}, medium_x = {1, 1}, medium_y = {1, 2}, high = {2, 3};

static void label(u32 sid, struct ksm_mic_level level)
{
    GRANTS(ksm_mic_execute(t, mic, KSM_MIC_ROOT, sid, &level, nullptr));
}
static bool has_level(u32 sid, struct ksm_mic_level level)
{
    struct ksm_mic_level found;
    return ksm_mic_query_level(t, mic, sid, &found) && found.degree == level.degree &&
           found.categories == level.categories;
}
static bool has_no_level(u32 sid)
{
    struct ksm_mic_level found;
    return !ksm_mic_query_level(t, mic, sid, &found);
}

enum { SOURCE = 1, TARGET, CONTAINER, DRIVER, IMAGE };
static const struct ksm_mic_resource resource = {SOURCE, TARGET, CONTAINER, DRIVER},
                                     at_root = {SOURCE, TARGET, KSM_MIC_ROOT, DRIVER};

static void mic_names_levels(void **state)
{
    (void)state;
    u64 degree, mask = 0;
    for (u32 i = 0; i < 3; i++)
        assert_true(ksm_mic_degree(mic, degrees[i], &degree) && degree == i);
    assert_false(ksm_mic_degree(mic, categories[0], &degree));
    assert_true(ksm_mic_category(mic, categories[0], &mask) && mask == 1);
    assert_true(ksm_mic_category(mic, categories[1], &mask) && mask == 3);
    assert_false(ksm_mic_category(mic, degrees[0], &mask));
    assert_int_equal(mask, 3);
}

static void mic_creates_below_all(void **state)
{
    (void)state;
    static const u32 needed[] = {SOURCE, DRIVER, CONTAINER};
    for (u32 i = 0; i < 3; i++) { /* one of them has no level */
        ksm_models_reset();
        for (u32 j = 0; j < 3; j++)
            if (j != i)
                label(needed[j], medium);
        DENIES(ksm_mic_create(t, mic, resource, &low));
        if (needed[i] == CONTAINER)
            GRANTS(ksm_mic_create(t, mic, at_root, &low));
        else
            DENIES(ksm_mic_create(t, mic, at_root, &low));
    }
    for (u32 i = 0; i < 3; i++) { /* above one of them */
        ksm_models_reset();
        for (u32 j = 0; j < 3; j++)
            label(needed[j], i == j ? medium_y : high);
        DENIES(ksm_mic_create(t, mic, resource, &medium_x));
        GRANTS(ksm_mic_create(t, mic, resource, &medium_y));
        DENIES(ksm_mic_create(t, mic, resource, &medium_y)); /* it has one */
        assert_true(has_level(TARGET, medium_y));
    }
    ksm_models_reset();
    label(SOURCE, high), label(DRIVER, medium_x), label(CONTAINER, high);
    GRANTS(ksm_mic_create(t, mic, resource, nullptr)); /* the lowest of them */
    assert_true(has_level(TARGET, medium_x));
    ksm_models_reset();
    label(SOURCE, medium_y), label(DRIVER, medium_x);
    DENIES(ksm_mic_create(t, mic, at_root, nullptr)); /* none is the lowest */
    assert_true(has_no_level(TARGET));
    for (u32 i = 0; i < NO_SIDS; i++)
        DENIES(ksm_mic_create(t, mic, (struct ksm_mic_resource){SOURCE, no_sids[i], KSM_MIC_ROOT, DRIVER}, &low));
}

static void mic_deletes(void **state)
{
    (void)state;
    label(SOURCE, medium_x), label(DRIVER, high), label(CONTAINER, low);
    DENIES(ksm_mic_delete(t, mic, resource)); /* no level */
    label(TARGET, high);
    DENIES(ksm_mic_delete(t, mic, resource)); /* not at most source's */
    label(SOURCE, high), label(DRIVER, medium_x);
    DENIES(ksm_mic_delete(t, mic, resource)); /* not at most driver's */
    assert_true(has_level(TARGET, high));
    label(DRIVER, high);
    GRANTS(ksm_mic_delete(t, mic, resource));
    assert_true(has_no_level(TARGET));
    static const u32 needed[] = {SOURCE, DRIVER, CONTAINER};
    for (u32 i = 0; i < 3; i++) {
        label(SOURCE, high), label(DRIVER, high), label(CONTAINER, high), label(TARGET, low);
        ksm_models_forget(needed[i]);
        DENIES(ksm_mic_delete(t, mic, resource));
    }
}

static void mic_executes(void **state)
{
    (void)state;
    DENIES(ksm_mic_execute(t, mic, KSM_MIC_ROOT, TARGET, nullptr, nullptr));
    DENIES(ksm_mic_execute(t, mic, IMAGE, TARGET, &low, nullptr)); /* image has none */
    label(IMAGE, medium_x);
    DENIES(ksm_mic_execute(t, mic, IMAGE, TARGET, &high, nullptr));
    DENIES(ksm_mic_execute(t, mic, IMAGE, TARGET, &medium, &medium_x)); /* level_r above level */
    assert_true(has_no_level(TARGET));
    GRANTS(ksm_mic_execute(t, mic, IMAGE, TARGET, nullptr, &low));
    assert_true(has_level(TARGET, medium_x));
    GRANTS(ksm_mic_execute(t, mic, IMAGE, TARGET, &low, nullptr)); /* replaced */
    assert_true(has_level(TARGET, low));
    for (u32 i = 0; i < NO_SIDS; i++)
        DENIES(ksm_mic_execute(t, mic, IMAGE, no_sids[i], &low, nullptr));
}

static void mic_upgrades(void **state)
{
    (void)state;
    static const u32 needed[] = {SOURCE, DRIVER, CONTAINER, TARGET};
    for (u32 i = 0; i < 4; i++) {
        ksm_models_reset();
        for (u32 j = 0; j < 4; j++)
            if (j != i)
                label(needed[j], needed[j] == TARGET ? low : high);
        DENIES(ksm_mic_upgrade(t, mic, resource, &medium));
    }
    for (u32 i = 0; i < 3; i++) { /* above one of the bounds */
        ksm_models_reset();
        label(TARGET, low);
        for (u32 j = 0; j < 3; j++)
            label(needed[j], i == j ? medium_y : high);
        DENIES(ksm_mic_upgrade(t, mic, resource, &medium_x));
        GRANTS(ksm_mic_upgrade(t, mic, resource, &medium_y));
        DENIES(ksm_mic_upgrade(t, mic, resource, &medium_y)); /* not above */
        DENIES(ksm_mic_upgrade(t, mic, resource, &low));
        assert_true(has_level(TARGET, medium_y));
    }
}

static void mic_flows(void **state)
{
    (void)state;
    DENIES(ksm_mic_call(t, mic, SOURCE, TARGET));
    DENIES(ksm_mic_invoke(t, mic, SOURCE, TARGET));
    label(SOURCE, medium_x);
    DENIES(ksm_mic_call(t, mic, SOURCE, TARGET)); /* the other has none */
    DENIES(ksm_mic_invoke(t, mic, SOURCE, TARGET));
    label(TARGET, high);
    GRANTS(ksm_mic_call(t, mic, SOURCE, TARGET));
    GRANTS(ksm_mic_read(t, mic, SOURCE, TARGET));
    DENIES(ksm_mic_invoke(t, mic, SOURCE, TARGET));
    DENIES(ksm_mic_write(t, mic, SOURCE, TARGET));
    GRANTS(ksm_mic_invoke(t, mic, TARGET, SOURCE));
    GRANTS(ksm_mic_write(t, mic, TARGET, SOURCE));
    DENIES(ksm_mic_call(t, mic, TARGET, SOURCE));
    GRANTS(ksm_mic_execute(t, mic, KSM_MIC_ROOT, TARGET, &high, &medium_x)); /* may receive from lower ones */
    GRANTS(ksm_mic_call(t, mic, TARGET, SOURCE));
    GRANTS(ksm_mic_read(t, mic, TARGET, SOURCE));
    label(SOURCE, medium_y), label(TARGET, medium_x); /* neither is at most the other */
    DENIES(ksm_mic_call(t, mic, SOURCE, TARGET));
    DENIES(ksm_mic_invoke(t, mic, SOURCE, TARGET));
    struct ksm_mic_level level;
    DENIES(ksm_mic_query_level(t, mic, 77, &level));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, models_setup)
    const struct CMUnitTest tests[] = {
        TEST(base_sets_the_level),
        TEST(regex_runs_to_the_end),
        TEST(long_texts_have_pauses),
        TEST(long_texts_end_at_their_nul),
        TEST(flow_goes_along_its_transitions),
        TEST(flow_denies_what_is_no_sid),
        TEST(flow_is_full_in_the_end),
        TEST(hashset_holds_each_entry_once),
        TEST(hashset_has_a_pool_of_tables),
        TEST(staticmap_has_two_instances),
        TEST(staticmap_finds_its_keys),
        TEST(staticmap_has_a_pool_of_tables),
        TEST(mic_names_levels),
        TEST(mic_creates_below_all),
        TEST(mic_deletes),
        TEST(mic_executes),
        TEST(mic_upgrades),
        TEST(mic_flows),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
