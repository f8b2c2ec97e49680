/* SPDX-License-Identifier: Apache-2.0 */
/* Processes as generated initializing programs start them (coresrv/entity/entity_api.h), and by kos/task.h. */
#include <coresrv/entity/entity_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/alloc.h>
#include <kos/task.h>
#include <rtl/retcode_hr.h>
#include <string.h>

static const char *short_name(const char *eiid)
{
    const char *dot = strrchr(eiid, '.');
    return dot != RTL_NULL ? dot + 1 : eiid;
}

static Retcode create(const char *eiid, const char *name, const char *path, Handle *task)
{
    return KnTaskCreate(name != RTL_NULL ? name : eiid, eiid, path != RTL_NULL ? path : short_name(eiid),
                        KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX, task);
}

/* A process without arguments has its name, as any has for the first. */
static Retcode set_env(Handle task, const char *name, const char *const *args, const char *const *envs)
{
    const char *const own[] = {name, RTL_NULL};
    return KnTaskSetEnv(task, args != (const char *const *)RTL_NULL && args[0] != RTL_NULL ? args : own, envs);
}

struct Entity {
    Handle task;
    const char *const *args, *const *envs;
    char name[];
};

static _Thread_local Retcode last_failure;

/* The result itself, kept for EntityFailure. */
static Retcode kept(Retcode rc)
{
    if (rc != rcOk)
        last_failure = rc;
    return rc;
}

const char *EntityFailure(void)
{
    if (last_failure == rcSecurityDisallow)
        return "denied by the security policy";
    return last_failure == rcResourceNotFound ? "no such file in the image" : KosRetcodeName(last_failure);
}

Entity *EntityInitEx(const EntityInfo *info, const char *name, const char *path)
{
    if (name == RTL_NULL)
        name = info->eiid;
    rtl_size_t size = strlen(name) + 1;
    Entity *entity = KosMemAlloc(sizeof(*entity) + size);
    last_failure = rcOutOfMemory;
    if (entity == RTL_NULL || kept(create(info->eiid, name, path, &entity->task)) != rcOk) {
        KosMemFree(entity);
        return RTL_NULL;
    }
    entity->args = info->args;
    entity->envs = info->envs;
    memcpy(entity->name, name, size);
    return entity;
}

Entity *EntityInitOnCpus(const EntityInfo *info, const char *name, const char *path, rtl_uint64_t cpus)
{
    struct kos_core_result self = KOS_CORE(THREAD, GetInfo, INVALID_HANDLE);
    if (kept(self.rc) != rcOk || kept(KnThreadSetAffinityByHandle(INVALID_HANDLE, cpus & (~cpus + 1))) != rcOk)
        return RTL_NULL;
    Entity *entity = EntityInitEx(info, name, path);
    bool set = entity != RTL_NULL && kept(KnThreadSetAffinityByHandle(entity->task, cpus)) == rcOk;
    bool back =
        kept(KnThreadSetAffinityByHandle(INVALID_HANDLE, KOS_CORE_OUT(self, THREAD, GetInfo, affinity))) == rcOk;
    if (set && back)
        return entity;
    EntityFree(entity);
    return RTL_NULL;
}

Entity *EntityInit(const EntityInfo *info)
{
    return EntityInitEx(info, RTL_NULL, RTL_NULL);
}

Retcode EntitySetArgs(Entity *entity, const char *args[])
{
    entity->args = args;
    return rcOk;
}

Retcode EntitySetEnvs(Entity *entity, const char *envs[])
{
    entity->envs = envs;
    return rcOk;
}

Retcode EntitySetPriority(Entity *entity, rtl_uint32_t schedulingClass, rtl_uint32_t priority)
{
    return kept(KnThreadSetPriorityByHandle(entity->task, schedulingClass, priority));
}

Retcode EntitySetReservation(Entity *entity, rtl_uint64_t budget, rtl_uint64_t period, rtl_uint64_t deadline)
{
    return kept(KOS_CORE(THREAD, SetReservation, entity->task, budget, period, deadline, KOS_RESERVATION_THROTTLE).rc);
}

Retcode EntityConnectWithArena(Entity *client, Entity *server, const char *name, rtl_uint32_t arena)
{
    return kept(KnTaskConnectWithArena(client->task, server->task, name, arena));
}

Retcode EntityConnectToService(Entity *client, Entity *server, const char *name)
{
    return kept(KnTaskConnect(client->task, server->task, name));
}

Retcode EntityConnect(Entity *client, Entity *server)
{
    char name[KOS_NAME_SIZE];
    Retcode rc = KnTaskGetName(server->task, name, sizeof(name));
    return rc == rcOk ? EntityConnectToService(client, server, name) : rc;
}

Retcode EntityRun(Entity *entity)
{
    Retcode rc = set_env(entity->task, entity->name, entity->args, entity->envs);
    return kept(rc == rcOk ? KnTaskResume(entity->task) : rc);
}

Retcode EntityWait(Entity *entity, rtl_uint32_t timeout, unsigned *exitCode)
{
    rtl_int32_t code;
    rtl_uint32_t reason;
    Retcode rc = KnTaskWait(entity->task, timeout, &code, &reason);
    if (rc == rcOk && exitCode != RTL_NULL)
        *exitCode = (unsigned)code;
    return rc;
}

void EntityFree(Entity *entity)
{
    if (entity == RTL_NULL)
        return;
    (void)KnHandleClose(entity->task);
    KosMemFree(entity);
}

Handle EntityGetHandle(const Entity *entity)
{
    return entity->task;
}

/* ---- kos/task.h ---- */

struct KosTask {
    Handle handle;
};

Retcode KosTaskInitEx(const KosTaskParams *params, const char *name, const char *path, KosTask **task)
{
    if (params == RTL_NULL || params->eiid == RTL_NULL || (params->flags & ~KOS_TASK_FLAG_DUMPABLE) != 0 || !task)
        return rcInvalidArgument;
    KosTask *made = KosMemAlloc(sizeof(*made));
    if (made == RTL_NULL)
        return rcOutOfMemory;
    Retcode rc = create(params->eiid, name, path, &made->handle);
    if (rc == rcOk)
        rc = set_env(made->handle, name != RTL_NULL ? name : params->eiid, params->args, params->envs);
    if (rc == rcOk)
        *task = made;
    else
        KosTaskFree(made);
    return rc;
}

Retcode KosTaskInit(const KosTaskParams *params, KosTask **task)
{
    return KosTaskInitEx(params, RTL_NULL, RTL_NULL, task);
}

Retcode KosTaskLaunch(const KosTaskParams *params, KosTask **task)
{
    Retcode rc = KosTaskInit(params, task);
    if (rc == rcOk && (rc = KosTaskRun(*task)) != rcOk)
        KosTaskFree(*task);
    return rc;
}

Retcode KosTaskRun(KosTask *task)
{
    return KnTaskResume(task->handle);
}

Retcode KosTaskWait(KosTask *task, rtl_uint32_t timeout, rtl_int32_t *code, rtl_uint32_t *reason)
{
    return KnTaskWait(task->handle, timeout, code, reason);
}

Handle KosTaskGetHandle(const KosTask *task)
{
    return task->handle;
}

void KosTaskFree(KosTask *task)
{
    if (task == RTL_NULL)
        return;
    if (task->handle != INVALID_HANDLE)
        (void)KnHandleClose(task->handle);
    KosMemFree(task);
}

const KosTask *KosTaskGetSelf(void)
{
    static KosTask self = {INVALID_HANDLE};
    Handle none = INVALID_HANDLE, own;
    if (__atomic_load_n(&self.handle, __ATOMIC_RELAXED) != INVALID_HANDLE)
        return &self;
    if (KnTaskLookupResource(KOS_RESOURCE_SELF, "self", &own) != rcOk)
        return RTL_NULL;
    /* relaxed: a handle is a number, the process was there before */
    if (!__atomic_compare_exchange_n(&self.handle, &none, own, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        (void)KnHandleClose(own); /* another thread was first */
    return &self;
}

Retcode KosTaskLookupResource(const char *name, Handle *handle)
{
    return KnTaskLookupResource(KOS_RESOURCE_HANDLE, name, handle);
}
