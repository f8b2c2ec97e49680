/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
/* Ours: waiting on words of the process's memory, and locks whose holder inherits its waiters' priority. */
static inline Retcode KnSyncWait(const volatile rtl_uint32_t *ptr, rtl_uint32_t val, rtl_uint32_t delay)
{
    return KOS_CORE(SYNC, Wait, (rtl_uintptr_t)ptr, val, delay).rc;
}
/*
 * Wakes the nThreads that have waited there longest at their levels, most urgent first, or as many as there are. The
 * kernel wakes KOS_SYNC_AT_ONCE in a call, for its own time in one is bounded: this calls until all are woken.
 */
static inline Retcode KnSyncWake(const volatile rtl_uint32_t *ptr, rtl_uint32_t nThreads, rtl_uint32_t *wokenCnt)
{
    struct kos_core_result r;
    *wokenCnt = 0;
    do {
        r = KOS_CORE(SYNC, Wake, (rtl_uintptr_t)ptr, nThreads - *wokenCnt);
        *wokenCnt += (rtl_uint32_t)KOS_CORE_OUT(r, SYNC, Wake, wokenCnt);
    } while (r.rc == rcOk && KOS_CORE_OUT(r, SYNC, Wake, wokenCnt) == KOS_SYNC_AT_ONCE && *wokenCnt < nThreads);
    return r.rc;
}
/*
 * If *ptr is val: wakes wakeMax of its waiters, and has moveMax of the others wait on target instead. With more than
 * KOS_SYNC_AT_ONCE of either it takes several calls, and ends early, with rcOk, when *ptr changes in between.
 */
static inline Retcode KnSyncRequeue(const volatile rtl_uint32_t *ptr, rtl_uint32_t val, rtl_uint32_t wakeMax,
                                    const volatile rtl_uint32_t *target, rtl_uint32_t moveMax, rtl_uint32_t *wokenCnt,
                                    rtl_uint32_t *movedCnt)
{
    struct kos_core_result r;
    int more;
    *wokenCnt = *movedCnt = 0;
    do {
        rtl_uint32_t wake = wakeMax - *wokenCnt;
        rtl_uint32_t move = wake > KOS_SYNC_AT_ONCE ? 0 : moveMax - *movedCnt;
        r = KOS_CORE(SYNC, Requeue, (rtl_uintptr_t)ptr, val, wake, (rtl_uintptr_t)target, move);
        *wokenCnt += (rtl_uint32_t)KOS_CORE_OUT(r, SYNC, Requeue, wokenCnt);
        *movedCnt += (rtl_uint32_t)KOS_CORE_OUT(r, SYNC, Requeue, movedCnt);
        more = r.rc == rcOk &&
               ((wake > KOS_SYNC_AT_ONCE && KOS_CORE_OUT(r, SYNC, Requeue, wokenCnt) == KOS_SYNC_AT_ONCE) ||
                (KOS_CORE_OUT(r, SYNC, Requeue, movedCnt) == KOS_SYNC_AT_ONCE && *movedCnt < moveMax && ptr != target));
        if (r.rc == rcFutexWouldBlock && (*wokenCnt | *movedCnt) != 0)
            r.rc = rcOk;
    } while (more);
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
    struct kos_core_result r;
    *wokenCnt = 0;
    do {
        r = KOS_CORE(SYNC, WakeShared, mdl, offset, nThreads - *wokenCnt);
        *wokenCnt += (rtl_uint32_t)KOS_CORE_OUT(r, SYNC, WakeShared, wokenCnt);
    } while (r.rc == rcOk && KOS_CORE_OUT(r, SYNC, WakeShared, wokenCnt) == KOS_SYNC_AT_ONCE && *wokenCnt < nThreads);
    return r.rc;
}
