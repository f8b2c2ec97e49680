/* SPDX-License-Identifier: Apache-2.0 */
/* What a task finds by name: its channels, listeners and handles. */
#include <kernel/task.h>
#include <memory/object_cache.h>

static struct object_cache resources;

void task_resource_room_init(void)
{
    object_cache_init(&resources, "task_resource", sizeof(struct task_resource), 8);
}

struct resource_key {
    u32 hash, kind;
    u64 length; /* of name */
    const char *name;
};

static struct resource_key resource_key(u32 kind, const char *name)
{
    const u64 length = strlen(name);
    return (struct resource_key){text_hash(kind, name, length), kind, length, name};
}

/* Nearly always the hash tells; names are compared where it is the same. */
static inline int resource_order(const struct task_resource *resource, const struct resource_key *key)
{
    if (likely(resource->hash != key->hash))
        return resource->hash > key->hash ? 1 : -1;
    if (resource->kind != key->kind)
        return resource->kind > key->kind ? 1 : -1;
    if (resource->length != key->length)
        return resource->length > key->length ? 1 : -1;
    return memcmp(resource->name, key->name, key->length);
}

/* task->lock held. The resource of that name and kind; or null, and *next is what comes behind it. */
static struct task_resource *resource_look(const struct task *task, const struct resource_key *key,
                                           struct tree_node **next)
{
    struct tree_node *at = task->resources.root, *behind = nullptr;
    while (at != nullptr) {
        struct task_resource *resource = tree_entry(at, struct task_resource, node);
        int order = resource_order(resource, key);
        if (order == 0)
            return resource;
        if (order > 0)
            behind = at;
        at = at->child[order < 0];
    }
    *next = behind;
    return nullptr;
}

void task_resource_free(struct task *task, struct task_resource *resource)
{
    object_cache_free(&resources, resource, &task->domain.quota);
}

/* The name of a handle that its owner has closed is free again. */
retcode task_find_resource(struct task *task, u32 kind, const char *name, u32 *handle)
{
    const struct resource_key key = resource_key(kind, name);
    struct task_resource *gone = nullptr;
    struct tree_node *next;
    spinlock_lock(&task->lock);
    struct task_resource *found = resource_look(task, &key, &next);
    if (found != nullptr && !handle_is_open(&task->domain.handles, found->handle)) {
        tree_remove(&task->resources, &found->node);
        gone = found;
        found = nullptr;
    }
    if (found != nullptr)
        *handle = found->handle;
    spinlock_unlock(&task->lock);
    if (gone != nullptr)
        task_resource_free(task, gone);
    return found != nullptr ? rcOk : rcResourceNotFound;
}

retcode task_resource_new(struct task *task, u32 kind, const char *name, struct task_resource **resource)
{
    const struct resource_key key = resource_key(kind, name);
    if (key.length >= KOS_SHORT_NAME_SIZE)
        return rcInvalidArgument;
    struct task_resource *made = object_cache_allocate(&resources, &task->domain.quota);
    if (made == nullptr)
        return quota_refusal(&task->domain.quota, 0);
    made->kind = kind;
    made->hash = key.hash;
    made->length = (u32)key.length;
    memcpy(made->name, name, key.length + 1);
    *resource = made;
    return rcOk;
}

retcode task_resource_add(struct task *task, u32 handle, struct task_resource **resource)
{
    struct task_resource *added = *resource;
    const struct resource_key key = {added->hash, added->kind, added->length, added->name};
    struct tree_node *next;
    retcode code = rcOk;
    spinlock_lock(&task->lock);
    struct task_resource *present = resource_look(task, &key, &next);
    if (task->state >= TASK_DYING) { /* terminated on another CPU: its resources may be gone already */
        code = rcInvalidOperation;
    } else if (present == nullptr) {
        added->handle = handle;
        tree_insert_before(&task->resources, next, &added->node);
        *resource = nullptr;
    } else if (handle_is_open(&task->domain.handles, present->handle)) {
        code = rcAlreadyExists;
    } else {
        present->handle = handle; /* the name was free again */
    }
    spinlock_unlock(&task->lock);
    return code;
}

static struct task_resource *take(struct task *task)
{
    struct task_resource *resource = nullptr;
    spinlock_lock(&task->lock); /* others may be looking for one: by a handle of the task, or the profiler */
    if (!tree_empty(&task->resources)) {
        resource = tree_entry(task->resources.first, struct task_resource, node);
        tree_remove(&task->resources, &resource->node);
    }
    spinlock_unlock(&task->lock);
    return resource;
}

void task_resources_free(struct task *task)
{
    struct task_resource *resource;
    while ((resource = take(task)) != nullptr) {
        task_resource_free(task, resource);
        checkpoint();
    }
}
