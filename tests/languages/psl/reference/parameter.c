/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of test cases as values. */
#include <string.h>
#include <tests/languages/psl/reference/pal.h>

struct maker {
    struct pool *pool;
    uint32_t (*variable)(void *context, const char *name);
    void *context;
};

static struct value make(const struct maker *maker, const struct type *type, const struct psl_expression *e);

static struct value integer(const struct maker *maker, const struct psl_expression *e)
{
    struct value value = {.kind = VALUE_INTEGER};
    if (e != nullptr)
        value.number = e->operation == PSL_VARIABLE ? maker->variable(maker->context, e->name.text) : e->number;
    return value;
}

static const struct psl_expression *item_of(const struct psl_expression *record, const char *name)
{
    if (record != nullptr && record->operation == PSL_RECORD)
        for (const struct psl_item *item = record->items.first; item != nullptr; item = item->next)
            if (strcmp(item->key.text, name) == 0)
                return item->value;
    return nullptr;
}

static struct value record(const struct maker *maker, size_t count)
{
    struct value value = {.kind = VALUE_RECORD, .count = count};
    value.items = pool_allocate(maker->pool, sizeof(struct value) * (count + 1));
    value.names = pool_allocate(maker->pool, sizeof(char *) * (count + 1));
    return value;
}

static struct value handle(const struct maker *maker, const struct psl_expression *e)
{
    struct value value = record(maker, 2);
    bool parts = e != nullptr && e->operation == PSL_RECORD;
    value.names[0] = "handle";
    value.names[1] = "rights";
    value.items[0] = integer(maker, parts ? item_of(e, "handle") : e);
    value.items[1] = integer(maker, parts ? item_of(e, "rights") : nullptr);
    return value;
}

static struct value members(const struct maker *maker, const struct member *first, const struct psl_expression *e,
                            bool of_method, enum direction direction)
{
    size_t count = 0;
    for (const struct member *m = first; m != nullptr; m = m->next)
        count += !of_method || m->direction == direction;
    struct value value = record(maker, count);
    count = 0;
    for (const struct member *m = first; m != nullptr; m = m->next) {
        if (of_method && m->direction != direction)
            continue;
        value.names[count] = m->name.text;
        value.items[count++] = make(maker, m->type, item_of(e, m->name.text));
    }
    return value;
}

/* The member that is given, else the first. */
static struct value union_of(const struct maker *maker, const struct type *type, const struct psl_expression *e)
{
    const struct member *member = type->declaration->members.first;
    for (const struct member *m = member; m != nullptr; m = m->next)
        if (item_of(e, m->name.text) != nullptr)
            member = m;
    struct value value = record(maker, 1);
    value.is_union = true;
    value.names[0] = member->name.text;
    value.items[0] = make(maker, member->type, item_of(e, member->name.text));
    return value;
}

static struct value list(const struct maker *maker, const struct type *type, const struct psl_expression *e)
{
    struct value value = {.kind = VALUE_LIST, .count = e != nullptr ? e->items.count : 0};
    size_t given = value.count;
    if (type->kind == TYPE_ARRAY)
        value.count = type->count;
    value.items = pool_allocate(maker->pool, sizeof(struct value) * (value.count + 1));
    const struct psl_item *item = e != nullptr ? e->items.first : nullptr;
    for (size_t i = 0; i < value.count; i++) {
        value.items[i] = make(maker, type->element, i < given ? item->value : nullptr);
        item = i < given ? item->next : nullptr;
    }
    return value;
}

static struct value text(const struct maker *maker, const struct psl_expression *e)
{
    struct value value = {.kind = VALUE_TEXT, .text = ""};
    if (e != nullptr && e->operation == PSL_TEXT) {
        value.text = e->text;
        value.length = strlen(e->text);
    } else if (e != nullptr) {
        char *bytes = pool_allocate(maker->pool, e->items.count + 1U);
        for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next)
            bytes[value.length++] = (char)item->value->number;
        value.text = bytes;
    }
    return value;
}

static struct value make(const struct maker *maker, const struct type *type, const struct psl_expression *e)
{
    switch (type->core_handle ? TYPE_HANDLE : type->kind) {
    case TYPE_HANDLE:
        return handle(maker, e);
    case TYPE_STRING:
    case TYPE_BYTES:
        return text(maker, e);
    case TYPE_ARRAY:
    case TYPE_SEQUENCE:
        return list(maker, type, e);
    case TYPE_STRUCT:
        return members(maker, type->declaration->members.first, e, false, DIRECTION_IN);
    case TYPE_UNION:
        return union_of(maker, type, e);
    default:
        return integer(maker, e);
    }
}

struct value reference_parameter(struct pool *pool, const struct type *type, const struct psl_expression *expression,
                                 uint32_t (*variable)(void *context, const char *name), void *context)
{
    struct maker maker = {pool, variable, context};
    return make(&maker, type, expression);
}

struct value reference_message(struct pool *pool, const struct psl_test_case *test,
                               uint32_t (*variable)(void *context, const char *name), void *context)
{
    struct maker maker = {pool, variable, context};
    return members(&maker, test->method->parameters.first, test->parameters, true, psl_direction(test->event));
}
