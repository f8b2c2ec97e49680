/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint handle.Handle. */
#include <ipc/notice.h>
#include <ipc/shared_memory.h>
#include <ipc/user_object.h>
#include <kernel/core_call.h>
#include <traces/trace.h>

static struct handle_table *table(struct core_call *call)
{
    return &call->task->domain.handles;
}

retcode core_HANDLE_Copy(struct core_call *call)
{
    CORE_METHOD(HANDLE, Copy);
    struct object *badge = nullptr;
    u32 derived = KOS_INVALID_HANDLE;
    retcode code = rcOk;
    if ((u32)IN(copyBadge) != KOS_INVALID_HANDLE)
        code = handle_lookup(table(call), (u32)IN(copyBadge), OBJECT_BADGE, 0, &badge);
    if (code == rcOk)
        code = handle_derive(table(call), (u32)IN(inHandle), table(call), (u32)IN(newRightsMask), KOS_RIGHT_COPY, badge,
                             &derived);
    if (badge != nullptr)
        object_release(badge);
    OUT(outHandle) = derived;
    return code;
}

retcode core_HANDLE_CreateUserObject(struct core_call *call)
{
    CORE_METHOD(HANDLE, CreateUserObject);
    struct object *listener = nullptr, *object = nullptr;
    struct endpoint *endpoint = nullptr;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = IN(riid) <= 0xffffU ? rcOk : rcInvalidArgument;
    if (code == rcOk && (u32)IN(ipcChannel) != KOS_INVALID_HANDLE) {
        code = handle_lookup(table(call), (u32)IN(ipcChannel), OBJECT_ENDPOINT, KOS_RIGHT_IPC_RECV, &listener);
        if (code == rcOk)
            endpoint = container_of(listener, struct endpoint, object);
    }
    if (code == rcOk)
        code =
            user_object_create(&call->task->domain.quota, (u32)IN(type), IN(context), endpoint, (u32)IN(riid), &object);
    if (code == rcOk) {
        code = handle_insert(table(call), object, (u32)IN(rights), &handle);
        object_release(object);
    }
    if (listener != nullptr)
        object_release(listener);
    OUT(handle) = handle;
    return code;
}

/* The endpoint that a handle receives on, with a reference; null if it is another, or none. */
static struct endpoint *receives_on(struct core_call *call, u32 handle)
{
    struct object *object;
    if (handle_lookup(table(call), handle, OBJECT_ENDPOINT, 0, &object) != rcOk)
        return nullptr;
    return container_of(object, struct endpoint, object);
}

/* After a handle went, or handles that were made from it: threads that receive on the endpoint have cached theirs. */
static retcode gone(struct endpoint *endpoint, retcode code)
{
    if (endpoint != nullptr) {
        if (code == rcOk)
            endpoint_forget_handles(endpoint);
        object_release(&endpoint->object);
    }
    return code;
}

retcode core_HANDLE_Close(struct core_call *call)
{
    CORE_METHOD(HANDLE, Close);
    u32 handle = (u32)IN(handle);
    if (handle == KOS_CORE_HANDLE)
        return rcInvalidOperation;
    struct endpoint *endpoint = receives_on(call, handle);
    return gone(endpoint, handle_close(table(call), handle));
}

/* The mappings that were made through what was revoked go too, in steps, the last of which drops the reference. */
static retcode unmapped(struct core_call *call)
{
    struct work *work = &call->self->work;
    struct object *memory = work->object;
    retcode code = shared_memory_withdraw(container_of(memory, struct shared_memory, object));
    if (code != PREEMPTED) {
        work->object = nullptr;
        object_release(memory);
    }
    return code;
}

/* Shared memory that handle names, kept in work.object; or nothing. */
static void memory_keep(struct core_call *call, u32 handle)
{
    struct object *memory;
    if (handle_lookup(table(call), handle, OBJECT_MEMORY, 0, &memory) == rcOk ||
        handle_lookup(table(call), handle, OBJECT_DEVICE, 0, &memory) == rcOk)
        call->self->work.object = memory;
}

/* Before it begins. */
static void trace_revoked(struct core_call *call, u32 handle)
{
    struct object *object;
    if (unlikely(trace_on(cpu_self(), TRACE_handle_revoke)) &&
        handle_borrow(table(call), handle, OBJECT_NONE, 0, &object) == rcOk)
        trace_handle_revoke(cpu_self(), 0, 0, object->sid, call->task->domain.object.sid, 0);
}

retcode core_HANDLE_Revoke(struct core_call *call)
{
    CORE_METHOD(HANDLE, Revoke);
    u32 handle = (u32)IN(handle);
    if (handle == KOS_CORE_HANDLE)
        return rcInvalidOperation;
    if (call->self->work.object != nullptr)
        return unmapped(call);
    trace_revoked(call, handle);
    memory_keep(call, handle);
    struct endpoint *endpoint = receives_on(call, handle);
    if (call->self->work.object == nullptr) /* else that and the handle go together */
        checkpoint();
    retcode code = handle_revoke(table(call), handle);
    checkpoint();
    code = gone(endpoint, code);
    return call->self->work.object != nullptr && unmapped(call) == PREEMPTED ? PREEMPTED : code;
}

retcode core_HANDLE_RevokeSubtree(struct core_call *call)
{
    CORE_METHOD(HANDLE, RevokeSubtree);
    struct object *badge;
    if (call->self->work.object != nullptr)
        return unmapped(call);
    retcode code = handle_lookup(table(call), (u32)IN(badge), OBJECT_BADGE, 0, &badge);
    if (code != rcOk)
        return code;
    trace_revoked(call, (u32)IN(handle));
    memory_keep(call, (u32)IN(handle));
    struct endpoint *endpoint = receives_on(call, (u32)IN(handle));
    code = gone(endpoint, handle_revoke_subtree(table(call), (u32)IN(handle), badge));
    object_release(badge);
    return call->self->work.object != nullptr && unmapped(call) == PREEMPTED ? PREEMPTED : code;
}

retcode core_HANDLE_GetSidByHandle(struct core_call *call)
{
    CORE_METHOD(HANDLE, GetSidByHandle);
    struct object *object;
    retcode code = handle_borrow(table(call), (u32)IN(handle), OBJECT_NONE, KOS_RIGHT_GET_SID, &object);
    if (code == rcOk)
        OUT(sid) = object->sid;
    return code;
}

/* Subscribed to before anybody else has it. */
static retcode badge_announce(struct core_call *call, struct object *badge)
{
    CORE_METHOD(HANDLE, CreateBadge);
    struct object *notice;
    if ((u32)IN(notify) == KOS_INVALID_HANDLE)
        return rcOk;
    retcode code = handle_lookup(table(call), (u32)IN(notify), OBJECT_NOTICE, 0, &notice);
    if (code == rcOk) {
        code = notice_subscribe(container_of(notice, struct notice, object), badge,
                                KOS_EVENT_OBJECT_DESTROYED | KOS_EVENT_BADGE_CLOSED, IN(evId));
        object_release(notice);
    }
    return code;
}

retcode core_HANDLE_CreateBadge(struct core_call *call)
{
    CORE_METHOD(HANDLE, CreateBadge);
    struct object *badge;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = badge_create(&call->task->domain.quota, IN(context), &badge);
    if (code == rcOk) {
        code = handle_insert(table(call), badge, KOS_RIGHT_GET_EVENT | KOS_RIGHT_GET_SID, &handle);
        checkpoint();
        if (code == rcOk && (code = badge_announce(call, badge)) != rcOk) {
            checkpoint();
            (void)handle_close(table(call), handle);
            handle = KOS_INVALID_HANDLE;
        }
        object_release(badge);
    }
    OUT(badge) = handle;
    return code;
}

/* Channel within the task: on an existing listener, or with a new one. */
retcode core_HANDLE_Connect(struct core_call *call)
{
    CORE_METHOD(HANDLE, Connect);
    struct domain *domain = &call->task->domain;
    struct endpoint *endpoint = nullptr;
    struct channel *channel = nullptr;
    struct object *object;
    u32 listener = (u32)IN(extend), client = KOS_INVALID_HANDLE;
    bool made = listener == KOS_INVALID_HANDLE;
    retcode code;
    if (made) {
        code = endpoint_create(domain, &endpoint);
        if (code == rcOk)
            code = handle_insert(table(call), &endpoint->object,
                                 KOS_RIGHT_IPC_RECV | KOS_RIGHT_LISTENER_EXTEND | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY,
                                 &listener);
    } else {
        code = handle_lookup(table(call), listener, OBJECT_ENDPOINT, KOS_RIGHT_LISTENER_EXTEND, &object);
        if (code == rcOk)
            endpoint = container_of(object, struct endpoint, object);
    }
    bool listening = made && code == rcOk;
    checkpoint();
    if (code == rcOk)
        code = channel_create(domain, endpoint, &channel);
    if (code == rcOk) {
        code = handle_insert(table(call), &channel->object,
                             KOS_RIGHT_IPC_CALL | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER, &client);
        object_release(&channel->object);
    }
    if (endpoint != nullptr)
        object_release(&endpoint->object);
    if (code != rcOk && listening && handle_close(table(call), listener) != rcOk)
        code = rcInternalError;
    OUT(listener) = OUT(server) = listener;
    OUT(client) = client;
    return code;
}

retcode core_HANDLE_GetRiid(struct core_call *call)
{
    CORE_METHOD(HANDLE, GetRiid);
    const char *name = core_string(call, IN(endpoint));
    struct object *object;
    u32 riid = 0;
    if (name == nullptr)
        return rcInvalidArgument;
    retcode code = handle_borrow(table(call), (u32)IN(client), OBJECT_CHANNEL, 0, &object);
    if (code == rcOk) {
        const u32 class = container_of(object, struct channel, object)->endpoint->owner_class;
        while ((code = ksm_endpoint_find(class, name, &riid)) == PREEMPTED) /* without the object, which is borrowed */
            checkpoint();
    }
    OUT(riid) = code == rcOk ? riid : 0;
    return code;
}

retcode core_HANDLE_SecurityConnect(struct core_call *call)
{
    CORE_METHOD(HANDLE, SecurityConnect);
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = handle_insert(table(call), ipc_security_object(), KOS_RIGHT_IPC_CALL | KOS_RIGHT_GET_SID, &handle);
    OUT(client) = handle;
    return code;
}
