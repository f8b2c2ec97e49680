/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>

const struct psl_type *psl_type_error(struct psl_check *check, struct location at, const char *format, ...)
{
    va_list arguments;
    struct text text = {0};
    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    diagnostic_error(check->policy->diagnostics, at, "%s", text.bytes);
    text_free(&text);
    return &psl_broken;
}

void psl_suggest(struct psl_check *check, struct location at, const struct suggestion *suggestion)
{
    if (suggestion->nearest != nullptr)
        diagnostic_note(check->policy->diagnostics, at, "did you mean '%s'?", suggestion->nearest);
}

static const struct psl_type *check_message(struct psl_check *check, const struct psl_expression *expression)
{
    const struct psl_conditions *conditions = check->conditions;
    if (conditions == nullptr || conditions->event == PSL_EXECUTE)
        return psl_type_error(check, expression->at, "the start of a process has no message");
    if (conditions->broken || conditions->impossible)
        return &psl_broken;
    bool several;
    const struct method *method = psl_single_method(check->policy, conditions, &several);
    if (several)
        return psl_type_error(
            check, expression->at,
            "messages of several methods get here; expected selectors that leave one: %s, endpoint or "
            "interface, and method",
            psl_server_is_destination(conditions->event) ? "dst" : "src");
    if (method == nullptr) /* nothing gets here: a warning elsewhere */
        return &psl_broken;
    return psl_message_type(check->policy->pool, method, psl_direction(conditions->event));
}

bool psl_in_arena(const struct psl_expression *path)
{
    for (; path != nullptr; path = path->left)
        if (path->operation == PSL_ELEMENT && path->left->type->kind == PSL_SEQUENCE_TYPE)
            return true;
    return false;
}

static const struct psl_type *check_field(struct psl_check *check, struct psl_expression *expression)
{
    const struct psl_type *left = psl_check_expression(check, expression->left);
    struct name name = expression->name;
    if (left->kind == PSL_BROKEN_TYPE)
        return &psl_broken;
    if (left->kind != PSL_RECORD_TYPE)
        return psl_type_error(check, name.at, "%s has no fields", psl_value_words(check->policy->pool, left));
    const struct psl_type_part *part = psl_type_field(left, name.text);
    if (part == nullptr) {
        struct suggestion suggestion = {.wanted = name.text};
        for (uint64_t i = 0; i < left->count; i++)
            suggestion_offer(&suggestion, left->parts[i].name);
        bool message = expression->left->operation == PSL_MESSAGE;
        psl_type_error(check, name.at, "%s has no %s '%s'",
                       message ? "this message" : psl_type_words(check->policy->pool, left),
                       message ? "parameter" : "field", name.text);
        psl_suggest(check, name.at, &suggestion);
        return &psl_broken;
    }
    expression->index = (unsigned)(part - left->parts);
    expression->member = part->member;
    if (left->handle && expression->index == 0 && psl_in_arena(expression->left))
        return psl_type_error(check, expression->at, "rules do not see the SIDs of handles in sequences");
    return part->type;
}

static const struct psl_type *check_element(struct psl_check *check, struct psl_expression *expression)
{
    const struct psl_type *left = psl_check_expression(check, expression->left);
    struct psl_expression *index = expression->right;
    const struct psl_type *number = psl_check_expression(check, index);
    if (left->kind == PSL_BROKEN_TYPE || number->kind == PSL_BROKEN_TYPE)
        return &psl_broken;
    if (!psl_is_integer(number))
        return psl_type_error(check, index->at, "expected an index, got %s",
                              psl_value_words(check->policy->pool, number));
    bool bounded = left->kind == PSL_ARRAY_TYPE || left->kind == PSL_SEQUENCE_TYPE || left->kind == PSL_TUPLE_TYPE;
    bool constant = index->operation == PSL_INTEGER;
    if (!bounded && left->kind != PSL_LIST_TYPE && left->kind != PSL_SET_TYPE)
        return psl_type_error(check, expression->at, "%s has no elements", psl_value_words(check->policy->pool, left));
    if (constant && (index->number < 0 || (bounded && index->number >= left->count)))
        return psl_type_error(check, index->at, "there is never an element %s: %s has %s%llu",
                              psl_digits(check->policy->pool, index->number), psl_type_words(check->policy->pool, left),
                              left->kind == PSL_SEQUENCE_TYPE ? "at most " : "", (unsigned long long)left->count);
    if (left->kind != PSL_TUPLE_TYPE)
        return left->element;
    if (!constant)
        return psl_type_error(check, index->at, "expected a number: elements of a tuple differ in type");
    expression->index = (unsigned)index->number;
    return left->parts[expression->index].type;
}

/* Literals in braces and brackets. */
static const struct psl_type *check_items(struct psl_check *check, struct psl_expression *expression)
{
    bool record = expression->operation == PSL_RECORD, broken = false;
    struct psl_type_part *parts =
        pool_allocate(check->policy->pool, sizeof(*parts) * ((size_t)expression->items.count + 1));
    uint64_t count = 0;
    for (struct psl_item *item = expression->items.first; item != nullptr; item = item->next) {
        const struct psl_type *type = psl_check_expression(check, item->value);
        broken |= type->kind == PSL_BROKEN_TYPE;
        if (record && item->key_kind == PSL_KEY_NONE) {
            psl_type_error(check, item->value->at, "expected a name and ':' before the value");
            broken = true;
            continue;
        }
        for (uint64_t i = 0; record && i < count; i++) {
            if (strcmp(parts[i].name, item->key.text) != 0)
                continue;
            psl_type_error(check, item->key.at, "a second '%s'", item->key.text);
            broken = true;
        }
        parts[count++] = (struct psl_type_part){item->key.text, type, nullptr};
    }
    return broken ? &psl_broken
                  : psl_parts_type(check->policy->pool, record ? PSL_RECORD_TYPE : PSL_TUPLE_TYPE, parts, count);
}

static const struct psl_type *check_variable(struct psl_check *check, const struct psl_expression *expression)
{
    static const char *const words[] = {"message", "src_sid", "dst_sid", "true", "false"};
    struct suggestion suggestion = {.wanted = expression->name.text};
    for (unsigned i = 0; i < 5; i++)
        suggestion_offer(&suggestion, words[i]);
    bool object = psl_find_object(check->policy, expression->name.text) != nullptr;
    psl_type_error(check, expression->at, "expected a value; '%s' has none%s", expression->name.text,
                   object ? ", it is an object" : "");
    psl_suggest(check, expression->at, &suggestion);
    bool message = check->conditions != nullptr && check->conditions->event != PSL_EXECUTE;
    if (message && !object && suggestion.nearest == nullptr)
        diagnostic_note(check->policy->diagnostics, expression->at, "a parameter of the message is message.%s",
                        expression->name.text);
    return &psl_broken;
}

static const struct psl_type *infer(struct psl_check *check, struct psl_expression *expression)
{
    switch (expression->operation) {
    case PSL_UNIT:
        return &psl_unit;
    case PSL_BOOLEAN:
        return &psl_boolean;
    case PSL_INTEGER:
        return psl_number_type(check->policy->pool, expression->number);
    case PSL_TEXT:
        return psl_word_type(check->policy->pool, expression->text);
    case PSL_REGEX:
        return &psl_regex;
    case PSL_SOURCE_SID:
        return &psl_uint32;
    case PSL_DESTINATION_SID:
        if (check->conditions != nullptr && check->conditions->event == PSL_SECURITY)
            return psl_type_error(check, expression->at, "'security' events have no destination");
        return &psl_uint32;
    case PSL_MESSAGE:
        return check_message(check, expression);
    case PSL_VARIABLE:
        return check_variable(check, expression);
    case PSL_FIELD:
        return check_field(check, expression);
    case PSL_ELEMENT:
        return check_element(check, expression);
    case PSL_CALL:
        return psl_check_call(check, expression, false, false);
    case PSL_RECORD:
    case PSL_LIST:
        return check_items(check, expression);
    case PSL_OTHERWISE:
        return psl_type_error(check, expression->at, "'_' stands for all else only in a choice");
    default:
        return psl_check_operation(check, expression);
    }
}

const struct psl_type *psl_check_expression(struct psl_check *check, struct psl_expression *expression)
{
    const struct psl_type *type = infer(check, expression);
    expression->type = type;
    return type;
}

bool psl_check_fits(struct psl_check *check, const struct psl_type *wanted, const struct psl_expression *expression)
{
    const struct psl_type *type = expression->type;
    if (psl_fits(wanted, type))
        return true;
    bool list = expression->operation == PSL_LIST && wanted->element != nullptr && wanted->kind != PSL_MAP_TYPE;
    bool record = expression->operation == PSL_RECORD && wanted->kind == PSL_RECORD_TYPE;
    bool tuple =
        expression->operation == PSL_LIST && wanted->kind == PSL_TUPLE_TYPE && wanted->count == expression->items.count;
    bool inner = false;
    uint64_t i = 0;
    for (const struct psl_item *item = expression->items.first; item != nullptr; item = item->next, i++) {
        const struct psl_type_part *field = record ? psl_type_field(wanted, item->key.text) : nullptr;
        const struct psl_type *part = list               ? wanted->element
                                      : tuple            ? wanted->parts[i].type
                                      : field != nullptr ? field->type
                                                         : nullptr;
        if (part != nullptr && !psl_check_fits(check, part, item->value))
            inner = true;
    }
    if (!inner)
        psl_type_error(check, expression->at, "expected a value of type %s, got %s",
                       psl_type_words(check->policy->pool, wanted), psl_value_words(check->policy->pool, type));
    return false;
}
