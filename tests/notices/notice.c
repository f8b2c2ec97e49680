/* SPDX-License-Identifier: Apache-2.0 */
/* Notices: who is told of what, once or together, and when not. */
#include <tests/notices/notices.h>
#include <tests/patience.h>

#define USER_RIGHTS                                                                                                    \
    (OCAP_HANDLE_GET_EVENT | OCAP_HANDLE_SET_EVENT | OCAP_HANDLE_COPY | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_GET_SID)
#define USER(bit) OBJECT_EVENT_USER(bit)

static Notice make(void)
{
    Notice notice = INVALID_HANDLE;
    expect("notice", "create", KnNoticeCreate(&notice), rcOk);
    return notice;
}

static Handle object_make(rtl_uint32_t rights)
{
    Handle object = INVALID_HANDLE;
    expect("notice", "object", KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, rights, RTL_NULL, &object), rcOk);
    return object;
}

/* The next event is this one, within a second. */
static void event(const char *name, Notice notice, rtl_uintptr_t id, rtl_uint32_t mask)
{
    EventDesc got = {~0UL, 0};
    rtl_size_t count = 9;
    expect(name, "code", KnNoticeGetEvent(notice, 1000, 1, &got, &count), rcOk);
    expect(name, "count", (long long)count, 1);
    expect(name, "id", (long long)got.eventId, (long long)id);
    expect(name, "events", got.eventMask, mask);
}

static void nothing(const char *name, Notice notice)
{
    EventDesc got;
    rtl_size_t count = 9;
    expect(name, "nothing", KnNoticeGetEvent(notice, 0, 1, &got, &count), rcTimeout);
    expect(name, "none", (long long)count, 0);
}

static void errors(void)
{
    Notice notice = make();
    Handle object = object_make(USER_RIGHTS), mute = object_make(OCAP_HANDLE_SET_EVENT),
           deaf = object_make(OCAP_HANDLE_GET_EVENT);
    EventDesc got;
    rtl_size_t count;
    expect("notice/errors", "no_notice", KnNoticeSubscribeToObject(object, object, 1, 1), rcInvalidArgument);
    expect("notice/errors", "no_handle", KnNoticeSubscribeToObject(12345, object, 1, 1), rcInvalidHandle);
    expect("notice/errors", "no_object", KnNoticeSubscribeToObject(notice, 12345, 1, 1), rcInvalidHandle);
    expect("notice/errors", "no_right", KnNoticeSubscribeToObject(notice, mute, 1, 1), rcNoCapability);
    expect("notice/errors", "kernel", KnNoticeSubscribeToObject(notice, KOS_CORE_HANDLE, 1, 1), rcNoCapability);
    expect("notice/errors", "no_event", KnNoticeSubscribeToObject(notice, object, 0, 1), rcInvalidArgument);
    expect("notice/errors", "mask_above_32_bits", KOS_CORE(NOTICE, SubscribeToObject, notice, object, 1ULL << 32, 1).rc,
           rcInvalidArgument);
    expect("notice/errors", "get_no_notice", KnNoticeGetEvent(object, 0, 1, &got, &count), rcInvalidArgument);
    expect("notice/errors", "get_none", KnNoticeGetEvent(notice, 0, 0, &got, &count), rcInvalidArgument);
    expect("notice/errors", "timeout", KnNoticeGetEvent(notice, 10, 1, &got, &count), rcTimeout);
    expect("notice/errors", "timeout_above_32_bits", KOS_CORE(NOTICE, GetEvent, notice, 1ULL << 32).rc,
           rcInvalidArgument);
    expect("notice/errors", "unsubscribe", KnNoticeUnsubscribeFromObject(notice, object), rcResourceNotFound);
    expect("notice/errors", "set_no_right", KnNoticeSetObjectEvent(deaf, USER(0)), rcNoCapability);
    expect("notice/errors", "set_general", KnNoticeSetObjectEvent(object, EVENT_OBJECT_DESTROYED), rcInvalidArgument);
    expect("notice/errors", "set_none", KnNoticeSetObjectEvent(object, 0), rcInvalidArgument);
    expect("notice/errors", "set_system_object", KnNoticeSetObjectEvent(notice, USER(0)), rcInvalidArgument);
    (void)KnHandleClose(object), (void)KnHandleClose(mute), (void)KnHandleClose(deaf), (void)KnHandleClose(notice);
}

static void user_events(void)
{
    Notice notice = make(), second = make();
    Handle object = object_make(USER_RIGHTS), other = object_make(USER_RIGHTS);
    EventDesc got[4];
    rtl_size_t count;
    expect("user", "nobody_listens", KnNoticeSetObjectEvent(object, USER(3)), rcOk);
    expect("user", "subscribe", KnNoticeSubscribeToObject(notice, object, USER(0) | USER(1), 7), rcOk);
    expect("user", "not_in_mask", KnNoticeSetObjectEvent(object, USER(2)), rcOk);
    nothing("user/before", notice);
    expect("user", "set", KnNoticeSetObjectEvent(object, USER(0) | USER(2)), rcOk);
    event("user/one", notice, 7, USER(0));
    nothing("user/taken", notice);
    expect("user", "set_0", KnNoticeSetObjectEvent(object, USER(0)), rcOk);
    expect("user", "set_1", KnNoticeSetObjectEvent(object, USER(1)), rcOk);
    expect("user", "set_1_again", KnNoticeSetObjectEvent(object, USER(1)), rcOk);
    event("user/together", notice, 7, USER(0) | USER(1));
    nothing("user/together", notice);

    /* several entries, several notices, the same id twice */
    expect("user", "entry", KnNoticeSubscribeToObject(notice, object, USER(0), 8), rcOk);
    expect("user", "same_id", KnNoticeSubscribeToObject(notice, other, USER(0), 8), rcOk);
    expect("user", "other_notice", KnNoticeSubscribeToObject(second, object, USER(0), ~0UL), rcOk);
    expect("user", "set_both", KnNoticeSetObjectEvent(object, USER(0)), rcOk);
    expect("user", "set_other", KnNoticeSetObjectEvent(other, USER(0)), rcOk);
    expect("user", "some", KnNoticeGetEvent(notice, 1000, 2, got, &count), rcOk);
    expect("user", "some_count", (long long)count, 2);
    expect("user", "rest", KnNoticeGetEvent(notice, 1000, 4, got + 2, &count), rcOk);
    expect("user", "rest_count", (long long)count, 1);
    rtl_uintptr_t ids = got[0].eventId + got[1].eventId + got[2].eventId;
    expect("user", "ids", (long long)ids, 23);
    event("user/second", second, ~0UL, USER(0));

    /* unsubscribed: also what was not taken yet */
    expect("user", "set_again", KnNoticeSetObjectEvent(object, USER(0)), rcOk);
    expect("user", "unsubscribe", KnNoticeUnsubscribeFromEvent(notice, object, 7), rcOk);
    expect("user", "unsubscribe_again", KnNoticeUnsubscribeFromEvent(notice, object, 7), rcResourceNotFound);
    event("user/rest", notice, 8, USER(0));
    nothing("user/unsubscribed", notice);
    expect("user", "unsubscribe_all", KnNoticeUnsubscribeFromObject(notice, object), rcOk);
    expect("user", "set_unheard", KnNoticeSetObjectEvent(object, USER(0)), rcOk);
    nothing("user/unsubscribed_all", notice);
    event("user/second_still", second, ~0UL, USER(0));
    (void)KnHandleClose(object), (void)KnHandleClose(other), (void)KnHandleClose(notice), (void)KnHandleClose(second);
}

/* More entries than are told at once; all get it, and a waiter for each wakes. */
static void many(void)
{
    enum { ENTRIES = 100 };
    Notice notice = make();
    Handle object = object_make(USER_RIGHTS);
    EventDesc got[ENTRIES];
    rtl_size_t count = 0, total = 0;
    nk_uint64_t seen = 0;
    for (rtl_uintptr_t i = 0; i < ENTRIES; i++)
        if (KnNoticeSubscribeToObject(notice, object, USER(0) | EVENT_OBJECT_DESTROYED, i) != rcOk)
            expect("many", "subscribe", (long long)i, -1);
    expect("many", "set", KnNoticeSetObjectEvent(object, USER(0)), rcOk);
    while (total < ENTRIES && KnNoticeGetEvent(notice, PATIENCE_MS, ENTRIES - total, got + total, &count) == rcOk)
        total += count;
    expect("many", "all", (long long)total, ENTRIES);
    for (unsigned i = 0; i < total; i++)
        seen += got[i].eventId;
    expect("many", "each", (long long)seen, ENTRIES * (ENTRIES - 1) / 2);
    expect("many", "close", KnHandleClose(object), rcOk);
    for (total = 0; total < ENTRIES && KnNoticeGetEvent(notice, PATIENCE_MS, ENTRIES, got, &count) == rcOk;)
        total += count;
    expect("many", "destroyed", (long long)total, ENTRIES);
    (void)KnHandleClose(notice);
}

static void lives(void)
{
    Notice notice = make();
    Handle object = object_make(USER_RIGHTS), copy, below;
    expect("life", "subscribe", KnNoticeSubscribeToObject(notice, object, EVENT_OBJECT_DESTROYED, 1), rcOk);
    expect("life", "copy", KnHandleCopy(object, ~0U, INVALID_HANDLE, &copy), rcOk);
    expect("life", "close", KnHandleClose(object), rcOk);
    nothing("life/one_left", notice);
    expect("life", "close_last", KnHandleClose(copy), rcOk);
    event("life/closed", notice, 1, EVENT_OBJECT_DESTROYED);
    nothing("life/once", notice);

    /* the last live handle goes by revocation of all */
    object = object_make(USER_RIGHTS);
    expect("life", "copy_2", KnHandleCopy(object, ~0U, INVALID_HANDLE, &copy), rcOk);
    expect("life", "copy_3", KnHandleCopy(copy, ~0U, INVALID_HANDLE, &below), rcOk);
    expect("life", "subscribe_2", KnNoticeSubscribeToObject(notice, below, EVENT_OBJECT_DESTROYED | USER(0), 2), rcOk);
    expect("life", "set", KnNoticeSetObjectEvent(copy, USER(0)), rcOk);
    expect("life", "revoke", KnHandleRevoke(object), rcOk);
    event("life/revoked", notice, 2, EVENT_OBJECT_DESTROYED | USER(0));
    expect("life", "subscribe_revoked", KnNoticeSubscribeToObject(notice, below, 1, 2), rcHandleRevoked);
    (void)KnHandleClose(copy), (void)KnHandleClose(below);
    nothing("life/no_more", notice);

    /* another task's handle keeps it */
    object = object_make(USER_RIGHTS);
    Handle child = child_start("sleep", object, ~0U);
    expect("life", "subscribe_3", KnNoticeSubscribeToObject(notice, object, EVENT_OBJECT_DESTROYED, 3), rcOk);
    expect("life", "close_own", KnHandleClose(object), rcOk);
    nothing("life/child_has_one", notice);
    (void)KnTaskTerminate(child, 1);
    event("life/with_the_child", notice, 3, EVENT_OBJECT_DESTROYED);
    (void)child_end(child);
    (void)KnHandleClose(notice);
}

static void badges(void)
{
    Notice notice = make();
    Handle object = object_make(USER_RIGHTS), badge, first, second, below;
    expect("badge", "no_notice", KnHandleCreateBadge(object, 5, RTL_NULL, &badge), rcInvalidArgument);
    expect("badge", "none_made", badge, INVALID_HANDLE);
    expect("badge", "create", KnHandleCreateBadge(notice, 5, RTL_NULL, &badge), rcOk);
    expect("badge", "copy", KnHandleCopy(object, ~0U, badge, &first), rcOk);
    expect("badge", "copy_2", KnHandleCopy(object, ~0U, badge, &second), rcOk);
    expect("badge", "below", KnHandleCopy(first, ~0U, INVALID_HANDLE, &below), rcOk);
    expect("badge", "close", KnHandleClose(first), rcOk);
    expect("badge", "close_2", KnHandleClose(second), rcOk);
    nothing("badge/one_below_is_left", notice);
    expect("badge", "close_below", KnHandleClose(below), rcOk);
    event("badge/closed", notice, 5, EVENT_BADGE_CLOSED);
    /* what was made from a handle that is closed now still belongs to the badge */
    expect("badge", "copy_3", KnHandleCopy(object, ~0U, badge, &first), rcOk);
    expect("badge", "below_3", KnHandleCopy(first, ~0U, INVALID_HANDLE, &below), rcOk);
    expect("badge", "close_3", KnHandleClose(first), rcOk);
    expect("badge", "revoke_subtree", KnHandleRevokeSubtree(object, badge), rcOk);
    event("badge/revoked", notice, 5, EVENT_BADGE_CLOSED);
    rtl_uint32_t sid;
    expect("badge", "below_is_revoked", KnHandleGetSidByHandle(below, &sid), rcHandleRevoked);
    (void)KnHandleClose(below);
    nothing("badge/once", notice);
    expect("badge", "close_badge", KnHandleClose(badge), rcOk);
    event("badge/destroyed", notice, 5, EVENT_OBJECT_DESTROYED);
    (void)KnHandleClose(object), (void)KnHandleClose(notice);
}

static void end_at_once(void *argument)
{
    (void)argument;
    KnThreadExit(4);
}

static void ends(unsigned cpus)
{
    Notice notice = make();
    Handle child = child_start("sleep", INVALID_HANDLE, 0);
    rtl_int32_t code;
    rtl_uint32_t reason;
    expect("end", "subscribe", KnNoticeSubscribeToObject(notice, child, EVENT_TASK_COMPLETED, 11), rcOk);
    nothing("end/runs", notice);
    (void)KnTaskTerminate(child, 6);
    event("end/terminated", notice, 11, EVENT_TASK_COMPLETED);
    expect("end", "wait", KnTaskWait(child, 0, &code, &reason), rcOk);
    expect("end", "code", code, 6);
    expect("end", "subscribe_late", KnNoticeSubscribeToObject(notice, child, EVENT_TASK_COMPLETED, 12), rcOk);
    event("end/late", notice, 12, EVENT_TASK_COMPLETED);
    nothing("end/the_first_not_again", notice);
    (void)KnHandleClose(child);
    child = child_start("fault", INVALID_HANDLE, 0);
    expect("end", "subscribe_fault", KnNoticeSubscribeToObject(notice, child, ~0U, 13), rcOk);
    event("end/faulted", notice, 13, EVENT_TASK_COMPLETED);
    (void)KnHandleClose(child);
    event("end/handle", notice, 13, EVENT_OBJECT_DESTROYED);

    Handle thread = thread_start(cpus - 1, end_at_once, RTL_NULL);
    expect("end", "subscribe_thread", KnNoticeSubscribeToObject(notice, thread, EVENT_THREAD_COMPLETED, 14), rcOk);
    event("end/thread", notice, 14, EVENT_THREAD_COMPLETED);
    expect("end", "thread_code", thread_end(thread), 4);
    (void)KnHandleClose(notice);
}

static void spin(void *argument)
{
    for (;;)
        __atomic_fetch_add((unsigned *)argument, 1, __ATOMIC_RELAXED);
}

static void overrun(void)
{
    static unsigned count;
    Notice notice = make();
    Handle thread = thread_start(0, spin, &count);
    expect("overrun", "subscribe", KnNoticeSubscribeToObject(notice, thread, EVENT_THREAD_OVERRUN, 15), rcOk);
    expect("overrun", "reserve",
           KOS_CORE(THREAD, SetReservation, thread, 1000000, 20000000, 20000000, KOS_RESERVATION_THROTTLE).rc, rcOk);
    event("overrun/one", notice, 15, EVENT_THREAD_OVERRUN);
    event("overrun/next", notice, 15, EVENT_THREAD_OVERRUN);
    (void)KnThreadTerminateByHandle(thread, 0);
    (void)thread_end(thread);
    (void)KnHandleClose(notice);
}

/* ---- waiting ---- */

static Notice waited;
static unsigned taken;

static void take(void *argument)
{
    EventDesc got;
    rtl_size_t count;
    Retcode rc = KnNoticeGetEvent(waited, PATIENCE_MS, 1, &got, &count);
    (void)argument;
    if (rc == rcOk)
        __atomic_fetch_add(&taken, (unsigned)got.eventId, __ATOMIC_RELAXED);
    KnThreadExit((rtl_int32_t)rc);
}

static void waiting(unsigned cpus)
{
    enum { WAITERS = 3 };
    Handle threads[WAITERS], object = object_make(USER_RIGHTS);
    waited = make();
    for (unsigned i = 0; i < WAITERS; i++) {
        threads[i] = thread_start(i % cpus, take, RTL_NULL);
        expect("wait", "waits", reaches_state(threads[i], KOS_THREAD_STATE_FUTEX), 1);
    }
    for (rtl_uintptr_t i = 1; i <= WAITERS; i++)
        expect("wait", "subscribe", KnNoticeSubscribeToObject(waited, object, USER(0), i), rcOk);
    expect("wait", "set", KnNoticeSetObjectEvent(object, USER(0)), rcOk);
    for (unsigned i = 0; i < WAITERS; i++)
        expect("wait", "code", thread_end(threads[i]), rcOk);
    expect("wait", "each_took_one", taken, 6);

    threads[0] = thread_start(0, take, RTL_NULL);
    threads[1] = thread_start(cpus - 1, take, RTL_NULL);
    expect("drop", "waits", reaches_state(threads[0], KOS_THREAD_STATE_FUTEX), 1);
    expect("drop", "waits_too", reaches_state(threads[1], KOS_THREAD_STATE_FUTEX), 1);
    expect("drop", "drop", KnNoticeDropAndWake(waited), rcOk);
    expect("drop", "code", thread_end(threads[0]), rcNotConnected);
    expect("drop", "code_2", thread_end(threads[1]), rcNotConnected);
    expect("drop", "subscribe", KnNoticeSubscribeToObject(waited, object, USER(0), 1), rcNotConnected);
    expect("drop", "set", KnNoticeSetObjectEvent(object, USER(0)), rcOk);
    EventDesc got;
    rtl_size_t count;
    expect("drop", "get", KnNoticeGetEvent(waited, 0, 1, &got, &count), rcNotConnected);
    expect("drop", "again", KnNoticeDropAndWake(waited), rcOk);
    (void)KnHandleClose(waited);

    waited = make();
    threads[0] = thread_start(cpus - 1, take, RTL_NULL);
    threads[1] = thread_start(cpus - 1, take, RTL_NULL);
    expect("close", "waits", reaches_state(threads[0], KOS_THREAD_STATE_FUTEX), 1);
    expect("close", "waits_too", reaches_state(threads[1], KOS_THREAD_STATE_FUTEX), 1);
    expect("close", "terminate", KnThreadTerminateByHandle(threads[1], 8), rcOk);
    expect("close", "terminated", thread_end(threads[1]), 8);
    expect("close", "close", KnHandleClose(waited), rcOk);
    expect("close", "code", thread_end(threads[0]), rcNotConnected);
    (void)KnHandleClose(object);
}

/* One thread sets while others take: every event that was set after the last one was taken is seen. */
static unsigned seen;

static void take_all(void *argument)
{
    EventDesc got[4];
    rtl_size_t count;
    (void)argument;
    while (KnNoticeGetEvent(waited, 1000, 4, got, &count) == rcOk)
        __atomic_fetch_add(&seen, (unsigned)count, __ATOMIC_RELAXED);
    KnThreadExit(0);
}

static void storm(unsigned cpus)
{
    Handle object = object_make(USER_RIGHTS), threads[2];
    unsigned missed = 0;
    waited = make();
    for (rtl_uintptr_t i = 0; i < 10; i++)
        expect("storm", "subscribe", KnNoticeSubscribeToObject(waited, object, USER(0), i), rcOk);
    for (unsigned i = 0; i < 2; i++)
        threads[i] = thread_start((i + 1) % cpus, take_all, RTL_NULL);
    for (unsigned i = 1; i <= 100 && missed == 0; i++) {
        (void)KnNoticeSetObjectEvent(object, USER(0));
        for (unsigned wait = 0; wait < PATIENCE_MS && __atomic_load_n(&seen, __ATOMIC_RELAXED) != 10 * i; wait++)
            (void)KnSleep(wait < 10 ? 0 : 1);
        missed += __atomic_load_n(&seen, __ATOMIC_RELAXED) != 10 * i;
    }
    expect("storm", "missed", missed, 0);
    (void)KnNoticeDropAndWake(waited);
    expect("storm", "ends", thread_end(threads[0]), 0);
    expect("storm", "ends_too", thread_end(threads[1]), 0);
    (void)KnHandleClose(waited), (void)KnHandleClose(object);
}

static void accounts(void)
{
    (void)KnSleep(50); /* threads of the tests before are freed a little later */
    nk_uint64_t before = KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[4];
    for (unsigned round = 0; round < 20; round++) {
        Notice notice = make();
        Handle object = object_make(USER_RIGHTS);
        for (rtl_uintptr_t i = 0; i < 20; i++)
            (void)KnNoticeSubscribeToObject(notice, object, round % 2 == 0 ? USER(0) : EVENT_OBJECT_DESTROYED, i);
        (void)KnNoticeSetObjectEvent(object, USER(0));
        if (round % 3 == 0)
            (void)KnNoticeUnsubscribeFromEvent(notice, object, 4);
        (void)KnHandleClose(round % 4 < 2 ? notice : object);
        (void)KnHandleClose(round % 4 < 2 ? object : notice);
    }
    (void)KnSleep(50);
    expect("notice/accounts", "objects_return", (long long)KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[4],
           (long long)before);
}

void notice_tests(unsigned cpus)
{
    errors();
    user_events();
    many();
    lives();
    badges();
    ends(cpus);
    overrun();
    waiting(cpus);
    storm(cpus);
    accounts();
}
