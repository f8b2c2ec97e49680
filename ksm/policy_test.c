/* SPDX-License-Identifier: Apache-2.0 */
#include <ksm/decision_table.h>
#include <ksm/models/models.h>
#include <ksm/policy_test.h>

#define CONSTANT_MAX 4096U
#define ARENA_MAX    65536U
#define HANDLES_MAX  128U

struct run {
    u32 sids[KSM_TEST_VARIABLES];
    u32 next_sid;
};

/* The case's message with the SIDs of this run; one test at a time. */
static alignas(16) u8 constant_part[CONSTANT_MAX], arena[ARENA_MAX];
static u32 handle_sids[HANDLES_MAX];

static bool fill_message(const struct run *run, const struct ksm_test_case *test_case)
{
    if (test_case->constant_size > CONSTANT_MAX || test_case->arena_size > ARENA_MAX ||
        test_case->handle_count > HANDLES_MAX)
        return false;
    memcpy(constant_part, test_case->constant_part, test_case->constant_size);
    memcpy(arena, test_case->arena, test_case->arena_size);
    memset(handle_sids, 0, sizeof(handle_sids));
    for (u32 i = 0; i < test_case->sid_count; i++) {
        const struct ksm_test_sid *sid = &test_case->sids[i];
        u64 value = sid->variable != 0 ? run->sids[sid->variable] : sid->value;
        if (sid->where == KSM_TEST_HANDLE)
            handle_sids[sid->place] = (u32)value;
        else
            memcpy((sid->where == KSM_TEST_ARENA ? arena : constant_part) + sid->place, &value, sid->size);
    }
    return true;
}

/* The shape of the case's message; null if the policy has no such method. */
static const struct ksm_shape *shape_of(const struct ksm_test_case *test_case)
{
    bool request = test_case->event == KSM_REQUEST, security = test_case->event == KSM_SECURITY;
    const struct ksm_class *class =
        &ksm_policy->classes[request ? test_case->destination_class : test_case->source_class];
    const struct ksm_endpoint *endpoints = security ? class->security : class->endpoints;
    if (test_case->riid >= (security ? class->security_count : class->endpoint_count) ||
        test_case->mid >= endpoints[test_case->riid].interface->method_count)
        return nullptr;
    const struct ksm_method *method = &endpoints[test_case->riid].interface->methods[test_case->mid];
    return test_case->event == KSM_RESPONSE ? &method->response
           : test_case->event == KSM_ERROR  ? &method->error
                                            : &method->request;
}

/* What the decision says that it reads, as from the kernel: of the rest there is nothing. */
static bool evaluate(const struct ksm_query *query, const struct ksm_decision *decision)
{
    static const u32 no_sids[HANDLES_MAX];
    struct ksm_query given = *query;
    struct ksm_transaction transaction;
    if ((decision->flags & KSM_READS_ARENA) == 0)
        given.arena = nullptr;
    if ((decision->flags & KSM_READS_HANDLES) == 0)
        given.sids = no_sids;
    ksm_transaction_begin(&transaction, &given, decision);
    bool granted = decision->evaluate(&transaction);
    ksm_transaction_end(&transaction, granted);
    return granted;
}

static enum ksm_test_result decide(struct run *run, const struct ksm_test_case *test_case)
{
    struct ksm_arena flat = ksm_arena_flat(arena, test_case->arena_size);
    struct ksm_query query = {.event = test_case->event,
                              .source_class = (u16)test_case->source_class,
                              .destination_class = (u16)test_case->destination_class,
                              .source_sid = test_case->source != 0 ? run->sids[test_case->source] : KSM_TEST_KERNEL_SID,
                              .riid = (u16)test_case->riid,
                              .mid = (u16)test_case->mid,
                              .constant_part = constant_part,
                              .constant_size = test_case->constant_size,
                              .arena = &flat,
                              .sids = handle_sids};
    if (test_case->event == KSM_EXECUTE) {
        bool kernel = test_case->destination_class == KSM_CLASS_CORE;
        query.destination_sid = kernel ? KSM_TEST_KERNEL_SID : run->next_sid++;
        if (test_case->destination != 0)
            run->sids[test_case->destination] = query.destination_sid;
    } else {
        const struct ksm_shape *shape = shape_of(test_case);
        query.destination_sid = test_case->event != KSM_SECURITY ? run->sids[test_case->destination] : 0;
        if (!fill_message(run, test_case) || shape == nullptr || shape->size == 0 ||
            !ksm_message_fits(shape, constant_part, &flat))
            return KSM_TEST_ERROR;
    }
    const struct ksm_decision *decision =
        ksm_policy->describe(query.event, query.source_class, query.destination_class, query.riid, query.mid).decision;
    if (decision == nullptr)
        return KSM_TEST_ERROR;
    bool granted = decision->verdict == KSM_GRANT;
    if (decision->evaluate != nullptr)
        granted = evaluate(&query, decision);
    return granted ? KSM_TEST_GRANTED : KSM_TEST_DENIED;
}

bool ksm_test_run(const struct ksm_test *test, ksm_test_report *report, void *context)
{
    struct run run = {.sids = {KSM_TEST_KERNEL_SID}, .next_sid = KSM_TEST_KERNEL_SID + 1};
    bool passed = true;
    ksm_models_reset();
    for (u32 part = 0; part < array_length(test->parts); part++) {
        for (u32 i = 0; i < test->parts[part].count; i++) {
            const struct ksm_test_case *test_case = &test->parts[part].list[i];
            enum ksm_test_result result = decide(&run, test_case);
            passed &= ksm_test_passed(test_case, result);
            report(context, test, test_case, result);
        }
    }
    ksm_models_reset();
    return passed;
}
