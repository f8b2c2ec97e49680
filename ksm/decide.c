/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions off the fast path: constant, cached, or evaluated. */
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <ksm/ksm.h>

#define NEEDS        (KSM_READS_MESSAGE | KSM_READS_ARENA | KSM_READS_HANDLES)
#define NEVER_CACHED (NEEDS | KSM_CHANGES_STATE | KSM_AUDITED)

static void remember(const struct ksm_query *query, const struct ksm_plan *plan, enum ksm_verdict verdict,
                     const struct ksm_seen *seen)
{
    const struct ksm_cache_entry entry = {.seen = *seen,
                                          .decision = plan->decision,
                                          .needs = (u16)plan->needs,
                                          .cacheable = plan->cacheable,
                                          .verdict = (u8)verdict};
    ksm_cache_add(&ksm_cpu_self()->cache, query->event, ksm_cache_key(query), &entry);
}

/* What the policy says to an event that is not in the cache. */
[[gnu::noinline]] static void describe(struct ksm_plan *plan, const struct ksm_query *query)
{
    struct ksm_descriptor descriptor = ksm_policy_now()->describe(query->event, query->source_class,
                                                                  query->destination_class, query->riid, query->mid);
    const struct ksm_decision *decision = descriptor.decision;
    *plan = (struct ksm_plan){.verdict = KSM_EVALUATE};
    if (decision != nullptr && decision->evaluate != nullptr) { /* also to record what is constant */
        plan->decision = decision;
        plan->needs = decision->flags & NEEDS;
        plan->cacheable = (decision->flags & NEVER_CACHED) == 0 && decision->object_count <= KSM_SEEN_MAX;
    } else if (descriptor.verdict == KSM_EVALUATE && descriptor.evaluate != nullptr) {
        plan->evaluate = descriptor.evaluate;
        plan->needs = KSM_READS_MESSAGE;
        return;
    } else {
        plan->verdict = descriptor.verdict == KSM_GRANT ? KSM_GRANT : KSM_DENY;
    }
    struct ksm_seen seen;
    if (ksm_plan_known(plan))
        ksm_seen_nothing(&seen);
    else
        ksm_seen_never(&seen);
    remember(query, plan, plan->verdict, &seen);
}

/* Of an entry whose verdict is not, or no longer, known. */
[[gnu::noinline]] static void plan_from(struct ksm_plan *plan, const struct ksm_query *query,
                                        const struct ksm_cache_entry *entry)
{
    if (unlikely(entry == nullptr || entry->verdict == KSM_NO_RULE)) {
        describe(plan, query);
        return;
    }
    plan->verdict = KSM_EVALUATE;
    plan->needs = entry->needs;
    plan->cacheable = entry->cacheable;
    plan->decision = entry->decision;
}

void ksm_plan_make(struct ksm_plan *plan, const struct ksm_query *query)
{
    const struct ksm_cache_entry *entry = ksm_cache_find(&ksm_cpu_self()->cache, query->event, ksm_cache_key(query));
    if (unlikely(entry == nullptr || !ksm_seen_now(&entry->seen))) {
        plan_from(plan, query, entry);
        return;
    }
    plan->verdict = (enum ksm_verdict)entry->verdict;
    plan->needs = 0;
}

[[gnu::noinline]] static bool evaluate_and_remember(const struct ksm_plan *plan, const struct ksm_query *query)
{
    struct ksm_seen seen;
    bool granted = ksm_transaction_run(query, plan->decision, &seen);
    remember(query, plan, granted ? KSM_GRANT : KSM_DENY, &seen);
    return granted;
}

static bool evaluate(const struct ksm_plan *plan, const struct ksm_query *query)
{
    if (plan->cacheable)
        return evaluate_and_remember(plan, query);
    return likely(plan->decision != nullptr) ? ksm_transaction_run(query, plan->decision, nullptr)
                                             : plan->evaluate(query);
}

retcode ksm_plan_evaluate(const struct ksm_plan *plan, const struct ksm_query *query)
{
    if (likely(plan->verdict == KSM_EVALUATE))
        return evaluate(plan, query) ? rcOk : rcSecurityDisallow;
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
                              .source_class = (u16)source_class,
                              .destination_class = (u16)destination_class,
                              .source_sid = source_sid,
                              .destination_sid = destination_sid};
    return ksm_decide(&query);
}
