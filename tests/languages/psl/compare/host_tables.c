/* SPDX-License-Identifier: Apache-2.0 */
/* HashSet, StaticMap and Flow on the host. */
#include <string.h>
#include <tests/languages/psl/compare/host.h>

/* ---- HashSet ---- */

static u64 *entry_at(const struct ksm_object *object, struct host_context *context, const u64 *entry, u64 *index)
{
    const struct ksm_hashset_configuration *configuration = object->configuration;
    size_t size = configuration->entry_words;
    for (*index = 0; *index < context->words[0]; ++*index)
        if (memcmp(&context->words[1 + *index * size], entry, size * sizeof(u64)) == 0)
            return &context->words[1 + *index * size];
    return nullptr;
}

bool ksm_hashset_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    return host_make(object, sid, ((const struct ksm_hashset_configuration *)object->configuration)->pool_size) !=
           nullptr;
}

bool ksm_hashset_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    return host_drop(object, sid);
}

bool ksm_hashset_add(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    (void)transaction;
    const struct ksm_hashset_configuration *configuration = object->configuration;
    struct host_context *context = host_context(object, sid);
    u64 index;
    if (context == nullptr)
        return false;
    if (entry_at(object, context, entry, &index) != nullptr)
        return true;
    if (context->words[0] == configuration->set_size)
        return false;
    memcpy(&context->words[1 + context->words[0]++ * configuration->entry_words], entry,
           configuration->entry_words * sizeof(u64));
    return true;
}

bool ksm_hashset_remove(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry)
{
    (void)transaction;
    size_t size = ((const struct ksm_hashset_configuration *)object->configuration)->entry_words;
    struct host_context *context = host_context(object, sid);
    u64 index;
    u64 *place = context != nullptr ? entry_at(object, context, entry, &index) : nullptr;
    if (place != nullptr)
        memmove(place, &context->words[1 + --context->words[0] * size], size * sizeof(u64));
    return context != nullptr;
}

bool ksm_hashset_contains(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *entry,
                          bool *result)
{
    (void)transaction;
    struct host_context *context = host_context(object, sid);
    u64 index;
    *result = context != nullptr && entry_at(object, context, entry, &index) != nullptr;
    return context != nullptr;
}

/* ---- StaticMap ---- */

u32 ksm_staticmap_key(const struct ksm_object *object, struct ksm_text key)
{
    const struct ksm_staticmap_configuration *configuration = object->configuration;
    for (u32 i = 0; i < configuration->key_count; i++)
        if (ksm_text_equal(configuration->keys[i], key))
            return i;
    return KSM_NO_KEY;
}

bool ksm_staticmap_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    const struct ksm_staticmap_configuration *configuration = object->configuration;
    struct host_context *context = host_make(object, sid, configuration->pool_size);
    for (u32 i = 0; context != nullptr && i < configuration->key_count; i++)
        context->words[i] = context->words[configuration->key_count + i] = configuration->defaults[i];
    return context != nullptr;
}

bool ksm_staticmap_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    return host_drop(object, sid);
}

bool ksm_staticmap_set(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key, u64 value)
{
    (void)transaction;
    struct host_context *context = host_context(object, sid);
    if (context == nullptr || key == KSM_NO_KEY)
        return false;
    context->words[((const struct ksm_staticmap_configuration *)object->configuration)->key_count + key] = value;
    return true;
}

static bool copy_values(struct ksm_object *object, u32 sid, bool to_base)
{
    u32 count = ((const struct ksm_staticmap_configuration *)object->configuration)->key_count;
    struct host_context *context = host_context(object, sid);
    if (context != nullptr)
        memcpy(context->words + (to_base ? 0 : count), context->words + (to_base ? count : 0), count * sizeof(u64));
    return context != nullptr;
}

bool ksm_staticmap_commit(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    return copy_values(object, sid, true);
}

bool ksm_staticmap_rollback(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    return copy_values(object, sid, false);
}

bool ksm_staticmap_get(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key, u64 *value)
{
    (void)transaction;
    struct host_context *context = host_context(object, sid);
    if (context == nullptr || key == KSM_NO_KEY)
        return false;
    *value = context->words[key];
    return true;
}

bool ksm_staticmap_get_uncommitted(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 key,
                                   u64 *value)
{
    u32 count = ((const struct ksm_staticmap_configuration *)object->configuration)->key_count;
    return key != KSM_NO_KEY && ksm_staticmap_get(transaction, object, sid, count + key, value);
}

/* ---- Flow ---- */

bool ksm_flow_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    struct host_context *context = host_make(object, sid, HOST_CONTEXTS);
    if (context != nullptr)
        context->words[0] = ((const struct ksm_flow_configuration *)object->configuration)->initial;
    return context != nullptr;
}

bool ksm_flow_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    (void)transaction;
    return host_drop(object, sid);
}

bool ksm_flow_enter(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 state)
{
    (void)transaction;
    const struct ksm_flow_configuration *configuration = object->configuration;
    struct host_context *context = host_context(object, sid);
    if (context == nullptr ||
        (configuration->transitions[context->words[0] * configuration->state_words + state / 64] >> state % 64 & 1) ==
            0)
        return false;
    context->words[0] = state;
    return true;
}

bool ksm_flow_allow(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *states)
{
    u32 state;
    return ksm_flow_query(transaction, object, sid, &state) && (states[state / 64] >> state % 64 & 1) != 0;
}

bool ksm_flow_query(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 *state)
{
    (void)transaction;
    const struct host_context *context = host_context(object, sid);
    if (context != nullptr)
        *state = (u32)context->words[0];
    return context != nullptr;
}
