/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: which object, which method, which argument is which, and what comes out. */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>

/* Models whose methods may be called without an object's name, in this order. */
static const enum psl_model nameless[] = {PSL_BASE, PSL_BOOL, PSL_MATH, PSL_PRED, PSL_STRUCT, PSL_REGEX_MODEL};
#define NAMELESS (sizeof(nameless) / sizeof(nameless[0]))

static struct psl_object *default_object(const struct psl_policy *policy, enum psl_model model)
{
    for (unsigned i = 0; i < policy->object_count; i++)
        if (policy->objects[i]->model == model)
            return policy->objects[i];
    return nullptr;
}

static void report_method(struct psl_check *check, const struct psl_expression *call, const struct psl_object *object)
{
    struct suggestion suggestion = {.wanted = call->name.text};
    for (size_t model = 0; model < NAMELESS; model++) {
        enum psl_model one = object != nullptr ? object->model : nameless[model];
        const struct psl_method *method;
        for (unsigned i = 0; (method = psl_model_method(one, i)) != nullptr; i++)
            suggestion_offer(&suggestion, method->name);
    }
    if (object != nullptr)
        psl_type_error(check, call->name.at, "'%s' is of model %s, which has no method '%s'", object->name,
                       psl_model_name[object->model], call->name.text);
    else if (psl_find_object(check->policy, call->name.text) != nullptr)
        psl_type_error(check, call->name.at, "'%s' is an object; expected '.' and a method behind it", call->name.text);
    else
        psl_type_error(check, call->name.at, "there is no rule or expression '%s'", call->name.text);
    psl_suggest(check, call->name.at, &suggestion);
}

static bool find_nameless(struct psl_check *check, struct psl_expression *call)
{
    for (size_t i = 0; i < NAMELESS; i++) {
        const struct psl_method *method = psl_find_method(nameless[i], call->name.text);
        struct psl_object *object = default_object(check->policy, nameless[i]);
        if (method == nullptr)
            continue;
        if (object == nullptr) {
            psl_type_error(check, call->name.at, "'%s' belongs to the model %s; expected 'use %s._'", call->name.text,
                           psl_model_name[nameless[i]], psl_model_file[nameless[i]]);
            return false;
        }
        call->callee_object = object;
        call->callee = method;
        object->used = true;
        return true;
    }
    report_method(check, call, nullptr);
    return false;
}

static bool find_callee(struct psl_check *check, struct psl_expression *call)
{
    if (call->object.text == nullptr)
        return find_nameless(check, call);
    struct psl_object *object = psl_find_object(check->policy, call->object.text);
    if (object == nullptr) {
        struct suggestion suggestion = {.wanted = call->object.text};
        for (unsigned i = 0; i < check->policy->object_count; i++)
            suggestion_offer(&suggestion, check->policy->objects[i]->name);
        psl_type_error(check, call->object.at, "there is no object '%s'", call->object.text);
        psl_suggest(check, call->object.at, &suggestion);
        return false;
    }
    object->used = true;
    if (object->broken)
        return false;
    call->callee_object = object;
    call->callee = psl_find_method(object->model, call->name.text);
    if (call->callee == nullptr)
        report_method(check, call, object);
    return call->callee != nullptr;
}

static void report_field(struct psl_check *check, const struct psl_expression *call, const struct psl_item *item)
{
    struct suggestion suggestion = {.wanted = item->key.text};
    for (unsigned i = 0; i < psl_method_field_count(call->callee); i++)
        suggestion_offer(&suggestion, call->callee->fields[i].name);
    psl_type_error(check, item->key.at, "'%s' takes no '%s'", call->callee->name, item->key.text);
    psl_suggest(check, item->key.at, &suggestion);
}

/* The method's field that an item is for; positions count where names are missing. */
static bool place_item(struct psl_check *check, struct psl_expression *call, const struct psl_item *item,
                       unsigned position)
{
    const struct psl_method *method = call->callee;
    unsigned count = psl_method_field_count(method), i = 0;
    if (item->key_kind == PSL_KEY_NONE) {
        if (position >= count) {
            psl_type_error(check, item->value->at, "'%s' takes %u value%s", method->name, count, count == 1 ? "" : "s");
            return false;
        }
        diagnostic_warning(check->policy->diagnostics, item->value->at, "expected '%s :' before the value",
                           method->fields[position].name);
        i = position;
    } else {
        while (i < count && strcmp(method->fields[i].name, item->key.text) != 0)
            i++;
    }
    if (i == count) {
        report_field(check, call, item);
        return false;
    }
    if (call->arguments[i] != nullptr) {
        psl_type_error(check, item->value->at, "a second '%s'", method->fields[i].name);
        return false;
    }
    call->arguments[i] = item->value;
    return true;
}

static bool place_arguments(struct psl_check *check, struct psl_expression *call)
{
    const struct psl_method *method = call->callee;
    call->arguments = pool_allocate(check->policy->pool, sizeof(*call->arguments) * PSL_FIELDS_MAX);
    if (method->want != PSL_WANT_NOTHING) {
        call->arguments[0] = call->right;
        return true;
    }
    unsigned count = psl_method_field_count(method), position = 0;
    if (call->right->operation != PSL_RECORD) {
        struct text fields = {0};
        for (unsigned i = 0; i < count; i++)
            text_add(&fields, "%s%s : ...", i != 0 ? ", " : "", method->fields[i].name);
        psl_type_error(check, call->right->at, "'%s' takes { %s }", method->name, fields.bytes);
        text_free(&fields);
        return false;
    }
    bool placed = true;
    for (const struct psl_item *item = call->right->items.first; item != nullptr; item = item->next)
        placed &= place_item(check, call, item, position++);
    for (unsigned i = 0; i < count && placed; i++) {
        if (call->arguments[i] != nullptr)
            continue;
        psl_type_error(check, call->right->at, "'%s' needs '%s : ...'", method->name, method->fields[i].name);
        placed = false;
    }
    return placed;
}

/* Of a list's sum and product: what its elements have in common; literals are of any width where there is nothing else.
 */
static const struct psl_type *folded_type(const struct psl_type *list)
{
    const struct psl_type *type = nullptr;
    if (list->element != nullptr)
        return list->element;
    bool negative = false;
    for (unsigned literals = 0; literals < 2; literals++) {
        for (uint64_t i = 0; i < list->count; i++) {
            const struct psl_type *one = list->parts[i].type;
            if ((one->kind == PSL_NUMBER_TYPE) != (literals != 0))
                continue;
            negative |= literals != 0 && one->number < 0;
            type = type != nullptr ? psl_common_integer(type, one) : literals == 0 ? one : nullptr;
        }
    }
    return type != nullptr ? type : negative ? &psl_sint64 : &psl_uint64;
}

/* What an expression of a model computes. */
static const struct psl_type *result_type(struct psl_check *check, const struct psl_expression *call)
{
    struct pool *pool = check->policy->pool;
    const struct psl_expression *first = call->arguments[0];
    const struct psl_object *object = call->callee_object;
    const struct psl_type *type = nullptr;
    switch (call->callee->id) {
    case PSL_COND:
        type = psl_join_types(pool, call->arguments[1]->type, call->arguments[2]->type);
        if (type == nullptr)
            return psl_type_error(check, call->at, "'then' and 'else' have no type in common: %s and %s",
                                  psl_type_words(pool, call->arguments[1]->type),
                                  psl_type_words(pool, call->arguments[2]->type));
        return type;
    case PSL_NEG:
    case PSL_ABS:
        return first->type->kind == PSL_NUMBER_TYPE ? &psl_sint64 : first->type;
    case PSL_SUM:
    case PSL_PRODUCT:
        return folded_type(first->type);
    case PSL_CAST:
        return psl_integer_type(call->callee->bits, call->callee->is_signed);
    case PSL_SIZE:
        return &psl_uint32;
    case PSL_MAP_GET:
    case PSL_MAP_GET_UNCOMMITTED:
        return object->value;
    case PSL_FLOW_QUERY:
        return object->state;
    case PSL_MIC_QUERY_LEVEL:
        if (object->categories.count == 0)
            return &psl_text;
        struct psl_type_part parts[] = {{"degree", &psl_text, nullptr},
                                        {"categories", psl_element_type(pool, PSL_LIST_TYPE, &psl_text, 0), nullptr}};
        return psl_parts_type(pool, PSL_RECORD_TYPE, parts, 2);
    default:
        return &psl_boolean;
    }
}

/* Also where its arguments have no types yet. */
static bool gives_boolean(const struct psl_method *method)
{
    static const int others[] = {PSL_COND,
                                 PSL_NEG,
                                 PSL_ABS,
                                 PSL_SUM,
                                 PSL_PRODUCT,
                                 PSL_CAST,
                                 PSL_SIZE,
                                 PSL_MAP_GET,
                                 PSL_MAP_GET_UNCOMMITTED,
                                 PSL_FLOW_QUERY,
                                 PSL_MIC_QUERY_LEVEL};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if ((int)method->id == others[i])
            return false;
    return true;
}

/* A rule where a value is wanted, an expression where a rule is. */
static bool check_kind(struct psl_check *check, const struct psl_expression *call, bool as_rule, bool chosen)
{
    const struct psl_method *method = call->callee;
    if (method->is_rule && !as_rule) {
        psl_type_error(check, call->at, "'%s' is a rule and has no value", method->name);
        return false;
    }
    if (!method->is_rule && as_rule) {
        psl_type_error(check, call->at, "'%s' is an expression and decides nothing by itself", method->name);
        if (gives_boolean(method))
            diagnostic_note(check->policy->diagnostics, call->at, "did you mean 'assert (%s%s%s ...)'?",
                            call->object.text != nullptr ? call->object.text : "",
                            call->object.text != nullptr ? "." : "", method->name);
        return false;
    }
    if (method->id == PSL_REGEX_SELECT && !chosen) {
        psl_type_error(check, call->at, "'select' stands in a choice only");
        return false;
    }
    return true;
}

const struct psl_type *psl_check_call(struct psl_check *check, struct psl_expression *call, bool as_rule, bool chosen)
{
    call->type = &psl_broken;
    if (!find_callee(check, call) || !place_arguments(check, call) || !check_kind(check, call, as_rule, chosen))
        return &psl_broken;
    const struct psl_method *method = call->callee;
    bool good = true;
    if (method->want != PSL_WANT_NOTHING)
        good = psl_check_argument(check, call, method->want, &call->arguments[0]);
    for (unsigned i = 0; method->want == PSL_WANT_NOTHING && i < psl_method_field_count(method); i++)
        good &= psl_check_argument(check, call, method->fields[i].want, &call->arguments[i]);
    if (method->id == PSL_MIC_EXECUTE && good && call->arguments[0]->operation == PSL_UNIT &&
        call->arguments[2]->operation == PSL_UNIT) {
        psl_type_error(check, call->arguments[2]->at, "without an image the level must be given");
        good = false;
    }
    return call->type = good ? result_type(check, call) : &psl_broken;
}
