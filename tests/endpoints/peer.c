/* SPDX-License-Identifier: Apache-2.0 */
/* The other process: does what its second argument says, and ends with what its parent expects. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/thread.h>
#include <string.h>
#include <tests/endpoints/peer.h>

/* Everything the parent of task_tests gave it is there, and the handle works. */
static int environment(int argc, const char *argv[], const char *envs[])
{
    Handle gift, channel;
    rtl_uint32_t sid;
    if (argc != 4 || strcmp(argv[2], "a b") != 0 || strcmp(argv[3], "") != 0 || argv[4] != RTL_NULL)
        return 1;
    if (strcmp(envs[0], "X=1") != 0 || strcmp(envs[1], "Y=") != 0 || envs[2] != RTL_NULL)
        return 2;
    if (KnTaskLookupResource(KOS_RESOURCE_HANDLE, "gift", &gift) != rcOk || KnHandleGetSidByHandle(gift, &sid) != rcOk)
        return 3;
    if (KnTaskLookupResource(KOS_RESOURCE_LISTENER, "task.channel", &channel) != rcOk ||
        KnTaskLookupResource(KOS_RESOURCE_CHANNEL, "self", &channel) != rcOk)
        return 4;
    return 46;
}

/* Class test.Weak may only print and end. */
static int weak(void)
{
    struct kos_core_result in_registers = KOS_CORE0(TIME, GetUpTime);
    char name[64];
    nk_uint64_t words[8] = {INVALID_HANDLE};
    Retcode in_memory = KOS_CORE_ARENA(TASK, GetName, words, RTL_NULL, 0, name, sizeof(name));
    return in_registers.rc == rcSecurityDisallow && in_registers.w[0] == 0 && in_memory == rcSecurityDisallow ? 45 : 1;
}

/* What its parent set for its first thread: CPU, class and priority, allowed CPUs (the low 4), whether it has a
 * reservation. */
static int schedule(void)
{
    struct kos_core_result info = KOS_CORE(THREAD, GetInfo, INVALID_HANDLE),
                           now = KOS_CORE(THREAD, GetSchedule, INVALID_HANDLE),
                           reservation = KOS_CORE(THREAD, GetReservation, INVALID_HANDLE);
    return (int)(now.w[0] << 24 | info.w[2] << 8 | (info.w[3] & 15) << 4 | (reservation.w[0] != 0));
}

static int stack_pages(void *context)
{
    rtl_uint32_t size = 0;
    (void)context;
    return KosThreadGetStack(KosThreadCurrentId(), &size) != RTL_NULL ? (int)(size / KOS_PAGE_SIZE) : -1;
}

/* Of the first thread and of one that is made without a size: the pages, if they are the same. */
static int stacks(void)
{
    Tid tid;
    int pages = stack_pages(RTL_NULL);
    if (KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, stack_pages, RTL_NULL, 0) != rcOk)
        return -1;
    return KosThreadWait(tid, INFINITE_TIMEOUT) == pages ? pages : -2;
}

int main(int argc, const char *argv[], const char *envs[])
{
    const char *order = argc > 1 ? argv[1] : "";
    if (strcmp(order, "42") == 0)
        return 42;
    if (strcmp(order, "serve") == 0)
        return peer_serve(0);
    if (memcmp(order, "serve ", 6) == 0)
        return peer_serve((unsigned)(order[6] - '0'));
    if (strcmp(order, "break") == 0)
        return peer_break(argc, argv);
    if (strcmp(order, "exhaust") == 0)
        return peer_exhaust();
    if (strcmp(order, "touch") == 0)
        return peer_touch();
    if (strcmp(order, "sparse") == 0)
        return peer_sparse();
    if (strcmp(order, "sleep") == 0)
        return (int)KnSleep(INFINITE_TIMEOUT);
    if (strcmp(order, "thread") == 0)
        KnThreadExit(43);
    if (strcmp(order, "self") == 0)
        return (int)KnTaskTerminate(INVALID_HANDLE, 44);
    if (strcmp(order, "schedule") == 0)
        return schedule();
    if (strcmp(order, "weak") == 0)
        return weak();
    if (strcmp(order, "stacks") == 0)
        return stacks();
    if (strcmp(order, "environment") == 0)
        return environment(argc, argv, envs);
    return 1;
}
