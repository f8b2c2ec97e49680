/* SPDX-License-Identifier: Apache-2.0 */
/* The models with contexts, as docs/languages.md tells them. */
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/reference/reference.h>

struct machine {
    unsigned state;
};

/* A HashSet's table: count, then entries of entry_words numbers. */
struct set_table {
    size_t count;
    __int128 entries[];
};

bool reference_sid(const struct value *value, uint32_t *sid)
{
    *sid = (uint32_t)value->number;
    return value->number >= 1 && value->number <= REFERENCE_SID_MAX;
}

struct reference_context *reference_find(struct interpreter *reference, const struct psl_object *object, uint32_t sid)
{
    for (size_t i = 0; i < reference->count; i++)
        if (reference->contexts[i].object == object && reference->contexts[i].sid == sid)
            return &reference->contexts[i];
    return nullptr;
}

static size_t used(const struct interpreter *reference, const struct psl_object *object)
{
    size_t count = 0;
    for (size_t i = 0; i < reference->count; i++)
        count += reference->contexts[i].object == object;
    return count;
}

void *reference_add(struct interpreter *reference, const struct psl_object *object, uint32_t sid, size_t size)
{
    if (reference->count == reference->room) {
        reference->room = reference->room * 2 + 16;
        reference->contexts = realloc(reference->contexts, reference->room * sizeof(*reference->contexts));
    }
    reference->contexts[reference->count++] = (struct reference_context){object, sid, size, calloc(1, size)};
    return reference->contexts[reference->count - 1].bytes;
}

bool reference_drop(struct interpreter *reference, struct reference_context *context)
{
    if (context == nullptr)
        return false;
    free(context->bytes);
    *context = reference->contexts[--reference->count];
    return true;
}

void reference_forget(struct interpreter *reference, uint32_t sid)
{
    for (size_t i = reference->count; i-- > 0;)
        if (reference->contexts[i].sid == sid)
            reference_drop(reference, &reference->contexts[i]);
}

/* The scalars of an entry, in order: fields by the entry type. */
static size_t flatten(const struct psl_type *type, const struct value *value, __int128 *words)
{
    size_t count = 0;
    if (type->kind != PSL_RECORD_TYPE && type->kind != PSL_TUPLE_TYPE) {
        words[0] = value->number;
        return 1;
    }
    for (uint64_t i = 0; i < type->count; i++) {
        size_t j = i;
        for (j = type->kind == PSL_RECORD_TYPE ? 0 : j; type->kind == PSL_RECORD_TYPE; j++)
            if (strcmp(value->names[j], type->parts[i].name) == 0)
                break;
        count += flatten(type->parts[i].type, &value->items[j], words + count);
    }
    return count;
}

static size_t place(const struct psl_object *object, const struct set_table *table, const __int128 *entry)
{
    size_t i = 0;
    while (i < table->count &&
           memcmp(table->entries + i * object->entry_words, entry, sizeof(*entry) * object->entry_words) != 0)
        i++;
    return i;
}

static bool hashset(struct interpreter *reference, const struct psl_object *object, enum psl_method_id id, uint32_t sid,
                    const struct value *entry, bool *contains)
{
    struct reference_context *context = reference_find(reference, object, sid);
    __int128 words[8];
    if (id == PSL_HASHSET_INIT) {
        if (context != nullptr || used(reference, object) == object->pool_size)
            return false;
        reference_add(reference, object, sid,
                      sizeof(struct set_table) + object->set_size * object->entry_words * sizeof(__int128));
        return true;
    }
    if (context == nullptr)
        return false;
    if (id == PSL_HASHSET_FINI)
        return reference_drop(reference, context);
    struct set_table *table = (struct set_table *)(void *)context->bytes;
    flatten(object->entry, entry, words);
    size_t at = place(object, table, words), size = object->entry_words;
    bool there = at < table->count;
    if (id == PSL_HASHSET_CONTAINS) {
        *contains = there;
    } else if (id == PSL_HASHSET_ADD && !there) {
        if (table->count == object->set_size)
            return false;
        memcpy(table->entries + table->count++ * size, words, size * sizeof(words[0]));
    } else if (id == PSL_HASHSET_REMOVE && there) {
        table->count--;
        memcpy(table->entries + at * size, table->entries + table->count * size, size * sizeof(words[0]));
    }
    return true;
}

/* The key's number; a list of numbers stands for its bytes. */
static bool key_of(const struct psl_object *object, const struct value *key, unsigned *index)
{
    for (*index = 0; *index < object->keys.count; (*index)++) {
        const char *name = object->keys.list[*index];
        size_t length = key->kind == VALUE_TEXT ? key->length : key->count, i = 0;
        if (strlen(name) != length)
            continue;
        while (i < length && (unsigned char)name[i] == (key->kind == VALUE_TEXT ? (unsigned char)key->text[i]
                                                                                : (unsigned char)key->items[i].number))
            i++;
        if (i == length)
            return true;
    }
    return false;
}

/* Base values, then working ones. */
static bool staticmap(struct interpreter *reference, const struct psl_object *object, enum psl_method_id id,
                      uint32_t sid, const struct value *arguments, __int128 *value)
{
    struct reference_context *context = reference_find(reference, object, sid);
    unsigned count = object->keys.count, key = 0;
    size_t size = sizeof(__int128) * count;
    if (id == PSL_MAP_INIT) {
        if (context != nullptr || used(reference, object) == object->pool_size)
            return false;
        __int128 *values = reference_add(reference, object, sid, 2 * size);
        memcpy(values, object->defaults, size);
        memcpy(values + count, object->defaults, size);
        return true;
    }
    bool keyed = id == PSL_MAP_SET || id == PSL_MAP_GET || id == PSL_MAP_GET_UNCOMMITTED;
    if (context == nullptr || (keyed && !key_of(object, &arguments[1], &key)))
        return false;
    __int128 *base = (__int128 *)(void *)context->bytes, *working = base + count;
    switch (id) {
    case PSL_MAP_FINI:
        return reference_drop(reference, context);
    case PSL_MAP_SET:
        working[key] = arguments[2].number;
        break;
    case PSL_MAP_COMMIT:
        memcpy(base, working, size);
        break;
    case PSL_MAP_ROLLBACK:
        memcpy(working, base, size);
        break;
    default:
        *value = id == PSL_MAP_GET ? base[key] : working[key];
        break;
    }
    return true;
}

static bool flow(struct interpreter *reference, const struct psl_object *object, enum psl_method_id id, uint32_t sid,
                 const struct value *argument, unsigned *state)
{
    struct reference_context *context = reference_find(reference, object, sid);
    if (id == PSL_FLOW_INIT) {
        if (context != nullptr)
            return false;
        ((struct machine *)reference_add(reference, object, sid, sizeof(struct machine)))->state = object->initial;
        return true;
    }
    if (context == nullptr)
        return false;
    struct machine *machine = (struct machine *)(void *)context->bytes;
    const char *now = object->states.list[machine->state];
    if (id == PSL_FLOW_FINI)
        return reference_drop(reference, context);
    if (id == PSL_FLOW_ENTER) {
        unsigned to = psl_name_index(&object->states, argument->text);
        if (!object->transitions[machine->state * object->states.count + to])
            return false;
        machine->state = to;
    } else if (id == PSL_FLOW_ALLOW) {
        bool found = false;
        for (size_t i = 0; i < argument->count; i++)
            found |= strcmp(argument->items[i].text, now) == 0;
        return found;
    } else {
        *state = machine->state;
    }
    return true;
}

bool reference_rule(struct interpreter *reference, const struct psl_expression *call, const struct value *arguments)
{
    const struct psl_object *object = call->callee_object;
    enum psl_method_id id = call->callee->id;
    uint32_t sid = 0;
    bool sid_good = object->model != PSL_HASHSET && object->model != PSL_STATICMAP && object->model != PSL_FLOW;
    if (!sid_good && !reference_sid(&arguments[0], &sid))
        return false;
    switch (id) {
    case PSL_GRANT:
        return true;
    case PSL_ASSERT:
        return arguments[0].number != 0;
    case PSL_DENY:
        return arguments[0].kind != VALUE_UNIT && arguments[0].number == 0;
    case PSL_SET_LEVEL:
        reference->audit_level = (uint32_t)arguments[0].number;
        return true;
    default:
        return object->model == PSL_MIC         ? reference_mic_rule(reference, object, id, arguments)
               : object->model == PSL_HASHSET   ? hashset(reference, object, id, sid, &arguments[1], nullptr)
               : object->model == PSL_STATICMAP ? staticmap(reference, object, id, sid, arguments, nullptr)
                                                : flow(reference, object, id, sid, &arguments[1], nullptr);
    }
}

bool reference_query(struct interpreter *reference, const struct psl_expression *call, const struct value *arguments,
                     struct value *result)
{
    const struct psl_object *object = call->callee_object;
    uint32_t sid;
    bool contains;
    unsigned state = 0;
    if (!reference_sid(&arguments[0], &sid))
        return false;
    if (object->model == PSL_MIC)
        return reference_mic_query(reference, object, arguments, result);
    if (object->model == PSL_HASHSET) {
        if (!hashset(reference, object, call->callee->id, sid, &arguments[1], &contains))
            return false;
        *result = (struct value){.kind = VALUE_BOOLEAN, .number = contains};
        return true;
    }
    if (object->model == PSL_STATICMAP) {
        *result = (struct value){.kind = VALUE_INTEGER};
        return staticmap(reference, object, call->callee->id, sid, arguments, &result->number);
    }
    if (!flow(reference, object, call->callee->id, sid, nullptr, &state))
        return false;
    *result = (struct value){.kind = VALUE_TEXT, .text = object->states.list[state]};
    result->length = strlen(result->text);
    return true;
}
