/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of the models, their type parameters and sizes. Names in configurations: object_config.c. */
#include <string.h>
#include <tools/nk-psl-gen-c/object.h>

void object_error(struct psl_policy *policy, struct psl_object *object, struct location at, const char *format, ...)
{
    va_list arguments;
    struct text text = {0};
    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    diagnostic_error(policy->diagnostics, at, "%s", text.bytes);
    text_free(&text);
    object->broken = true;
}

struct psl_expression *object_config_field(struct psl_policy *policy, struct psl_object *object,
                                           const struct psl_expression *config, const char *name)
{
    for (const struct psl_item *item = config->items.first; item != nullptr; item = item->next)
        if (item->key_kind != PSL_KEY_NONE && strcmp(item->key.text, name) == 0)
            return item->value;
    object_error(policy, object, config->at, "the configuration has no '%s'", name);
    return nullptr;
}

void object_config_known(struct psl_policy *policy, struct psl_object *object, const struct psl_expression *config,
                         const char *const *names, unsigned count)
{
    for (const struct psl_item *item = config->items.first; item != nullptr; item = item->next) {
        struct suggestion suggestion = {.wanted = item->key.text};
        bool known = false;
        for (unsigned i = 0; i < count && item->key_kind != PSL_KEY_NONE; i++) {
            known |= strcmp(names[i], item->key.text) == 0;
            suggestion_offer(&suggestion, names[i]);
        }
        if (known) {
            for (const struct psl_item *other = config->items.first; other != item; other = other->next)
                if (other->key_kind != PSL_KEY_NONE && strcmp(other->key.text, item->key.text) == 0)
                    object_error(policy, object, item->key.at, "a second '%s'", item->key.text);
            continue;
        }
        if (item->key_kind == PSL_KEY_NONE) {
            object_error(policy, object, item->value->at, "expected a name and ':' before the value");
            continue;
        }
        object_error(policy, object, item->key.at, "%s has no setting '%s'", psl_model_name[object->model],
                     item->key.text);
        if (suggestion.nearest != nullptr)
            diagnostic_note(policy->diagnostics, item->key.at, "did you mean '%s'?", suggestion.nearest);
    }
}

static uint64_t size_setting(struct psl_policy *policy, struct psl_object *object, const struct psl_expression *config,
                             const char *name, uint64_t most)
{
    const struct psl_expression *value = object_config_field(policy, object, config, name);
    if (value == nullptr)
        return 1;
    if (value->operation != PSL_INTEGER || value->number < 1 || value->number > most) {
        object_error(policy, object, value->at, "expected a number from 1 to %llu", (unsigned long long)most);
        return 1;
    }
    return (uint64_t)value->number;
}

#define PSL_ENTRY_WORDS_MAX 8U

/* One more than the maximum stands for all that is above. */
unsigned psl_entry_words(const struct psl_type *type)
{
    unsigned words = 0;
    if (type->kind == PSL_INTEGER_TYPE || type->kind == PSL_BOOLEAN_TYPE || type->kind == PSL_NUMBER_TYPE)
        return 1;
    if (type->kind != PSL_RECORD_TYPE && type->kind != PSL_TUPLE_TYPE)
        return 0;
    for (uint64_t i = 0; i < type->count; i++) {
        unsigned more = psl_entry_words(type->parts[i].type);
        if (more == 0)
            return 0;
        words += more;
        if (words > PSL_ENTRY_WORDS_MAX)
            return PSL_ENTRY_WORDS_MAX + 1;
    }
    return words;
}

static void load_hashset(struct psl_policy *policy, struct psl_object *object, const struct psl_parameter *entry,
                         const struct psl_expression *config)
{
    static const char *const names[] = {"set_size", "pool_size"};
    object_config_known(policy, object, config, names, 2);
    object->set_size = size_setting(policy, object, config, "set_size", 65536);
    object->pool_size = size_setting(policy, object, config, "pool_size", 65536);
    if (object->set_size * object->pool_size > 1U << 20)
        object_error(policy, object, config->at, "%llu tables of %llu entries: more than %u entries in all",
                     (unsigned long long)object->pool_size, (unsigned long long)object->set_size, 1U << 20);
    object->entry = psl_resolve_type(policy, entry->type);
    object->entry_words = psl_entry_words(object->entry);
    if (object->entry->kind == PSL_BROKEN_TYPE)
        object->broken = true;
    else if (object->entry_words == 0 || object->entry_words > PSL_ENTRY_WORDS_MAX)
        object_error(policy, object, entry->type->at,
                     "an entry is an integer, a Boolean, or a dictionary or tuple of up to 8 of them, not %s",
                     psl_type_words(policy->pool, object->entry));
}

static void load_staticmap(struct psl_policy *policy, struct psl_object *object, const struct psl_parameter *value,
                           const struct psl_expression *config)
{
    static const char *const names[] = {"keys", "pool_size"};
    object_config_known(policy, object, config, names, 2);
    object->pool_size = size_setting(policy, object, config, "pool_size", 65536);
    object->value = psl_resolve_type(policy, value->type);
    if (object->value->kind == PSL_BROKEN_TYPE)
        object->broken = true;
    else if (object->value->kind != PSL_INTEGER_TYPE)
        object_error(policy, object, value->type->at, "a value is of an integer type, not %s",
                     psl_type_words(policy->pool, object->value));
    else
        object_config_keys(policy, object, config);
}

/* The parameters of each model: the names that its type may have, whether it has a configuration. */
static const struct {
    const char *types[2];
    bool config;
} wanted[PSL_MODELS] = {
    [PSL_HASHSET] = {{"Entry"}, true},
    [PSL_STATICMAP] = {{"Value"}, true},
    [PSL_FLOW] = {{"State", "States"}, true},
    [PSL_MIC] = {{nullptr}, true},
};

static const struct psl_parameter *find_parameter(struct psl_policy *policy, struct psl_object *object,
                                                  const struct psl_object_declaration *declaration, bool config)
{
    const struct psl_parameter *found = nullptr;
    for (const struct psl_parameter *p = declaration->parameters; p != nullptr; p = p->next) {
        if ((p->config != nullptr) != config)
            continue;
        bool known = config;
        for (unsigned i = 0; i < 2 && !config && wanted[object->model].types[i] != nullptr; i++)
            known |= strcmp(wanted[object->model].types[i], p->name.text) == 0;
        if (!known) {
            object_error(policy, object, p->name.at, "%s has no type '%s'", psl_model_name[object->model],
                         p->name.text);
            if (wanted[object->model].types[0] != nullptr)
                diagnostic_note(policy->diagnostics, p->name.at, "expected '%s'", wanted[object->model].types[0]);
        } else if (found != nullptr) {
            object_error(policy, object, p->name.at, "a second '%s'", config ? "config" : p->name.text);
        } else {
            found = p;
        }
    }
    return found;
}

static void load_parameters(struct psl_policy *policy, struct psl_object *object,
                            const struct psl_object_declaration *declaration)
{
    const struct psl_parameter *type = find_parameter(policy, object, declaration, false);
    const struct psl_parameter *config = find_parameter(policy, object, declaration, true);
    const char *type_name = wanted[object->model].types[0];
    bool wants_config = wanted[object->model].config;
    if (config != nullptr && !wants_config)
        object_error(policy, object, config->name.at, "%s has no configuration", psl_model_name[object->model]);
    if (type == nullptr && type_name != nullptr)
        object_error(policy, object, object->at, "a %s needs 'type %s = ...'", psl_model_name[object->model],
                     type_name);
    if (config == nullptr && wants_config)
        object_error(policy, object, object->at, "a %s needs 'config = ...'", psl_model_name[object->model]);
    bool list = object->model == PSL_MIC && config != nullptr && config->config->operation == PSL_LIST;
    if (config != nullptr && config->config->operation != PSL_RECORD && !list)
        object_error(policy, object, config->config->at, "expected a configuration in braces");
    if (object->broken || !wants_config)
        return;
    switch (object->model) {
    case PSL_HASHSET:
        load_hashset(policy, object, type, config->config);
        break;
    case PSL_STATICMAP:
        load_staticmap(policy, object, type, config->config);
        break;
    case PSL_FLOW:
        object_config_flow(policy, object, type, config->config);
        break;
    default:
        object_config_mic(policy, object, config->config);
        break;
    }
}

static bool model_declared(const struct psl_policy *policy, const char *name)
{
    const struct psl_model_declaration *m = policy->declarations.models;
    while (m != nullptr && strcmp(m->name.text, name) != 0)
        m = m->next;
    return m != nullptr;
}

static void load_object(struct psl_policy *policy, const struct psl_object_declaration *declaration)
{
    struct psl_object *object = POOL_NEW(policy->pool, struct psl_object);
    object->name = declaration->name.text;
    object->at = declaration->name.at;
    object->index = policy->object_count;
    object->model = psl_find_model(declaration->model.text);
    const struct psl_object *first = psl_find_object(policy, object->name);
    if (first != nullptr) {
        diagnostic_error(policy->diagnostics, object->at, "a second object '%s'", object->name);
        diagnostic_note(policy->diagnostics, first->at, "the first is here");
        return;
    }
    if (object->model == PSL_MODELS) {
        struct suggestion suggestion = {.wanted = declaration->model.text};
        for (unsigned i = 0; i < PSL_MODELS; i++)
            suggestion_offer(&suggestion, psl_model_name[i]);
        object_error(policy, object, declaration->model.at, "there is no model '%s'", declaration->model.text);
        if (suggestion.nearest != nullptr)
            diagnostic_note(policy->diagnostics, declaration->model.at, "did you mean '%s'?", suggestion.nearest);
    } else if (!model_declared(policy, declaration->model.text)) {
        diagnostic_error(policy->diagnostics, declaration->model.at,
                         "the model %s is not known here; expected 'use %s._'", declaration->model.text,
                         psl_model_file[object->model]);
    }
    if (object->name[0] >= 'A' && object->name[0] <= 'Z')
        diagnostic_warning(policy->diagnostics, object->at, "the name of an object begins with a small letter");
    policy->objects[policy->object_count++] = object;
    if (!object->broken)
        load_parameters(policy, object, declaration);
}

void psl_load_objects(struct psl_policy *policy)
{
    unsigned count = 0;
    for (const struct psl_object_declaration *d = policy->declarations.objects; d != nullptr; d = d->next)
        count++;
    policy->objects = pool_allocate(policy->pool, sizeof(struct psl_object *) * (count + 1));
    for (const struct psl_model_declaration *m = policy->declarations.models; m != nullptr; m = m->next)
        if (psl_find_model(m->name.text) == PSL_MODELS)
            diagnostic_error(policy->diagnostics, m->name.at, "there is no model '%s'", m->name.text);
    for (struct psl_alias *alias = policy->declarations.aliases; alias != nullptr; alias = alias->next) {
        for (const struct psl_alias *other = policy->declarations.aliases; other != alias; other = other->next)
            if (strcmp(other->name.text, alias->name.text) == 0)
                diagnostic_error(policy->diagnostics, alias->name.at, "a second type '%s'", alias->name.text);
        if (alias->resolved == nullptr) {
            alias->type->busy = true;
            alias->resolved = psl_resolve_type(policy, alias->type);
        }
    }
    for (const struct psl_object_declaration *d = policy->declarations.objects; d != nullptr; d = d->next)
        load_object(policy, d);
}
