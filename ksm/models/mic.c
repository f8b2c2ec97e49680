/* SPDX-License-Identifier: Apache-2.0 */
/* Mic: a context's words are the degree and categories of its level, and of the lowest level it may receive from. */
#include <ksm/models/state.h>

struct label {
    struct ksm_mic_level level, level_r;
};

static bool label_of(const struct ksm_object *object, u32 sid, struct label *label)
{
    const u64 *words = ksm_context_find(object, sid);
    if (words == nullptr)
        return false;
    label->level = (struct ksm_mic_level){ksm_load(&words[0]), ksm_load(&words[1])};
    label->level_r = (struct ksm_mic_level){ksm_load(&words[2]), ksm_load(&words[3])};
    return true;
}

static bool set_label(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid,
                      struct ksm_mic_level level, struct ksm_mic_level level_r)
{
    u64 *words = ksm_context_find(object, sid);
    if (words == nullptr)
        words = ksm_context_make(transaction, object, sid);
    if (words == nullptr)
        return false;
    ksm_store(transaction, object->state, &words[0], level.degree);
    ksm_store(transaction, object->state, &words[1], level.categories);
    ksm_store(transaction, object->state, &words[2], level_r.degree);
    ksm_store(transaction, object->state, &words[3], level_r.categories);
    return true;
}

/* The levels that bound what happens to a resource: source's, driver's, container's. */
struct bounds {
    struct label all[3];
    u32 count; /* 2: the container is the root */
};

static bool bounds_of(const struct ksm_object *object, struct ksm_mic_resource sids, struct bounds *bounds)
{
    bounds->count = sids.container != KSM_MIC_ROOT ? 3 : 2;
    return label_of(object, sids.source, &bounds->all[0]) && label_of(object, sids.driver, &bounds->all[1]) &&
           (bounds->count == 2 || label_of(object, sids.container, &bounds->all[2]));
}

static bool below_all(struct ksm_mic_level level, const struct bounds *bounds)
{
    bool below = true;
    for (u32 i = 0; i < bounds->count; i++)
        below &= ksm_mic_at_most(level, bounds->all[i].level);
    return below;
}

bool ksm_mic_create(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids,
                    const struct ksm_mic_level *level)
{
    struct bounds bounds;
    if (!bounds_of(object, sids, &bounds) || ksm_context_find(object, sids.target) != nullptr)
        return false;
    for (u32 i = 0; i < bounds.count && level == nullptr; i++)
        if (below_all(bounds.all[i].level, &bounds))
            level = &bounds.all[i].level;
    return level != nullptr && below_all(*level, &bounds) &&
           set_label(transaction, object, sids.target, *level, *level);
}

bool ksm_mic_delete(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids)
{
    struct bounds bounds;
    struct label target;
    return bounds_of(object, sids, &bounds) && label_of(object, sids.target, &target) &&
           ksm_mic_at_most(target.level, bounds.all[0].level) && ksm_mic_at_most(target.level, bounds.all[1].level) &&
           ksm_context_drop(transaction, object, sids.target);
}

bool ksm_mic_upgrade(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids,
                     const struct ksm_mic_level *level)
{
    struct bounds bounds;
    struct label target;
    return bounds_of(object, sids, &bounds) && label_of(object, sids.target, &target) && below_all(*level, &bounds) &&
           ksm_mic_at_most(target.level, *level) && !ksm_mic_at_most(*level, target.level) &&
           ksm_mic_at_most(target.level, bounds.all[0].level) &&
           set_label(transaction, object, sids.target, *level, *level);
}

bool ksm_mic_execute(struct ksm_transaction *transaction, struct ksm_object *object, u32 image, u32 target,
                     const struct ksm_mic_level *level, const struct ksm_mic_level *level_r)
{
    struct label from;
    bool has_image = image != KSM_MIC_ROOT;
    if (has_image ? !label_of(object, image, &from) : level == nullptr)
        return false;
    struct ksm_mic_level own = level != nullptr ? *level : from.level;
    struct ksm_mic_level receive = level_r != nullptr ? *level_r : own;
    return (!has_image || ksm_mic_at_most(own, from.level)) && ksm_mic_at_most(receive, own) &&
           set_label(transaction, object, target, own, receive);
}

bool ksm_mic_call(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target)
{
    (void)transaction;
    struct label from, to;
    return label_of(object, source, &from) && label_of(object, target, &to) &&
           (ksm_mic_at_most(from.level, to.level) || ksm_mic_at_most(from.level_r, to.level));
}

bool ksm_mic_invoke(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target)
{
    (void)transaction;
    struct label from, to;
    return label_of(object, source, &from) && label_of(object, target, &to) && ksm_mic_at_most(to.level, from.level);
}

bool ksm_mic_read(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target)
{
    return ksm_mic_call(transaction, object, source, target);
}

bool ksm_mic_write(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target)
{
    return ksm_mic_invoke(transaction, object, source, target);
}

bool ksm_mic_query_level(struct ksm_transaction *transaction, struct ksm_object *object, u32 source,
                         struct ksm_mic_level *level)
{
    (void)transaction;
    struct label label;
    bool found = label_of(object, source, &label);
    if (found)
        *level = label.level;
    return found;
}
