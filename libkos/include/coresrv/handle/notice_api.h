/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices collect events of resources. All functions may be used by several threads at once. What the specification
 * does not name: the two functions to unsubscribe, and KnNoticeDropAndWake.
 */
#pragma once
#include <handle/event_descr.h>
#include <kos/core.h>

typedef Handle Notice;

/* It goes with its last handle, as by KnNoticeDropAndWake. */
static inline Retcode KnNoticeCreate(Notice *n)
{
    struct kos_core_result r = KOS_CORE0(NOTICE, Create);
    *n = (Notice)KOS_CORE_OUT(r, NOTICE, Create, notify);
    return r.rc;
}
/* Events of object that are in evMask are kept under evId from now on; EVENT_TASK_COMPLETED and EVENT_THREAD_COMPLETED
 * also if they have occurred already. An object may have several entries, and ids may repeat. Needs
 * OCAP_HANDLE_GET_EVENT. After EVENT_OBJECT_DESTROYED the entry removes itself. */
static inline Retcode KnNoticeSubscribeToObject(Notice n, Handle object, rtl_uint32_t evMask, rtl_uintptr_t evId)
{
    return KOS_CORE(NOTICE, SubscribeToObject, n, object, evMask, evId).rc;
}
/* The entries to object with that id, or all; with events that nobody has got yet. rcResourceNotFound. */
static inline Retcode KnNoticeUnsubscribeFromEvent(Notice n, Handle object, rtl_uintptr_t evId)
{
    return KOS_CORE(NOTICE, UnsubscribeFromEvent, n, object, evId).rc;
}
static inline Retcode KnNoticeUnsubscribeFromObject(Notice n, Handle object)
{
    return KOS_CORE(NOTICE, UnsubscribeFromObject, n, object).rc;
}
/* No events any more: who waits gets rcNotConnected, and so does whoever asks later. */
static inline Retcode KnNoticeDropAndWake(Notice n)
{
    return KOS_CORE(NOTICE, DropAndWake, n).rc;
}
/* The provider of a user resource signals events of its own: OBJECT_EVENT_USER(). Needs OCAP_HANDLE_SET_EVENT. */
static inline Retcode KnNoticeSetObjectEvent(Handle object, rtl_uint32_t evMask)
{
    return KOS_CORE(NOTICE, SetObjectEvent, object, evMask).rc;
}
#ifdef __cplusplus
extern "C" {
#endif
/* Waits up to msec for the first event (INFINITE_TIMEOUT: for ever), and takes up to countMax that are there. Events of
 * one entry are one description with all their bits. rcTimeout, rcNotConnected; *count is 0 then. */
Retcode KnNoticeGetEvent(Notice n, rtl_uint64_t msec, rtl_size_t countMax, EventDesc *events, rtl_size_t *count);
#ifdef __cplusplus
}
#endif
