/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint task.Task. */
#include <kernel/core_call.h>

#define TASK_RIGHTS                                                                                                    \
    (KOS_RIGHT_TASK_CONTROL | KOS_RIGHT_TASK_WAIT | KOS_RIGHT_TASK_INFO | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER |        \
     KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT)

retcode core_TASK_Create(struct core_call *call)
{
    const char *name = core_string(call, call->words[0]), *class = core_string(call, call->words[1]),
               *path = core_string(call, call->words[2]);
    u32 thread_class = (u32)(call->words[4] >> 8), priority = (u32)call->words[4] & 0xffU;
    if (name == nullptr || strlen(name) >= KOS_SHORT_NAME_SIZE || class == nullptr || path == nullptr ||
        call->words[5] != 0 || call->words[4] > 0xffffU || thread_class > KOS_CLASS_ROUND_ROBIN ||
        priority > (thread_class == KOS_CLASS_STANDARD ? KOS_PRIORITY_STANDARD_MAX : KOS_PRIORITY_REAL_TIME_MAX))
        return rcInvalidArgument;
    struct task *task;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = task_create(&call->task->domain, name, class, path, call->words[3], thread_class, priority, &task);
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, &task->domain.object, TASK_RIGHTS, &handle);
        if (code != rcOk)
            task_terminate(task, -1, KOS_TASK_TERMINATED);
        object_release(&task->domain.object);
    }
    call->words[1] = handle;
    return code;
}

retcode core_TASK_SetEnv(struct core_call *call)
{
    const u8 *args, *envs;
    u32 args_size, envs_size;
    struct task *task;
    if (!core_bytes(call, call->words[1], &args, &args_size) || !core_bytes(call, call->words[2], &envs, &envs_size))
        return rcInvalidArgument;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    code = task_set_environment(task, (const char *)args, args_size, (const char *)envs, envs_size);
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_Connect(struct core_call *call)
{
    const char *name = core_string(call, call->words[2]);
    struct task *client, *server;
    if (name == nullptr || strlen(name) >= KOS_SHORT_NAME_SIZE || call->words[3] > KOS_ARENA_SHARED)
        return rcInvalidArgument;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_CONTROL, &client);
    if (code != rcOk)
        return code;
    code = core_task(call, (u32)call->words[1], KOS_RIGHT_TASK_CONTROL, &server);
    if (code == rcOk) {
        code = task_connect(client, server, name, client == call->task, (u32)call->words[3]);
        object_release(&server->domain.object);
    }
    object_release(&client->domain.object);
    return code;
}

retcode core_TASK_AddResource(struct core_call *call)
{
    const char *name = core_string(call, call->words[3]);
    struct task *task;
    u32 handle = KOS_INVALID_HANDLE;
    if (name == nullptr || strlen(name) >= KOS_SHORT_NAME_SIZE)
        return rcInvalidArgument;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    code = task_enter(task);
    if (code == rcOk) {
        code = handle_derive(&call->task->domain.handles, (u32)call->words[1], &task->domain.handles,
                             (u32)call->words[2], KOS_RIGHT_TRANSFER, nullptr, &handle);
        if (code == rcOk) {
            code = task_add_resource(task, KOS_RESOURCE_HANDLE, handle, name);
            if (code != rcOk && handle_close(&task->domain.handles, handle) != rcOk)
                code = rcInternalError;
        }
        task_leave(task);
    }
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_LookupResource(struct core_call *call)
{
    const char *name = core_string(call, call->words[1]);
    u32 handle = KOS_INVALID_HANDLE;
    if (name == nullptr)
        return rcInvalidArgument;
    retcode code = task_find_resource(call->task, (u32)call->words[0], name, &handle);
    call->words[1] = handle;
    return code;
}

retcode core_TASK_Resume(struct core_call *call)
{
    struct task *task;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    code = task_resume(task);
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_Terminate(struct core_call *call)
{
    struct task *task;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    task_terminate(task, (s32)call->words[1], KOS_TASK_TERMINATED);
    object_release(&task->domain.object);
    return rcOk;
}

retcode core_TASK_Exit(struct core_call *call)
{
    task_terminate(call->task, (s32)call->words[0], KOS_TASK_EXITED);
    thread_exit(call->self, (s32)call->words[0]);
    return CORE_BLOCKED;
}

retcode core_TASK_Wait(struct core_call *call)
{
    struct task *task;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_WAIT, &task);
    if (code != rcOk)
        return code;
    if (task == call->task)
        code = rcInvalidOperation;
    else if (thread_join(call->self, &task->joiners, &task->ended, (u32)call->words[1]))
        code = CORE_BLOCKED;
    else {
        call->words[1] = (word)(s64)task->exit_code;
        call->words[2] = task->exit_reason;
    }
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_GetInfo(struct core_call *call)
{
    struct task *task;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_INFO, &task);
    if (code != rcOk)
        return code;
    const struct quota *quota = &task->domain.quota;
    call->words[1] = task->id;
    call->words[2] = task->state;
    call->words[3] = atomic_load_explicit(&quota->pages, memory_order_relaxed);
    call->words[4] = quota->pages_limit;
    call->words[5] = atomic_load_explicit(&quota->objects, memory_order_relaxed);
    call->words[6] = quota->objects_limit;
    object_release(&task->domain.object);
    return rcOk;
}

retcode core_TASK_GetName(struct core_call *call)
{
    struct task *task;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_INFO, &task);
    if (code != rcOk)
        return code;
    code = core_return_bytes(call, 1, task->name, strlen(task->name) + 1);
    object_release(&task->domain.object);
    return code;
}

retcode core_TASK_SetQuota(struct core_call *call)
{
    struct task *task;
    retcode code = core_task(call, (u32)call->words[0], KOS_RIGHT_TASK_CONTROL, &task);
    if (code != rcOk)
        return code;
    if (task->state != TASK_CREATED)
        code = rcInvalidOperation;
    else {
        task->domain.quota.pages_limit = call->words[1];
        task->domain.quota.objects_limit = call->words[2];
    }
    object_release(&task->domain.object);
    return code;
}
