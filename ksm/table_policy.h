/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy written by hand as a table of rules, against the interface of ksm/policy.h. As in PSL: all rules whose
 * selectors match an event apply together; it is granted if at least one applies and none denies. Included by a
 * solution's policy.c, once.
 *
 *   static const struct ksm_class classes[] = {KSM_CORE_CLASS, {.name = "Einit"}, ...};
 *   static const struct ksm_rule rules[] = {{KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
 * ...}; KSM_TABLE_POLICY(classes, rules)
 */
#pragma once
#include <abi/core_methods.h>
#include <ksm/policy.h>

#define KSM_ANY (~0U)

struct ksm_rule {
    enum ksm_event event;
    u32 source_class, destination_class, riid, mid; /* KSM_ANY matches all */
    enum ksm_verdict verdict;
    bool (*evaluate)(const struct ksm_query *query);
};

#define KSM_CORE_CLASS {.name = "kl.core.Core", .endpoints = ksm_core_endpoints, .endpoint_count = KOS_CORE_RIIDS}

/* The event first, for it takes one compare; then the method, which tells most rules apart. */
static inline bool ksm_rule_matches(const struct ksm_rule *rule, enum ksm_event event, u32 source, u32 destination,
                                    u32 riid, u32 mid)
{
    return rule->event == event && (rule->mid == mid || rule->mid == KSM_ANY) &&
           (rule->destination_class == destination || rule->destination_class == KSM_ANY) &&
           (rule->source_class == source || rule->source_class == KSM_ANY) &&
           (rule->riid == riid || rule->riid == KSM_ANY);
}

/* Of several rules that evaluate, only one may apply to an event here: the compiler will emit a combined function. */
static inline struct ksm_descriptor ksm_table_describe(const struct ksm_rule *rules, u32 count, enum ksm_event event,
                                                       u32 source, u32 destination, u32 riid, u32 mid)
{
    struct ksm_descriptor descriptor = {.verdict = KSM_NO_RULE};
    for (u32 i = 0; i < count; i++) {
        const struct ksm_rule *rule = &rules[i];
        if (!ksm_rule_matches(rule, event, source, destination, riid, mid))
            continue;
        if (rule->verdict == KSM_DENY)
            return (struct ksm_descriptor){.verdict = KSM_DENY};
        if (rule->verdict > descriptor.verdict)
            descriptor = (struct ksm_descriptor){.verdict = rule->verdict, .evaluate = rule->evaluate};
    }
    return descriptor;
}

/* A table is walked rule by rule, without a pause: some ten instructions each. */
#define KSM_TABLE_RULES_MAX 96U

#define KSM_TABLE_POLICY(classes_, rules_)                                                                             \
    static_assert(array_length(rules_) <= KSM_TABLE_RULES_MAX, "too many rules for a table: write it in PSL");         \
    static struct ksm_descriptor describe(enum ksm_event event, u32 source_class, u32 destination_class, u32 riid,     \
                                          u32 mid)                                                                     \
    {                                                                                                                  \
        return ksm_table_describe(rules_, array_length(rules_), event, source_class, destination_class, riid, mid);    \
    }                                                                                                                  \
    static const struct ksm_policy policy = {.version = KSM_POLICY_VERSION,                                            \
                                             .classes = classes_,                                                      \
                                             .class_count = array_length(classes_),                                    \
                                             .describe = describe};                                                    \
    const struct ksm_policy *const ksm_policy = &policy;
