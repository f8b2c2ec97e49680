/* SPDX-License-Identifier: Apache-2.0 */
#include "thread.h"
#include "tls.h"
#include <abi/limits.h>
#include <coresrv/handle/handle_api.h>
#include <kos/alloc.h>
#include <kos/mutex.h>

_Thread_local struct kos_thread kos_thread_self;

#define BUCKETS 64U
static struct kos_thread_record *table[BUCKETS];
static KosMutex lock = KosInitializedMutex;

static struct kos_thread_record **place_of(Tid tid)
{
    struct kos_thread_record **place = &table[tid % BUCKETS];
    while (*place != RTL_NULL && (*place)->tid != tid)
        place = &(*place)->next;
    return place;
}

static void record_remove(struct kos_thread_record *record)
{
    *place_of(record->tid) = record->next;
    record->waited = 1;
}

static void record_free(struct kos_thread_record *record)
{
    (void)KnHandleClose(record->handle);
    KosMemFree(record);
}

struct kos_thread_record *kos_thread_record_use(Tid tid)
{
    KosMutexLock(&lock);
    struct kos_thread_record *record = *place_of(tid);
    if (record != RTL_NULL)
        record->users++;
    KosMutexUnlock(&lock);
    return record;
}

void kos_thread_record_drop(struct kos_thread_record *record, int ended)
{
    KosMutexLock(&lock);
    if (ended && !record->waited)
        record_remove(record);
    int last = --record->users == 0 && record->waited;
    KosMutexUnlock(&lock);
    if (last)
        record_free(record);
}

/* ---- callbacks ---- */

static KosThreadCallback *callbacks[KOS_THREAD_CALLBACKS_MAX];

static Retcode callback_replace(KosThreadCallback *from, KosThreadCallback *to)
{
    for (unsigned i = 0; i < KOS_THREAD_CALLBACKS_MAX; i++) {
        KosThreadCallback *seen = from;
        if (__atomic_compare_exchange_n(&callbacks[i], &seen, to, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return rcOk;
    }
    return from == RTL_NULL ? rcOutOfMemory : rcResourceNotFound;
}

Retcode KosThreadCallbackRegister(KosThreadCallback *callback)
{
    return callback != RTL_NULL ? callback_replace(RTL_NULL, callback) : rcInvalidArgument;
}

Retcode KosThreadCallbackUnregister(KosThreadCallback *callback)
{
    return callback != RTL_NULL ? callback_replace(callback, RTL_NULL) : rcInvalidArgument;
}

static void call_back(KosThreadCallbackReason reason)
{
    for (unsigned i = 0; i < KOS_THREAD_CALLBACKS_MAX; i++) {
        KosThreadCallback *callback = __atomic_load_n(&callbacks[i], __ATOMIC_SEQ_CST);
        if (callback != RTL_NULL)
            callback(reason);
    }
}

/* ---- life ---- */

void kos_thread_init_first(Tid tid, Handle handle)
{
    kos_thread_self.tid = tid;
    kos_thread_self.handle = handle;
}

void KosThreadExit(rtl_int32_t code)
{
    struct kos_thread_record *record = kos_thread_self.record;
    call_back(KosThreadCallbackReasonDestroy);
    if (record != RTL_NULL && record->detached) {
        (void)kos_thread_record_use(record->tid);
        kos_thread_record_drop(record, 1);
    }
    KnThreadExit(code);
    __builtin_trap();
}

/* Not inlined, so that it runs below the area that thread_entry makes. */
__attribute__((noinline, noreturn)) static void thread_run(struct kos_thread_record *record)
{
    kos_thread_self.tid = record->tid;
    kos_thread_self.handle = record->handle;
    kos_thread_self.record = record;
    __atomic_store_n(&record->on_stack, __builtin_frame_address(0), __ATOMIC_RELEASE);
    call_back(KosThreadCallbackReasonCreate);
    KosThreadExit(record->routine(record->context));
}

/* First code of a thread. Its variables go to the top of its stack, so they take no other memory and end with it. */
static void thread_entry(void *context, void *context2)
{
    struct kos_thread_record *record = context;
    (void)context2;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Walloca" /* the size is the program's own, known when it was linked */
    kos_tls_install(__builtin_alloca(kos_tls_area_size()));
#pragma clang diagnostic pop
    thread_run(record);
}

static Retcode create(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stack_size, ThreadRoutine routine, void *context,
                      int suspended, int detached)
{
    if (routine == RTL_NULL || tid == RTL_NULL || priority > ThreadPriorityHighest)
        return rcInvalidArgument;
    struct kos_thread_record *record = KosMemZalloc(sizeof(*record));
    if (record == RTL_NULL)
        return rcOutOfMemory;
    record->routine = routine;
    record->context = context;
    record->detached = detached;
    if (priority > KOS_PRIORITY_STANDARD_MAX)
        priority = KOS_PRIORITY_STANDARD_MAX;
    Retcode rc = KnThreadCreateByHandle(&record->handle, &record->tid, priority, stack_size, thread_entry, record,
                                        RTL_NULL, KOS_THREAD_SUSPENDED);
    if (rc != rcOk) {
        KosMemFree(record);
        return rc;
    }
    *tid = record->tid;
    Handle handle = record->handle;
    KosMutexLock(&lock);
    record->next = table[record->tid % BUCKETS];
    table[record->tid % BUCKETS] = record;
    KosMutexUnlock(&lock);
    return suspended ? rcOk : KnThreadResumeByHandle(handle);
}

Retcode KosThreadCreate(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize, ThreadRoutine routine, void *context,
                        int suspended)
{
    return create(tid, priority, stackSize, routine, context, suspended, 0);
}

Retcode KosThreadCreateDetached(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize, ThreadRoutine routine,
                                void *context, int suspended)
{
    return create(tid, priority, stackSize, routine, context, suspended, 1);
}

int KosThreadWait(rtl_uint32_t tid, rtl_uint32_t timeoutMs)
{
    rtl_int32_t code = -1;
    struct kos_thread_record *record = kos_thread_record_use(tid);
    if (record == RTL_NULL)
        return -1;
    Retcode rc = record->detached ? rcInvalidOperation : KnThreadWaitByHandle(record->handle, timeoutMs, &code);
    kos_thread_record_drop(record, rc == rcOk);
    return rc == rcOk ? code : -1;
}
