/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters of test cases: literals, and variables for SIDs. What is not given is zero or empty. A Handle is a process
 * (its SID), a number, or { handle : ..., rights : ... }; bytes are a text or a list of numbers; a union is a
 * dictionary with one of its members.
 */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>
#include <tools/nk-psl-gen-c/check_test.h>

struct context {
    struct psl_policy *policy;
    void *scope;
};

static void check_value(struct context *context, const struct type *type, struct psl_expression *value);

static void report(struct context *context, const struct psl_expression *value, const char *wanted)
{
    diagnostic_error(context->policy->diagnostics, value->at, "expected %s", wanted);
}

/* Arithmetic on literals becomes a literal. */
static bool is_integer(struct context *context, struct psl_expression *value)
{
    struct psl_check check = {context->policy, nullptr};
    if (value->operation == PSL_VARIABLE || value->operation == PSL_LIST || value->operation == PSL_RECORD)
        return false;
    return psl_check_expression(&check, value)->kind == PSL_BROKEN_TYPE || value->operation == PSL_INTEGER;
}

static void check_integer(struct context *context, const struct type *type, struct psl_expression *value)
{
    if (value->operation == PSL_VARIABLE) {
        psl_test_variable(context->scope, value->name);
        return;
    }
    const struct psl_type *wanted = psl_integer_type(type->bits, type->is_signed);
    if (!is_integer(context, value))
        report(context, value, psl_type_words(context->policy->pool, wanted));
    else if (value->operation == PSL_INTEGER &&
             (value->number < psl_least(wanted) || value->number > psl_greatest(wanted)))
        diagnostic_error(context->policy->diagnostics, value->at, "%s does not fit %s",
                         psl_digits(context->policy->pool, value->number),
                         psl_type_words(context->policy->pool, wanted));
}

static void check_members(struct context *context, const struct member *first, enum direction direction, bool of_method,
                          const struct psl_expression *record)
{
    for (const struct psl_item *item = record->items.first; item != nullptr; item = item->next) {
        if (item->key_kind == PSL_KEY_NONE) {
            report(context, item->value, "a name and ':' before the value");
            continue;
        }
        struct suggestion suggestion = {.wanted = item->key.text};
        const struct member *found = nullptr, *elsewhere = nullptr;
        for (const struct member *m = first; m != nullptr; m = m->next) {
            bool here = !of_method || m->direction == direction;
            if (strcmp(m->name.text, item->key.text) == 0)
                *(here ? &found : &elsewhere) = m;
            else if (here)
                suggestion_offer(&suggestion, m->name.text);
        }
        if (found != nullptr) {
            check_value(context, found->type, item->value);
        } else {
            diagnostic_error(context->policy->diagnostics, item->key.at, "%s has no %s '%s'",
                             of_method ? "this message" : "this type", of_method ? "parameter" : "field",
                             item->key.text);
            if (elsewhere != nullptr)
                diagnostic_note(context->policy->diagnostics, item->key.at, "it is a parameter of another direction");
            else if (suggestion.nearest != nullptr)
                diagnostic_note(context->policy->diagnostics, item->key.at, "did you mean '%s'?", suggestion.nearest);
        }
        for (const struct psl_item *other = record->items.first; other != item; other = other->next)
            if (other->key_kind != PSL_KEY_NONE && strcmp(other->key.text, item->key.text) == 0)
                diagnostic_error(context->policy->diagnostics, item->key.at, "a second '%s'", item->key.text);
    }
}

static void check_handle(struct context *context, struct psl_expression *value)
{
    static const struct type number = {.kind = TYPE_INTEGER, .bits = 32};
    if (value->operation != PSL_RECORD) {
        check_integer(context, &number, value);
        return;
    }
    for (const struct psl_item *item = value->items.first; item != nullptr; item = item->next) {
        if (item->key_kind == PSL_KEY_NAME &&
            (strcmp(item->key.text, "handle") == 0 || strcmp(item->key.text, "rights") == 0))
            check_integer(context, &number, item->value);
        else
            report(context, item->value, "'handle : ...' and 'rights : ...'");
    }
}

static void check_elements(struct context *context, const struct type *type, const struct psl_expression *value)
{
    if (value->operation != PSL_LIST) {
        report(context, value, "a list in brackets");
        return;
    }
    if (value->items.count > type->count)
        diagnostic_error(context->policy->diagnostics, value->at, "%u elements; at most %llu", value->items.count,
                         (unsigned long long)type->count);
    for (const struct psl_item *item = value->items.first; item != nullptr; item = item->next)
        check_value(context, type->element, item->value);
}

static void check_text(struct context *context, const struct type *type, const struct psl_expression *value)
{
    static const struct type byte = {.kind = TYPE_INTEGER, .bits = 8};
    bool bytes = type->kind == TYPE_BYTES;
    if (bytes && value->operation == PSL_LIST) {
        struct type list = {.kind = TYPE_SEQUENCE, .count = type->count};
        struct type element = byte;
        list.element = &element;
        check_elements(context, &list, value);
    } else if (value->operation != PSL_TEXT) {
        report(context, value, bytes ? "a text in quotes or a list of numbers" : "a text in quotes");
    } else if (strlen(value->text) > type->count) {
        diagnostic_error(context->policy->diagnostics, value->at, "%zu bytes; at most %llu", strlen(value->text),
                         (unsigned long long)type->count);
    }
}

static void check_value(struct context *context, const struct type *type, struct psl_expression *value)
{
    switch (type->core_handle ? TYPE_HANDLE : type->kind) {
    case TYPE_INTEGER:
        check_integer(context, type, value);
        break;
    case TYPE_HANDLE:
        check_handle(context, value);
        break;
    case TYPE_BYTES:
    case TYPE_STRING:
        check_text(context, type, value);
        break;
    case TYPE_ARRAY:
    case TYPE_SEQUENCE:
        check_elements(context, type, value);
        break;
    case TYPE_STRUCT:
    case TYPE_UNION:
        if (value->operation != PSL_RECORD)
            report(context, value, "a dictionary in braces");
        else if (type->kind == TYPE_UNION && value->items.count > 1)
            report(context, value, "one member of the union");
        else
            check_members(context, type->declaration->members.first, DIRECTION_IN, false, value);
        break;
    default:
        break;
    }
}

void psl_check_parameters(struct psl_policy *policy, const struct psl_test_case *test, void *scope)
{
    struct context context = {policy, scope};
    if (test->parameters != nullptr)
        check_members(&context, test->method->parameters.first, psl_direction(test->event), true, test->parameters);
}
