/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy to decisions: malformed policies, names, default deny, and the table of a pair of classes. */
#pragma clang diagnostic ignored "-Wmissing-field-initializers" /* what is left out is zero */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <ksm/cpu.h>
#include <ksm/ksm.h>
#include <ksm/table_policy.h>
#include <ksm/verify.h>
#include <memory/page.h>
#include <stdlib.h>

#define HEADER         KOS_MESSAGE_HEADER_SIZE
#define CLASSES        40U
#define ENDPOINTS      4U
#define METHODS        24U
#define WORDS(n)       {.size = HEADER + 8U * (n)}
#define CLASS_OF_NAMES 2U

/* The policy under test; the kernel sees whatever the tests make of it. */
static struct ksm_method methods[CLASSES][ENDPOINTS][METHODS];
static struct ksm_interface interfaces[CLASSES][ENDPOINTS];
static struct ksm_endpoint endpoints[CLASSES][ENDPOINTS];
static struct ksm_class classes[CLASSES];
static struct ksm_policy policy;
const struct ksm_policy *const ksm_policy = &policy;

/* A verdict for everything, made up but always the same. */
static enum ksm_verdict verdict(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    u32 hash = (event * 31 + source) * 31 + destination;
    hash = ((hash * 31 + riid) * 31 + mid) * 2654435761U;
    return hash >> 29 < 5 ? KSM_GRANT : hash >> 29 == 5 ? KSM_NO_RULE : hash >> 29 == 6 ? KSM_DENY : KSM_EVALUATE;
}
static struct ksm_descriptor describe_made_up(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    return (struct ksm_descriptor){.verdict = verdict(event, source, destination, riid, mid)};
}

static const u32 one_handle[] = {HEADER};
static const struct ksm_chunk one_chunk[] = {{.offset = HEADER + 16, .size_max = 64, .element_size = 1}};

static struct ksm_shape random_shape(void)
{
    struct ksm_shape shape = {.size = HEADER + 8U * ((u32)rand() % 14)};
    if (rand() % 8 == 0)
        shape.size = 0;
    if (shape.size >= HEADER + 24 && rand() % 4 == 0)
        shape.handle_count = 1, shape.handle_offsets = one_handle;
    if (shape.size >= HEADER + 24 && rand() % 4 == 0)
        shape.chunk_count = 1, shape.chunks = one_chunk, shape.arena_size = 64;
    return shape;
}

static int setup(void **state)
{
    (void)state;
    static const char *const names[ENDPOINTS] = {"main", "other", "main.other", "x"};
    srand(17);
    memset(classes, 0, sizeof(classes));
    classes[KSM_CLASS_CORE] = (struct ksm_class)KSM_CORE_CLASS;
    classes[KSM_CLASS_EINIT] = (struct ksm_class){.name = "Einit"};
    for (u32 c = 2; c < CLASSES; c++) {
        classes[c] = (struct ksm_class){c == CLASS_OF_NAMES ? "test.Server" : "test.Other", endpoints[c],
                                        c == CLASS_OF_NAMES ? ENDPOINTS : (u32)rand() % (ENDPOINTS + 1)};
        for (u32 e = 0; e < ENDPOINTS; e++) {
            interfaces[c][e] = (struct ksm_interface){"test.Interface", methods[c][e], 1 + (u32)rand() % METHODS};
            endpoints[c][e] = (struct ksm_endpoint){names[e], &interfaces[c][e]};
            for (u32 m = 0; m < METHODS; m++)
                methods[c][e][m] = (struct ksm_method){"M", random_shape(), random_shape(), {}};
        }
    }
    policy = (struct ksm_policy){
        .version = KSM_POLICY_VERSION, .classes = classes, .class_count = CLASSES, .describe = describe_made_up};
    return 0;
}

static int machine_setup(void **state)
{
    (void)state;
    fake_arena(16384);
    fake_cpu_set(0);
    page_allocator_add(PAGE_SIZE, 16384 * (u64)PAGE_SIZE);
    return 0;
}

/* ---- malformed policies ---- */

static void a_policy_must_be_whole(void **state)
{
    assert_int_equal(ksm_init(1, 5), rcOk);
#define MALFORMED(change)                                                                                              \
    do {                                                                                                               \
        setup(state);                                                                                                  \
        change;                                                                                                        \
        if (ksm_init(1, 5) != rcInvalidArgument)                                                                       \
            fail_msg("accepted: %s", #change);                                                                         \
    } while (0)
    MALFORMED(policy.version++);
    MALFORMED(policy.class_count = 1);
    MALFORMED(policy.classes = nullptr);
    MALFORMED(policy.describe = nullptr);
    MALFORMED(classes[KSM_CLASS_CORE].endpoints = nullptr);
    MALFORMED(classes[KSM_CLASS_CORE].endpoints = endpoints[5]);
    MALFORMED(classes[KSM_CLASS_CORE].endpoint_count--);
    MALFORMED(classes[CLASSES - 1].name = nullptr);
    MALFORMED(classes[2].endpoints = nullptr);
    MALFORMED(classes[2].endpoint_count = 0x10001);
    MALFORMED(endpoints[2][3].name = nullptr);
    MALFORMED(endpoints[2][3].interface = nullptr);
    MALFORMED(interfaces[2][1].methods = nullptr);
    MALFORMED(interfaces[2][1].method_count = 0x10001);
    MALFORMED(methods[2][0][0].request = (struct ksm_shape){.size = 8});
    MALFORMED(methods[2][0][0].response = (struct ksm_shape){.size = 8});
    MALFORMED(methods[2][0][0].error = (struct ksm_shape){.size = 8});
    setup(state);
    interfaces[2][1].methods = nullptr, interfaces[2][1].method_count = 0; /* an interface without methods is one */
    assert_int_equal(ksm_init(1, 5), rcOk);
}

static void shapes(void **state)
{
    (void)state;
    static const u32 offsets[] = {HEADER, HEADER + 16, HEADER + 4, HEADER + 8, 16, HEADER, 0xfffffff8};
    static const struct ksm_chunk chunks[] = {{HEADER, 8, 1},      {HEADER + 8, 8, 1}, {HEADER + 12, 8, 1},
                                              {HEADER + 12, 8, 0}, {16, 8, 1},         {HEADER + 10, 8, 1}};
#define HANDLES(first, count) .handle_offsets = &offsets[first], .handle_count = (count)
#define CHUNKS(first, count)  .chunks = &chunks[first], .chunk_count = (count)
    static const struct {
        struct ksm_shape shape;
        bool well_formed;
    } cases[] = {
        {{}, true},
        {{.arena_size = 1}, false},
        {{HANDLES(0, 1)}, false},
        {{CHUNKS(0, 1)}, false},
        {WORDS(0), true},
        {{.size = HEADER - 8}, false},
        {{.size = HEADER + 4}, false},
        {{.size = HEADER, .arena_size = KOS_MESSAGE_SIZE_MAX - HEADER}, true},
        {{.size = HEADER, .arena_size = KOS_MESSAGE_SIZE_MAX - HEADER + 1}, false},
        {{.size = HEADER, .arena_size = 0xffffffff}, false},
        {{.size = KOS_MESSAGE_SIZE_MAX}, true},
        {{.size = KOS_MESSAGE_SIZE_MAX + 8}, false},
        {{.size = HEADER + 16, HANDLES(0, 1)}, true},
        {{.size = HEADER + 8, HANDLES(0, 1)}, false}, /* it ends behind the constant part */
        {{.size = HEADER + 32, HANDLES(0, 2)}, true},
        {{.size = HEADER + 24, HANDLES(0, 2)}, false},
        {{.size = HEADER + 64, HANDLES(2, 1)}, false}, /* not aligned */
        {{.size = HEADER + 64, HANDLES(4, 1)}, false}, /* in the header */
        {{.size = HEADER + 64, HANDLES(6, 1)}, false}, /* far outside */
        {{.size = HEADER + 64, HANDLES(5, 1), .chunk_count = 1}, false},
        {{.size = HEADER + 64, .handle_count = 1}, false},
        {{.size = HEADER + 64, .handle_offsets = offsets, .handle_count = 128}, false},
        {{.size = HEADER + 8, CHUNKS(0, 1)}, true},
        {{.size = HEADER + 16, CHUNKS(0, 2)}, true},
        {{.size = HEADER + 8, CHUNKS(1, 1)}, false},  /* it begins where the constant part ends */
        {{.size = HEADER + 16, CHUNKS(2, 1)}, false}, /* half of it lies outside */
        {{.size = HEADER + 24, CHUNKS(2, 1)}, true},
        {{.size = HEADER + 24, CHUNKS(1, 2)}, false},                /* two overlap by half */
        {{.size = HEADER + 24, CHUNKS(3, 1)}, false},                /* elements of nothing */
        {{.size = HEADER + 24, CHUNKS(4, 1)}, false},                /* in the header */
        {{.size = HEADER + 24, CHUNKS(5, 1)}, false},                /* not aligned */
        {{.size = HEADER + 64, HANDLES(0, 1), CHUNKS(1, 1)}, false}, /* a handle over a chunk */
        {{.size = HEADER + 64, HANDLES(3, 1), CHUNKS(0, 1)}, true},
        {{.size = HEADER + KOS_PAGE_SIZE, CHUNKS(0, 1)}, true},
        {{.size = HEADER + KOS_PAGE_SIZE + 8, CHUNKS(0, 1)}, false}, /* larger than the kernel's copy */
        {{.size = HEADER + KOS_PAGE_SIZE + 8}, true},
    };
    for (u32 i = 0; i < array_length(cases); i++)
        if (ksm_shape_well_formed(&cases[i].shape) != cases[i].well_formed)
            fail_msg("case %u: expected %d", i, cases[i].well_formed);
}

static void descriptors_up_to_the_last_byte(void **state)
{
    (void)state;
    struct ksm_chunk chunk = {.size_max = 1, .element_size = 1};
    struct ksm_shape shape = {.size = HEADER + KOS_PAGE_SIZE, .chunk_count = 1, .chunks = &chunk};
    for (u32 offset = 0; offset < HEADER + KOS_PAGE_SIZE + 64; offset++) {
        chunk.offset = offset;
        assert_int_equal(ksm_shape_well_formed(&shape),
                         offset % 4 == 0 && offset >= HEADER && offset <= HEADER + KOS_PAGE_SIZE - 8);
    }
    static u32 handles[128];
    for (u32 i = 0; i < array_length(handles); i++)
        handles[i] = HEADER + 16 * i;
    struct ksm_shape giving = {.size = HEADER + KOS_PAGE_SIZE, .handle_count = 127, .handle_offsets = handles};
    assert_true(ksm_shape_well_formed(&giving));
    giving.handle_count = 128; /* the info word counts to 127 */
    assert_false(ksm_shape_well_formed(&giving));
    static struct ksm_chunk many[KOS_PAGE_SIZE / 8 + 1];
    for (u32 i = 0; i < array_length(many); i++)
        many[i] = (struct ksm_chunk){.offset = HEADER + 8 * i, .size_max = 1, .element_size = 1};
    shape.chunks = many, shape.chunk_count = KOS_PAGE_SIZE / 8;
    assert_true(ksm_shape_well_formed(&shape));
    shape.chunk_count++;
    assert_false(ksm_shape_well_formed(&shape));
}

/* ---- names ---- */

/* In steps; *found is left alone if there is none. */
static retcode class_found(const char *name, u32 *found)
{
    u32 class = 0, steps = 0;
    retcode code;
    while ((code = ksm_class_find(name, &class)) == PREEMPTED)
        assert_true(++steps < 1000);
    *found = code == rcOk ? class : *found;
    return code;
}

static retcode endpoint_found(const char *name, u32 *found)
{
    u32 riid = 0, steps = 0;
    retcode code;
    while ((code = ksm_endpoint_find(CLASS_OF_NAMES, name, &riid)) == PREEMPTED)
        assert_true(++steps <= ENDPOINTS);
    *found = code == rcOk ? riid : *found;
    return code;
}

static void classes_and_endpoints_by_name(void **state)
{
    (void)state;
    u32 found = 77;
    assert_int_equal(class_found("test.Server", &found), rcOk);
    assert_int_equal(found, CLASS_OF_NAMES);
    assert_int_equal(class_found("kl.core.Core", &found), rcOk);
    assert_int_equal(found, KSM_CLASS_CORE);
    found = 77;
    static const char *const no_class[] = {"", "test", "test.Serve", "test.Server1", "test.server"};
    for (u32 i = 0; i < array_length(no_class); i++)
        assert_int_equal(class_found(no_class[i], &found), rcResourceNotFound);
    static const struct {
        const char *name;
        u32 riid;
    } known[] = {
        {"main", 0}, {"other", 1}, {"main.other", 2}, {"test.Server.main", 0}, {"x", 3}, {"test.Server.main.other", 2}};
    for (u32 i = 0; i < array_length(known); i++) {
        u32 riid = 77;
        assert_int_equal(endpoint_found(known[i].name, &riid), rcOk);
        assert_int_equal(riid, known[i].riid);
    }
    /* an endpoint of several instances of one component: the first */
    static const char *const owners[ENDPOINTS] = {"test.Server", "test.Part", "test.Part", "test.sub.Part"};
    classes[CLASS_OF_NAMES].owners = owners;
    u32 riid = 77;
    assert_int_equal(endpoint_found("test.Part.other", &riid), rcOk);
    assert_int_equal(riid, 1);
    assert_int_equal(endpoint_found("test.sub.Part.x", &riid), rcOk);
    assert_int_equal(riid, 3);
    assert_int_equal(endpoint_found("test.Part.main", &riid), rcResourceNotFound);
    assert_int_equal(endpoint_found("test.Part.main.other", &riid), rcResourceNotFound);
    static const char *const unknown[] = {"",
                                          "mai",
                                          "main.",
                                          "test.Server",
                                          "test.Server.",
                                          "test.Server.mai",
                                          "test.Servermain",
                                          "test.Server_main",
                                          "Server.main",
                                          "test.Server1.main"};
    for (u32 i = 0; i < array_length(unknown); i++)
        assert_int_equal(endpoint_found(unknown[i], &found), rcResourceNotFound);
    assert_int_equal(found, 77);
}

static void methods_by_number(void **state)
{
    (void)state;
    for (u32 riid = 0; riid < ENDPOINTS + 2; riid++)
        for (u32 mid = 0; mid < METHODS + 2; mid++) {
            bool exists = riid < ENDPOINTS && mid < interfaces[CLASS_OF_NAMES][riid].method_count;
            assert_ptr_equal(ksm_method(CLASS_OF_NAMES, KOS_INFO(riid, mid, 24, 0)),
                             exists ? &methods[CLASS_OF_NAMES][riid][mid] : nullptr);
        }
    assert_null(ksm_method(CLASS_OF_NAMES, ~0ULL));
    assert_null(ksm_method(KSM_CLASS_EINIT, 0));
}

/* ---- decisions ---- */

/* A policy never changes but here. */
static void forget_cached(void)
{
    assert_int_equal(ksm_cpus_init(1), rcOk);
}

static struct ksm_query asked;
static bool answer;
static bool evaluate(const struct ksm_query *query)
{
    asked = *query;
    return answer;
}
#define SAYING(verdict_, evaluate_) {.verdict = (verdict_), .evaluate = (evaluate_)}
static struct ksm_descriptor said;
static struct ksm_descriptor describe_said(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    return event == KSM_REQUEST && source == 3 && destination == 4 && riid == 5 && mid == 6 ? said
                                                                                            : (struct ksm_descriptor){};
}

static void only_a_grant_grants(void **state)
{
    (void)state;
    policy.describe = describe_said;
    struct ksm_query query = {.event = KSM_REQUEST,
                              .source_class = 3,
                              .destination_class = 4,
                              .source_sid = 8,
                              .destination_sid = 9,
                              .riid = 5,
                              .mid = 6,
                              .constant_part = &query,
                              .constant_size = 16};
    static const struct {
        struct ksm_descriptor said;
        bool answer, granted;
    } cases[] = {
        {SAYING(KSM_NO_RULE, nullptr), true, false},
        {SAYING(KSM_NO_RULE, evaluate), true, false},
        {SAYING(KSM_DENY, nullptr), true, false},
        {SAYING(KSM_DENY, evaluate), true, false},
        {SAYING(KSM_GRANT, nullptr), false, true},
        {SAYING(KSM_EVALUATE, evaluate), true, true},
        {SAYING(KSM_EVALUATE, evaluate), false, false},
        {SAYING(KSM_EVALUATE, nullptr), true, false},
        {SAYING((enum ksm_verdict)4, evaluate), true, false},
    };
    for (u32 i = 0; i < array_length(cases); i++) {
        said = cases[i].said, answer = cases[i].answer;
        forget_cached();
        assert_int_equal(ksm_decide(&query), cases[i].granted ? rcOk : rcSecurityDisallow);
        struct ksm_plan plan;
        ksm_plan_make(&plan, &query);
        assert_int_equal(ksm_plan_known(&plan), said.verdict != KSM_EVALUATE || said.evaluate == nullptr);
        assert_int_equal(plan.needs, ksm_plan_known(&plan) ? 0 : KSM_READS_MESSAGE | KSM_LONG);
    }
    said = (struct ksm_descriptor)SAYING(KSM_EVALUATE, evaluate), answer = true;
    forget_cached();
    assert_int_equal(ksm_decide(&query), rcOk);
    assert_memory_equal(&asked, &query, sizeof(query));
    said = (struct ksm_descriptor)SAYING(KSM_GRANT, nullptr);
    for (u32 field = 0; field < 5; field++) { /* the rule is for this event only */
        struct ksm_query other = query;
        other.source_class += field == 0, other.destination_class += field == 1, other.riid += field == 2;
        other.mid += field == 3, other.event = field == 4 ? KSM_RESPONSE : KSM_REQUEST;
        assert_int_equal(ksm_decide(&other), rcSecurityDisallow);
    }
    assert_int_equal(ksm_decide_execute(3, 8, 4, 9), rcSecurityDisallow);
}

static void rules_of_a_table_apply_together(void **state)
{
    (void)state;
#define RULE(event, source, mid, verdict) {event, source, KSM_ANY, KSM_ANY, mid, verdict, nullptr}
    static const struct ksm_rule rules[] = {
        RULE(KSM_REQUEST, 1, KSM_ANY, KSM_GRANT), RULE(KSM_REQUEST, 1, 7, KSM_DENY),
        RULE(KSM_REQUEST, 2, 7, KSM_DENY),        RULE(KSM_REQUEST, 2, KSM_ANY, KSM_GRANT),
        RULE(KSM_REQUEST, 3, 7, KSM_GRANT),       {KSM_REQUEST, 3, 4, 5, 8, KSM_EVALUATE, evaluate},
    };
#define SAYS(event, source, destination, riid, mid)                                                                    \
    ksm_table_describe(rules, array_length(rules), event, source, destination, riid, mid)
    for (u32 source = 1; source <= 2; source++) { /* whichever comes first */
        assert_int_equal(SAYS(KSM_REQUEST, source, 9, 9, 6).verdict, KSM_GRANT);
        assert_int_equal(SAYS(KSM_REQUEST, source, 9, 9, 7).verdict, KSM_DENY);
        assert_int_equal(SAYS(KSM_RESPONSE, source, 9, 9, 6).verdict, KSM_NO_RULE);
    }
    assert_int_equal(SAYS(KSM_REQUEST, 3, 9, 9, 7).verdict, KSM_GRANT);
    assert_int_equal(SAYS(KSM_REQUEST, 3, 9, 9, 6).verdict, KSM_NO_RULE);
    assert_int_equal(SAYS(KSM_REQUEST, 3, 4, 5, 8).verdict, KSM_EVALUATE);
    assert_ptr_equal(SAYS(KSM_REQUEST, 3, 4, 5, 8).evaluate, evaluate);
    assert_int_equal(SAYS(KSM_REQUEST, 3, 4, 6, 8).verdict, KSM_NO_RULE);
    assert_int_equal(SAYS(KSM_REQUEST, 4, 4, 5, 8).verdict, KSM_NO_RULE);
    assert_int_equal(ksm_table_describe(rules, 0, KSM_REQUEST, 1, 1, 0, 0).verdict, KSM_NO_RULE);
}

/* ---- the table of a pair ---- */

static bool plain(const struct ksm_shape *shape)
{
    return shape->size != 0 && shape->handle_count == 0 && shape->chunk_count == 0;
}
static bool in_registers(const struct ksm_shape *shape)
{
    return shape->size <= KOS_REGISTER_MESSAGE_SIZE;
}

/* The four columns of ksm.h for one method, as its table says: 0 = grants nothing. */
static struct ksm_entry expected_entry(u32 source, u32 destination, u32 riid, u32 mid)
{
    const struct ksm_method *method = &methods[destination][riid][mid];
    struct ksm_entry entry = {};
    if (!plain(&method->response) || verdict(KSM_RESPONSE, destination, source, riid, mid) != KSM_GRANT)
        return entry;
    bool request = plain(&method->request) && verdict(KSM_REQUEST, source, destination, riid, mid) == KSM_GRANT;
    entry.memory_response = KOS_INFO(riid, mid, method->response.size, 0);
    if (in_registers(&method->response))
        entry.response = entry.memory_response;
    if (request)
        entry.memory_request = KOS_INFO(riid, mid, method->request.size, 0);
    if (request && in_registers(&method->request) && in_registers(&method->response))
        entry.request = entry.memory_request;
    return entry;
}

static void check_field(word field, word expected, u64 index, u64 mask)
{
    if (expected != 0)
        assert_int_equal(field, expected);
    else
        assert_int_not_equal(ksm_hash(field) & mask, index); /* no message that leads here equals it */
}

static void check_pair(u32 source, u32 destination, u32 counts[2])
{
    const struct ksm_pair *pair = ksm_pair_get(source, destination);
    assert_non_null(pair);
    assert_ptr_equal(ksm_pair_get(source, destination), pair); /* made once */
    assert_true(pair->source_class == source && pair->destination_class == destination);
    assert_true(pair->mask >= 1 && (pair->mask & (pair->mask + 1)) == 0);
    static struct ksm_entry expected[KSM_ENTRIES_MAX];
    static bool taken[KSM_ENTRIES_MAX];
    memset(expected, 0, sizeof(expected));
    memset(taken, 0, sizeof(taken));
    for (u32 riid = 0; riid < classes[destination].endpoint_count; riid++)
        for (u32 mid = 0; mid < interfaces[destination][riid].method_count; mid++) {
            struct ksm_entry entry = expected_entry(source, destination, riid, mid);
            u64 index = (mid + 16 * riid) & pair->mask;
            assert_ptr_equal(ksm_entry(pair, KOS_INFO(riid, mid, 24, 0)), &pair->entries[index]);
            assert_ptr_equal(ksm_entry(pair, KOS_INFO(riid, mid, 0xfffff8, 0)), &pair->entries[index]);
            bool first = !taken[index];
            taken[index] = true;
            assert_int_equal(ksm_pair_knows(pair, KOS_INFO(riid, mid, 24, 0)), !first);
            ksm_pair_learn(pair, KOS_INFO(riid, mid, 24, 0));
            assert_true(ksm_pair_knows(pair, KOS_INFO(riid, mid, 24, 0)));
            if (entry.memory_response == 0)
                continue;
            counts[first ? 0 : 1]++; /* the second of two in one place has no entry */
            if (first)
                expected[index] = entry;
        }
    ksm_pair_learn(pair, KOS_INFO(classes[destination].endpoint_count, 0, 24, 0)); /* no such method: nothing */
    for (u64 index = 0; index <= pair->mask; index++) {
        const struct ksm_entry *entry = &pair->entries[index];
        check_field(entry->request, expected[index].request, index, pair->mask);
        check_field(entry->response, expected[index].response, index, pair->mask);
        check_field(entry->memory_request, expected[index].memory_request, index, pair->mask);
        check_field(entry->memory_response, expected[index].memory_response, index, pair->mask);
        word said_by = expected[index].memory_response;
        assert_int_equal(ksm_entry_speaks(entry, (u32)said_by), said_by != 0);
        assert_false(ksm_entry_speaks(entry, (u32)said_by ^ (pair->mask + 1))); /* another method of this place */
        assert_int_equal(ksm_entry_answers_in_registers(entry), expected[index].response != 0);
    }
}

static void tables_hold_exactly_the_constant_grants(void **state)
{
    (void)state;
    u32 counts[2] = {};
    for (u32 source = 0; source < CLASSES; source++)
        for (u32 destination = 1; destination < CLASSES; destination++)
            check_pair(source, destination, counts);
    assert_true(counts[0] > 1000 && counts[1] > 100); /* both happened */
}

/* Whatever 64 bits a user passes as info: equal to a field means that such a method exists and is granted so. */
static void no_other_info_word_is_granted(void **state)
{
    (void)state;
    for (u32 destination = 2; destination < CLASSES; destination++) {
        const struct ksm_pair *pair = ksm_pair_get(2, destination);
        for (u32 step = 0; step < 20000; step++) {
            word info = KOS_INFO((u32)rand() % (ENDPOINTS + 1), (u32)rand() % METHODS, HEADER + 8 * (rand() % 14), 0);
            if (step % 2 == 0)
                info ^= 1ULL << (rand() % 64);
            const struct ksm_entry *entry = ksm_entry(pair, info);
            bool granted = false;
            const struct ksm_method *method = ksm_method(destination, info);
            if (method != nullptr) {
                u32 riid = (u32)(info >> 16) & 0xffff, mid = (u32)info & 0xffff;
                granted = ksm_shape_fits(&method->request, info, 0) && (info & KOS_INFO_ERROR) == 0 &&
                          expected_entry(2, destination, riid, mid).memory_request == info;
            }
            assert_true(entry->memory_request != info || granted);
            assert_true(entry->request != info || (granted && in_registers(&method->request)));
            assert_true((entry->response != info && entry->memory_response != info) || method != nullptr);
        }
    }
}

static void the_kernels_own_methods_have_tables_too(void **state)
{
    (void)state;
    const struct ksm_pair *pair = ksm_pair_get(3, KSM_CLASS_CORE);
    u32 spoken = 0;
    for (u32 riid = 0; riid < KOS_CORE_RIIDS; riid++)
        for (u32 mid = 0; mid < ksm_core_endpoints[riid].interface->method_count; mid++)
            ksm_pair_learn(pair, KOS_INFO(riid, mid, 0, 0));
    for (u32 riid = 0; riid < KOS_CORE_RIIDS; riid++)
        for (u32 mid = 0; mid < ksm_core_endpoints[riid].interface->method_count; mid++)
            spoken += ksm_entry_speaks(ksm_entry(pair, KOS_INFO(riid, mid, 0, 0)), KOS_INFO(riid, mid, 0, 0));
    assert_true(spoken > KOS_CORE_INDEXES / 4);
    u32 methods_of_all = 0;
    for (u32 riid = 0; riid < KOS_CORE_RIIDS; riid++)
        methods_of_all += ksm_core_endpoints[riid].interface->method_count;
    assert_int_equal(methods_of_all, KOS_CORE_INDEXES);
}

static void without_memory_there_is_no_pair_and_nothing_is_lost(void **state)
{
    (void)state;
    static paddr hoard[16384];
    u32 count = 0;
    policy.class_count = CLASSES + 1; /* a class of which there is no pair yet */
    static struct ksm_class more[CLASSES + 1];
    memcpy(more, classes, sizeof(classes));
    more[CLASSES] = more[5];
    policy.classes = more;
    for (paddr page; (page = page_allocate(0)) != PADDR_NONE;)
        hoard[count++] = page;
    assert_null(ksm_pair_get(3, CLASSES));
    assert_int_equal(page_count_free(), 0);
    assert_non_null(ksm_pair_get(3, 5)); /* what there is stays */
    while (count > 0)
        page_free(hoard[--count], 0);
    assert_non_null(ksm_pair_get(3, CLASSES));
}

int main(void)
{
#define test(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        test(a_policy_must_be_whole),
        test(shapes),
        test(descriptors_up_to_the_last_byte),
        test(classes_and_endpoints_by_name),
        test(methods_by_number),
        test(only_a_grant_grants),
        test(rules_of_a_table_apply_together),
        test(tables_hold_exactly_the_constant_grants),
        test(no_other_info_word_is_granted),
        test(the_kernels_own_methods_have_tables_too),
        test(without_memory_there_is_no_pair_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, machine_setup, nullptr);
}
