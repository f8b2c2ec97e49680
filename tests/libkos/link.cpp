// SPDX-License-Identifier: Apache-2.0
// The headers' functions have the same names in C++: this file links, and works.
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/entity/entity_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/time/time_api.h>
#include <kos/alloc.h>
#include <kos/queue.h>
#include <kos/random/random_api.h>
#include <kos/sync_api.h>
#include <kos/task.h>
#include <kos/thread.h>
#include <kos/trace.h>
#include <libkostest/Server.edl.h>
#include <libkostest/Text.idl.h>
#include <rtl/retcode_hr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace
{
KosMutex mutex = KosInitializedMutex;
thread_local int own = 5;

int add(void *context)
{
    KosMutexLock(&mutex);
    *static_cast<int *>(context) += own;
    KosMutexUnlock(&mutex);
    return 7;
}
} // namespace

extern "C" int link_cpp();
int link_cpp()
{
    int sum = 0;
    Tid tid = 0;
    NkKosTransport transport;
    NkKosTransportSync_Init(&transport, INVALID_HANDLE, INVALID_HANDLE, INVALID_HANDLE);
    nk_iid_t riid = ServiceLocatorGetRiid(transport.base.handle, "text");
    own = 100;
    if (KosThreadCreate(&tid, ThreadPriorityNormal, 0, add, &sum, 0) != rcOk || KosThreadWait(tid, 20000) != 7)
        return 1;
    void *memory = KosMemAlloc(10);
    KosMemFree(memory);
    void *functions[] = {reinterpret_cast<void *>(KosQueueCreate), reinterpret_cast<void *>(KosRandomGenerate),
                         reinterpret_cast<void *>(KosEventSet),    reinterpret_cast<void *>(KosSemaphoreSignal),
                         reinterpret_cast<void *>(KosCondvarWait), reinterpret_cast<void *>(KosRWLockRead),
                         reinterpret_cast<void *>(KosBarrierWait), reinterpret_cast<void *>(KosTaskLaunch),
                         reinterpret_cast<void *>(EntityRun),      reinterpret_cast<void *>(KnTaskGetName),
                         reinterpret_cast<void *>(KnGetRtcTime),   reinterpret_cast<void *>(KosTrace),
                         reinterpret_cast<void *>(KosRetcodeName), reinterpret_cast<void *>(NkKosDoDispatchPerCpu),
                         reinterpret_cast<void *>(KnHalGetEnv),    reinterpret_cast<void *>(strstr),
                         reinterpret_cast<void *>(snprintf),       reinterpret_cast<void *>(abort)};
    for (void *function : functions)
        if (function == nullptr)
            return 2;
    return sum == 5 && own == 100 && memory != nullptr && riid == INVALID_RIID ? 0 : 3;
}
