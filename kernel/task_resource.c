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
    const char *name;
};

static struct resource_key resource_key(u32 kind, const char *name)
{
    return (struct resource_key){text_hash(kind, name, strlen(name)), kind, name};
}

static int resource_order(const struct tree_node *node, const struct resource_key *key)
{
    const struct task_resource *resource = tree_entry(node, struct task_resource, node);
    if (resource->hash != key->hash)
        return resource->hash > key->hash ? 1 : -1;
    int order = strcmp(resource->name, key->name);
    return order != 0 ? order : (resource->kind > key->kind) - (resource->kind < key->kind);
}

static bool resource_reached(const struct tree_node *node, const void *key)
{
    return resource_order(node, key) >= 0;
}

/* task->lock held. The resource of that name and kind; or null, and *next is what comes behind it. */
static struct task_resource *resource_look(const struct task *task, const struct resource_key *key,
                                           struct tree_node **next)
{
    *next = tree_find(&task->resources, resource_reached, key);
    bool found = *next != nullptr && resource_order(*next, key) == 0;
    return found ? tree_entry(*next, struct task_resource, node) : nullptr;
}

/* The name of a handle that its owner has closed is free again. */
static retcode resource_find(struct task *task, const struct resource_key *key, u32 *handle)
{
    struct task_resource *gone = nullptr;
    struct tree_node *next;
    spinlock_lock(&task->lock);
    struct task_resource *found = resource_look(task, key, &next);
    if (found != nullptr && !handle_is_open(&task->domain.handles, found->handle)) {
        tree_remove(&task->resources, &found->node);
        gone = found;
        found = nullptr;
    }
    if (found != nullptr)
        *handle = found->handle;
    spinlock_unlock(&task->lock);
    if (gone != nullptr)
        object_cache_free(&resources, gone, &task->domain.quota);
    return found != nullptr ? rcOk : rcResourceNotFound;
}

retcode task_find_resource(struct task *task, u32 kind, const char *name, u32 *handle)
{
    const struct resource_key key = resource_key(kind, name);
    return resource_find(task, &key, handle);
}

retcode task_add_resource(struct task *task, u32 kind, u32 handle, const char *name)
{
    size_t length = strlen(name);
    const struct resource_key key = {text_hash(kind, name, length), kind, name};
    struct tree_node *next;
    u32 present;
    if (length >= KOS_SHORT_NAME_SIZE)
        return rcInvalidArgument;
    if (resource_find(task, &key, &present) == rcOk)
        return rcAlreadyExists;
    struct task_resource *resource = object_cache_allocate(&resources, &task->domain.quota);
    if (resource == nullptr)
        return quota_refusal(&task->domain.quota, 0);
    resource->kind = kind;
    resource->handle = handle;
    resource->hash = key.hash;
    memcpy(resource->name, name, length + 1);
    spinlock_lock(&task->lock);
    retcode code = resource_look(task, &key, &next) != nullptr ? rcAlreadyExists : rcOk;
    if (task->state >= TASK_DYING) /* terminated on another CPU: its resources may be gone already */
        code = rcInvalidOperation;
    if (code == rcOk)
        tree_insert_before(&task->resources, next, &resource->node);
    spinlock_unlock(&task->lock);
    if (code != rcOk)
        object_cache_free(&resources, resource, &task->domain.quota);
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
        object_cache_free(&resources, resource, &task->domain.quota);
        checkpoint();
    }
}
