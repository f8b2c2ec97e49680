/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
/* Ours: waiting on words of the process's memory, and locks whose holder inherits its waiters' priority. */
static inline Retcode KnSyncWait(const volatile rtl_uint32_t *ptr, rtl_uint32_t val, rtl_uint32_t delay)
{
    return KOS_CORE(SYNC, Wait, (rtl_uintptr_t)ptr, val, delay).rc;
}
static inline Retcode KnSyncWake(const volatile rtl_uint32_t *ptr, rtl_uint32_t nThreads, rtl_uint32_t *wokenCnt)
{
    struct kos_core_result r = KOS_CORE(SYNC, Wake, (rtl_uintptr_t)ptr, nThreads);
    *wokenCnt = (rtl_uint32_t)r.w[0];
    return r.rc;
}
/* If *ptr is val: wakes wakeMax of its waiters, and has moveMax of the others wait on target instead. */
static inline Retcode KnSyncRequeue(const volatile rtl_uint32_t *ptr, rtl_uint32_t val, rtl_uint32_t wakeMax,
                                    const volatile rtl_uint32_t *target, rtl_uint32_t moveMax, rtl_uint32_t *wokenCnt,
                                    rtl_uint32_t *movedCnt)
{
    struct kos_core_result r =
        KOS_CORE(SYNC, Requeue, (rtl_uintptr_t)ptr, val, wakeMax, (rtl_uintptr_t)target, moveMax);
    *wokenCnt = (rtl_uint32_t)r.w[0];
    *movedCnt = (rtl_uint32_t)r.w[1];
    return r.rc;
}
/*
 * The word of such a lock: 0 free, else its holder's tid, and KOS_LOCK_WAITERS if it must be unlocked by KnSyncUnlock.
 * A thread takes and gives a lock that nobody else wants by changing the word itself. KnSyncLock: rcTimeout,
 * rcInvalidOperation (the caller has it), rcInvalidThreadState (its holder has ended), rcFutexWouldBlock (try again),
 * rcQuotaExceeded.
 */
static inline Retcode KnSyncLock(volatile rtl_uint32_t *ptr, rtl_uint32_t delay)
{
    return KOS_CORE(SYNC, Lock, (rtl_uintptr_t)ptr, delay).rc;
}
static inline Retcode KnSyncUnlock(volatile rtl_uint32_t *ptr)
{
    return KOS_CORE(SYNC, Unlock, (rtl_uintptr_t)ptr).rc;
}

/* The same between processes, for a word of an MDL buffer (coresrv/vmm/vmm_api.h). Needs OCAP_MDL_READ. */
static inline Retcode KnSyncWaitShared(Handle mdl, rtl_size_t offset, rtl_uint32_t val, rtl_uint32_t delay)
{
    return KOS_CORE(SYNC, WaitShared, mdl, offset, val, delay).rc;
}
static inline Retcode KnSyncWakeShared(Handle mdl, rtl_size_t offset, rtl_uint32_t nThreads, rtl_uint32_t *wokenCnt)
{
    struct kos_core_result r = KOS_CORE(SYNC, WakeShared, mdl, offset, nThreads);
    *wokenCnt = (rtl_uint32_t)r.w[0];
    return r.rc;
}
