/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions and test cases, as the grammar's actions build them. */
#include <string.h>
#include <tools/nk-psl-gen-c/parse.h>

static unsigned depth_of(const struct psl_expression *expression)
{
    return expression != nullptr ? expression->depth : 0;
}

/* Trees are walked by recursion: their depth is bounded. What is too deep becomes (); a call stays one, of (). */
static void set_depth(struct psl_parse *parse, struct psl_expression *expression, unsigned below)
{
    expression->depth = below + 1;
    if (expression->depth <= PSL_DEPTH_MAX)
        return;
    if (expression->depth == PSL_DEPTH_MAX + 1)
        diagnostic_error(parse->diagnostics, expression->at, "this expression is nested more than %u deep",
                         PSL_DEPTH_MAX);
    struct psl_expression *unit = POOL_NEW(parse->pool, struct psl_expression);
    *unit = (struct psl_expression){.operation = PSL_UNIT, .at = expression->at, .depth = 1};
    if (expression->operation != PSL_CALL)
        expression->operation = PSL_UNIT;
    expression->left = nullptr;
    expression->right = unit;
    expression->items = (struct psl_items){0};
    expression->depth = PSL_DEPTH_MAX + 1; /* what is around it says nothing more */
}

struct psl_expression *psl_make(struct psl_parse *parse, enum psl_operation operation, struct location at,
                                struct psl_expression *left, struct psl_expression *right)
{
    struct psl_expression *expression = POOL_NEW(parse->pool, struct psl_expression);
    *expression = (struct psl_expression){.operation = operation, .at = at, .left = left, .right = right};
    unsigned left_depth = depth_of(left), right_depth = depth_of(right);
    set_depth(parse, expression, left_depth > right_depth ? left_depth : right_depth);
    return expression;
}

struct psl_expression *psl_make_number(struct psl_parse *parse, struct location at, __int128 number)
{
    struct psl_expression *expression = psl_make(parse, PSL_INTEGER, at, nullptr, nullptr);
    expression->number = number;
    if (number < -((__int128)1 << 63))
        diagnostic_error(parse->diagnostics, at, "the number does not fit 64 bits");
    return expression;
}

struct psl_expression *psl_make_text(struct psl_parse *parse, enum psl_operation operation, struct name text)
{
    struct psl_expression *expression = psl_make(parse, operation, text.at, nullptr, nullptr);
    expression->text = text.text;
    return expression;
}

struct psl_expression *psl_make_boolean(struct psl_parse *parse, struct location at, bool value)
{
    struct psl_expression *expression = psl_make(parse, PSL_BOOLEAN, at, nullptr, nullptr);
    expression->number = value;
    return expression;
}

struct psl_expression *psl_make_negation(struct psl_parse *parse, struct location at, struct psl_expression *operand)
{
    if (operand->operation == PSL_INTEGER && operand->number >= 0)
        return psl_make_number(parse, at, -operand->number);
    return psl_make(parse, PSL_NEGATE, at, nullptr, operand);
}

struct psl_expression *psl_make_call(struct psl_parse *parse, struct location at, struct name object,
                                     struct name method, struct psl_expression *argument)
{
    struct psl_expression *call = psl_make(parse, PSL_CALL, at, nullptr, argument);
    call->object = object;
    call->name = method;
    return call;
}

struct psl_expression *psl_make_field(struct psl_parse *parse, struct psl_expression *left, struct name name)
{
    struct psl_expression *field = psl_make(parse, PSL_FIELD, location_join(left->at, name.at), left, nullptr);
    field->name = name;
    return field;
}

struct psl_expression *psl_make_items(struct psl_parse *parse, enum psl_operation operation, struct location at,
                                      struct psl_items items)
{
    struct psl_expression *expression = psl_make(parse, operation, at, nullptr, nullptr);
    unsigned depth = 0;
    for (const struct psl_item *item = items.first; item != nullptr; item = item->next)
        depth = depth_of(item->value) > depth ? depth_of(item->value) : depth;
    expression->items = items;
    set_depth(parse, expression, depth);
    return expression;
}

struct psl_items psl_add_item(struct psl_parse *parse, struct psl_items items, struct psl_item item)
{
    struct psl_item *made = POOL_NEW(parse->pool, struct psl_item);
    *made = item;
    if (items.last != nullptr)
        items.last->next = made;
    else
        items.first = made;
    items.last = made;
    items.count++;
    return items;
}

void psl_set_part(struct psl_parse *parse, bool *given, struct psl_test_cases *part, struct psl_test_cases cases,
                  struct location at, const char *word)
{
    if (*given)
        diagnostic_error(parse->diagnostics, at, "a second '%s' in one test set", word);
    *given = true;
    *part = cases;
}

void psl_finish_test_set(struct psl_parse *parse, struct psl_test_set *set, struct name name, struct location at)
{
    struct psl_test_set *made = PSL_APPEND(parse, parse->declarations, tests);
    *made = *set;
    made->name = name;
    made->at = at;
    if (set->sequences == nullptr)
        diagnostic_warning(parse->diagnostics, at, "a test set without 'sequence' tests nothing");
}

struct psl_test_cases psl_add_test_case(struct psl_test_cases cases, struct psl_test_case *test_case)
{
    if (cases.last != nullptr)
        cases.last->next = test_case;
    else
        cases.first = test_case;
    cases.last = test_case;
    return cases;
}

void psl_expect(struct psl_test_case *test_case, enum psl_expectation expectation, struct name name)
{
    test_case->expectation = expectation;
    test_case->expectation_given = true;
    test_case->name = name;
}

struct psl_test_case *psl_make_test_case(struct psl_parse *parse, enum psl_event event, struct psl_selectors selectors,
                                         struct psl_expression *parameters)
{
    struct psl_test_case *made = POOL_NEW(parse->pool, struct psl_test_case);
    *made = (struct psl_test_case){.event = event, .selectors = selectors, .parameters = parameters};
    return made;
}

struct psl_test_case *psl_make_short_case(struct psl_parse *parse, enum psl_event event, struct name source,
                                          struct name destination, struct name what, struct psl_expression *parameters)
{
    struct psl_selectors selectors = {.at = location_join(source.at, what.at)};
    selectors.values[PSL_SELECT_SRC] = source;
    selectors.values[PSL_SELECT_DST] = destination;
    const char *dot = strrchr(what.text, '.');
    uint32_t head = dot != nullptr ? (uint32_t)(dot - what.text) : 0;
    if (dot != nullptr) {
        struct location at = {what.at.source, what.at.offset, head};
        selectors.values[PSL_SELECT_ENDPOINT] = (struct name){pool_copy(parse->pool, what.text, head), at};
    } else if (event != PSL_SECURITY) {
        diagnostic_error(parse->diagnostics, what.at,
                         "expected endpoint.%s, the endpoint's qualified name and the method", what.text);
    }
    struct location at = what.at;
    if (dot != nullptr && at.length > head) {
        at.offset += head + 1;
        at.length -= head + 1;
    }
    selectors.values[PSL_SELECT_METHOD] = (struct name){dot != nullptr ? dot + 1 : what.text, at};
    return psl_make_test_case(parse, event, selectors, parameters);
}
