/* SPDX-License-Identifier: Apache-2.0 */
/* User resources (Handle.CreateUserObject) and badges (transfer contexts). */
#pragma once
#include <ipc/endpoint.h>

struct user_object {
    struct object object; /* OBJECT_USER */
    u64 context;          /* the provider's word: constant */
    u32 type, riid;
    struct endpoint *endpoint; /* callable handle: holds a reference; else null */
    struct quota *quota;
    struct epoch_entry epoch;
};

struct badge_object {
    struct object object; /* OBJECT_BADGE */
    u64 context;
    struct quota *quota;
    struct epoch_entry epoch;
};

void user_object_init(void);
retcode user_object_create(struct quota *quota, u32 type, u64 context, struct endpoint *endpoint, u32 riid,
                           struct object **object);
retcode badge_create(struct quota *quota, u64 context, struct object **badge);

static inline u64 user_object_context(const struct object *object)
{
    return const_container_of(object, struct user_object, object)->context;
}
static inline u64 badge_context(const struct object *object)
{
    return const_container_of(object, struct badge_object, object)->context;
}
