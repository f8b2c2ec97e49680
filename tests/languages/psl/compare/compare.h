/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <ksm/message.h>
#include <tests/languages/psl/compare/host.h>
#include <tests/languages/psl/compare/random.h>

struct compare {
    struct psl_policy policy;
    struct interpreter *interpreter;
    const struct ksm_policy *module;
    struct random random;
    uint64_t seed;
    unsigned number, granted, verdicts[4];
    struct reference_event event;
    bool audited; /* the default profile is "full": every rule of an object with audit is recorded */
    /* rules that the interpreter called for this event */
    struct {
        const struct psl_expression *call;
        bool granted;
    } trace[1024];
    unsigned traced;
};

[[noreturn]] void compare_fail(struct compare *compare, const char *what);
/* The query of an event for a decision: what that says it does not read is not there. */
void compare_query(struct ksm_query *query, const struct reference_event *event, const struct encoded *message,
                   const struct ksm_arena *arena, const struct ksm_decision *decision);
/* A random event: compare->event, and its message as bytes. The shape that the message must fit, or null. */
const struct ksm_shape *compare_make_event(struct compare *compare, struct pool *pool, struct encoded *message);
bool compare_context(const struct reference_context *context, const struct host_context *twin);
void compare_trace(void *compare, const struct psl_expression *call, bool granted);
/* The module recorded the rules that the interpreter called, with their places and results. */
void compare_audit(struct compare *compare);
