/* SPDX-License-Identifier: Apache-2.0 */
/* Bindings, sections, choices: their selectors, their calls. */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>

static void check_body(struct psl_check *check, const struct psl_body *body);

static void check_profile(struct psl_policy *policy, struct name name)
{
    if (name.text == nullptr)
        return;
    struct suggestion suggestion = {.wanted = name.text};
    for (const struct psl_profile_declaration *p = policy->declarations.profiles; p != nullptr; p = p->next) {
        if (strcmp(p->name.text, name.text) == 0)
            return;
        suggestion_offer(&suggestion, p->name.text);
    }
    diagnostic_error(policy->diagnostics, name.at, "there is no audit profile '%s'", name.text);
    if (suggestion.nearest != nullptr)
        diagnostic_note(policy->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
}

static void report_unreachable(struct psl_policy *policy, const struct psl_conditions *conditions,
                               const struct psl_selectors *selectors)
{
    bool named = conditions->interface != nullptr || conditions->endpoint != nullptr || conditions->method != nullptr ||
                 conditions->component_count != 0;
    if (conditions->event == PSL_ERROR && !named && conditions->contradiction == nullptr)
        return; /* "error { grant () }" stands in every policy, also where no method has error parameters */
    if (conditions->event == PSL_ERROR && conditions->contradiction == nullptr)
        diagnostic_warning(policy->diagnostics, selectors->at,
                           "no event gets here: no such method has error parameters");
    else if (conditions->contradiction != nullptr)
        diagnostic_warning(policy->diagnostics, selectors->at,
                           "no event gets here: '%s' contradicts the section around this one",
                           conditions->contradiction);
    else
        diagnostic_warning(policy->diagnostics, selectors->at, "no event gets here: no endpoint of the %s fits",
                           psl_server_is_destination(conditions->event) ? "destination" : "source");
}

static void check_section(struct psl_policy *policy, struct psl_conditions conditions,
                          const struct psl_selectors *selectors, const struct psl_body *body)
{
    bool possible = !conditions.broken && psl_conditions_possible(policy, &conditions);
    psl_add_conditions(policy, &conditions, selectors);
    if (possible && !conditions.broken && !psl_conditions_possible(policy, &conditions))
        report_unreachable(policy, &conditions, selectors);
    struct psl_check check = {policy, &conditions};
    check_body(&check, body);
}

/* Two conditions that are the same literal. */
static bool same_condition(const struct psl_expression *a, const struct psl_expression *b)
{
    if (a->operation != b->operation)
        return false;
    if (a->operation == PSL_TEXT)
        return strcmp(a->text, b->text) == 0;
    if (a->operation == PSL_LIST) {
        const struct psl_item *one = a->items.first, *other = b->items.first;
        while (one != nullptr && other != nullptr && same_condition(one->value, other->value)) {
            one = one->next;
            other = other->next;
        }
        return one == nullptr && other == nullptr;
    }
    return a->operation == PSL_OTHERWISE ||
           ((a->operation == PSL_INTEGER || a->operation == PSL_BOOLEAN) && a->number == b->number);
}

static bool is_scalar(const struct psl_type *type)
{
    return psl_is_integer(type) || type->kind == PSL_BOOLEAN_TYPE || psl_fits(&psl_text, type);
}

static bool is_level(const struct psl_expression *e)
{
    return e->operation == PSL_CALL && e->callee != nullptr && e->callee->id == PSL_MIC_QUERY_LEVEL;
}

/* What a choice is on: false if nothing can be said of its conditions. */
static bool check_chosen(struct psl_check *check, struct psl_expression *chosen)
{
    if (chosen->operation == PSL_CALL)
        psl_check_call(check, chosen, false, true);
    else
        psl_check_expression(check, chosen);
    bool usable = is_scalar(chosen->type) || is_level(chosen), tuple = chosen->operation == PSL_LIST;
    for (const struct psl_item *item = chosen->items.first; tuple && item != nullptr; item = item->next)
        usable = (item == chosen->items.first || usable) && is_scalar(item->value->type) && !is_level(item->value);
    if (!usable && chosen->type->kind != PSL_BROKEN_TYPE)
        psl_type_error(
            check, chosen->at,
            "a choice is on a number, Boolean, text or level, or on numbers, Booleans and texts in brackets, "
            "not on a value of type %s",
            psl_type_words(check->policy->pool, chosen->type));
    return usable || chosen->type->kind == PSL_BROKEN_TYPE;
}

static void check_choice(struct psl_check *check, struct psl_statement *choice)
{
    struct psl_expression *chosen = choice->expression;
    bool usable = check_chosen(check, chosen), otherwise = false;
    for (struct psl_case *branch = choice->cases; branch != nullptr; branch = branch->next) {
        if (usable)
            psl_check_condition(check, chosen, branch->condition);
        for (const struct psl_case *other = choice->cases; other != branch; other = other->next) {
            if (!same_condition(other->condition, branch->condition))
                continue;
            psl_type_error(check, branch->at, "a second branch for this condition");
            diagnostic_note(check->policy->diagnostics, other->at, "the first is here");
            break;
        }
        if (otherwise && branch->condition->operation != PSL_OTHERWISE)
            diagnostic_warning(check->policy->diagnostics, branch->at,
                               "this branch stands behind '_'; '_' is for what no branch is for, wherever it stands");
        otherwise |= branch->condition->operation == PSL_OTHERWISE;
        check_body(check, &branch->body);
    }
    if (choice->cases == nullptr && !check->policy->incomplete)
        diagnostic_warning(check->policy->diagnostics, choice->at, "a choice without branches decides nothing");
}

static void check_body(struct psl_check *check, const struct psl_body *body)
{
    check_profile(check->policy, body->audit);
    for (struct psl_statement *statement = body->first; statement != nullptr; statement = statement->next) {
        switch (statement->kind) {
        case PSL_STATEMENT_CALL:
            psl_check_call(check, statement->expression, true, false);
            break;
        case PSL_STATEMENT_MATCH:
            check_section(check->policy, *check->conditions, &statement->selectors, &statement->body);
            break;
        case PSL_STATEMENT_CHOICE:
            check_choice(check, statement);
            break;
        }
    }
}

void psl_check_bindings(struct psl_policy *policy)
{
    for (const struct psl_binding *binding = policy->declarations.bindings; binding != nullptr;
         binding = binding->next) {
        struct psl_conditions conditions = {.event = binding->event};
        check_section(policy, conditions, &binding->selectors, &binding->body);
        if (binding->body.first == nullptr && !policy->incomplete)
            diagnostic_warning(policy->diagnostics, binding->at, "a binding without rules decides nothing");
    }
}

static void check_globals(struct psl_policy *policy)
{
    const struct psl_declarations *d = &policy->declarations;
    if (d->execute_interface.text == nullptr && policy->incomplete)
        ;
    else if (d->execute_interface.text == nullptr)
        diagnostic_error(policy->diagnostics, (struct location){policy->files->source, 0, 0},
                         "the policy does not name its execute interface; expected 'execute: kl.core.Execute'");
    else if (strcmp(d->execute_interface.text, "kl.core.Execute") != 0)
        diagnostic_error(policy->diagnostics, d->execute_interface.at, "the only execute interface is kl.core.Execute");
    check_profile(policy, d->default_profile);
    for (const struct psl_profile_declaration *p = d->profiles; p != nullptr; p = p->next)
        for (const struct psl_profile_declaration *other = d->profiles; other != p; other = other->next)
            if (strcmp(p->name.text, other->name.text) == 0) {
                diagnostic_error(policy->diagnostics, p->name.at, "a second audit profile '%s'", p->name.text);
                diagnostic_note(policy->diagnostics, other->name.at, "the first is here");
            }
}

void psl_check_policy(struct psl_policy *policy)
{
    psl_load_classes(policy);
    psl_load_objects(policy);
    check_globals(policy);
    psl_check_bindings(policy);
    psl_check_audit(policy);
    psl_check_tests(policy);
}
