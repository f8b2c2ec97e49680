/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tests/languages/psl/reference/reference.h>

struct scope {
    struct interpreter *reference;
    const struct reference_event *event;
};

static bool evaluate(const struct scope *scope, const struct psl_expression *e, struct value *value);

static bool integer(const struct psl_expression *e, __int128 number, struct value *value)
{
    *value = (struct value){.kind = VALUE_INTEGER, .number = number};
    return number >= psl_least(e->type) && number <= psl_greatest(e->type);
}

static bool boolean(bool truth, struct value *value)
{
    *value = (struct value){.kind = VALUE_BOOLEAN, .number = truth};
    return true;
}

bool reference_equal(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_TEXT)
        return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
    return a->number == b->number;
}

static bool arithmetic(const struct psl_expression *e, __int128 a, __int128 b, struct value *value)
{
    __int128 product;
    switch (e->operation) {
    case PSL_ADD:
        return integer(e, a + b, value);
    case PSL_SUBTRACT:
        return integer(e, a - b, value);
    case PSL_BIT_OR:
        return integer(e, a | b, value);
    case PSL_BIT_AND:
        return integer(e, a & b, value);
    default:
        return !__builtin_mul_overflow(a, b, &product) && integer(e, product, value);
    }
}

static bool compare(const struct psl_expression *e, const struct value *a, const struct value *b, struct value *value)
{
    switch (e->operation) {
    case PSL_EQUAL:
        return boolean(reference_equal(a, b), value);
    case PSL_NOT_EQUAL:
        return boolean(!reference_equal(a, b), value);
    case PSL_LESS:
        return boolean(a->number < b->number, value);
    case PSL_LESS_EQUAL:
        return boolean(a->number <= b->number, value);
    case PSL_GREATER:
        return boolean(a->number > b->number, value);
    default:
        return boolean(a->number >= b->number, value);
    }
}

/* The right side is looked at only if the left one does not decide. */
static bool logic(const struct scope *scope, const struct psl_expression *e, struct value *value)
{
    struct value left;
    if (!evaluate(scope, e->left, &left))
        return false;
    if (e->operation == PSL_OR && left.number != 0)
        return boolean(true, value);
    if (e->operation == PSL_AND && left.number == 0)
        return boolean(false, value);
    if (e->operation == PSL_IMPLIES && left.number == 0)
        return boolean(true, value);
    return evaluate(scope, e->right, value);
}

static bool unary(const struct scope *scope, const struct psl_expression *e, struct value *value)
{
    struct value right;
    if (!evaluate(scope, e->right, &right))
        return false;
    if (e->operation == PSL_NOT)
        return boolean(right.number == 0, value);
    if (e->operation == PSL_NEGATE)
        return integer(e, -right.number, value);
    bool is_signed = psl_least(e->type) < 0;
    return integer(e, is_signed ? -1 - right.number : psl_greatest(e->type) - right.number, value);
}

static bool field(const struct scope *scope, const struct psl_expression *e, struct value *value)
{
    struct value left;
    if (!evaluate(scope, e->left, &left))
        return false;
    for (size_t i = 0; i < left.count; i++) {
        if (strcmp(left.names[i], e->name.text) == 0) {
            *value = left.items[i];
            return true;
        }
    }
    return false; /* a union holds another member */
}

static bool element(const struct scope *scope, const struct psl_expression *e, struct value *value)
{
    struct value left, index;
    if (!evaluate(scope, e->left, &left) || !evaluate(scope, e->right, &index))
        return false;
    if (index.number < 0 || index.number >= (__int128)left.count)
        return false;
    *value = left.items[(size_t)index.number];
    return true;
}

static bool items(const struct scope *scope, const struct psl_expression *e, struct value *value)
{
    struct pool *pool = scope->reference->event_pool;
    *value = (struct value){.kind = e->operation == PSL_RECORD ? VALUE_RECORD : VALUE_LIST};
    value->items = pool_allocate(pool, sizeof(struct value) * (e->items.count + 1U));
    value->names = pool_allocate(pool, sizeof(char *) * (e->items.count + 1U));
    for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next) {
        value->names[value->count] = item->key.text;
        if (!evaluate(scope, item->value, &value->items[value->count++]))
            return false;
    }
    return true;
}

static size_t size_of(const struct value *value)
{
    return value->kind == VALUE_TEXT ? value->length : value->count;
}

/* sum and product, from left to right: every partial result must fit. */
static bool fold(const struct psl_expression *e, const struct value *list, bool product, struct value *value)
{
    if (!integer(e, product, value))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        __int128 next;
        if (product ? __builtin_mul_overflow(value->number, list->items[i].number, &next)
                    : __builtin_add_overflow(value->number, list->items[i].number, &next))
            return false;
        if (!integer(e, next, value))
            return false;
    }
    return true;
}

static bool quantify(const struct value *list, bool all, struct value *value)
{
    bool truth = all;
    for (size_t i = 0; i < list->count; i++)
        truth = all ? truth && list->items[i].number != 0 : truth || list->items[i].number != 0;
    return boolean(truth, value);
}

static bool call(const struct scope *scope, const struct psl_expression *e, struct value *value)
{
    const struct psl_method *method = e->callee;
    struct value arguments[PSL_FIELDS_MAX];
    unsigned count = method->want != PSL_WANT_NOTHING ? 1 : psl_method_field_count(method);
    if (method->id == PSL_COND) { /* only the branch that is taken */
        struct value condition;
        return evaluate(scope, e->arguments[0], &condition) &&
               evaluate(scope, e->arguments[condition.number != 0 ? 1 : 2], value);
    }
    if (method->id == PSL_REGEX_MATCH) {
        const struct psl_expression *pattern = e->arguments[1];
        return evaluate(scope, e->arguments[0], &arguments[0]) &&
               boolean(reference_match(pattern->text, pattern->operation == PSL_REGEX, arguments[0].text,
                                       arguments[0].length),
                       value);
    }
    for (unsigned i = 0; i < count; i++)
        if (!evaluate(scope, e->arguments[i], &arguments[i]))
            return false;
    switch (method->id) {
    case PSL_EMPTY:
        return boolean(size_of(&arguments[0]) == 0, value);
    case PSL_SIZE:
        return integer(e, (__int128)size_of(&arguments[0]), value);
    case PSL_ALL:
    case PSL_ANY:
        return quantify(&arguments[0], method->id == PSL_ALL, value);
    case PSL_NEG:
        return integer(e, -arguments[0].number, value);
    case PSL_ABS:
        return integer(e, arguments[0].number < 0 ? -arguments[0].number : arguments[0].number, value);
    case PSL_CAST:
        return integer(e, arguments[0].number, value);
    case PSL_SUM:
    case PSL_PRODUCT:
        return fold(e, &arguments[0], method->id == PSL_PRODUCT, value);
    case PSL_REGEX_SELECT:
        *value = arguments[0];
        return true;
    default:
        return reference_query(scope->reference, e, arguments, value);
    }
}

static bool evaluate(const struct scope *scope, const struct psl_expression *e, struct value *value)
{
    struct value left, right;
    switch (e->operation) {
    case PSL_UNIT:
        *value = (struct value){.kind = VALUE_UNIT};
        return true;
    case PSL_BOOLEAN:
        return boolean(e->number != 0, value);
    case PSL_INTEGER:
        *value = (struct value){.kind = VALUE_INTEGER, .number = e->number};
        return true;
    case PSL_TEXT:
    case PSL_REGEX:
        *value = (struct value){.kind = VALUE_TEXT, .text = e->text, .length = strlen(e->text)};
        return true;
    case PSL_SOURCE_SID:
        *value = (struct value){.kind = VALUE_INTEGER, .number = scope->event->source_sid};
        return true;
    case PSL_DESTINATION_SID:
        *value = (struct value){.kind = VALUE_INTEGER, .number = scope->event->destination_sid};
        return true;
    case PSL_MESSAGE:
        *value = scope->event->message;
        return true;
    case PSL_FIELD:
        return field(scope, e, value);
    case PSL_ELEMENT:
        return element(scope, e, value);
    case PSL_CALL:
        return call(scope, e, value);
    case PSL_RECORD:
    case PSL_LIST:
        return items(scope, e, value);
    case PSL_NOT:
    case PSL_NEGATE:
    case PSL_COMPLEMENT:
        return unary(scope, e, value);
    case PSL_IMPLIES:
    case PSL_OR:
    case PSL_AND:
        return logic(scope, e, value);
    default:
        if (!evaluate(scope, e->left, &left) || !evaluate(scope, e->right, &right))
            return false;
        return e->operation >= PSL_EQUAL && e->operation <= PSL_GREATER_EQUAL
                   ? compare(e, &left, &right, value)
                   : arithmetic(e, left.number, right.number, value);
    }
}

bool reference_evaluate(struct interpreter *reference, const struct reference_event *event,
                        const struct psl_expression *expression, struct value *value)
{
    struct scope scope = {reference, event};
    return evaluate(&scope, expression, value);
}
