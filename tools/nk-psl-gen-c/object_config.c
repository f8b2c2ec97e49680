/* SPDX-License-Identifier: Apache-2.0 */
/* Names in configurations: keys of StaticMap, states of Flow, degrees and categories of Mic. */
#include <string.h>
#include <tools/nk-psl-gen-c/object.h>

/* A list of texts, each once. */
static struct psl_names read_names(struct psl_policy *policy, struct psl_object *object,
                                   const struct psl_expression *list, const char *what)
{
    struct psl_names names = {.list = pool_allocate(policy->pool, sizeof(char *) * (list->items.count + 1U))};
    if (list->operation != PSL_LIST)
        object_error(policy, object, list->at, "expected a list in brackets, each %s in quotes", what);
    for (const struct psl_item *item = list->items.first; item != nullptr && list->operation == PSL_LIST;
         item = item->next) {
        if (item->value->operation != PSL_TEXT)
            object_error(policy, object, item->value->at, "expected a %s in quotes", what);
        else if (psl_name_index(&names, item->value->text) < names.count)
            object_error(policy, object, item->value->at, "a second %s \"%s\"", what, item->value->text);
        else
            names.list[names.count++] = item->value->text;
    }
    return names;
}

/* The number of a name that must be known; an error and 0 otherwise. */
static unsigned known_name(struct psl_policy *policy, struct psl_object *object, const struct psl_names *names,
                           const char *text, struct location at, const char *what)
{
    unsigned index = psl_name_index(names, text);
    if (index < names->count)
        return index;
    struct suggestion suggestion = {.wanted = text};
    for (unsigned i = 0; i < names->count; i++)
        suggestion_offer(&suggestion, names->list[i]);
    object_error(policy, object, at, "there is no %s \"%s\" in '%ss'", what, text, what);
    if (suggestion.nearest != nullptr)
        diagnostic_note(policy->diagnostics, at, "did you mean \"%s\"?", suggestion.nearest);
    return 0;
}

/* Insertion in ascending order of bytes. */
static void insert_key(struct psl_object *object, const char *key, __int128 value)
{
    unsigned at = object->keys.count++;
    for (; at != 0 && strcmp(object->keys.list[at - 1], key) > 0; at--) {
        object->keys.list[at] = object->keys.list[at - 1];
        object->defaults[at] = object->defaults[at - 1];
    }
    object->keys.list[at] = key;
    object->defaults[at] = value;
}

void object_config_keys(struct psl_policy *policy, struct psl_object *object, const struct psl_expression *config)
{
    const struct psl_expression *keys = object_config_field(policy, object, config, "keys");
    if (keys == nullptr)
        return;
    if (keys->operation != PSL_RECORD || keys->items.count == 0) {
        object_error(policy, object, keys->at, "expected keys and their defaults: { \"key\" : 0, ... }");
        return;
    }
    object->keys.list = pool_allocate(policy->pool, sizeof(char *) * keys->items.count);
    object->defaults = pool_allocate(policy->pool, sizeof(*object->defaults) * keys->items.count);
    for (const struct psl_item *item = keys->items.first; item != nullptr; item = item->next) {
        const struct psl_expression *value = item->value;
        if (item->key_kind != PSL_KEY_TEXT && item->key_kind != PSL_KEY_NAME)
            object_error(policy, object, item->key_kind == PSL_KEY_NONE ? value->at : item->key.at,
                         "expected a key in quotes, ':' and its default");
        else if (psl_name_index(&object->keys, item->key.text) < object->keys.count)
            object_error(policy, object, item->key.at, "a second key \"%s\"", item->key.text);
        else if (value->operation != PSL_INTEGER || value->number < psl_least(object->value) ||
                 value->number > psl_greatest(object->value))
            object_error(policy, object, value->at, "the default of \"%s\" is not a number of type %s", item->key.text,
                         psl_type_words(policy->pool, object->value));
        else
            insert_key(object, item->key.text, value->number);
    }
}

/* `states` and the alternatives of the type are the same set. */
static void check_state_type(struct psl_policy *policy, struct psl_object *object, const struct psl_parameter *state,
                             const struct psl_expression *states)
{
    const struct psl_type *type = psl_resolve_type(policy, state->type);
    uint64_t count = type->kind == PSL_VARIANT_TYPE ? type->count : 1;
    object->state = type;
    if (type->kind == PSL_BROKEN_TYPE) {
        object->broken = true;
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        const struct psl_type *one = type->kind == PSL_VARIANT_TYPE ? type->parts[i].type : type;
        if (one->kind != PSL_WORD_TYPE) {
            object_error(policy, object, state->type->at, "expected states in quotes: \"a\" | \"b\"");
            return;
        }
        if (psl_name_index(&object->states, one->text) == object->states.count)
            object_error(policy, object, states->at, "the state \"%s\" of the type is not in 'states'", one->text);
    }
    for (unsigned i = 0; i < object->states.count; i++)
        if (!psl_fits(type, psl_word_type(policy->pool, object->states.list[i])))
            object_error(policy, object, states->at, "the state \"%s\" is not in the type '%s'", object->states.list[i],
                         state->name.text);
}

static void read_transitions(struct psl_policy *policy, struct psl_object *object,
                             const struct psl_expression *transitions)
{
    unsigned count = object->states.count;
    object->transitions = pool_allocate(policy->pool, (size_t)count * count + 1);
    if (transitions->operation != PSL_RECORD) {
        object_error(policy, object, transitions->at, "expected transitions: { \"from\" : [\"to\", ...], ... }");
        return;
    }
    bool *seen = pool_allocate(policy->pool, count + 1U);
    for (const struct psl_item *item = transitions->items.first; item != nullptr; item = item->next) {
        if (item->key_kind != PSL_KEY_TEXT && item->key_kind != PSL_KEY_NAME) {
            object_error(policy, object, item->value->at, "expected a state in quotes, ':' and a list of states");
            continue;
        }
        unsigned from = known_name(policy, object, &object->states, item->key.text, item->key.at, "state");
        if (!object->broken && seen[from])
            object_error(policy, object, item->key.at, "a second row for state \"%s\"", item->key.text);
        struct psl_names row = read_names(policy, object, item->value, "state");
        for (const struct psl_item *to = item->value->items.first; to != nullptr && !object->broken; to = to->next)
            object->transitions[from * count + known_name(policy, object, &object->states, to->value->text,
                                                          to->value->at, "state")] = true;
        (void)row;
        if (!object->broken)
            seen[from] = true;
    }
}

/* States that nothing leads to. */
static void warn_unreachable(struct psl_policy *policy, const struct psl_object *object,
                             const struct psl_expression *states)
{
    unsigned count = object->states.count;
    bool *reached = pool_allocate(policy->pool, count);
    reached[object->initial] = true;
    for (bool more = true; more;) {
        more = false;
        for (unsigned from = 0; from < count; from++)
            for (unsigned to = 0; to < count && reached[from]; to++)
                if (object->transitions[from * count + to] && !reached[to])
                    more = reached[to] = true;
    }
    for (unsigned i = 0; i < count; i++)
        if (!reached[i])
            diagnostic_warning(policy->diagnostics, states->at, "no transition leads from \"%s\" to the state \"%s\"",
                               object->states.list[object->initial], object->states.list[i]);
}

void object_config_flow(struct psl_policy *policy, struct psl_object *object, const struct psl_parameter *state,
                        const struct psl_expression *config)
{
    static const char *const names[] = {"states", "initial", "transitions"};
    object_config_known(policy, object, config, names, 3);
    const struct psl_expression *states = object_config_field(policy, object, config, "states");
    const struct psl_expression *initial = object_config_field(policy, object, config, "initial");
    const struct psl_expression *transitions = object_config_field(policy, object, config, "transitions");
    if (states == nullptr || initial == nullptr || transitions == nullptr)
        return;
    object->states = read_names(policy, object, states, "state");
    if (object->states.count == 0 || object->states.count > 1024)
        object_error(policy, object, states->at, "expected 1 to 1024 states");
    if (object->broken)
        return;
    check_state_type(policy, object, state, states);
    if (initial->operation != PSL_TEXT)
        object_error(policy, object, initial->at, "expected a state in quotes");
    else
        object->initial = known_name(policy, object, &object->states, initial->text, initial->at, "state");
    read_transitions(policy, object, transitions);
    if (!object->broken)
        warn_unreachable(policy, object, states);
}

void object_config_mic(struct psl_policy *policy, struct psl_object *object, const struct psl_expression *config)
{
    const struct psl_expression *degrees = config, *categories = nullptr;
    if (config->operation == PSL_RECORD) {
        static const char *const names[] = {"degrees", "categories"};
        object_config_known(policy, object, config, names, 2);
        degrees = object_config_field(policy, object, config, "degrees");
        categories = object_config_field(policy, object, config, "categories");
        if (degrees == nullptr || categories == nullptr)
            return;
        object->categories = read_names(policy, object, categories, "category");
        if (object->categories.count > 64)
            object_error(policy, object, categories->at, "%u categories; at most 64", object->categories.count);
    }
    object->states = read_names(policy, object, degrees, "degree");
    if (object->states.count == 0)
        object_error(policy, object, degrees->at, "expected at least one degree of integrity");
}
