/* SPDX-License-Identifier: Apache-2.0 */
/* Are a policy's objects fit to be indexed by? Boot. */
#include <ksm/models/state.h>

#define ENTRIES_MAX 65536U /* of tables and of pools, as in object.c of the policy compiler */
#define WORDS_MAX   8U

static bool within(u32 value, u32 most)
{
    return value - 1 < most;
}

static bool table_well_formed(const struct ksm_hashset_configuration *set)
{
    return set != nullptr && within(set->set_size, ENTRIES_MAX) && within(set->pool_size, ENTRIES_MAX) &&
           within(set->entry_words, WORDS_MAX);
}

static bool map_well_formed(const struct ksm_staticmap_configuration *map)
{
    if (map == nullptr || map->key_count > ENTRIES_MAX || !within(map->pool_size, ENTRIES_MAX) ||
        (map->key_count != 0 && (map->keys == nullptr || map->defaults == nullptr)))
        return false;
    /* Keys are found by halving: what lies before a key finds none behind it. */
    for (u32 i = 1; i < map->key_count; i++) {
        const struct ksm_text *a = &map->keys[i - 1], *b = &map->keys[i];
        int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
        if (order > 0 || (order == 0 && a->length >= b->length))
            return false;
    }
    return true;
}

static bool machine_well_formed(const struct ksm_flow_configuration *flow)
{
    return flow != nullptr && flow->transitions != nullptr && flow->initial < flow->state_count &&
           flow->state_words == flow->state_count / 64 + (flow->state_count % 64 != 0);
}

static bool levels_well_formed(const struct ksm_mic_configuration *mic)
{
    return mic != nullptr && mic->category_count <= 64 && (mic->degree_count == 0 || mic->degrees != nullptr) &&
           (mic->category_count == 0 || mic->categories != nullptr);
}

static bool object_well_formed(const struct ksm_object *object)
{
    switch (object->model) {
    case KSM_BASE:
    case KSM_REGEX:
        return true;
    case KSM_HASHSET:
        return table_well_formed(object->configuration);
    case KSM_STATICMAP:
        return map_well_formed(object->configuration);
    case KSM_FLOW:
        return machine_well_formed(object->configuration);
    case KSM_MIC:
        return levels_well_formed(object->configuration);
    }
    return false;
}

bool ksm_models_well_formed(struct ksm_object *const *objects, u32 count)
{
    if (count > UINT16_MAX || (count != 0 && objects == nullptr))
        return false;
    for (u32 i = 0; i < count; i++)
        if (objects[i] == nullptr || objects[i]->index != i || objects[i]->name == nullptr ||
            !object_well_formed(objects[i])) {
            kernel_print("ksm: object %u is malformed\n", i);
            return false;
        }
    return true;
}
