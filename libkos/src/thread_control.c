/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done to threads that exist (kos/thread.h). */
#include "futex.h"
#include "thread.h"

Tid KosThreadCurrentId(void)
{
    return kos_thread_self.tid;
}

Handle KosThreadGetHandle(Tid tid)
{
    if (tid == kos_thread_self.tid)
        return kos_thread_self.handle;
    struct kos_thread_record *record = kos_thread_record_use(tid);
    if (record == RTL_NULL)
        return INVALID_HANDLE;
    Handle handle = record->handle;
    kos_thread_record_drop(record, 0);
    return handle;
}

Retcode KosThreadSuspend(Tid tid)
{
    return tid == kos_thread_self.tid ? KnThreadSuspendCurrent() : rcInvalidOperation;
}

Retcode KosThreadResume(Tid tid)
{
    struct kos_thread_record *record = kos_thread_record_use(tid);
    if (record == RTL_NULL)
        return tid == kos_thread_self.tid ? rcInvalidThreadState : rcResourceNotFound;
    Retcode rc = KnThreadResumeByHandle(record->handle);
    kos_thread_record_drop(record, 0);
    return rc;
}

Retcode KosThreadTerminate(Tid tid, rtl_int32_t exitCode)
{
    struct kos_thread_record *record = kos_thread_record_use(tid);
    if (record == RTL_NULL)
        return rcResourceNotFound;
    struct kos_core_result info = KOS_CORE(THREAD, GetInfo, record->handle);
    Retcode rc = info.rc;
    if (rc == rcOk && KOS_CORE_OUT(info, THREAD, GetInfo, state) != KOS_THREAD_STATE_SUSPENDED)
        rc = rcInvalidThreadState;
    if (rc == rcOk)
        rc = KnThreadTerminateByHandle(record->handle, exitCode);
    kos_thread_record_drop(record, rc == rcOk && record->detached);
    return rc;
}

Retcode KosThreadSleep(rtl_uint32_t ms)
{
    return KnSleep(ms);
}

void KosThreadYield(void)
{
    (void)KnSleep(0);
}

void *KosThreadTlsGet(void)
{
    return kos_thread_self.tls;
}

Retcode KosThreadTlsSet(void *tls)
{
    kos_thread_self.tls = tls;
    return rcOk;
}

static void *stack_around(const void *address, rtl_uint32_t *size)
{
    struct kos_core_result r = KOS_CORE(VMM, Query, (rtl_uintptr_t)address);
    if (r.rc != rcOk)
        return RTL_NULL;
    *size = (rtl_uint32_t)KOS_CORE_OUT(r, VMM, Query, size);
    return (void *)(rtl_uintptr_t)KOS_CORE_OUT(r, VMM, Query, start);
}

void *KosThreadGetStack(Tid tid, rtl_uint32_t *size)
{
    if (tid == kos_thread_self.tid)
        return stack_around(__builtin_frame_address(0), size);
    struct kos_thread_record *record = kos_thread_record_use(tid);
    if (record == RTL_NULL)
        return RTL_NULL;
    const void *inside = __atomic_load_n(&record->on_stack, __ATOMIC_ACQUIRE);
    void *base = inside != RTL_NULL ? stack_around(inside, size) : RTL_NULL;
    kos_thread_record_drop(record, 0);
    return base;
}

enum { ONCE_INIT = KOS_THREAD_ONCE_INIT, ONCE_RUNNING, ONCE_WAITED, ONCE_DONE };

Retcode KosThreadOnce(KosThreadOnceState *state, void (*init)(void))
{
    rtl_uint32_t seen = __atomic_load_n(state, __ATOMIC_ACQUIRE);
    while (seen != ONCE_DONE) {
        if (seen == ONCE_INIT) {
            if (!__atomic_compare_exchange_n(state, &seen, ONCE_RUNNING, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
                continue;
            init();
            if (__atomic_exchange_n(state, ONCE_DONE, __ATOMIC_RELEASE) == ONCE_WAITED)
                kos_futex_wake(state, KOS_ALL_THREADS);
            return rcOk;
        }
        if (seen == ONCE_WAITED ||
            __atomic_compare_exchange_n(state, &seen, ONCE_WAITED, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
            (void)kos_futex_wait(state, ONCE_WAITED, KOS_FOREVER);
        seen = __atomic_load_n(state, __ATOMIC_ACQUIRE);
    }
    return rcOk;
}
