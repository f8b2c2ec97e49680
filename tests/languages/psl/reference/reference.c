/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/reference/reference.h>

struct run {
    struct interpreter *reference;
    const struct reference_event *event;
    unsigned called, denied;
};

static bool names(struct name selector, const char *name)
{
    return selector.text == nullptr || (name != nullptr && strcmp(selector.text, name) == 0);
}

static bool in_component(struct name selector, const struct psl_endpoint *endpoint)
{
    if (selector.text == nullptr)
        return true;
    for (unsigned i = 0; endpoint != nullptr && i < endpoint->component_count; i++)
        if (strcmp(endpoint->components[i]->name.text, selector.text) == 0)
            return true;
    return false;
}

static bool selected(const struct psl_selectors *selectors, const struct reference_event *event)
{
    bool execute = event->event == PSL_EXECUTE;
    return names(selectors->values[PSL_SELECT_SRC], event->source->name) &&
           names(selectors->values[PSL_SELECT_DST],
                 event->destination != nullptr ? event->destination->name : nullptr) &&
           names(selectors->values[PSL_SELECT_INTERFACE],
                 execute ? "kl.core.Execute" : event->endpoint->interface->name.text) &&
           names(selectors->values[PSL_SELECT_ENDPOINT], execute ? nullptr : event->endpoint->name) &&
           names(selectors->values[PSL_SELECT_METHOD], execute ? "main" : event->method->name.text) &&
           in_component(selectors->values[PSL_SELECT_COMPONENT], event->endpoint);
}

static void run_body(struct run *run, const struct psl_body *body);

static void run_call(struct run *run, const struct psl_expression *call)
{
    struct value arguments[PSL_FIELDS_MAX];
    unsigned count = call->callee->want != PSL_WANT_NOTHING ? 1 : psl_method_field_count(call->callee);
    bool granted = true;
    for (unsigned i = 0; i < count && granted; i++)
        granted = reference_evaluate(run->reference, run->event, call->arguments[i], &arguments[i]);
    granted = granted && reference_rule(run->reference, call, arguments);
    run->called++;
    run->denied += !granted;
    if (run->reference->trace != nullptr)
        run->reference->trace(run->reference->trace_context, call, granted);
}

static bool chosen(struct run *run, const struct psl_expression *on, const struct value *value,
                   const struct psl_expression *condition)
{
    struct value wanted;
    struct reference_level a, b;
    if (condition->operation == PSL_OTHERWISE)
        return false;
    if (on->operation == PSL_CALL && on->callee->id == PSL_REGEX_SELECT)
        return reference_match(condition->text, false, value->text, value->length);
    if (!reference_evaluate(run->reference, run->event, condition, &wanted))
        return false;
    if (on->operation == PSL_CALL && on->callee->id == PSL_MIC_QUERY_LEVEL)
        return reference_level(on->callee_object, value, &a) && reference_level(on->callee_object, &wanted, &b) &&
               a.degree == b.degree && a.categories == b.categories;
    return reference_equal(value, &wanted);
}

/* That all values of a tuple are what the conditions in brackets want. */
static bool all_chosen(struct run *run, const struct psl_expression *tuple, const struct value *values,
                       const struct psl_expression *condition)
{
    const struct psl_item *wanted = condition->items.first;
    if (condition->operation == PSL_OTHERWISE)
        return false;
    for (const struct psl_item *item = tuple->items.first; item != nullptr;
         item = item->next, wanted = wanted->next, values++)
        if (wanted->value->operation != PSL_OTHERWISE && !chosen(run, item->value, values, wanted->value))
            return false;
    return true;
}

/* The one value that a choice is on, or those of its tuple. */
static bool evaluate_chosen(struct run *run, const struct psl_expression *e, struct value *values)
{
    if (e->operation != PSL_LIST)
        return reference_evaluate(run->reference, run->event, e, values);
    for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next)
        if (!reference_evaluate(run->reference, run->event, item->value, values++))
            return false;
    return true;
}

static void run_choice(struct run *run, const struct psl_statement *choice)
{
    const struct psl_expression *e = choice->expression;
    struct value values[e->items.count + 1];
    if (!evaluate_chosen(run, e, values)) {
        run->denied++;
        return;
    }
    const struct psl_case *taken = nullptr, *otherwise = nullptr;
    for (const struct psl_case *branch = choice->cases; branch != nullptr && taken == nullptr; branch = branch->next) {
        if (e->operation == PSL_LIST ? all_chosen(run, e, values, branch->condition)
                                     : chosen(run, e, values, branch->condition))
            taken = branch;
        if (branch->condition->operation == PSL_OTHERWISE)
            otherwise = branch;
    }
    taken = taken != nullptr ? taken : otherwise;
    if (taken != nullptr)
        run_body(run, &taken->body);
}

static void run_body(struct run *run, const struct psl_body *body)
{
    for (const struct psl_statement *s = body->first; s != nullptr; s = s->next) {
        if (s->kind == PSL_STATEMENT_CALL)
            run_call(run, s->expression);
        else if (s->kind == PSL_STATEMENT_CHOICE)
            run_choice(run, s);
        else if (selected(&s->selectors, run->event))
            run_body(run, &s->body);
    }
}

bool reference_decide(struct interpreter *reference, const struct reference_event *event)
{
    struct run run = {.reference = reference, .event = event};
    struct interpreter *before = reference_save(reference);
    const struct psl_binding *last = nullptr;
    struct pool pool = {0};
    reference->event_pool = &pool;
    for (;;) { /* the next binding in source order */
        const struct psl_binding *next = nullptr;
        for (const struct psl_binding *b = reference->policy->declarations.bindings; b != nullptr; b = b->next)
            if ((last == nullptr || psl_policy_order(reference->policy, b->at, last->at) > 0) &&
                (next == nullptr || psl_policy_order(reference->policy, b->at, next->at) < 0))
                next = b;
        if (next == nullptr)
            break;
        if (next->event == event->event && selected(&next->selectors, event))
            run_body(&run, &next->body);
        last = next;
    }
    bool granted = run.called != 0 && run.denied == 0;
    reference->no_rule = run.called == 0 && run.denied == 0;
    if (granted)
        reference_free(before);
    else
        reference_restore(reference, before);
    reference->event_pool = nullptr;
    pool_free(&pool);
    return granted;
}

struct interpreter *reference_make(struct psl_policy *policy)
{
    struct interpreter *made = calloc(1, sizeof(*made));
    made->policy = policy;
    const struct psl_expression *level = policy->declarations.default_level;
    made->audit_level = level != nullptr ? (uint32_t)level->number : 0;
    return made;
}

static void drop_contexts(struct interpreter *reference)
{
    for (size_t i = 0; i < reference->count; i++)
        free(reference->contexts[i].bytes);
    free(reference->contexts);
}

void reference_free(struct interpreter *reference)
{
    drop_contexts(reference);
    free(reference);
}

struct interpreter *reference_save(const struct interpreter *reference)
{
    struct interpreter *saved = malloc(sizeof(*saved));
    *saved = *reference;
    saved->room = reference->count;
    saved->contexts = reference->count != 0 ? malloc(sizeof(*saved->contexts) * saved->count) : nullptr;
    for (size_t i = 0; i < saved->count; i++) {
        saved->contexts[i] = reference->contexts[i];
        saved->contexts[i].bytes = malloc(saved->contexts[i].size);
        memcpy(saved->contexts[i].bytes, reference->contexts[i].bytes, saved->contexts[i].size);
    }
    return saved;
}

void reference_restore(struct interpreter *reference, struct interpreter *saved)
{
    drop_contexts(reference);
    reference->contexts = saved->contexts;
    reference->count = saved->count;
    reference->room = saved->room;
    reference->audit_level = saved->audit_level;
    free(saved);
}
