/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
typedef rtl_uint32_t Tid;
/* flags: KOS_THREAD_* and class << KOS_THREAD_CLASS_SHIFT; routine gets context and context2 in its first two arguments
 * and must not return. */
static inline Retcode KnThreadCreateByHandle(Handle *thread, Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                                             void (*routine)(void *, void *), void *context, void *context2,
                                             rtl_uint32_t flags)
{
    struct kos_core_result r = KOS_CORE(THREAD, Create, priority, stackSize, (rtl_uintptr_t)routine,
                                        (rtl_uintptr_t)context, (rtl_uintptr_t)context2, flags);
    *thread = (Handle)KOS_CORE_OUT(r, THREAD, Create, thread);
    *tid = (Tid)KOS_CORE_OUT(r, THREAD, Create, tid);
    return r.rc;
}
static inline Retcode KnThreadOpenCurrent(Handle *thread)
{
    struct kos_core_result r = KOS_CORE0(THREAD, OpenCurrent);
    *thread = (Handle)KOS_CORE_OUT(r, THREAD, OpenCurrent, thread);
    return r.rc;
}
static inline Retcode KnThreadSuspendCurrent(void)
{
    return KOS_CORE0(THREAD, Suspend).rc;
}
static inline Retcode KnThreadResumeByHandle(Handle thread)
{
    return KOS_CORE(THREAD, Resume, thread).rc;
}
static inline Retcode KnThreadTerminateByHandle(Handle thread, rtl_int32_t code)
{
    return KOS_CORE(THREAD, Terminate, thread, (nk_uint64_t)(rtl_int64_t)code).rc;
}
static inline void KnThreadExit(rtl_int32_t code)
{
    (void)KOS_CORE(THREAD, Exit, (nk_uint64_t)(rtl_int64_t)code);
}
static inline Retcode KnThreadWaitByHandle(Handle thread, rtl_uint32_t timeout, rtl_int32_t *code)
{
    struct kos_core_result r = KOS_CORE(THREAD, Wait, thread, timeout);
    *code = (rtl_int32_t)KOS_CORE_OUT(r, THREAD, Wait, code);
    return r.rc;
}
static inline Retcode KnThreadSetPriorityByHandle(Handle thread, rtl_uint32_t schedulingClass, rtl_uint32_t priority)
{
    return KOS_CORE(THREAD, SetPriority, thread, schedulingClass << 8 | priority).rc;
}
static inline Retcode KnThreadSetAffinityByHandle(Handle thread, rtl_uint64_t mask)
{
    return KOS_CORE(THREAD, SetAffinity, thread, mask).rc;
}
static inline Retcode KnSleep(rtl_uint32_t ms)
{
    return KOS_CORE(THREAD, Sleep, ms).rc;
}
/* Until kos_time_ns() (kos/time.h) is ns; at once if it is already. ~0: for ever. */
static inline Retcode KnSleepUntilNs(rtl_uint64_t ns)
{
    return KOS_CORE(THREAD, SleepUntil, ns).rc;
}
