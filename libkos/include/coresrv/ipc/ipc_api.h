/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupting CallEx and RecvEx: threads that were given a synchronization object's handle return rcIpcInterrupt while
 * it is interrupting, a CallEx only until its server has taken the request. The handle cannot be transferred;
 * KnHandleClose ends the object.
 */
#pragma once
#include <kos/core.h>
static inline Retcode KnIpcCreateSyncObject(Handle *syncHandle)
{
    struct kos_core_result r = KOS_CORE(IPC, CreateSyncObject, 0);
    *syncHandle = (Handle)KOS_CORE_OUT(r, IPC, CreateSyncObject, syncHandle);
    return r.rc;
}
/* autoclear: the object stops interrupting by itself when it has interrupted somebody: who waited with it then, or the
 * next one that comes. */
static inline Retcode KnIpcCreateSyncObjectEx(rtl_bool autoclear, Handle *syncHandle)
{
    struct kos_core_result r = KOS_CORE(IPC, CreateSyncObject, autoclear ? 1U : 0U);
    *syncHandle = (Handle)KOS_CORE_OUT(r, IPC, CreateSyncObject, syncHandle);
    return r.rc;
}
static inline Retcode KnIpcSetInterrupt(Handle syncHandle)
{
    return KOS_CORE(IPC, SetInterrupt, syncHandle).rc;
}
static inline Retcode KnIpcClearInterrupt(Handle syncHandle)
{
    return KOS_CORE(IPC, ClearInterrupt, syncHandle).rc;
}
