/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint notice.Notice. */
#include <ipc/notice.h>
#include <kernel/core_call.h>

/* With a reference. */
static retcode notice_of(struct core_call *call, struct notice **notice)
{
    struct object *object;
    retcode code = handle_lookup(&call->task->domain.handles, (u32)call->words[0], OBJECT_NOTICE, 0, &object);
    if (code == rcOk)
        *notice = container_of(object, struct notice, object);
    return code;
}

retcode core_NOTICE_Create(struct core_call *call)
{
    struct notice *notice;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = notice_create(&call->task->domain.quota, &notice);
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, &notice->object,
                             KOS_RIGHT_COPY | KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT, &handle);
        object_release(&notice->object);
    }
    call->words[1] = handle;
    return code;
}

retcode core_NOTICE_SubscribeToObject(struct core_call *call)
{
    struct notice *notice;
    struct object *object;
    if (call->words[2] == 0 || call->words[2] > 0xffffffffU)
        return rcInvalidArgument;
    retcode code = notice_of(call, &notice);
    if (code != rcOk)
        return code;
    code = handle_lookup(&call->task->domain.handles, (u32)call->words[1], OBJECT_NONE, KOS_RIGHT_GET_EVENT, &object);
    if (code == rcOk) {
        code = notice_subscribe(notice, object, (u32)call->words[2], call->words[3]);
        object_release(object);
    }
    object_release(&notice->object);
    return code;
}

static retcode unsubscribe(struct core_call *call, bool any_id, u64 id)
{
    struct notice *notice;
    struct object *object;
    retcode code = notice_of(call, &notice);
    if (code != rcOk)
        return code;
    code = handle_lookup(&call->task->domain.handles, (u32)call->words[1], OBJECT_NONE, KOS_RIGHT_GET_EVENT, &object);
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
    return unsubscribe(call, false, call->words[2]);
}

retcode core_NOTICE_UnsubscribeFromObject(struct core_call *call)
{
    return unsubscribe(call, true, 0);
}

retcode core_NOTICE_DropAndWake(struct core_call *call)
{
    struct notice *notice;
    retcode code = notice_of(call, &notice);
    if (code != rcOk)
        return code;
    code = notice_drop(notice);
    object_release(&notice->object);
    return code;
}

static void event_words(word *words, const struct notice_event *event)
{
    words[1] = event->id;
    words[2] = event->events;
    words[3] = event->left;
}

/* Takes an event, or waits for one; with a reference to the notice, which goes. */
static retcode event_get(struct core_call *call, struct notice *notice, u32 timeout_ms)
{
    struct notice_event event = {};
    const struct futex_word word = notice_word(notice);
    u32 index = 0;
    retcode code = notice_take(notice, &event);
    if (code == rcTimeout && timeout_ms != 0) {
        call->self->futex_object = &notice->object; /* who is done with the wait drops the reference */
        code = futex_wait(call->self, &word, 1, timeout_ms, &index);
        if (code == rcOk)
            return CORE_BLOCKED;
    } else {
        object_release(&notice->object);
    }
    event_words(call->words, &event);
    return code;
}

/* rcFutexWouldBlock: an event came, but others may have taken it: to be called again. */
retcode core_NOTICE_GetEvent(struct core_call *call)
{
    struct notice *notice;
    if (call->words[1] > 0xffffffffU)
        return rcInvalidArgument;
    retcode code = notice_of(call, &notice);
    return code == rcOk ? event_get(call, notice, (u32)call->words[1]) : code;
}

/* For futex_complete: the thread was woken to take an event. */
void core_notice_complete(struct thread *thread)
{
    struct notice_event event = {};
    retcode code = notice_take(container_of(thread->futex_object, struct notice, object), &event);
    core_respond_more(thread, code == rcTimeout ? rcFutexWouldBlock : code, event.id, event.events, event.left);
}

retcode core_NOTICE_SetObjectEvent(struct core_call *call)
{
    struct object *object;
    word events = call->words[1];
    if (events == 0 || events > 0xffffffffU || (events & KOS_EVENTS_GENERAL) != 0)
        return rcInvalidArgument;
    retcode code =
        handle_lookup(&call->task->domain.handles, (u32)call->words[0], OBJECT_USER, KOS_RIGHT_SET_EVENT, &object);
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
