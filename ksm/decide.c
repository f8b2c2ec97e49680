/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions off the fast path: constant, cached, or evaluated. */
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <ksm/ksm.h>

#define NEEDS        (KSM_READS_MESSAGE | KSM_READS_ARENA | KSM_READS_HANDLES)
#define NEVER_CACHED (NEEDS | KSM_CHANGES_STATE | KSM_AUDITED)

static struct ksm_cache_entry *find(const struct ksm_query *query)
{
    return ksm_cache_find(&ksm_cpu_self()->cache, query->event, ksm_cache_key(query));
}

/* Evaluated with pauses. What a rule written by hand costs nobody knows. */
static u32 long_of(const struct ksm_decision *decision, u32 needs)
{
    return needs != 0 && (decision->flags & KSM_CHANGES_STATE) == 0 && decision->cost > KSM_COST_LONG ? KSM_LONG : 0;
}

/* What the policy says to an event that is not in the cache. */
[[gnu::noinline]] static void describe(struct ksm_plan *plan, const struct ksm_query *query)
{
    struct ksm_descriptor descriptor = ksm_policy_now()->describe(query->event, query->source_class,
                                                                  query->destination_class, query->riid, query->mid);
    const struct ksm_decision *decision = descriptor.decision;
    struct ksm_cache_entry entry = {};
    ksm_seen_nothing(&entry.seen);
    *plan = (struct ksm_plan){.verdict = KSM_EVALUATE};
    if (decision != nullptr && decision->evaluate != nullptr) { /* also to record what is constant */
        plan->decision = decision;
        plan->needs = decision->flags & NEEDS;
        plan->needs |= long_of(decision, plan->needs);
        plan->cacheable = (decision->flags & NEVER_CACHED) == 0 && decision->object_count <= KSM_SEEN_MAX;
        if (plan->cacheable)
            ksm_seen_watch(&entry.seen, decision);
    } else if (descriptor.verdict == KSM_EVALUATE && descriptor.evaluate != nullptr) {
        plan->evaluate = descriptor.evaluate;
        plan->needs = KSM_READS_MESSAGE | KSM_LONG;
        return;
    } else {
        plan->verdict = descriptor.verdict == KSM_GRANT ? KSM_GRANT : KSM_DENY;
    }
    entry.decision = plan->decision;
    entry.needs = (u16)plan->needs;
    entry.cacheable = plan->cacheable;
    entry.verdict = plan->cacheable ? KSM_DENY : (u8)plan->verdict; /* one that never is now */
    ksm_cache_add(&ksm_cpu_self()->cache, query->event, ksm_cache_key(query), &entry);
}

void ksm_plan_make(struct ksm_plan *plan, const struct ksm_query *query)
{
    const struct ksm_cache_entry *entry = find(query);
    if (unlikely(entry == nullptr || entry->verdict == KSM_NO_RULE)) {
        describe(plan, query);
        return;
    }
    plan->verdict = likely(ksm_seen_now(&entry->seen)) ? (enum ksm_verdict)entry->verdict : KSM_EVALUATE;
    plan->needs = entry->needs;
    plan->cacheable = entry->cacheable;
    plan->decision = entry->decision;
}

/* That is recorded each time, so what was seen is made what never is now: the entry is this event's, and not looked at
 * before it ends. */
void ksm_audit_no_rule(struct ksm_transaction *transaction)
{
    struct ksm_cache_entry *entry = find(transaction->query);
    if (entry != nullptr)
        entry->seen.values[0] = ~0ULL;
    transaction->audit_count |= KSM_AUDIT_NONE_CALLED;
}

/* Nothing else is decided on this CPU meanwhile: the entry stays this event's. */
static retcode evaluate_and_remember(const struct ksm_query *query, struct ksm_cache_entry *entry)
{
    retcode code = ksm_transaction_run(query, entry->decision, &entry->seen);
    entry->verdict = code == rcOk ? KSM_GRANT : KSM_DENY;
    return code;
}

static retcode evaluate(const struct ksm_plan *plan, const struct ksm_query *query)
{
    if (unlikely(plan->decision == nullptr))
        return plan->evaluate(query) ? rcOk : rcSecurityDisallow;
    struct ksm_cache_entry *entry = plan->cacheable ? find(query) : nullptr;
    return entry != nullptr ? evaluate_and_remember(query, entry) : ksm_transaction_run(query, plan->decision, nullptr);
}

[[gnu::noinline]] static retcode denied(const struct ksm_query *query)
{
    ksm_audit_denied(query);
    return rcSecurityDisallow;
}

retcode ksm_plan_evaluate(const struct ksm_plan *plan, const struct ksm_query *query)
{
    return likely(plan->verdict == KSM_EVALUATE) ? evaluate(plan, query) : denied(query);
}

/* ksm_decide, of an event that is not in the cache; of one whose verdict is not, or no longer, known. */
[[gnu::noinline]] static retcode decide_new(const struct ksm_query *query)
{
    struct ksm_plan plan;
    describe(&plan, query);
    return ksm_plan_decide(&plan, query);
}
[[gnu::noinline]] static retcode decide_again(const struct ksm_query *query, struct ksm_cache_entry *entry)
{
    return evaluate_and_remember(query, entry);
}
[[gnu::noinline]] static retcode decide_denied(const struct ksm_query *query, struct ksm_cache_entry *entry)
{
    if (entry->verdict == KSM_NO_RULE)
        return decide_new(query);
    return ksm_seen_now(&entry->seen) ? denied(query) : decide_again(query, entry);
}

/* As ksm_plan_make and ksm_plan_decide do, but shorter. */
retcode ksm_decide(const struct ksm_query *query)
{
    struct ksm_cache_entry *entry = find(query);
    if (unlikely(entry == nullptr))
        return decide_new(query);
    if (likely(entry->verdict == KSM_GRANT))
        return likely(ksm_seen_now(&entry->seen)) ? rcOk : decide_again(query, entry);
    if (likely(entry->verdict == KSM_EVALUATE))
        return ksm_transaction_run(query, entry->decision, nullptr);
    return decide_denied(query, entry);
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
