/* SPDX-License-Identifier: Apache-2.0 */
/* The audit's rings, the records that readers get, and their text. */
#pragma clang diagnostic ignored "-Wmissing-field-initializers" /* what is left out is zero */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <abi/audit.h>
#include <ksm/audit.h>
#include <ksm/audit_encode.h>
#include <ksm/models/models.h>
#include <kss/audit.h>
#include <memory/page.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ksm_method methods[] = {{.name = "Put"}, {.name = "Get"}};
static const struct ksm_interface interface = {"app.Store", methods, array_length(methods)};
static const struct ksm_endpoint endpoints[] = {{"store.main", &interface}};
static char long_name[KOS_NAME_SIZE];
static const struct ksm_class classes[] = {
    {.name = "kl.core.Core"},
    {.name = "Einit"},
    {.name = "app.Client", .security = endpoints, .security_count = 1},
    {.name = "app.Server", .endpoints = endpoints, .endpoint_count = 1},
    {.name = long_name},
};
enum { CORE, EINIT, CLIENT, SERVER, LONG };
static enum ksm_verdict verdict = KSM_NO_RULE;
static struct ksm_descriptor describe(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    (void)event, (void)source, (void)destination, (void)riid, (void)mid;
    return (struct ksm_descriptor){.verdict = verdict};
}
static const struct ksm_policy policy = {
    .classes = classes, .class_count = array_length(classes), .describe = describe};
const struct ksm_policy *const ksm_policy = &policy;

/* ---- what the models would do ---- */
static u32 level, flow_state;
static bool flow_known = true;
u32 ksm_audit_level(void)
{
    return level;
}
void ksm_audit_no_rule(struct ksm_transaction *transaction)
{
    transaction->audit_count |= KSM_AUDIT_NONE_CALLED;
}
bool ksm_flow_query(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 *state)
{
    (void)transaction, (void)object;
    *state = flow_state;
    return flow_known && sid == 7;
}

#define BOTH (KSM_AUDIT_GRANTED | KSM_AUDIT_DENIED)
static const struct ksm_object flow = {.name = "flow", .model = KSM_FLOW}, regex = {.name = "re", .model = KSM_REGEX};
static const u64 omit[] = {0, 1ULL << 6}; /* state 70 */
static const struct ksm_audit_configuration flow_levels[] = {{.level = 1, .results = KSM_AUDIT_DENIED},
                                                             {.level = 2, .results = BOTH, .omit = omit}};
static const struct ksm_audit_configuration regex_levels[] = {
    {.level = 1, .results = KSM_AUDIT_GRANTED | KSM_AUDIT_MATCH}, {.level = 2, .results = KSM_AUDIT_GRANTED}};
static const struct ksm_audit_site enter = {&flow, "enter", "a/policy.psl", 12, 5, 2, flow_levels};
static const struct ksm_audit_site match = {&regex, "match", "a/policy.psl", 14, 9, 2, regex_levels};

static const struct ksm_query query = {.event = KSM_REQUEST,
                                       .source_class = CLIENT,
                                       .destination_class = SERVER,
                                       .source_sid = 7,
                                       .destination_sid = 6,
                                       .mid = 1};
static u8 record[KOS_AUDIT_RECORD_MAX];
static char text[4096];

static u32 read_one(u64 *dropped)
{
    u64 lost;
    u32 size = ksm_audit_read(record, sizeof(record), &lost);
    if (dropped != nullptr)
        *dropped += lost;
    return size;
}
static const struct kos_audit_record *head(void)
{
    return (const struct kos_audit_record *)(const void *)record;
}
static struct ksm_transaction begin(void)
{
    return (struct ksm_transaction){.query = &query};
}

static u32 written;
static void count_written(void)
{
    written++;
}

static int setup(void **state)
{
    (void)state;
    while (read_one(nullptr) != 0)
        ;
    fake_cpu_set(0);
    fake_time = 12000345000;
    verdict = KSM_NO_RULE;
    level = 2;
    flow_state = 0;
    flow_known = true;
    written = 0;
    return 0;
}

/* ---- texts ---- */

static void rules_and_expressions(void **state)
{
    (void)state;
    struct ksm_transaction transaction = begin();
    level = 1;
    ksm_audit_rule(&transaction, &enter, false, 7);
    ksm_audit_expression(&transaction, &match, true, KSM_AUDIT_MATCH, 0);
    ksm_audit_expression(&transaction, &match, false, KSM_AUDIT_MATCH, 0);
    ksm_audit_end(&transaction, false);
    assert_int_equal(written, 1);
    u64 sequence = 0;
    u32 size = read_one(nullptr);
    sequence = head()->sequence;
    char expected[512];
    snprintf(
        expected, sizeof(expected),
        "12.000345 cpu 0 #%llu denied request app.Client (7) -> app.Server (6), store.main.Get: flow.enter denied at "
        "a/policy.psl:12:5, re.match evaluated at a/policy.psl:14:9, re.match failed at a/policy.psl:14:9",
        (unsigned long long)sequence);
    assert_int_equal(kss_audit_decode(record, size, text, sizeof(text)), KSS_AUDIT_POSITION_DENY);
    assert_string_equal(text, expected);
    assert_int_equal(kos_audit_results(head())[1].file, kos_audit_results(head())[0].file); /* once */
}

static void profiles_and_levels(void **state)
{
    (void)state;
    const struct {
        u32 level;
        bool rule, granted;
        u32 kind, state;
        bool known, noted;
    } cases[] = {
        {0, true, true, 0, 0, true, false},
        {0, true, false, 0, 0, true, false},
        {1, true, true, 0, 0, true, false},
        {1, true, false, 0, 0, true, true},
        {2, true, true, 0, 0, true, true},
        {2, true, false, 0, 0, true, true},
        {2, true, true, 0, 70, true, false},
        {2, true, false, 0, 70, true, false}, /* omitted */
        {2, true, false, 0, 69, true, true},
        {2, true, false, 0, 6, true, true},
        {2, true, false, 0, 70, false, true}, /* no state: nothing to omit */
        {1, true, false, 0, 70, true, true},  /* that level omits nothing */
        {1, false, true, KSM_AUDIT_MATCH, 0, true, true},
        {1, false, true, KSM_AUDIT_SELECT, 0, true, false},
        {2, false, true, KSM_AUDIT_MATCH, 0, true, false},
        {2, false, true, 0, 0, true, true},
        {2, false, false, 0, 0, true, true},
        {3, true, false, 0, 0, true, false},
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        struct ksm_transaction transaction = begin();
        level = cases[i].level;
        flow_state = cases[i].state;
        flow_known = cases[i].known;
        if (cases[i].rule)
            ksm_audit_rule(&transaction, &enter, cases[i].granted, 7);
        else
            ksm_audit_expression(&transaction, &match, cases[i].granted, cases[i].kind, 0);
        if ((transaction.audit_count != 0) != cases[i].noted)
            fail_msg("case %zu: expected %s", i, cases[i].noted ? "a note" : "none");
        ksm_audit_end(&transaction, true);
        assert_int_equal(read_one(nullptr) != 0, cases[i].noted);
    }
}

static void denied_without_rules(void **state)
{
    (void)state;
    ksm_audit_denied(&query);
    assert_int_not_equal(read_one(nullptr), 0);
    assert_int_equal(head()->reason, KOS_AUDIT_NO_RULE);
    for (verdict = KSM_DENY; verdict <= KSM_EVALUATE; verdict++) {
        ksm_audit_denied(&query);
        assert_int_equal(read_one(nullptr), 0);
    }
}

/* A choice that took no branch, with its expression recorded and without. */
static void denied_without_calls(void **state)
{
    (void)state;
    char text_end[] = ": no rule";
    for (u32 expressions = 0; expressions < 2; expressions++) {
        struct ksm_transaction transaction = begin();
        level = 1;
        if (expressions != 0)
            ksm_audit_expression(&transaction, &match, true, KSM_AUDIT_MATCH, 0);
        assert_false(ksm_outcome(&transaction, 0));
        ksm_audit_end(&transaction, false);
        u32 size = read_one(nullptr);
        assert_int_not_equal(size, 0);
        assert_int_equal(head()->reason, KOS_AUDIT_NO_RULE);
        assert_int_equal(head()->result_count, expressions);
        assert_int_equal(kss_audit_decode(record, size, text, sizeof(text)), KSS_AUDIT_POSITION_DENY);
        const char *end = strstr(text, text_end);
        assert_non_null(end);
        assert_string_equal(end + sizeof(text_end) - 1,
                            expressions != 0 ? ": re.match evaluated at a/policy.psl:14:9" : "");
    }
    struct ksm_transaction transaction = begin();
    assert_true(ksm_outcome(&transaction, KSM_RULE_CALLED));
    assert_false(ksm_outcome(&transaction, KSM_RULE_CALLED | KSM_RULE_DENIED));
    assert_false(ksm_outcome(&transaction, KSM_RULE_DENIED)); /* an expression failed */
    assert_int_equal(transaction.audit_count, 0);
}

static void names_of_every_event(void **state)
{
    (void)state;
    struct ksm_query one = query;
    struct ksm_audit_message message = {.constant_size = 40, .arena_size = 9, .handle_count = 2};
    const struct {
        enum ksm_event event;
        u32 source, destination, riid, mid;
        const char *expected;
    } cases[] = {
        {KSM_EXECUTE, EINIT, SERVER, 0, 0, "execute Einit (7) -> app.Server (6)"},
        {KSM_REQUEST, CLIENT, SERVER, 0, 0, "request app.Client (7) -> app.Server (6), store.main.Put"},
        {KSM_RESPONSE, SERVER, CLIENT, 0, 1, "response app.Server (7) -> app.Client (6), store.main.Get"},
        {KSM_ERROR, SERVER, CLIENT, 0, 1, "error app.Server (7) -> app.Client (6), store.main.Get"},
        {KSM_SECURITY, CLIENT, 0, 0, 0, "security app.Client (7), app.Store.Put"},
        {KSM_REQUEST, CLIENT, SERVER, 0, 2, "request app.Client (7) -> app.Server (6), store.main, method 2"},
        {KSM_REQUEST, CLIENT, SERVER, 1, 0, "request app.Client (7) -> app.Server (6), endpoint 1, method 0"},
        {KSM_REQUEST, CLIENT, 99, 1, 0, "request app.Client (7) -> ? (6), endpoint 1, method 0"},
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        one.event = cases[i].event;
        one.source_class = cases[i].source;
        one.destination_class = cases[i].destination;
        one.riid = cases[i].riid;
        one.mid = cases[i].mid;
        ksm_audit_malformed(&one, message);
        u32 size = read_one(nullptr);
        assert_int_equal(kss_audit_decode(record, size, text, sizeof(text)), KSS_AUDIT_POSITION_DENY);
        char expected[256];
        snprintf(expected, sizeof(expected),
                 "12.000345 cpu 0 #%llu denied %s: malformed message (40 bytes, arena 9, handles 2)",
                 (unsigned long long)head()->sequence, cases[i].expected);
        assert_string_equal(text, expected);
    }
}

/* ---- bounds ---- */

static void long_texts_are_left_out(void **state)
{
    (void)state;
    memset(long_name, 'x', sizeof(long_name) - 1);
    struct ksm_query one = query;
    one.source_class = one.destination_class = LONG;
    struct ksm_transaction transaction = {.query = &one};
    for (u32 i = 0; i < KSM_AUDIT_RESULTS + 20; i++)
        ksm_audit_rule(&transaction, &enter, true, 7);
    ksm_audit_rule(&transaction, &enter, false, 7);
    ksm_audit_end(&transaction, false);
    u32 size = read_one(nullptr);
    assert_true(size <= KOS_AUDIT_RECORD_MAX);
    assert_int_equal(head()->result_count, KSM_AUDIT_RESULTS);
    assert_int_equal(head()->left_out, 21);
    assert_int_equal(kos_audit_results(head())[KSM_AUDIT_RESULTS - 1].flags, 0); /* the denial */
    assert_int_equal(kos_audit_results(head())[KSM_AUDIT_RESULTS - 2].flags, KOS_AUDIT_GRANTED);
    assert_int_equal(kss_audit_decode(record, size, text, sizeof(text)), KSS_AUDIT_POSITION_DENY);
}

/* Cut anywhere, changed anywhere: no byte beyond is read (the sanitizer looks), and a text of that size comes out. */
static void anything_is_decoded(void **state)
{
    (void)state;
    struct ksm_transaction transaction = begin();
    for (u32 i = 0; i < 5; i++)
        ksm_audit_rule(&transaction, &enter, i % 2 == 0, 7);
    ksm_audit_end(&transaction, true);
    u32 size = read_one(nullptr);
    for (u32 round = 0; round < 20000; round++) {
        u32 cut = (u32)rand() % (size + 1), text_size = 1 + (u32)rand() % 200;
        u8 *bytes = malloc(cut + 1U);
        char *exact = malloc(text_size);
        memcpy(bytes, record, cut);
        for (u32 i = 0; i < (u32)rand() % 4 && cut != 0; i++)
            bytes[(u32)rand() % cut] = (u8)rand();
        exact[text_size - 1] = 1;
        if (kss_audit_decode(bytes, cut, exact, text_size) >= 0)
            assert_true(strlen(exact) < text_size);
        else
            assert_true(cut < size || bytes[0] != record[0] || memcmp(bytes, record, size) != 0);
        free(bytes);
        free(exact);
    }
    assert_int_equal(kss_audit_decode(record, size, text, 0), -1);
}

/* ---- rings ---- */

static void dropped_exactly(void **state)
{
    (void)state;
    u64 dropped = 0;
    u32 count = 0, total = 3 * KSM_AUDIT_CELLS;
    for (u32 i = 0; i < total; i++)
        ksm_audit_denied(&query);
    assert_int_equal(written, KSM_AUDIT_CELLS);
    while (read_one(&dropped) != 0)
        count++;
    assert_int_equal(count, KSM_AUDIT_CELLS);
    assert_int_equal(count + dropped, total);
    u64 last = head()->sequence, again = 0;
    ksm_audit_denied(&query);
    assert_int_not_equal(read_one(&again), 0);
    assert_int_equal(again, 0);
    assert_int_equal(head()->sequence, last + dropped + 1);
}

/* Against a queue that is kept by hand: records of every length on three CPUs, read now and then. */
static void random_lengths(void **state)
{
    (void)state;
    enum { CPUS = 3, KEPT = 1024 };
    static struct {
        u64 time;
        u32 results;
    } kept[CPUS][KEPT];
    u64 first[CPUS] = {0}, last[CPUS] = {0}, used[CPUS] = {0}, dropped = 0, expected_dropped = 0;
    srand(5);
    for (u32 round = 0; round < 60000; round++) {
        if (rand() % 100 < (round / 2000 % 2 == 0 ? 70 : 30)) {
            u32 cpu = (u32)rand() % CPUS, results = 1 + (u32)rand() % KSM_AUDIT_RESULTS;
            fake_cpu_set(cpu);
            fake_time++;
            struct ksm_transaction transaction = begin();
            for (u32 i = 0; i < results; i++)
                ksm_audit_rule(&transaction, &enter, i % 3 == 0, 7);
            ksm_audit_end(&transaction, true);
            u64 cells = 1 + (results + 7) / 8;
            if (used[cpu] + cells > KSM_AUDIT_CELLS) {
                expected_dropped++;
                continue;
            }
            used[cpu] += cells;
            kept[cpu][last[cpu]++ % KEPT].time = fake_time;
            kept[cpu][(last[cpu] - 1) % KEPT].results = results;
        } else {
            u32 cpu = CPUS;
            for (u32 i = 0; i < CPUS; i++)
                if (first[i] != last[i] &&
                    (cpu == CPUS || kept[i][first[i] % KEPT].time < kept[cpu][first[cpu] % KEPT].time))
                    cpu = i;
            bool any = read_one(&dropped) != 0;
            assert_int_equal(any, cpu != CPUS);
            if (!any)
                continue;
            assert_int_equal(head()->cpu, cpu);
            assert_int_equal(head()->time, kept[cpu][first[cpu] % KEPT].time);
            assert_int_equal(head()->result_count, kept[cpu][first[cpu] % KEPT].results);
            for (u32 i = 0; i < head()->result_count; i++)
                assert_int_equal(kos_audit_results(head())[i].flags, i % 3 == 0 ? KOS_AUDIT_GRANTED : 0);
            used[cpu] -= 1 + (head()->result_count + 7) / 8;
            first[cpu]++;
        }
    }
    ksm_audit_denied(&query); /* who reads next is told */
    while (read_one(&dropped) != 0)
        ;
    assert_int_equal(dropped, expected_dropped);
    assert_true(dropped > 100);
}

int main(void)
{
    fake_arena(4096);
    page_allocator_add(0x10000, 4096 * KOS_PAGE_SIZE);
    assert_int_equal(ksm_audit_init(4), rcOk);
    ksm_audit_written = count_written;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rules_and_expressions, setup), cmocka_unit_test_setup(profiles_and_levels, setup),
        cmocka_unit_test_setup(denied_without_calls, setup),  cmocka_unit_test_setup(denied_without_rules, setup),
        cmocka_unit_test_setup(names_of_every_event, setup),  cmocka_unit_test_setup(long_texts_are_left_out, setup),
        cmocka_unit_test_setup(anything_is_decoded, setup),   cmocka_unit_test_setup(dropped_exactly, setup),
        cmocka_unit_test_setup(random_lengths, setup),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
