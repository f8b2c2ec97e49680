/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a nanny needs to keep threads of one process in order. */
#include <stdio.h>
#include <string.h>
#include <kos/alloc.h>
#include <kos/condvar.h>
#include <kos/event.h>
#include <kos/mutex.h>
#include <kos/queue.h>
#include <kos/random/random_api.h>
#include <kos/rwlock.h>
#include <kos/semaphore.h>
#include <kos/thread.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/time/time_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <vmm/flags.h>
#include "nanny.h"

static KosMutex mutex;
static KosCondvar cond;
static KosEvent event;
static KosSemaphore semaphore;
static KosRWLock rw;
static KosQueueHandle queue;
static KosThreadOnceState once = KOS_THREAD_ONCE_INIT;
static int turns, onces, created;

static void first(void) { onces++; }

static int worker(void *context)
{
    int me = (int)(rtl_uintptr_t)context;
    KosThreadOnce(&once, first);
    KosThreadTlsSet(context);
    KosEventWait(&event, rtl_false);
    KosRWLockRead(&rw);
    KosRWLockUnlock(&rw);
    KosMutexLock(&mutex);
    while (turns != me)
        KosCondvarWait(&cond, &mutex);
    turns++;
    KosCondvarBroadcast(&cond);
    KosMutexUnlock(&mutex);
    int *item = KosQueueAlloc(queue);
    if (item) {
        *item = me * 10;
        KosQueuePush(queue, item);
    }
    KosSemaphoreSignal(&semaphore);
    return KosThreadTlsGet() == context ? me : 99;
}

static void callback(KosThreadCallbackReason reason)
{
    if (reason == KosThreadCallbackReasonCreate)
        __atomic_fetch_add(&created, 1, __ATOMIC_RELAXED);
}

static void threads(void)
{
    Tid tids[4];
    KosMutexInit(&mutex);
    KosCondvarInit(&cond);
    KosEventInit(&event);
    KosSemaphoreInit(&semaphore, 0);
    KosRWLockInit(&rw);
    queue = KosQueueCreate(8, sizeof(int), sizeof(int), RTL_NULL);
    KosThreadCallbackRegister(callback);
    for (int i = 0; i < 4; i++)
        if (KosThreadCreate(&tids[i], ThreadPriorityNormal, 0x10000, worker, (void *)(rtl_uintptr_t)i, i == 3) != rcOk)
            fprintf(stderr, "no thread %d\n", i);
    KosThreadResume(tids[3]);
    KosEventSet(&event);
    for (int i = 0; i < 4; i++)
        if (KosSemaphoreWaitTimeout(&semaphore, 10000) != rcOk)
            fprintf(stderr, "late\n");
    int sum = 0, codes = 0;
    for (int i = 0; i < 4; i++) {
        int *item = KosQueuePop(queue, 1000);
        sum += *item;
        KosQueueFree(queue, item);
        codes += KosThreadWait(tids[i], INFINITE_TIMEOUT);
    }
    fprintf(stderr, "threads: sum %d, codes %d, once %d, created %d, more %d\n", sum, codes, onces, created,
            KosSemaphoreTryWait(&semaphore) == rcBusy);
    KosQueueDestroy(queue);
    KosThreadCallbackUnregister(callback);
    fprintf(stderr, "timeouts %d %d\n", KosEventWaitTimeout(&(KosEvent){0}, rtl_true, 5) == rcTimeout,
            KosSemaphoreWaitTimeout(&semaphore, 5) == rcTimeout);
}

static void memory(void)
{
    char *p = KnVmAllocate(RTL_NULL, 4 * 4096, VMM_FLAG_RESERVE | VMM_FLAG_READ | VMM_FLAG_WRITE);
    Retcode rc = KnVmCommit(p + 4096, 4096, VMM_FLAG_LOCKED);
    p[4096] = 'x';
    fprintf(stderr, "commit %d %c, decommit %d, unmap %d\n", rc, p[4096], KnVmDecommit(p + 4096, 4096), KnVmUnmap(p, 4 * 4096));
    void *q = KosMemAllocEx(100, 64, 1);
    fprintf(stderr, "aligned %d, size %d, zero %d\n", (int)((rtl_uintptr_t)q % 64), KosMemGetSize(q) >= 100, ((char *)q)[99]);
    KosMemFree(q);

    Handle mdl = INVALID_HANDLE;
    void *one = RTL_NULL, *two = RTL_NULL;
    rc = KnPmmMdlCreate(8192, VMM_FLAG_READ | VMM_FLAG_WRITE, &mdl);
    if (rc == rcOk) rc = KnPmmMdlMap(mdl, 0, 8192, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &one);
    if (rc == rcOk) rc = KnPmmMdlMap(mdl, 0, 8192, RTL_NULL, VMM_FLAG_READ, &two);
    if (rc == rcOk) strcpy((char *)one + 5000, "shared");
    fprintf(stderr, "mdl %d %s\n", rc, rc == rcOk ? (char *)two + 5000 : "-");
    KnVmUnmap(one, 8192);
    KnVmUnmap(two, 8192);
    KnHandleClose(mdl);
}

static void notices(void)
{
    Notice notice;
    Handle object, copy;
    EventDesc events[4];
    rtl_size_t count = 0;
    if (KnNoticeCreate(&notice) != rcOk)
        return;
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GET_EVENT | OCAP_HANDLE_SET_EVENT | OCAP_HANDLE_COPY, RTL_NULL, &object);
    KnNoticeSubscribeToObject(notice, object, OBJECT_EVENT_USER(1) | EVENT_OBJECT_DESTROYED, 77);
    Retcode rc = KnNoticeGetEvent(notice, 5, 4, events, &count);
    fprintf(stderr, "none: %d\n", rc == rcTimeout);
    KnNoticeSetObjectEvent(object, OBJECT_EVENT_USER(1));
    rc = KnNoticeGetEvent(notice, INFINITE_TIMEOUT, 4, events, &count);
    fprintf(stderr, "event: %d %d id %d\n", rc, (int)count, (int)events[0].eventId);
    rc = KnHandleCopy(object, OCAP_HANDLE_GET_EVENT, INVALID_HANDLE, &copy);
    Handle again;
    fprintf(stderr, "copy %d, copy of a copy %d\n", rc, KnHandleCopy(copy, OCAP_HANDLE_GET_EVENT, INVALID_HANDLE, &again) == rcNoCapability);
    KnHandleRevoke(object);
    fprintf(stderr, "revoked %d\n", KnNoticeSetObjectEvent(copy, OBJECT_EVENT_USER(1)) == rcHandleRevoked);
    KnHandleClose(copy);
}

static void misc(void)
{
    rtl_uint8_t bytes[16] = {0}, sum = 0;
    RtlTimeSpec up, resolution;
    KosRandomGenerate(sizeof bytes, bytes);
    for (unsigned i = 0; i < sizeof bytes; i++) sum |= bytes[i];
    rtl_size_t before = KnGetMSecSinceStart();
    KnSleep(20);
    KosThreadSleep(1);
    KosThreadYield();
    KnGetUpTime(&up);
    KnGetUpTimeRes(&resolution);
    fprintf(stderr, "random %d, slept %d, up %d, %d\n", sum != 0, KnGetMSecSinceStart() - before >= 20, up.nsec >= 0, resolution.nsec > 0);
    rtl_uint32_t size = 0;
    fprintf(stderr, "stack %d, id %d\n", KosThreadGetStack(KosThreadCurrentId(), &size) != RTL_NULL && size > 0, KosThreadCurrentId() != 0);
}

void sync_test(void)
{
    threads();
    memory();
    notices();
    misc();
}
