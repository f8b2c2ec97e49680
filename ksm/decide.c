/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions off the fast path: constant, cached, or evaluated. */
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <ksm/ksm.h>

#define NEEDS        (KSM_READS_MESSAGE | KSM_READS_ARENA | KSM_READS_HANDLES)
#define NEVER_CACHED (NEEDS | KSM_CHANGES_STATE | KSM_AUDITED)

static void describe(struct ksm_plan *plan, const struct ksm_query *query)
{
    plan->descriptor = ksm_policy_now()->describe(query->event, query->source_class, query->destination_class,
                                                  query->riid, query->mid);
    const struct ksm_descriptor *descriptor = &plan->descriptor;
    const struct ksm_decision *decision = descriptor->decision;
    if (decision != nullptr && decision->evaluate != nullptr) { /* also to record what is constant */
        plan->verdict = KSM_EVALUATE;
        plan->needs = decision->flags & NEEDS;
        plan->cacheable &= (decision->flags & NEVER_CACHED) == 0 && decision->object_count <= KSM_SEEN_MAX;
    } else if (descriptor->verdict == KSM_EVALUATE && descriptor->evaluate != nullptr) {
        plan->verdict = KSM_EVALUATE;
        plan->needs = KSM_READS_MESSAGE;
        plan->cacheable = false;
    } else {
        plan->verdict = descriptor->verdict == KSM_GRANT ? KSM_GRANT : KSM_DENY;
        plan->needs = 0;
    }
}

void ksm_plan_make(struct ksm_plan *plan, const struct ksm_query *query)
{
    plan->cacheable = ksm_cache_key(query, &plan->event, &plan->sids);
    struct ksm_cache *cache = &ksm_cpu_self()->cache;
    plan->verdict = plan->cacheable ? ksm_cache_find(cache, plan->event, plan->sids) : KSM_NO_RULE;
    plan->needs = 0;
    if (likely(plan->verdict != KSM_NO_RULE))
        return;
    describe(plan, query);
    if (plan->verdict == KSM_EVALUATE || !plan->cacheable)
        return;
    struct ksm_seen seen;
    ksm_seen_nothing(&seen);
    ksm_cache_add(cache, plan->event, plan->sids, plan->verdict, &seen);
}

static bool evaluate(const struct ksm_plan *plan, const struct ksm_query *query)
{
    const struct ksm_decision *decision = plan->descriptor.decision;
    if (decision == nullptr)
        return plan->descriptor.evaluate(query);
    struct ksm_seen seen;
    bool granted = ksm_transaction_run(query, decision, plan->cacheable ? &seen : nullptr);
    if (plan->cacheable)
        ksm_cache_add(&ksm_cpu_self()->cache, plan->event, plan->sids, granted ? KSM_GRANT : KSM_DENY, &seen);
    return granted;
}

retcode ksm_plan_decide(const struct ksm_plan *plan, const struct ksm_query *query)
{
    if (plan->verdict == KSM_EVALUATE)
        return evaluate(plan, query) ? rcOk : rcSecurityDisallow;
    if (likely(plan->verdict == KSM_GRANT))
        return rcOk;
    ksm_audit_denied(query);
    return rcSecurityDisallow;
}

retcode ksm_decide(const struct ksm_query *query)
{
    struct ksm_plan plan;
    ksm_plan_make(&plan, query);
    return ksm_plan_decide(&plan, query);
}

retcode ksm_decide_execute(u32 source_class, u32 source_sid, u32 destination_class, u32 destination_sid)
{
    struct ksm_query query = {.event = KSM_EXECUTE,
                              .source_class = source_class,
                              .destination_class = destination_class,
                              .source_sid = source_sid,
                              .destination_sid = destination_sid};
    return ksm_decide(&query);
}
