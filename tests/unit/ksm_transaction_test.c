/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: undo, forgetting, generations, decisions without locks, and the cache. */
#pragma clang diagnostic ignored "-Wmissing-field-initializers" /* what is left out is zero */
#include "ksm_models_fixture.h"
#include <ksm/audit.h>
#include <ksm/cache.h>

/* ---- undo ---- */

static u64 image[1 << 18];

/* All words of an object, but for the sequence. */
static u64 capture(const struct ksm_object *object, u64 *to)
{
    const struct ksm_state *state = object->state;
    u64 count = 0;
    to[count++] = state->free;
    for (u64 i = 0; i < 1ULL << (32 - state->bucket_shift); i++)
        to[count++] = state->buckets[i];
    for (u64 i = 0; i < state->capacity && count + state->words < array_length(image) / 4; i++)
        for (u64 j = 0; j < state->words; j++)
            to[count++] = ksm_context_at(state, i)[j];
    return count;
}

static u32 below(u32 most)
{
    return (u32)rand() % most;
}

/* Some rule with some arguments; what it says does not matter. */
static void anything_at_all(void)
{
    static const struct ksm_mic_level levels[] = {{0, 0}, {1, 0}, {1, 1}, {2, 3}};
    u32 sid = below(6), other = below(6);
    const u64 entry[] = {below(6), 1};
    switch (below(14)) {
    case 0:
        ksm_flow_init(t, flow, sid);
        break;
    case 1:
        ksm_flow_fini(t, flow, sid);
        break;
    case 2:
        ksm_flow_enter(t, flow, sid, below(2) != 0 ? BUSY : DONE);
        break;
    case 3:
        ksm_hashset_init(t, set, sid);
        break;
    case 4:
        ksm_hashset_fini(t, set, sid);
        break;
    case 5:
    case 6:
        ksm_hashset_add(t, set, sid, entry);
        break;
    case 7:
        ksm_hashset_remove(t, set, sid, entry);
        break;
    case 8:
        ksm_staticmap_init(t, map, sid);
        break;
    case 9:
        ksm_staticmap_fini(t, map, sid);
        break;
    case 10:
        ksm_staticmap_set(t, map, sid, below(3), below(100));
        break;
    case 11:
        if (below(2) != 0)
            ksm_staticmap_commit(t, map, sid);
        else
            ksm_staticmap_rollback(t, map, sid);
        break;
    case 12:
        ksm_mic_execute(t, mic, KSM_MIC_ROOT, sid, &levels[below(4)], nullptr);
        break;
    default:
        ksm_mic_delete(t, mic, (struct ksm_mic_resource){sid, other, KSM_MIC_ROOT, sid});
    }
}

/* Every word is what it was, whatever was done: also what was freed and taken again in one event. */
static void denied_events_change_nothing(void **state)
{
    (void)state;
    static const u32 stateful[] = {FLOW, SET, MAP, MIC};
    u64 *const now = image + array_length(image) / 2;
    srand(1);
    for (u32 round = 0; round < 300; round++) {
        u64 generations[OBJECTS];
        u32 count[4];
        begin();
        for (u32 i = below(20); i != 0; i--)
            anything_at_all();
        end(true);
        for (u32 i = 0; i < 4; i++) {
            generations[i] = generation(&objects[stateful[i]]);
            count[i] = (u32)capture(&objects[stateful[i]], image);
            begin();
            for (u32 j = 1 + below(60); j != 0; j--)
                anything_at_all();
            end(false);
            assert_int_equal(capture(&objects[stateful[i]], now), count[i]);
            assert_memory_equal(image, now, count[i] * sizeof(u64));
            assert_int_equal(generation(&objects[stateful[i]]), generations[i]);
        }
    }
}

/* As many changes as a decision may have, of those that write most. */
static void the_log_is_long_enough(void **state)
{
    (void)state;
    static const struct ksm_mic_level level = {1, 0};
    begin();
    for (u32 i = 0; i < KSM_UNDO_MAX; i++)
        assert_true(ksm_mic_execute(t, mic, KSM_MIC_ROOT, 1 + i, &level, nullptr));
    assert_true(t->undo_count < KSM_UNDO_MAX * KSM_UNDO_WORDS);
    end(false);
    static const struct ksm_hashset_configuration wide = {1, 1, 8};
    /* control, bucket, the entry's link and words: 11; besides, the name, the other buckets, entry number 0 */
    assert_int_equal(ksm_hashset_words(&wide), 2 + 4 + 9 + 9);
    assert_true(ksm_context_find(mic, 1) == nullptr);
}

static void later_rules_see_earlier_ones(void **state)
{
    (void)state;
    const u64 entry[] = {1, 1};
    bool result = false;
    begin();
    assert_true(ksm_hashset_init(t, set, 5));
    assert_true(ksm_hashset_add(t, set, 5, entry));
    assert_true(ksm_hashset_contains(t, set, 5, entry, &result) && result);
    assert_true(ksm_hashset_fini(t, set, 5));
    assert_true(ksm_hashset_init(t, set, 5));
    assert_true(ksm_hashset_contains(t, set, 5, entry, &result) && !result);
    assert_true(ksm_flow_init(t, flow, 5));
    assert_true(ksm_flow_enter(t, flow, 5, BUSY));
    end(true);
    u32 number;
    assert_true(ksm_flow_query(t, flow, 5, &number) && number == BUSY);
}

/* ---- generations and forgetting ---- */

static void generations_step_once(void **state)
{
    (void)state;
    u64 before = generation(flow), other = generation(set);
    GRANTS(ksm_flow_init(t, flow, 5));
    assert_int_equal(generation(flow), before + 1);
    begin();
    ksm_flow_enter(t, flow, 5, BUSY);
    ksm_flow_enter(t, flow, 5, IDLE);
    end(true);
    assert_int_equal(generation(flow), before + 2);
    DENIES(ksm_flow_enter(t, flow, 5, DONE));
    u32 number;
    GRANTS(ksm_flow_query(t, flow, 5, &number));
    assert_int_equal(generation(flow), before + 2);
    assert_int_equal(generation(set), other);
    assert_int_equal(((struct ksm_state *)flow->state)->sequence % 2, 0);
}

static void the_dead_are_forgotten(void **state)
{
    (void)state;
    static const struct ksm_mic_level level = {1, 0};
    for (u32 sid = 1; sid <= 3; sid++) {
        GRANTS(ksm_flow_init(t, flow, sid));
        GRANTS(ksm_hashset_init(t, set, sid));
        GRANTS(ksm_staticmap_init(t, map, sid));
        GRANTS(ksm_mic_execute(t, mic, KSM_MIC_ROOT, sid, &level, nullptr));
    }
    u64 before = generation(flow);
    ksm_models_forget(9);
    ksm_models_forget(0);
    ksm_models_forget(~0U);
    assert_int_equal(generation(flow), before);
    ksm_models_forget(2);
    assert_int_equal(generation(flow), before + 1);
    static struct ksm_object *const stateful[] = {&objects[FLOW], &objects[SET], &objects[MAP], &objects[MIC]};
    for (u32 i = 0; i < 4; i++) {
        assert_non_null(ksm_context_find(stateful[i], 1));
        assert_null(ksm_context_find(stateful[i], 2));
        assert_non_null(ksm_context_find(stateful[i], 3));
    }
    GRANTS(ksm_hashset_init(t, set, 4)); /* the pool has its table back */
    DENIES(ksm_hashset_init(t, set, 5));
    assert_true(ksm_models_keep());
}

/* ---- decisions ---- */

static u32 evaluations;
static u32 interfere; /* so many evaluations meet a change of what they read */
static bool chooses;  /* a branch with a rule, where the machine may become busy; else none of its branches has one */
static bool allows_busy(struct ksm_transaction *transaction_)
{
    static const u64 busy[] = {1ULL << BUSY, 0};
    evaluations++;
    if (interfere != 0) {
        interfere--;
        struct ksm_state *changed = flow->state;
        changed->sequence += 2;
    }
    bool allowed = ksm_flow_allow(transaction_, flow, transaction_->query->source_sid, busy);
    return chooses ? ksm_outcome(transaction_, allowed ? KSM_RULE_CALLED : 0) : allowed;
}
static bool and_grants;
static bool enters_busy(struct ksm_transaction *transaction_)
{
    evaluations++;
    return ksm_flow_enter(transaction_, flow, transaction_->query->source_sid, BUSY) && and_grants;
}
static const u16 only_flow[] = {FLOW};
static struct ksm_decision reading = {.verdict = KSM_EVALUATE,
                                      .flags = KSM_READS_STATE | KSM_READS_SIDS,
                                      .evaluate = allows_busy,
                                      .objects = only_flow,
                                      .object_count = 1};
static struct ksm_decision changing = {.verdict = KSM_EVALUATE,
                                       .flags = KSM_READS_STATE | KSM_CHANGES_STATE | KSM_READS_SIDS,
                                       .evaluate = enters_busy,
                                       .objects = only_flow,
                                       .changes = only_flow,
                                       .object_count = 1,
                                       .change_count = 1};

/* mid 0 reads, mid 1 changes, mid 2 is constant. */
static struct ksm_descriptor describe(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    (void)source, (void)destination, (void)riid;
    if (event != KSM_REQUEST || mid > 2)
        return (struct ksm_descriptor){};
    if (mid == 2)
        return (struct ksm_descriptor){.verdict = KSM_GRANT};
    return (struct ksm_descriptor){.verdict = KSM_EVALUATE, .decision = mid == 0 ? &reading : &changing};
}
static const struct ksm_policy policy = {.describe = describe};
const struct ksm_policy *const ksm_policy = &policy;

static struct ksm_query event(u32 sid, u32 mid)
{
    return (struct ksm_query){.event = KSM_REQUEST,
                              .source_class = 2,
                              .destination_class = 3,
                              .source_sid = sid,
                              .destination_sid = 8,
                              .mid = (u16)mid};
}
/* Whether it is granted, and evaluated as often as expected. */
static bool decided(u32 sid, u32 mid, u32 expected)
{
    struct ksm_query query = event(sid, mid);
    evaluations = 0;
    bool granted = ksm_decide(&query) == rcOk;
    assert_int_equal(evaluations, expected);
    return granted;
}

static int decisions_setup(void **state)
{
    models_setup(state);
    interfere = 0;
    chooses = false;
    reading.flags = KSM_READS_STATE | KSM_READS_SIDS;
    reading.single = changing.single = nullptr;
    and_grants = true;
    return ksm_cpus_init(1) == rcOk ? 0 : -1;
}

/* The same, decided by the path for one object. */
static int single_setup(void **state)
{
    int result = decisions_setup(state);
    reading.single = changing.single = flow;
    return result;
}

static void verdicts_are_cached_until_something_changes(void **state)
{
    (void)state;
    GRANTS(ksm_flow_init(t, flow, 5));
    GRANTS(ksm_flow_init(t, flow, 6));
    assert_false(decided(5, 0, 1));
    assert_false(decided(5, 0, 0));
    assert_false(decided(6, 0, 1)); /* another SID */
    assert_true(decided(5, 1, 1));  /* changes: always evaluated */
    assert_true(decided(5, 0, 1));
    assert_true(decided(5, 0, 0));
    assert_false(decided(6, 0, 1));
    assert_false(decided(5, 1, 1)); /* denied: nothing changed */
    assert_true(decided(5, 0, 0));
    ksm_models_forget(6);
    assert_true(decided(5, 0, 1));
    assert_true(decided(5, 2, 0));
    assert_true(decided(5, 2, 0));
    assert_false(decided(5, 3, 0));
}

/* As it is recorded each time. */
static void that_no_rule_was_called_is_not_cached(void **state)
{
    (void)state;
    GRANTS(ksm_flow_init(t, flow, 5));
    chooses = true;
    assert_false(decided(5, 0, 1));
    assert_false(decided(5, 0, 1));
    struct ksm_plan plan;
    struct ksm_query query = event(5, 0);
    ksm_plan_make(&plan, &query);
    assert_int_equal(plan.verdict, KSM_EVALUATE);
    interfere = 3; /* with locks, too */
    assert_false(decided(5, 0, 4));
    assert_false(decided(5, 0, 1));
    assert_true(decided(5, 1, 1));
    assert_true(decided(5, 0, 1));
    assert_true(decided(5, 0, 0)); /* what it grants is */
}

static void what_reads_a_message_is_not_cached(void **state)
{
    (void)state;
    static const enum ksm_decision_flags never[] = {KSM_READS_MESSAGE, KSM_READS_ARENA, KSM_READS_HANDLES, KSM_AUDITED};
    GRANTS(ksm_flow_init(t, flow, 5));
    for (u32 i = 0; i < array_length(never); i++) {
        reading.flags = (enum ksm_decision_flags)(KSM_READS_STATE | never[i]);
        struct ksm_query query = event(5, 0);
        assert_int_equal(ksm_cpus_init(1), rcOk);
        for (u32 j = 0; j < 2; j++) { /* as the policy says, and as the cache remembers what it says */
            struct ksm_plan plan;
            ksm_plan_make(&plan, &query);
            assert_false(ksm_plan_known(&plan));
            assert_int_equal(plan.needs, never[i] == KSM_AUDITED ? 0 : never[i]);
            assert_false(decided(5, 0, 1));
        }
    }
}

/* An evaluation that met a change counts for nothing; after some, the locks are taken. */
static void readers_try_again(void **state)
{
    (void)state;
    GRANTS(ksm_flow_init(t, flow, 5));
    for (u32 changes = 1; changes < 6; changes++) {
        assert_int_equal(ksm_cpus_init(1), rcOk);
        interfere = changes;
        static struct ksm_pauser pauser;
        ksm_cpu_self()->pauser = &pauser;
        assert_false(decided(5, 0, changes < 3 ? changes + 1 : 4));
        assert_ptr_equal(ksm_cpu_self()->pauser, changes < 3 ? &pauser : nullptr); /* with locks there are no pauses */
        ksm_cpu_self()->pauser = nullptr;
    }
    struct ksm_state *changed = flow->state; /* somebody is at it: no use in reading without the lock */
    changed->sequence++;
    assert_int_equal(ksm_cpus_init(1), rcOk);
    interfere = 0;
    assert_false(decided(5, 0, 1));
    changed->sequence++;
}

/* Also what is cached stays good. */
static void denied_changes_are_undone(void **state)
{
    (void)state;
    const struct ksm_state *machines = flow->state;
    GRANTS(ksm_flow_init(t, flow, 5));
    assert_false(decided(5, 0, 1));
    u64 before = capture(flow, image), generation_before = generation(flow), sequence = machines->sequence;
    u64 *after = image + array_length(image) / 2;
    and_grants = false;
    assert_false(decided(5, 1, 1));
    assert_int_equal(capture(flow, after), before);
    assert_memory_equal(image, after, before * sizeof(u64));
    assert_int_equal(generation(flow), generation_before);
    assert_int_equal(machines->sequence, sequence + 2);
    assert_false(decided(5, 0, 0));
    and_grants = true;
    assert_true(decided(5, 1, 1));
    assert_int_equal(generation(flow), generation_before + 1);
    assert_true(decided(5, 0, 1));
}

/* ---- the cache ---- */

static void keys_are_whole(void **state)
{
    (void)state;
    struct ksm_query query = event(5, 0);
    struct ksm_cache_key key = ksm_cache_key(&query);
    for (u32 i = 0; i < 6; i++) { /* every field makes another key */
        struct ksm_query other = query;
        other.source_class ^= i == 0, other.destination_class ^= i == 1, other.source_sid ^= i == 2;
        other.destination_sid ^= i == 3, other.riid ^= i == 4, other.mid ^= i == 5;
        assert_false(ksm_cache_same(ksm_cache_key(&other), key));
    }
    for (u32 i = 0; i < 10000; i++) { /* and kinds of events never meet */
        key.what = (u64)rand() << 32 | (u32)rand(), key.sids = (u64)rand() << 32 | (u32)rand();
        for (u32 kind = KSM_EXECUTE; kind <= KSM_SECURITY; kind++)
            assert_int_equal(ksm_cache_set((enum ksm_event)kind, key) / KSM_CACHE_SETS, kind);
    }
}

/* Against a list of all that was put in: an answer is the last one given for that key. */
static void the_cache_forgets_but_does_not_lie(void **state)
{
    (void)state;
    static struct ksm_cache cache;
    static u8 verdicts[1024];
    static u64 generation_;
    u32 found = 0;
    srand(3);
    ksm_cache_clear(&cache);
    assert_false(ksm_seen_now(&ksm_cache_find(&cache, KSM_EXECUTE, (struct ksm_cache_key){})->seen)); /* empty */
    for (u32 i = 0; i < 20000; i++) {
        u32 key = below(1024);
        struct ksm_seen seen;
        ksm_seen_nothing(&seen);
        if (below(2000) == 0) {
            generation_++;
            memset(verdicts, 0, sizeof(verdicts));
        }
        seen.generations[1] = &generation_, seen.values[1] = generation_;
        const struct ksm_cache_key whole = {key % 32, key / 32 % 8};
        enum ksm_event kind = (enum ksm_event)(key / 256);
        const struct ksm_cache_entry *entry = ksm_cache_find(&cache, kind, whole);
        if (entry != nullptr && ksm_seen_now(&entry->seen)) {
            assert_int_equal(entry->verdict, verdicts[key]);
            found++;
        }
        verdicts[key] = below(2) != 0 ? KSM_GRANT : KSM_DENY;
        ksm_cache_add(&cache, kind, whole, &(struct ksm_cache_entry){.seen = seen, .verdict = verdicts[key]});
    }
    assert_true(found > 1000);
}

/* ---- malformed objects ---- */

static void objects_must_be_whole(void **state)
{
    (void)state;
    static struct ksm_object copy[OBJECTS];
    static struct ksm_object *list[OBJECTS];
    struct ksm_flow_configuration machine;
    struct ksm_hashset_configuration table;
    struct ksm_staticmap_configuration values;
    struct ksm_mic_configuration levels;
    static const struct ksm_text unordered[] = {TEXT("b"), TEXT("a"), TEXT("c")}, twice[] = {TEXT("a"), TEXT("a")};
#define MALFORMED(change)                                                                                              \
    do {                                                                                                               \
        memcpy(copy, objects, sizeof(copy));                                                                           \
        for (u32 i = 0; i < OBJECTS; i++)                                                                              \
            list[i] = &copy[i];                                                                                        \
        machine = flow_configuration, table = set_configuration, values = map_configuration;                           \
        levels = mic_configuration;                                                                                    \
        copy[FLOW].configuration = &machine, copy[SET].configuration = &table;                                         \
        copy[MAP].configuration = &values, copy[MIC].configuration = &levels;                                          \
        assert_true(ksm_models_well_formed(list, OBJECTS));                                                            \
        change;                                                                                                        \
        if (ksm_models_well_formed(list, OBJECTS))                                                                     \
            fail_msg("accepted: %s", #change);                                                                         \
    } while (0)
    MALFORMED(list[3] = nullptr);
    MALFORMED(copy[3].index = 4);
    MALFORMED(copy[3].name = nullptr);
    MALFORMED(copy[3].model = (enum ksm_model)6);
    MALFORMED(copy[FLOW].configuration = nullptr);
    MALFORMED(machine.initial = STATES);
    MALFORMED(machine.transitions = nullptr);
    MALFORMED(machine.state_words = 1);
    MALFORMED(copy[SET].configuration = nullptr);
    MALFORMED(table.set_size = 0);
    MALFORMED(table.set_size = 65537);
    MALFORMED(table.pool_size = 0);
    MALFORMED(table.pool_size = 65537);
    MALFORMED(table.entry_words = 0);
    MALFORMED(table.entry_words = 9);
    MALFORMED(copy[MAP].configuration = nullptr);
    MALFORMED(values.keys = unordered);
    MALFORMED((values.keys = twice, values.key_count = 2));
    MALFORMED(values.keys = nullptr);
    MALFORMED(values.defaults = nullptr);
    MALFORMED(values.pool_size = 0);
    MALFORMED(copy[MIC].configuration = nullptr);
    MALFORMED(levels.category_count = 65);
    MALFORMED(levels.degrees = nullptr);
    MALFORMED(levels.categories = nullptr);
    assert_false(ksm_models_well_formed(nullptr, 1));
    assert_true(ksm_models_well_formed(nullptr, 0));
}

static retcode init_again(void)
{
    struct ksm_object copy[OBJECTS];
    struct ksm_object *list[OBJECTS];
    memcpy(copy, objects, sizeof(copy));
    for (u32 i = 0; i < OBJECTS; i++)
        list[i] = &copy[i];
    return ksm_models_init(list, OBJECTS);
}

/* Last: nothing is given back, as the kernel's start ends at the first failure. */
static void without_memory_there_is_no_start(void **state)
{
    (void)state;
    paddr large = page_allocate(PAGE_ORDER_MAX), small = page_allocate(5), page = page_allocate(0);
    for (unsigned order = PAGE_ORDER_MAX + 1; order-- > 0;)
        while (page_allocate(order) != PADDR_NONE)
            ;
    assert_int_equal(init_again(), rcOutOfMemory);
    page_free(page, 0);
    assert_int_equal(init_again(), rcOutOfMemory);
    page_free(small, 5);
    assert_int_equal(init_again(), rcOutOfMemory);
    assert_int_equal(ksm_cpus_init(2), rcOutOfMemory);
    page_free(large, PAGE_ORDER_MAX);
    assert_int_equal(init_again(), rcOk);
    assert_int_equal(ksm_models_init(nullptr, 0), rcOk); /* a policy without objects needs nothing */
}

int main(void)
{
#define TEST(name)      cmocka_unit_test_setup(name, models_setup)
#define DECISIONS(name) cmocka_unit_test_setup(name, decisions_setup)
#define SINGLE(name)    cmocka_unit_test_setup(name, single_setup)
    const struct CMUnitTest tests[] = {
        TEST(denied_events_change_nothing),
        TEST(the_log_is_long_enough),
        TEST(later_rules_see_earlier_ones),
        TEST(generations_step_once),
        TEST(the_dead_are_forgotten),
        DECISIONS(verdicts_are_cached_until_something_changes),
        DECISIONS(that_no_rule_was_called_is_not_cached),
        DECISIONS(what_reads_a_message_is_not_cached),
        DECISIONS(readers_try_again),
        DECISIONS(denied_changes_are_undone),
        SINGLE(verdicts_are_cached_until_something_changes),
        SINGLE(that_no_rule_was_called_is_not_cached),
        SINGLE(what_reads_a_message_is_not_cached),
        SINGLE(readers_try_again),
        SINGLE(denied_changes_are_undone),
        TEST(keys_are_whole),
        TEST(the_cache_forgets_but_does_not_lie),
        TEST(objects_must_be_whole),
        TEST(without_memory_there_is_no_start),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
