/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes random system calls from several threads: all three operations, messages to the kernel, to itself and to
 * another caller, most of them right but for one thing. Sooner or later it destroys itself; Einit starts another.
 *
 *   argv: "caller", seed, calls per thread, CPUs       or: "caller", "measure"
 */
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <string.h>
#include <tests/random_calls/caller.h>

#define THREADS 3U

static Handle progress;
rtl_uint32_t cpus;

static struct caller {
    struct random random;
    rtl_uint32_t calls, unreported;
} callers[THREADS];

/* Every method: what its parameters are, and the pool for the handle in word 1 of its response. */
static const struct {
    const char *parameters;
    enum pool result;
} core_methods[KOS_CORE_INDEXES] = {
#define CORE_METHOD(interface, method, parameters, result)                                                             \
    [KOS_CORE_INDEX_##interface##_##method] = {parameters, result}
    CORE_METHOD(VMM, Allocate, "0zf", POOLS),
    CORE_METHOD(VMM, Commit, "azf", POOLS),
    CORE_METHOD(VMM, Decommit, "az", POOLS),
    CORE_METHOD(VMM, Protect, "azp", POOLS),
    CORE_METHOD(VMM, Free, "az", POOLS),
    CORE_METHOD(VMM, Query, "a", POOLS),
    CORE_METHOD(VMM, CreateArena, "z", POOLS),
    CORE_METHOD(VMM, MdlCreate, "zv", MEMORY),
    CORE_METHOD(VMM, MdlMap, "Mx1av", POOLS),
    CORE_METHOD(VMM, MdlGetSize, "M", POOLS),
    CORE_METHOD(THREAD, Create, "nzrnng", THREAD),
    CORE_METHOD(THREAD, OpenCurrent, "", THREAD),
    CORE_METHOD(THREAD, Suspend, "", POOLS),
    CORE_METHOD(THREAD, Resume, "t", POOLS),
    CORE_METHOD(THREAD, Terminate, "tn", POOLS),
    CORE_METHOD(THREAD, Exit, "n", POOLS),
    CORE_METHOD(THREAD, Wait, "tm", POOLS),
    CORE_METHOD(THREAD, SetPriority, "tq", POOLS),
    CORE_METHOD(THREAD, SetTls, "a", POOLS),
    CORE_METHOD(THREAD, Sleep, "m", POOLS),
    CORE_METHOD(THREAD, GetInfo, "t", POOLS),
    CORE_METHOD(THREAD, SetAffinity, "tU", POOLS),
    CORE_METHOD(THREAD, SetReservation, "tBBBn", POOLS),
    CORE_METHOD(THREAD, GetReservation, "t", POOLS),
    CORE_METHOD(THREAD, GetSchedule, "t", POOLS),
    CORE_METHOD(THREAD, SleepUntil, "T", POOLS),
    CORE_METHOD(HANDLE, Copy, "hRb", ANY),
    CORE_METHOD(HANDLE, CreateUserObject, "nRnli", OBJECT),
    CORE_METHOD(HANDLE, Close, "h", POOLS),
    CORE_METHOD(HANDLE, Connect, "l", LISTENER),
    CORE_METHOD(HANDLE, GetSidByHandle, "h", POOLS),
    CORE_METHOD(HANDLE, Revoke, "h", POOLS),
    CORE_METHOD(HANDLE, RevokeSubtree, "hb", POOLS),
    CORE_METHOD(HANDLE, CreateBadge, "Dnn", BADGE),
    CORE_METHOD(HANDLE, GetRiid, "cS", POOLS),
    CORE_METHOD(HANDLE, SecurityConnect, "", ANY),
    CORE_METHOD(TASK, Create, "NCPzq0", TASK),
    CORE_METHOD(TASK, SetEnv, "KSS", POOLS),
    CORE_METHOD(TASK, Connect, "KKSn", POOLS),
    CORE_METHOD(TASK, AddResource, "KhRS", POOLS),
    CORE_METHOD(TASK, LookupResource, "nS", CHANNEL),
    CORE_METHOD(TASK, Resume, "K", POOLS),
    CORE_METHOD(TASK, Terminate, "Kn", POOLS),
    CORE_METHOD(TASK, Exit, "n", POOLS),
    CORE_METHOD(TASK, Wait, "Km", POOLS),
    CORE_METHOD(TASK, GetInfo, "K", POOLS),
    CORE_METHOD(TASK, GetName, "K", POOLS),
    CORE_METHOD(TASK, SetQuota, "Kzz", POOLS),
    CORE_METHOD(SYNC, Wait, "a0m", POOLS),
    CORE_METHOD(SYNC, Wake, "an", POOLS),
    CORE_METHOD(SYNC, Requeue, "a0nan", POOLS),
    CORE_METHOD(SYNC, WaitAny, "Wm", POOLS),
    CORE_METHOD(SYNC, Lock, "am", POOLS),
    CORE_METHOD(SYNC, Unlock, "a", POOLS),
    CORE_METHOD(SYNC, WaitShared, "Mw0m", POOLS),
    CORE_METHOD(SYNC, WakeShared, "Mwn", POOLS),
    CORE_METHOD(CM, Connect, "NSm", ANY),
    CORE_METHOD(CM, Listen, "Sm", POOLS),
    CORE_METHOD(CM, Drop, "NS", POOLS),
    CORE_METHOD(CM, Accept, "NSnl", ANY),
    CORE_METHOD(FS, Open, "S", FILE_),
    CORE_METHOD(FS, Close, "F", POOLS),
    CORE_METHOD(FS, Read, "Fn", POOLS),
    CORE_METHOD(FS, GetSize, "F", POOLS),
    CORE_METHOD(FS, GetId, "F", POOLS),
    CORE_METHOD(FS, Count, "", POOLS),
    CORE_METHOD(FS, GetInfo, "n", POOLS),
    CORE_METHOD(FS, GetFsSize, "", POOLS),
    CORE_METHOD(TIME, SetSystemTime, "nn", POOLS),
    CORE_METHOD(TIME, SetSystemTimeAdj, "nnn", POOLS),
    CORE_METHOD(TIME, GetSystemTimeAdj, "", POOLS),
    CORE_METHOD(TIME, GetSystemTime, "", POOLS),
    CORE_METHOD(TIME, GetUpTime, "", POOLS),
    CORE_METHOD(TIME, GetResolution, "", POOLS),
    CORE_METHOD(HAL, GetEnv, "S", POOLS),
    CORE_METHOD(HAL, DebugWrite, "S", POOLS),
    CORE_METHOD(HAL, GetCpuCount, "", POOLS),
    CORE_METHOD(HAL, GetEntropy, "n", POOLS),
    CORE_METHOD(HAL, TraceEvent, "nnn", POOLS),
    CORE_METHOD(PM, Request, "n", POOLS),
    CORE_METHOD(PM, GetCpusOnline, "", POOLS),
    CORE_METHOD(PM, SetCpuOnline, "nn", POOLS),
    CORE_METHOD(PM, SetIsolatedCpus, "n", POOLS),
    CORE_METHOD(PM, GetCpuInterrupts, "n", POOLS),
    CORE_METHOD(PM, SetCpusOnline, "nn", POOLS),
    CORE_METHOD(IPC, CreateSyncObject, "e", SYNC),
    CORE_METHOD(IPC, SetInterrupt, "y", POOLS),
    CORE_METHOD(IPC, ClearInterrupt, "y", POOLS),
    CORE_METHOD(IPC, AttachArena, "chn", POOLS),
    CORE_METHOD(AUDIT, Open, "S", ANY),
    CORE_METHOD(AUDIT, Close, "h", POOLS),
    CORE_METHOD(AUDIT, Read, "h", POOLS),
    CORE_METHOD(AUDIT, Wait, "hm", POOLS),
    CORE_METHOD(NOTICE, Create, "", NOTICE),
    CORE_METHOD(NOTICE, SubscribeToObject, "DhRn", POOLS),
    CORE_METHOD(NOTICE, GetEvent, "Dm", POOLS),
    CORE_METHOD(NOTICE, UnsubscribeFromEvent, "Dhn", POOLS),
    CORE_METHOD(NOTICE, UnsubscribeFromObject, "Dh", POOLS),
    CORE_METHOD(NOTICE, DropAndWake, "D", POOLS),
    CORE_METHOD(NOTICE, SetObjectEvent, "oR", POOLS),
    CORE_METHOD(PROFILER, GetCounters, "SS", POOLS),
    CORE_METHOD(PROFILER, ObjectGetStat, "hS", POOLS),
    CORE_METHOD(PROFILER, SetCounting, "e", POOLS),
    CORE_METHOD(PROFILER, GetTasks, "n", POOLS),
    CORE_METHOD(PROFILER, GetThreads, "nn", POOLS),
    CORE_METHOD(PROFILER, SetPmu, "n", POOLS),
    CORE_METHOD(PROFILER, GetPmu, "", POOLS),
    CORE_METHOD(PROFILER, GetTaskName, "n", POOLS),
    CORE_METHOD(PROFILER, SetThreadPmu, "hn", POOLS),
    CORE_METHOD(PROFILER, SetTrace, "e", POOLS),
    CORE_METHOD(IO, RegisterPort, "nz", ANY),
    CORE_METHOD(IO, RegisterMmio, "nz", ANY),
    CORE_METHOD(IO, RegisterDma, "znn", ANY),
    CORE_METHOD(IO, RegisterIrq, "n", ANY),
    CORE_METHOD(IO, MapMem, "hn0", POOLS),
    CORE_METHOD(IO, PermitPort, "h", ANY),
    CORE_METHOD(IO, AttachIrq, "hn", ANY),
    CORE_METHOD(IO, DetachIrq, "h", POOLS),
    CORE_METHOD(IO, EnableIrq, "h", POOLS),
    CORE_METHOD(IO, DisableIrq, "h", POOLS),
    CORE_METHOD(IO, MapDma, "M1zav", POOLS),
    CORE_METHOD(IO, GetDmaInfo, "M", POOLS),
    CORE_METHOD(IO, GetDmaPhysInfo, "M", POOLS),
    CORE_METHOD(IO, BeginDma, "M", POOLS),
};

static_assert(KOS_CORE_INDEXES == 124, "a new method needs its parameters above");

static const struct {
    unsigned short riid, mid, words;
    unsigned arena;
} core_shapes[] = {
#define METHOD(interface, method, request, request_arena, response, response_arena)                                    \
    {KOS_RIID_##interface, (unsigned short)KOS_CORE_MID(interface, method), request, request_arena},
    KOS_CORE_METHODS(METHOD)
#undef METHOD
};

/* What ends or stops the thread or the process at once is seldom done; so is what ends others. */
static int too_dangerous(struct random *random, unsigned index)
{
    switch (index) {
    case KOS_CORE_INDEX_THREAD_Suspend:
    case KOS_CORE_INDEX_THREAD_Exit:
    case KOS_CORE_INDEX_TASK_Exit:
        return !random_once_in(random, 60);
    case KOS_CORE_INDEX_TASK_Terminate:
    case KOS_CORE_INDEX_THREAD_Terminate:
        return !random_once_in(random, 4);
    default:
        return 0;
    }
}

void core_call(struct random *random)
{
    unsigned index = random_below(random, KOS_CORE_INDEXES);
    if (too_dangerous(random, index))
        return;
    struct kos_message_words m = {.selector = KOS_CORE_HANDLE, .receive = incoming_buffer(random)};
    m.info = KOS_INFO(core_shapes[index].riid, core_shapes[index].mid,
                      KOS_MESSAGE_HEADER_SIZE + 8U * core_shapes[index].words, 0);
    for (unsigned i = 0; core_methods[index].parameters[i] != '\0'; i++)
        m.w[i] = parameter(random, core_methods[index].parameters[i]);
    if (core_shapes[index].arena != 0 || random_once_in(random, 12))
        to_memory(random, &m, core_shapes[index].arena);
    if (make(random, &m) != rcOk || core_methods[index].result == POOLS)
        return;
    int in_memory = (m.selector & KOS_STATUS_MEMORY) != 0;
    if ((Retcode)m.w[0] != rcOk || in_memory)
        return;
    keep(random, core_methods[index].result, (Handle)m.w[1]);
    if (index == KOS_CORE_INDEX_HANDLE_Connect)
        keep(random, CHANNEL, (Handle)m.w[3]);
}

static void one_call(struct random *random)
{
    switch (random_below(random, 16)) {
    case 0:
        replace_pages(random);
        break;
    case 1:
    case 2:
    case 3:
        message_call(random);
        break;
    case 4:
    case 5:
    case 6:
        message_serve(random);
        break;
    case 7:
        message_reply(random);
        break;
    case 8:
        nonsense(random);
        break;
    default:
        core_call(random);
    }
}

static void report(struct caller *caller)
{
    struct kos_message_words m = {
        .selector = progress, .info = KOS_INFO(0, RANDOM_Progress, KOS_MESSAGE_HEADER_SIZE + 8, 0), .w = {16}};
    if (++caller->unreported < 16)
        return;
    caller->unreported = 0;
    kos_system_call(&m);
}

static void call_all(struct caller *caller)
{
    while (caller->calls != 0) {
        caller->calls--;
        one_call(&caller->random);
        report(caller);
    }
}

void caller_thread(void *context, void *context2)
{
    (void)context2;
    call_all(&callers[(rtl_uintptr_t)context % THREADS]);
    KnThreadExit(0);
}

/* ---- the process ---- */

static nk_uint64_t number(const char *text)
{
    nk_uint64_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (nk_uint64_t)(*text - '0');
    return value;
}

/* Pages that a process can get, all in all. */
static int measure(void)
{
    const unsigned flags = KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_LOCKED | KOS_VMM_READ | KOS_VMM_WRITE;
    int pages = 0;
    for (nk_uint64_t size = 1U << 20; size >= KOS_PAGE_SIZE; size /= 16)
        while (KOS_CORE(VMM, Allocate, 0, size, flags).rc == rcOk)
            pages += (int)(size / KOS_PAGE_SIZE);
    return pages;
}

static void resources_find(void)
{
    Handle handle;
    (void)KnTaskLookupResource(KOS_RESOURCE_HANDLE, "progress", &progress);
    (void)KnTaskLookupResource(KOS_RESOURCE_CHANNEL, "other", &handle);
    pool_set(CHANNEL, 0, handle);
    (void)KnTaskLookupResource(KOS_RESOURCE_LISTENER, "other", &handle);
    pool_set(LISTENER, 0, handle);
}

int main(int argc, const char *argv[])
{
    if (argc == 2 && strcmp(argv[1], "measure") == 0)
        return measure();
    if (argc != 4)
        return 0;
    nk_uint64_t seed = number(argv[1]);
    cpus = (rtl_uint32_t)number(argv[3]);
    strings_init();
    resources_find();
    for (unsigned i = 0; i < THREADS; i++) {
        callers[i].random.state = seed * THREADS + i;
        callers[i].calls = (rtl_uint32_t)number(argv[2]);
    }
    Handle threads[THREADS];
    Tid tid;
    rtl_int32_t code;
    for (rtl_uintptr_t i = 1; i < THREADS; i++) {
        (void)KnThreadCreateByHandle(&threads[i], &tid, 10, 0, caller_thread, (void *)i, RTL_NULL,
                                     KOS_THREAD_SUSPENDED);
        (void)KnThreadSetAffinityByHandle(threads[i], 1ULL << i % cpus);
        (void)KnThreadResumeByHandle(threads[i]);
    }
    call_all(&callers[0]);
    for (unsigned i = 1; i < THREADS; i++)
        (void)KnThreadWaitByHandle(threads[i], 500, &code);
    return 0;
}
