/* SPDX-License-Identifier: Apache-2.0 */
#include <ipc/ipc.h>
#include <ipc/user_object.h>
#include <memory/object_cache.h>

static struct object_cache user_objects, badges;

static void user_object_reclaim(struct epoch_entry *entry)
{
    object_cache_free(&user_objects, container_of(entry, struct user_object, epoch), nullptr);
}

static void user_object_destroy(struct object *object)
{
    struct user_object *user = container_of(object, struct user_object, object);
    if (user->endpoint != nullptr)
        object_release(&user->endpoint->object);
    domain_drop(user->quota);
    epoch_defer(&user->epoch, user_object_reclaim);
}

static void badge_reclaim(struct epoch_entry *entry)
{
    object_cache_free(&badges, container_of(entry, struct badge_object, epoch), nullptr);
}

static void badge_destroy(struct object *object)
{
    struct badge_object *badge = container_of(object, struct badge_object, object);
    domain_drop(badge->quota);
    epoch_defer(&badge->epoch, badge_reclaim);
}

void user_object_init(void)
{
    object_cache_init(&user_objects, "user_object", sizeof(struct user_object), KOS_CACHE_LINE);
    object_cache_init(&badges, "badge", sizeof(struct badge_object), KOS_CACHE_LINE);
    object_operations[OBJECT_USER] = (struct object_operations){.destroy = user_object_destroy};
    object_operations[OBJECT_BADGE] = (struct object_operations){.destroy = badge_destroy};
}

retcode user_object_create(struct quota *quota, u32 type, u64 context, struct endpoint *endpoint, u32 riid,
                           struct object **object)
{
    struct user_object *user = object_cache_allocate(&user_objects, quota);
    if (user == nullptr)
        return quota_refusal(quota, 0);
    object_init(&user->object, OBJECT_USER);
    user->type = type;
    user->context = context;
    user->riid = riid;
    user->quota = quota;
    domain_hold(quota);
    if (endpoint != nullptr) {
        object_reference(&endpoint->object);
        user->endpoint = endpoint;
    }
    *object = &user->object;
    return rcOk;
}

retcode badge_create(struct quota *quota, u64 context, struct object **object)
{
    struct badge_object *badge = object_cache_allocate(&badges, quota);
    if (badge == nullptr)
        return quota_refusal(quota, 0);
    object_init(&badge->object, OBJECT_BADGE);
    badge->context = context;
    badge->quota = quota;
    domain_hold(quota);
    *object = &badge->object;
    return rcOk;
}

retcode user_object_callable(const struct object *object, struct endpoint **endpoint, word *info)
{
    const struct user_object *user = const_container_of(object, struct user_object, object);
    if (user->endpoint == nullptr)
        return rcInvalidArgument;
    *endpoint = user->endpoint;
    *info = (*info & ~(0xffffULL << KOS_INFO_RIID_SHIFT)) | ((word)user->riid << KOS_INFO_RIID_SHIFT);
    return rcOk;
}
