/* SPDX-License-Identifier: Apache-2.0 */
/*
 * StaticMap: a context is its number, stepped by each init, then a cell per key: the base value and the number that it
 * was set under, the working value and its number. A value of another number than the context's is the default, so
 * init writes one word.
 */
#include <ksm/models/state.h>

#define BASE       0U
#define WORKING    2U
#define CELL_WORDS 4U

u64 ksm_staticmap_words(const struct ksm_staticmap_configuration *configuration)
{
    return 1 + (u64)configuration->key_count * CELL_WORDS;
}

static u64 *value_at(u64 *table, u32 key, u32 instance)
{
    return table + 1 + (u64)key * CELL_WORDS + instance;
}

static u64 value_of(const struct ksm_object *object, u64 *table, u32 key, u32 instance)
{
    const struct ksm_staticmap_configuration *configuration = object->configuration;
    const u64 *value = value_at(table, key, instance);
    return ksm_load(value + 1) == ksm_load(table) ? ksm_load(value) : configuration->defaults[key];
}

static void value_set(struct ksm_transaction *transaction, struct ksm_object *object, u64 *place, u64 value, u64 number)
{
    ksm_store(transaction, object->state, place, value);
    ksm_store(transaction, object->state, place + 1, number);
}

u32 ksm_staticmap_key(const struct ksm_object *object, struct ksm_text key)
{
    const struct ksm_staticmap_configuration *configuration = object->configuration;
    u32 low = 0, high = configuration->key_count;
    while (low < high) {
        u32 middle = (low + high) / 2;
        const struct ksm_text *other = &configuration->keys[middle];
        u32 length = key.length < other->length ? key.length : other->length;
        int order = memcmp(key.bytes, other->bytes, length);
        if (order == 0 && key.length == other->length)
            return middle;
        if (order < 0 || (order == 0 && key.length < other->length))
            high = middle;
        else
            low = middle + 1;
    }
    return KSM_NO_KEY;
}

bool ksm_staticmap_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    u64 *table = ksm_context_make(transaction, object, sid);
    if (table != nullptr)
        ksm_store(transaction, object->state, table, *table + 1);
    return table != nullptr;
}

bool ksm_staticmap_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    return ksm_context_drop(transaction, object, sid);
}

bool ksm_staticmap_set(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key, u64 value)
{
    u64 *table = ksm_context_find(object, sid);
    if (table == nullptr || key == KSM_NO_KEY)
        return false;
    value_set(transaction, object, value_at(table, key, WORKING), value, *table);
    return true;
}

/* From one instance to the other, whole: one key after the other, as many as the configuration has. */
static bool copy(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 from, u32 to)
{
    const struct ksm_staticmap_configuration *configuration = object->configuration;
    u64 *table = ksm_context_find(object, sid);
    if (table == nullptr)
        return false;
    for (u32 key = 0; key < configuration->key_count; key++) {
        const u64 *value = value_at(table, key, from);
        value_set(transaction, object, value_at(table, key, to), value[0], value[1]);
    }
    return true;
}

bool ksm_staticmap_commit(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    return copy(transaction, object, sid, WORKING, BASE);
}

bool ksm_staticmap_rollback(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    return copy(transaction, object, sid, BASE, WORKING);
}

static bool get(const struct ksm_object *object, u32 sid, u32 key, u32 instance, u64 *value)
{
    u64 *table = ksm_context_find(object, sid);
    if (table == nullptr || key == KSM_NO_KEY)
        return false;
    *value = value_of(object, table, key, instance);
    return true;
}

bool ksm_staticmap_get(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key, u64 *value)
{
    (void)transaction;
    return get(object, sid, key, BASE, value);
}

bool ksm_staticmap_get_uncommitted(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key,
                                   u64 *value)
{
    (void)transaction;
    return get(object, sid, key, WORKING, value);
}
