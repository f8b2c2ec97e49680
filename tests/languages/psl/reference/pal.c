/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <tests/languages/psl/reference/pal.h>

#define KERNEL_SID 1U

struct variable {
    const char *name;
    uint32_t sid;
};

struct run {
    struct psl_policy *policy;
    struct interpreter *reference;
    struct variable variables[256];
    unsigned variable_count;
    uint32_t next_sid;
    struct text rules, entered; /* of the case at hand: rules, bindings that apply */
    unsigned failures;
};

static uint32_t find_variable(void *context, const char *name)
{
    const struct run *run = context;
    for (unsigned i = run->variable_count; i-- > 0;)
        if (strcmp(run->variables[i].name, name) == 0)
            return run->variables[i].sid;
    return 0;
}

static void note_rule(void *context, const struct psl_expression *call, bool granted)
{
    struct run *run = context;
    struct line_column place = source_line_column(call->at.source, call->at.offset);
    text_add(&run->rules, "    %s:%u:%u: %.*s: %s\n", call->at.source->path, place.line, place.column,
             (int)call->at.length, call->at.source->text + call->at.offset, granted ? "granted" : "denied");
}

static void note_binding(void *context, struct location at)
{
    struct run *run = context;
    struct line_column place = source_line_column(at.source, at.offset);
    text_add(&run->entered, "    %s:%u:%u: this binding applies, but no rule in it does\n", at.source->path, place.line,
             place.column);
}

static bool decide(struct run *run, const struct psl_test_case *test, struct pool *pool)
{
    struct reference_event event = {.event = test->event,
                                    .source = test->source_class,
                                    .destination = test->destination_class,
                                    .endpoint = test->endpoint,
                                    .method = test->method};
    const struct name *from = &test->selectors.values[PSL_SELECT_SRC], *to = &test->selectors.values[PSL_SELECT_DST];
    event.source_sid = from->text != nullptr ? find_variable(run, from->text) : KERNEL_SID;
    if (test->event == PSL_EXECUTE) {
        bool kernel = test->destination_class->index == PSL_CLASS_CORE;
        event.destination_sid = kernel ? KERNEL_SID : run->next_sid++;
        if (test->variable.text != nullptr && run->variable_count < 256)
            run->variables[run->variable_count++] = (struct variable){test->variable.text, event.destination_sid};
        event.message = (struct value){.kind = VALUE_RECORD};
    } else {
        event.destination_sid = to->text != nullptr ? find_variable(run, to->text) : 0;
        event.message = reference_message(pool, test, find_variable, run);
    }
    return reference_decide(run->reference, &event);
}

static bool run_case(struct run *run, const struct psl_test_case *test, const char *title)
{
    struct pool pool = {0};
    bool granted = decide(run, test, &pool);
    pool_free(&pool);
    bool passed = test->expectation == PSL_EXPECT_ANY || granted == (test->expectation == PSL_EXPECT_GRANT);
    if (!passed) {
        struct line_column place = source_line_column(test->at.source, test->at.offset);
        printf("%s:%u:%u: %s%s%s%s: expected %s, got %s\n%s", test->at.source->path, place.line, place.column, title,
               test->name.text != nullptr ? " \"" : "", test->name.text != nullptr ? test->name.text : "",
               test->name.text != nullptr ? "\"" : "", granted ? "deny" : "grant", granted ? "grant" : "deny",
               run->rules.bytes != nullptr && run->rules.length != 0 ? run->rules.bytes : "    no rule was called\n");
        run->failures++;
    }
    run->rules.length = 0;
    return passed;
}

static void run_cases(struct run *run, const struct psl_test_cases *cases, const char *title)
{
    for (const struct psl_test_case *test = cases->first; test != nullptr; test = test->next)
        run_case(run, test, title);
}

void reference_run_last(struct psl_policy *policy, const struct psl_sequence *sequence)
{
    struct run run = {.policy = policy, .reference = reference_make(policy), .next_sid = KERNEL_SID + 1};
    struct pool pool = {0};
    run.reference->trace = note_rule;
    run.reference->entered = note_binding;
    run.reference->trace_context = &run;
    for (const struct psl_test_case *test = sequence->cases.first; test != nullptr; test = test->next) {
        run.rules.length = 0;
        run.entered.length = 0;
        bool granted = decide(&run, test, &pool);
        if (test->next != nullptr)
            continue;
        if (run.rules.length != 0)
            printf("%s", run.rules.bytes);
        else
            printf("    no rule was called\n%s", run.entered.length != 0 ? run.entered.bytes : "");
        puts(granted ? "granted" : "denied");
    }
    text_free(&run.entered);
    pool_free(&pool);
    reference_free(run.reference);
    text_free(&run.rules);
}

unsigned reference_run_tests(struct psl_policy *policy, unsigned *count)
{
    unsigned failures = 0;
    *count = 0;
    for (const struct psl_test_set *set = policy->declarations.tests; set != nullptr; set = set->next) {
        for (const struct psl_sequence *sequence = set->sequences; sequence != nullptr; sequence = sequence->next) {
            struct run run = {.policy = policy, .reference = reference_make(policy), .next_sid = KERNEL_SID + 1};
            const char *title =
                pool_print(policy->pool, "%s / %s", set->name.text != nullptr ? set->name.text : "assert",
                           sequence->name.text != nullptr ? sequence->name.text : "sequence");
            run.reference->trace = note_rule;
            run.reference->trace_context = &run;
            run_cases(&run, &set->setup, title);
            run_cases(&run, &sequence->cases, title);
            run_cases(&run, &set->finally, title);
            reference_free(run.reference);
            text_free(&run.rules);
            failures += run.failures != 0;
            ++*count;
        }
    }
    return failures;
}
