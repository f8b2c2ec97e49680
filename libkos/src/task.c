/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/entity/entity_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdlib.h>
#include <string.h>

/* Strings for one Call, packed behind each other. */
struct strings {
    char bytes[ENTITY_STRINGS_MAX];
    rtl_size_t used;
};

static nk_uint64_t add(struct strings *strings, const char *text, rtl_size_t size)
{
    if (size > sizeof(strings->bytes) - strings->used)
        return ~0ULL; /* no such chunk: the kernel refuses the message */
    nk_uint64_t chunk = strings->used | (nk_uint64_t)size << 32;
    memcpy(strings->bytes + strings->used, text, size);
    strings->used += size;
    return chunk;
}

Retcode KnTaskCreate(const char *name, const char *eiid, const char *path, rtl_uint32_t schedulingClass,
                     rtl_uint32_t priority, Handle *task)
{
    struct strings s;
    s.used = 0;
    nk_uint64_t words[8] = {add(&s, name, strlen(name) + 1), add(&s, eiid, strlen(eiid) + 1),
                            add(&s, path, strlen(path) + 1), schedulingClass << 8 | priority, 0};
    Retcode rc = KOS_CORE_ARENA(TASK, Create, 5, words, s.bytes, s.used, 2, NK_NULL, 0);
    *task = rc == rcOk ? (Handle)words[1] : INVALID_HANDLE;
    return rc;
}

static nk_uint64_t add_list(struct strings *s, const char *const list[])
{
    rtl_size_t from = s->used;
    for (rtl_size_t i = 0; list != (const char *const *)NK_NULL && list[i] != NK_NULL; i++)
        if (add(s, list[i], strlen(list[i]) + 1) == ~0ULL)
            return ~0ULL;
    return from | (nk_uint64_t)(s->used - from) << 32;
}

Retcode KnTaskSetEnv(Handle task, const char *const args[], const char *const envs[])
{
    struct strings s;
    s.used = 0;
    nk_uint64_t words[8] = {task, add_list(&s, args), add_list(&s, envs)};
    return KOS_CORE_ARENA(TASK, SetEnv, 3, words, s.bytes, s.used, 1, NK_NULL, 0);
}

Retcode KnTaskConnect(Handle client, Handle server, const char *channel)
{
    rtl_size_t size = strlen(channel) + 1;
    nk_uint64_t words[8] = {client, server, (nk_uint64_t)size << 32};
    return KOS_CORE_ARENA(TASK, Connect, 3, words, channel, size, 1, NK_NULL, 0);
}

Retcode KnTaskAddResource(Handle task, Handle handle, rtl_uint32_t rights, const char *name)
{
    rtl_size_t size = strlen(name) + 1;
    nk_uint64_t words[8] = {task, handle, rights, (nk_uint64_t)size << 32};
    return KOS_CORE_ARENA(TASK, AddResource, 4, words, name, size, 1, NK_NULL, 0);
}

Retcode KnTaskLookupResource(rtl_uint32_t kind, const char *name, Handle *handle)
{
    rtl_size_t size = strlen(name) + 1;
    nk_uint64_t words[8] = {kind, (nk_uint64_t)size << 32};
    Retcode rc = KOS_CORE_ARENA(TASK, LookupResource, 2, words, name, size, 2, NK_NULL, 0);
    *handle = rc == rcOk ? (Handle)words[1] : INVALID_HANDLE;
    return rc;
}

/* ---- service locator ---- */

Handle ServiceLocatorConnect(const char *channelName)
{
    Handle handle;
    return KnTaskLookupResource(KOS_RESOURCE_CHANNEL, channelName, &handle) == rcOk ? handle : INVALID_HANDLE;
}

Handle ServiceLocatorRegister(const char *channelName, void *unused, rtl_size_t size, ServiceId *id)
{
    (void)unused, (void)size;
    Handle handle;
    if (KnTaskLookupResource(KOS_RESOURCE_LISTENER, channelName, &handle) != rcOk)
        return INVALID_HANDLE;
    if (id != RTL_NULL)
        *id = 0;
    return handle;
}

nk_iid_t ServiceLocatorGetRiid(Handle channel, const char *endpoint)
{
    rtl_size_t size = strlen(endpoint) + 1;
    nk_uint64_t words[8] = {channel, (nk_uint64_t)size << 32};
    Retcode rc = KOS_CORE_ARENA(HANDLE, GetRiid, 2, words, endpoint, size, 2, NK_NULL, 0);
    return rc == rcOk ? (nk_iid_t)words[1] : INVALID_RIID;
}

/* ---- processes as generated initializing programs start them ---- */

struct Entity {
    Handle task;
    const EntityInfo *info;
    const char *const *args;
    const char *const *envs;
};

static struct Entity entities[ENTITIES_MAX];
static unsigned entity_count;

static const char *short_name(const char *eiid)
{
    const char *dot = strrchr(eiid, '.');
    return dot != RTL_NULL ? dot + 1 : eiid;
}

Entity *EntityInitEx(const EntityInfo *info, const char *name, const char *path)
{
    if (entity_count == ENTITIES_MAX)
        return RTL_NULL;
    struct Entity *entity = &entities[entity_count];
    if (KnTaskCreate(name != RTL_NULL ? name : info->eiid, info->eiid, path != RTL_NULL ? path : short_name(info->eiid),
                     KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX, &entity->task) != rcOk)
        return RTL_NULL;
    entity->info = info;
    entity->args = RTL_NULL;
    entity->envs = info->envs;
    entity_count++;
    return entity;
}

Entity *EntityInitOnCpus(const EntityInfo *info, const char *name, const char *path, rtl_uint64_t cpus)
{
    struct kos_core_result self = KOS_CORE(THREAD, GetInfo, INVALID_HANDLE);
    if (self.rc != rcOk || KnThreadSetAffinityByHandle(INVALID_HANDLE, cpus & (~cpus + 1)) != rcOk)
        return RTL_NULL;
    Entity *entity = EntityInitEx(info, name, path);
    if (entity != RTL_NULL && KnThreadSetAffinityByHandle(entity->task, cpus) != rcOk)
        entity = RTL_NULL;
    if (KnThreadSetAffinityByHandle(INVALID_HANDLE, self.w[3]) != rcOk)
        return RTL_NULL;
    return entity;
}

Entity *EntityInit(const EntityInfo *info)
{
    return EntityInitEx(info, RTL_NULL, RTL_NULL);
}

Retcode EntitySetArgs(Entity *entity, const char *args[])
{
    entity->args = args;
    return KnTaskSetEnv(entity->task, args, entity->envs);
}

Retcode EntitySetEnvs(Entity *entity, const char *envs[])
{
    entity->envs = envs;
    return KnTaskSetEnv(entity->task, entity->args, envs);
}

Retcode EntitySetPriority(Entity *entity, rtl_uint32_t schedulingClass, rtl_uint32_t priority)
{
    return KnThreadSetPriorityByHandle(entity->task, schedulingClass, priority);
}

Retcode EntitySetReservation(Entity *entity, rtl_uint64_t budget, rtl_uint64_t period, rtl_uint64_t deadline)
{
    return KOS_CORE(THREAD, SetReservation, entity->task, budget, period, deadline, KOS_RESERVATION_THROTTLE).rc;
}

Retcode EntityConnectWithArena(Entity *client, Entity *server, const char *name, rtl_uint32_t arena)
{
    if (arena > ENTITY_ARENA_COPIED)
        return rcUnimplemented;
    return EntityConnectToService(client, server, name);
}

Retcode EntityConnectToService(Entity *client, Entity *server, const char *name)
{
    return KnTaskConnect(client->task, server->task, name);
}

Retcode EntityRun(Entity *entity)
{
    return KnTaskResume(entity->task);
}
Handle EntityGetHandle(const Entity *entity)
{
    return entity->task;
}
