/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <coresrv/handle/notice_api.h>
#include <kos/core.h>
#include <services/ocap.h>
static inline Retcode KnHandleClose(Handle h)
{
    return KOS_CORE(HANDLE, Close, h).rc;
}
/* 1.1's name of it for handles of I/O resources. */
static inline Retcode KnIoClose(Handle h)
{
    return KnHandleClose(h);
}
static inline Retcode KnHandleRevoke(Handle h)
{
    return KOS_CORE(HANDLE, Revoke, h).rc;
}
static inline Retcode KnHandleRevokeSubtree(Handle h, Handle badge)
{
    return KOS_CORE(HANDLE, RevokeSubtree, h, badge).rc;
}
static inline Retcode KnHandleCopy(Handle in, rtl_uint32_t newRights, Handle copyBadge, Handle *out)
{
    struct kos_core_result r = KOS_CORE(HANDLE, Copy, in, newRights, copyBadge);
    *out = (Handle)KOS_CORE_OUT(r, HANDLE, Copy, outHandle);
    return r.rc;
}
static inline Retcode KnHandleCreateUserObjectEx(rtl_uint32_t type, rtl_uint32_t rights, void *context,
                                                 Handle ipcChannel, rtl_uint32_t riid, Handle *h)
{
    struct kos_core_result r =
        KOS_CORE(HANDLE, CreateUserObject, type, rights, (rtl_uintptr_t)context, ipcChannel, riid);
    *h = (Handle)KOS_CORE_OUT(r, HANDLE, CreateUserObject, handle);
    return r.rc;
}
static inline Retcode KnHandleCreateUserObject(rtl_uint32_t type, rtl_uint32_t rights, void *context, Handle *h)
{
    return KnHandleCreateUserObjectEx(type, rights, context, INVALID_HANDLE, 0, h);
}
static inline Retcode KnHandleConnect(Handle existing, Handle *listener, Handle *server, Handle *client)
{
    struct kos_core_result r = KOS_CORE(HANDLE, Connect, existing);
    *listener = (Handle)KOS_CORE_OUT(r, HANDLE, Connect, listener);
    *server = (Handle)KOS_CORE_OUT(r, HANDLE, Connect, server);
    *client = (Handle)KOS_CORE_OUT(r, HANDLE, Connect, client);
    return r.rc;
}
/* A resource transfer context. notice, if it is not INVALID_HANDLE, gets EVENT_BADGE_CLOSED under eventId whenever the
 * last handle is gone that was made with the badge, or from one that was, and EVENT_OBJECT_DESTROYED. */
static inline Retcode KnHandleCreateBadge(Notice notice, rtl_uintptr_t eventId, void *context, Handle *h)
{
    struct kos_core_result r = KOS_CORE(HANDLE, CreateBadge, notice, eventId, (rtl_uintptr_t)context);
    *h = (Handle)KOS_CORE_OUT(r, HANDLE, CreateBadge, badge);
    return r.rc;
}
static inline Retcode KnHandleGetSidByHandle(Handle h, rtl_uint32_t *sid)
{
    struct kos_core_result r = KOS_CORE(HANDLE, GetSidByHandle, h);
    *sid = (rtl_uint32_t)KOS_CORE_OUT(r, HANDLE, GetSidByHandle, sid);
    return r.rc;
}
/* The caller's handle of the security interface; KnHandleClose ends it. */
static inline Retcode KnHandleSecurityConnect(Handle *client)
{
    struct kos_core_result r = KOS_CORE0(HANDLE, SecurityConnect);
    *client = (Handle)KOS_CORE_OUT(r, HANDLE, SecurityConnect, client);
    return r.rc;
}
