/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of methods: what each kind of parameter takes. */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>
#include <tools/nk-psl-gen-c/regex.h>

static bool wrong(struct psl_check *check, const struct psl_expression *argument, const char *wanted)
{
    psl_type_error(check, argument->at, "expected %s, got %s", wanted,
                   psl_value_words(check->policy->pool, argument->type));
    return false;
}

/* A name of the object's configuration in quotes. */
static bool check_name(struct psl_check *check, const struct psl_expression *literal, const struct psl_names *names,
                       const struct psl_object *object, const char *what)
{
    if (psl_name_index(names, literal->text) < names->count)
        return true;
    struct suggestion suggestion = {.wanted = literal->text};
    for (unsigned i = 0; i < names->count; i++)
        suggestion_offer(&suggestion, names->list[i]);
    psl_type_error(check, literal->at, "'%s' has no %s \"%s\"", object->name, what, literal->text);
    if (suggestion.nearest != nullptr)
        diagnostic_note(check->policy->diagnostics, literal->at, "did you mean \"%s\"?", suggestion.nearest);
    return false;
}

static bool check_state(struct psl_check *check, const struct psl_object *object, const struct psl_expression *state)
{
    if (state->operation == PSL_TEXT)
        return check_name(check, state, &object->states, object, "state");
    return psl_check_fits(check, object->state, state);
}

static bool check_states(struct psl_check *check, const struct psl_object *object, const struct psl_expression *list)
{
    bool good = true;
    if (list->operation != PSL_LIST) {
        psl_type_error(check, list->at, "expected states in brackets");
        return false;
    }
    for (const struct psl_item *item = list->items.first; item != nullptr; item = item->next)
        good &= check_state(check, object, item->value);
    if (list->items.count == 0)
        diagnostic_warning(check->policy->diagnostics, list->at, "no state is in an empty set: this always denies");
    return good;
}

static bool check_key(struct psl_check *check, const struct psl_object *object, const struct psl_expression *key)
{
    if (key->operation == PSL_TEXT)
        return check_name(check, key, &object->keys, object, "key");
    if (psl_fits(&psl_text, key->type) ||
        psl_fits(psl_element_type(check->policy->pool, PSL_LIST_TYPE, &psl_uint8, 0), key->type))
        return true;
    return wrong(check, key, "a key: Text or List<UInt8>");
}

static bool has_handle(const struct psl_type *type)
{
    bool found = type->handle;
    for (uint64_t i = 0; type->kind == PSL_RECORD_TYPE && i < type->count; i++)
        found |= has_handle(type->parts[i].type);
    return found;
}

static bool check_entry(struct psl_check *check, const struct psl_object *object, const struct psl_expression *entry)
{
    for (const struct psl_item *item = entry->items.first; item != nullptr; item = item->next)
        if (!check_entry(check, nullptr, item->value))
            return false;
    bool path = entry->operation == PSL_FIELD || entry->operation == PSL_ELEMENT;
    if (path && psl_in_arena(entry) && has_handle(entry->type)) {
        psl_type_error(check, entry->at, "rules do not see the SIDs of handles in sequences");
        return false;
    }
    return object == nullptr || psl_check_fits(check, object->entry, entry);
}

static bool is_integer_list(const struct psl_type *type)
{
    if (type->element != nullptr)
        return type->kind != PSL_MAP_TYPE && psl_is_integer(type->element);
    bool integers = type->kind == PSL_TUPLE_TYPE;
    for (uint64_t i = 0; integers && i < type->count; i++)
        integers = psl_is_integer(type->parts[i].type);
    return integers;
}

static bool is_collection(const struct psl_type *type)
{
    return (type->element != nullptr || type->kind == PSL_TUPLE_TYPE || type->kind == PSL_UNIT_TYPE ||
            psl_fits(&psl_text, type));
}

static bool is_scalar(const struct psl_type *type)
{
    return psl_is_integer(type) || type->kind == PSL_BOOLEAN_TYPE || psl_fits(&psl_text, type);
}

static bool check_cast(struct psl_check *check, const struct psl_expression *call, const struct psl_expression *value)
{
    const struct psl_type *to = psl_integer_type(call->callee->bits, call->callee->is_signed);
    if (psl_fits(to, value->type))
        return true;
    psl_type_error(check, value->at, "'%s' takes integers that fit %s, not %s", call->callee->name,
                   psl_type_words(check->policy->pool, to), psl_value_words(check->policy->pool, value->type));
    return false;
}

static bool check_pattern(struct psl_check *check, const struct psl_expression *pattern)
{
    if (pattern->operation == PSL_TEXT || pattern->operation == PSL_REGEX)
        return psl_regex_check(check->policy, pattern);
    psl_type_error(check, pattern->at, "expected a pattern in quotes, or in ```regex and ```");
    return false;
}

/* "degree", { degree : ..., categories : [...] }, a queried level. */
bool psl_check_level(struct psl_check *check, const struct psl_object *object, struct psl_expression *level)
{
    if (level->operation == PSL_TEXT)
        return check_name(check, level, &object->states, object, "degree");
    if (level->operation == PSL_CALL && level->callee != nullptr && level->callee->id == PSL_MIC_QUERY_LEVEL) {
        if (level->callee_object == object)
            return true;
        psl_type_error(check, level->at, "a level of '%s' is not one of '%s'", level->callee_object->name,
                       object->name);
        return false;
    }
    if (psl_fits(&psl_text, level->type))
        return true;
    if (level->operation != PSL_RECORD)
        return wrong(check, level, "a level: \"degree\" or { degree : ..., categories : [...] }");
    bool good = true, degree = false, categories = false;
    for (const struct psl_item *item = level->items.first; item != nullptr; item = item->next) {
        struct psl_expression *value = item->value;
        if (strcmp(item->key.text, "degree") == 0) {
            degree = true;
            good &= value->operation == PSL_UNIT   ? true
                    : value->operation == PSL_TEXT ? check_name(check, value, &object->states, object, "degree")
                                                   : psl_check_fits(check, &psl_text, value);
        } else if (strcmp(item->key.text, "categories") == 0) {
            categories = true;
            if (value->operation != PSL_LIST && value->operation != PSL_UNIT)
                good = wrong(check, value, "categories in brackets, or ()");
            for (const struct psl_item *one = value->items.first; good && one != nullptr; one = one->next)
                good &= one->value->operation == PSL_TEXT
                            ? check_name(check, one->value, &object->categories, object, "category")
                            : psl_check_fits(check, &psl_text, one->value);
        } else {
            psl_type_error(check, item->key.at, "a level has 'degree' and 'categories', no '%s'", item->key.text);
            good = false;
        }
    }
    if (good && !(degree && categories)) {
        psl_type_error(check, level->at, "a level needs '%s : ...'", degree ? "categories" : "degree");
        good = false;
    }
    return good;
}

static bool fits_unit(const struct psl_expression *argument)
{
    return argument->operation == PSL_UNIT;
}

bool psl_check_argument(struct psl_check *check, struct psl_expression *call, enum psl_want want,
                        struct psl_expression **place)
{
    struct psl_expression *argument = *place;
    const struct psl_object *object = call->callee_object;
    const struct psl_type *type = want == PSL_WANT_PATTERN ? &psl_text : psl_check_expression(check, argument);
    if (want != PSL_WANT_PATTERN && type->kind == PSL_BROKEN_TYPE)
        return false;
    if (type->kind == PSL_BYTES_TYPE)
        return wrong(check, argument, "a value that rules can use");
    switch (want) {
    case PSL_WANT_NOTHING:
        return true;
    case PSL_WANT_UNIT:
        return fits_unit(argument) || wrong(check, argument, "()");
    case PSL_WANT_BOOLEAN:
        return psl_check_fits(check, &psl_boolean, argument);
    case PSL_WANT_BOOLEAN_OR_UNIT:
        return fits_unit(argument) || psl_check_fits(check, &psl_boolean, argument);
    case PSL_WANT_BOOLEANS:
        return psl_check_fits(check, psl_element_type(check->policy->pool, PSL_LIST_TYPE, &psl_boolean, 0), argument);
    case PSL_WANT_SCALAR:
        return is_scalar(type) || wrong(check, argument, "a number, Boolean or text");
    case PSL_WANT_NUMBER:
        return psl_is_integer(type) || wrong(check, argument, "a number");
    case PSL_WANT_NUMBERS:
        return is_integer_list(type) || wrong(check, argument, "a list of numbers");
    case PSL_WANT_SIGNED:
        return psl_fits(&psl_sint64, type) && (type->is_signed || type->kind == PSL_NUMBER_TYPE)
                   ? true
                   : wrong(check, argument, "a signed number");
    case PSL_WANT_CASTABLE:
        return check_cast(check, call, argument);
    case PSL_WANT_LEVEL_NUMBER:
    case PSL_WANT_SID:
        return psl_check_fits(check, &psl_uint32, argument);
    case PSL_WANT_SID_OR_UNIT:
        return fits_unit(argument) || psl_check_fits(check, &psl_uint32, argument);
    case PSL_WANT_COLLECTION:
        return is_collection(type) || wrong(check, argument, "a text, set, list or map");
    case PSL_WANT_TEXT:
        return psl_check_fits(check, &psl_text, argument);
    case PSL_WANT_PATTERN:
        return check_pattern(check, argument);
    case PSL_WANT_ENTRY:
        return check_entry(check, object, argument);
    case PSL_WANT_KEY:
        return check_key(check, object, argument);
    case PSL_WANT_VALUE:
        return psl_check_fits(check, object->value, argument);
    case PSL_WANT_STATE:
        return check_state(check, object, argument);
    case PSL_WANT_STATES:
        return check_states(check, object, argument);
    case PSL_WANT_LEVEL:
        return psl_check_level(check, object, argument);
    case PSL_WANT_LEVEL_OR_UNIT:
        return fits_unit(argument) || psl_check_level(check, object, argument);
    }
    return false;
}

/* Literals, and lists and dictionaries of them. */
static bool is_literal(const struct psl_expression *e)
{
    bool literal = e->operation <= PSL_TEXT || e->operation == PSL_LIST || e->operation == PSL_RECORD;
    for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next)
        literal &= is_literal(item->value);
    return literal;
}

/* A condition for each value of a tuple. */
static void check_tuple(struct psl_check *check, struct psl_expression *chosen, struct psl_expression *condition)
{
    condition->type = chosen->type;
    if (condition->operation != PSL_LIST || condition->items.count != chosen->items.count) {
        psl_type_error(check, condition->at, "expected '_' or %u condition%s in brackets", chosen->items.count,
                       chosen->items.count == 1 ? "" : "s");
        return;
    }
    const struct psl_item *item = chosen->items.first;
    for (struct psl_item *one = condition->items.first; one != nullptr; one = one->next, item = item->next)
        psl_check_condition(check, item->value, one->value);
}

void psl_check_condition(struct psl_check *check, struct psl_expression *chosen, struct psl_expression *condition)
{
    if (condition->operation == PSL_OTHERWISE)
        return;
    if (chosen->operation == PSL_LIST) {
        check_tuple(check, chosen, condition);
        return;
    }
    if (condition->operation == PSL_LIST) {
        psl_type_error(check, condition->at, "expected one condition: the choice is on one value");
        return;
    }
    const struct psl_method *method = chosen->operation == PSL_CALL ? chosen->callee : nullptr;
    if (method != nullptr && method->id == PSL_REGEX_SELECT) {
        if (condition->operation != PSL_TEXT)
            psl_type_error(check, condition->at, "expected a pattern in quotes, or '_'");
        else
            psl_regex_check(check->policy, condition);
        condition->type = &psl_text;
        return;
    }
    const struct psl_type *type = psl_check_expression(check, condition);
    if (!is_literal(condition)) {
        psl_type_error(check, condition->at, "the condition of a branch is a literal");
        return;
    }
    if (type->kind == PSL_BROKEN_TYPE || chosen->type->kind == PSL_BROKEN_TYPE)
        return;
    if (method != nullptr && method->id == PSL_MIC_QUERY_LEVEL)
        psl_check_level(check, chosen->callee_object, condition);
    else if (method != nullptr && method->id == PSL_FLOW_QUERY)
        check_state(check, chosen->callee_object, condition);
    else if (psl_is_integer(chosen->type) ? !psl_fits(chosen->type, type)
                                          : psl_join_types(check->policy->pool, chosen->type, type) == nullptr)
        psl_type_error(check, condition->at, "%s is never %s", psl_value_words(check->policy->pool, chosen->type),
                       psl_value_words(check->policy->pool, type));
}
