/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint task.Task. */
#include <kernel/core_call.h>
#include <smp/preemption.h>

#define TASK_RIGHTS                                                                                                    \
    (KOS_RIGHT_TASK_CONTROL | KOS_RIGHT_TASK_WAIT | KOS_RIGHT_TASK_INFO | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER |        \
     KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT)

retcode core_TASK_Create(struct core_call *call)
{
    CORE_METHOD(TASK, Create);
    const char *name = core_short_string(call, IN(name)), *class = core_string(call, IN(eiid)),
               *path = core_string(call, IN(path));
    u32 thread_class = (u32)(IN(priority) >> 8), priority = (u32)IN(priority) & 0xffU;
    if (name == nullptr || class == nullptr || path == nullptr || IN(flags) != 0 || IN(priority) > 0xffffU ||
        thread_class > KOS_CLASS_ROUND_ROBIN ||
        priority > (thread_class == KOS_CLASS_STANDARD ? KOS_PRIORITY_STANDARD_MAX : KOS_PRIORITY_REAL_TIME_MAX))
        return rcInvalidArgument;
    struct task *task;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = task_create(&call->task->domain, name, class, path, IN(stackSize), thread_class, priority, &task);
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, &task->domain.object, TASK_RIGHTS, &handle);
        if (code != rcOk)
            task_terminate(task, -1, KOS_TASK_TERMINATED);
        object_release(&task->domain.object);
    }
    OUT(child) = handle;
    return code;
}

retcode core_TASK_SetEnv(struct core_call *call)
{
    CORE_METHOD(TASK, SetEnv);
    const u8 *args, *envs;
    u32 args_size, envs_size;
    struct task *task;
    if (!core_bytes(call, IN(args), &args, &args_size) || !core_bytes(call, IN(envs), &envs, &envs_size))
        return rcInvalidArgument;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    code = task_set_environment(task, (const char *)args, args_size, (const char *)envs, envs_size);
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_Connect(struct core_call *call)
{
    CORE_METHOD(TASK, Connect);
    const char *name = core_short_string(call, IN(channel));
    struct task *client, *server;
    if (name == nullptr || IN(arena) > KOS_ARENA_SHARED)
        return rcInvalidArgument;
    retcode code = core_task(call, (u32)IN(client), KOS_RIGHT_TASK_CONTROL, &client);
    if (code != rcOk)
        return code;
    code = core_task(call, (u32)IN(server), KOS_RIGHT_TASK_CONTROL, &server);
    if (code == rcOk) {
        code = task_connect(client, server, name, client == call->task, (u32)IN(arena));
        object_release(&server->domain.object);
    }
    object_release(&client->domain.object);
    return code;
}

retcode core_TASK_AddResource(struct core_call *call)
{
    CORE_METHOD(TASK, AddResource);
    const char *name = core_short_string(call, IN(name));
    struct task *task;
    u32 handle = KOS_INVALID_HANDLE;
    if (name == nullptr)
        return rcInvalidArgument;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    struct task_resource *resource = nullptr;
    code = task->state == TASK_CREATED ? task_resource_new(task, KOS_RESOURCE_HANDLE, name, &resource)
                                       : rcInvalidOperation;
    checkpoint();
    if (code == rcOk && (code = task_enter(task)) == rcOk) {
        code = handle_derive(&call->task->domain.handles, (u32)IN(handle), &task->domain.handles, (u32)IN(rights),
                             KOS_RIGHT_TRANSFER, nullptr, &handle);
        if (code == rcOk) {
            code = task_resource_add(task, handle, &resource);
            if (code != rcOk && handle_close(&task->domain.handles, handle) != rcOk)
                code = rcInternalError;
        }
        task_leave(task);
    }
    if (resource != nullptr)
        task_resource_free(task, resource);
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_LookupResource(struct core_call *call)
{
    CORE_METHOD(TASK, LookupResource);
    const char *name = core_string(call, IN(name));
    u32 handle = KOS_INVALID_HANDLE;
    if (name == nullptr)
        return rcInvalidArgument;
    retcode code = IN(kind) == KOS_RESOURCE_SELF
                       ? handle_insert(&call->task->domain.handles, &call->task->domain.object,
                                       TASK_RIGHTS & ~KOS_RIGHT_TASK_CONTROL, &handle)
                   : core_chunk_size(IN(name)) > KOS_SHORT_NAME_SIZE
                       ? rcResourceNotFound
                       : task_find_resource(call->task, (u32)IN(kind), name, &handle);
    OUT(handle) = handle;
    return code;
}

retcode core_TASK_Resume(struct core_call *call)
{
    CORE_METHOD(TASK, Resume);
    struct task *task;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    code = task_resume(task);
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_Terminate(struct core_call *call)
{
    CORE_METHOD(TASK, Terminate);
    struct task *task;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    task_terminate(task, (s32)IN(code), KOS_TASK_TERMINATED);
    object_release(&task->domain.object);
    return rcOk;
}

retcode core_TASK_Exit(struct core_call *call)
{
    CORE_METHOD(TASK, Exit);
    task_terminate(call->task, (s32)IN(code), KOS_TASK_EXITED);
    thread_exit(call->self, (s32)IN(code));
    return CORE_BLOCKED;
}

retcode core_TASK_Wait(struct core_call *call)
{
    CORE_METHOD(TASK, Wait);
    struct task *task;
    if (IN(timeout) > KOS_INFINITE_TIMEOUT)
        return rcInvalidArgument;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_WAIT, &task);
    if (code != rcOk)
        return code;
    if (task == call->task)
        code = rcInvalidOperation;
    else if (thread_join(call->self, &task->joins, &task->ended, (u32)IN(timeout)))
        code = CORE_BLOCKED;
    else {
        OUT(code) = (word)(s64)task->exit_code;
        OUT(reason) = task->exit_reason;
    }
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_GetInfo(struct core_call *call)
{
    CORE_METHOD(TASK, GetInfo);
    struct task *task;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_INFO, &task);
    if (code != rcOk)
        return code;
    const struct quota *quota = &task->domain.quota;
    OUT(id) = task->id;
    OUT(state) = task->state;
    OUT(pages) = atomic_load_explicit(&quota->pages, memory_order_relaxed);
    OUT(pageLimit) = quota->pages_limit;
    OUT(objects) = atomic_load_explicit(&quota->objects, memory_order_relaxed);
    OUT(objectLimit) = quota->objects_limit;
    object_release(&task->domain.object);
    return rcOk;
}

retcode core_TASK_GetName(struct core_call *call)
{
    CORE_METHOD(TASK, GetName);
    struct task *task;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_INFO, &task);
    if (code != rcOk)
        return code;
    code = core_return_bytes(call, &OUT(name), task->name, strlen(task->name) + 1);
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_SetQuota(struct core_call *call)
{
    CORE_METHOD(TASK, SetQuota);
    struct task *task;
    retcode code = core_task(call, (u32)IN(task), KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    if (task->state != TASK_CREATED)
        code = rcInvalidOperation;
    else {
        task->domain.quota.pages_limit = IN(pages);
        task->domain.quota.objects_limit = IN(objects);
    }
    object_release(&task->domain.object);
    return code;
}
