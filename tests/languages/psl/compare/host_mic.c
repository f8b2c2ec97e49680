/* SPDX-License-Identifier: Apache-2.0 */
/* Mic on the host: a context's words are its level and its lowest level to receive from. */
#include <string.h>
#include <tests/languages/psl/compare/host.h>

struct label {
    struct ksm_mic_level level, level_r;
};

static struct label *label_of(const struct ksm_object *object, u32 sid)
{
    struct host_context *context = host_context(object, sid);
    return context != nullptr ? (struct label *)(void *)context->words : nullptr;
}

static bool set_label(struct ksm_object *object, u32 sid, struct ksm_mic_level level, struct ksm_mic_level level_r)
{
    struct host_context *context = host_add(object, sid);
    if (context == nullptr)
        return false;
    *(struct label *)(void *)context->words = (struct label){level, level_r};
    return true;
}

/* The levels that bound what happens to a resource: source, driver, container (null at the root). */
static bool bounds(struct ksm_object *object, struct ksm_mic_resource sids, const struct label *all[3])
{
    all[0] = label_of(object, sids.source);
    all[1] = label_of(object, sids.driver);
    all[2] = sids.container != KSM_MIC_ROOT ? label_of(object, sids.container) : nullptr;
    return all[0] != nullptr && all[1] != nullptr && (all[2] != nullptr || sids.container == KSM_MIC_ROOT) &&
           sids.target >= 1 && sids.target <= KSM_SID_MAX;
}

static bool below_all(struct ksm_mic_level level, const struct label *const all[3])
{
    bool below = true;
    for (u32 i = 0; i < 3; i++)
        below &= all[i] == nullptr || ksm_mic_at_most(level, all[i]->level);
    return below;
}

bool ksm_mic_create(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids,
                    const struct ksm_mic_level *level)
{
    (void)transaction;
    const struct label *all[3];
    if (!bounds(object, sids, all) || label_of(object, sids.target) != nullptr)
        return false;
    for (u32 i = 0; i < 3 && level == nullptr; i++)
        if (all[i] != nullptr && below_all(all[i]->level, all))
            level = &all[i]->level;
    if (level == nullptr || !below_all(*level, all))
        return false;
    struct ksm_mic_level copy = *level;
    return set_label(object, sids.target, copy, copy);
}

bool ksm_mic_delete(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids)
{
    (void)transaction;
    const struct label *all[3], *target = label_of(object, sids.target);
    if (!bounds(object, sids, all) || target == nullptr || !ksm_mic_at_most(target->level, all[0]->level) ||
        !ksm_mic_at_most(target->level, all[1]->level))
        return false;
    return host_drop(object, sids.target);
}

bool ksm_mic_upgrade(struct ksm_transaction *transaction, struct ksm_object *object, struct ksm_mic_resource sids,
                     const struct ksm_mic_level *level)
{
    (void)transaction;
    const struct label *all[3], *target = label_of(object, sids.target);
    if (!bounds(object, sids, all) || target == nullptr || !below_all(*level, all))
        return false;
    if (!ksm_mic_at_most(target->level, *level) || ksm_mic_at_most(*level, target->level) ||
        !ksm_mic_at_most(target->level, all[0]->level))
        return false;
    return set_label(object, sids.target, *level, *level);
}

bool ksm_mic_execute(struct ksm_transaction *transaction, struct ksm_object *object, u32 image, u32 target,
                     const struct ksm_mic_level *level, const struct ksm_mic_level *level_r)
{
    (void)transaction;
    const struct label *from = image != KSM_MIC_ROOT ? label_of(object, image) : nullptr;
    if ((image != KSM_MIC_ROOT && from == nullptr) || (level == nullptr && from == nullptr))
        return false;
    struct ksm_mic_level own = level != nullptr ? *level : from->level;
    struct ksm_mic_level receive = level_r != nullptr ? *level_r : own;
    if ((from != nullptr && !ksm_mic_at_most(own, from->level)) || !ksm_mic_at_most(receive, own))
        return false;
    return set_label(object, target, own, receive);
}

bool ksm_mic_call(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target)
{
    (void)transaction;
    const struct label *from = label_of(object, source), *to = label_of(object, target);
    return from != nullptr && to != nullptr &&
           (ksm_mic_at_most(from->level, to->level) || ksm_mic_at_most(from->level_r, to->level));
}

bool ksm_mic_invoke(struct ksm_transaction *transaction, struct ksm_object *object, u32 source, u32 target)
{
    (void)transaction;
    const struct label *from = label_of(object, source), *to = label_of(object, target);
    return from != nullptr && to != nullptr && ksm_mic_at_most(to->level, from->level);
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
    const struct label *label = label_of(object, source);
    if (label != nullptr)
        *level = label->level;
    return label != nullptr;
}
