/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint notice.Notice. */
#include <ipc/notice.h>
#include <kernel/core_call.h>

/* With a reference. */
static retcode notice_of(struct core_call *call, word handle, struct notice **notice)
{
    struct object *object;
    retcode code = handle_lookup(&call->task->domain.handles, (u32)handle, OBJECT_NOTICE, 0, &object);
    if (code == rcOk)
        *notice = container_of(object, struct notice, object);
    return code;
}

retcode core_NOTICE_Create(struct core_call *call)
{
    CORE_METHOD(NOTICE, Create);
    struct notice *notice;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = notice_create(&call->task->domain.quota, &notice);
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, &notice->object,
                             KOS_RIGHT_COPY | KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT, &handle);
        object_release(&notice->object);
    }
    OUT(notify) = handle;
    return code;
}

retcode core_NOTICE_SubscribeToObject(struct core_call *call)
{
    CORE_METHOD(NOTICE, SubscribeToObject);
    struct notice *notice;
    struct object *object;
    if (IN(evMask) == 0 || IN(evMask) > 0xffffffffU)
        return rcInvalidArgument;
    retcode code = notice_of(call, IN(notify), &notice);
    if (code != rcOk)
        return code;
    code = handle_lookup(&call->task->domain.handles, (u32)IN(object), OBJECT_NONE, KOS_RIGHT_GET_EVENT, &object);
    if (code == rcOk) {
        code = notice_subscribe(notice, object, (u32)IN(evMask), IN(evId));
        object_release(object);
    }
    object_release(&notice->object);
    return code;
}

static retcode unsubscribe(struct core_call *call, word notify, word what, bool any_id, u64 id)
{
    struct notice *notice;
    struct object *object;
    retcode code = notice_of(call, notify, &notice);
    if (code != rcOk)
        return code;
    code = handle_lookup(&call->task->domain.handles, (u32)what, OBJECT_NONE, KOS_RIGHT_GET_EVENT, &object);
    if (code == rcOk) {
        code = notice_unsubscribe(notice, object, any_id, id, &call->self->work.progress.position);
        object_release(object);
    }
    object_release(&notice->object);
    if (code != PREEMPTED)
        call->self->work.progress = (struct progress){};
    return code;
}

retcode core_NOTICE_UnsubscribeFromEvent(struct core_call *call)
{
    CORE_METHOD(NOTICE, UnsubscribeFromEvent);
    return unsubscribe(call, IN(notify), IN(object), false, IN(evId));
}

retcode core_NOTICE_UnsubscribeFromObject(struct core_call *call)
{
    CORE_METHOD(NOTICE, UnsubscribeFromObject);
    return unsubscribe(call, IN(notify), IN(object), true, 0);
}

retcode core_NOTICE_DropAndWake(struct core_call *call)
{
    CORE_METHOD(NOTICE, DropAndWake);
    struct notice *notice;
    retcode code = notice_of(call, IN(notify), &notice);
    if (code != rcOk)
        return code;
    code = notice_drop(notice);
    object_release(&notice->object);
    return code;
}

/* Takes an event, or waits for one; with a reference to the notice, which goes. */
static retcode event_get(struct core_call *call, struct notice *notice, u32 timeout_ms)
{
    CORE_METHOD(NOTICE, GetEvent);
    struct notice_event event = {};
    const struct futex_word word = notice_word(notice);
    retcode code = notice_take(notice, &event);
    if (code == rcTimeout && timeout_ms != 0) {
        call->self->futex_object = &notice->object; /* who is done with the wait drops the reference */
        code = futex_wait(call->self, &word, timeout_ms);
        if (code == rcOk)
            return CORE_BLOCKED;
    } else {
        object_release(&notice->object);
    }
    OUT(evId) = event.id;
    OUT(evMask) = event.events;
    OUT(left) = event.left;
    return code;
}

/* rcFutexWouldBlock: an event came, but others may have taken it: to be called again. */
retcode core_NOTICE_GetEvent(struct core_call *call)
{
    CORE_METHOD(NOTICE, GetEvent);
    struct notice *notice;
    if (IN(timeout) > 0xffffffffU)
        return rcInvalidArgument;
    retcode code = notice_of(call, IN(notify), &notice);
    return code == rcOk ? event_get(call, notice, (u32)IN(timeout)) : code;
}

/* For futex_complete: the thread was woken to take an event. */
void core_notice_complete(struct thread *thread)
{
    struct notice_event event = {};
    retcode code = notice_take(container_of(thread->futex_object, struct notice, object), &event);
    CORE_RESPOND(thread, code == rcTimeout ? rcFutexWouldBlock : code, NOTICE, GetEvent, .evId = event.id,
                 .evMask = event.events, .left = event.left);
}

retcode core_NOTICE_SetObjectEvent(struct core_call *call)
{
    CORE_METHOD(NOTICE, SetObjectEvent);
    struct object *object;
    word events = IN(evMask);
    if (events == 0 || events > 0xffffffffU || (events & KOS_EVENTS_GENERAL) != 0)
        return rcInvalidArgument;
    retcode code =
        handle_lookup(&call->task->domain.handles, (u32)IN(object), OBJECT_USER, KOS_RIGHT_SET_EVENT, &object);
    if (code == rcOk) {
        object_tell(object, (u32)events);
        object_release(object);
    }
    return code;
}

/* ---- what other rooms report ---- */

void thread_overrun(struct thread *account)
{
    object_tell(&account->object, KOS_EVENT_THREAD_OVERRUN);
}
