/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The measuring side. A sample is the counter's difference between two rounds of the loop, so the whole iteration
 * counts, user code of both sides included, less what reading the counter costs.
 */
#include <benchmark/Echo.idl.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/arch/marker.h>
#include <kos/sync_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALL_INTERFACE benchmark_Echo
#include <benchmarks/call.h>

ROUND_TRIP("ipc/round_trip/cross_space/0B", Echo0)
ROUND_TRIP("ipc/round_trip/cross_space/8B", Echo8)
ROUND_TRIP("ipc/round_trip/cross_space/64B", Echo64)
ROUND_TRIP("ipc/round_trip/cross_space/256B", Echo256)
ROUND_TRIP("ipc/round_trip/cross_space/1024B", Echo1024)
ROUND_TRIP("ipc/round_trip/evaluated", Evaluated)
ROUND_TRIP("ipc/round_trip/cross_space/64B_in", In64)
ROUND_TRIP("ipc/round_trip/cross_space/256B_in", In256)
ROUND_TRIP("ipc/round_trip/cross_space/1024B_in", In1024)

/* Of a case whose rounds are long: as many as of the others, or `few` if the command line has rounds=few, which is for
 * tests that only compare medians. */
static unsigned rounds(unsigned few)
{
    static int is_few = -1;
    if (is_few < 0)
        is_few = measure_option("rounds", "few");
    return is_few ? few : ROUNDS;
}

static void arenas(void)
{
    static const struct {
        const char *name;
        unsigned size, few;
    } cases[] = {{"ipc/arena_in/4KiB", 4 << 10, 2000},
                 {"ipc/arena_in/64KiB", 64 << 10, 200},
                 {"ipc/arena_in/1MiB", 1 << 20, 20}};
    static struct benchmark_Echo_Arena_req req;
    static struct benchmark_Echo_Arena_res res;
    ENDPOINT;
    void *buffer = KnVmAllocate(RTL_NULL, 1 << 20, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    check(buffer == RTL_NULL ? rcOutOfMemory : rcOk, "arena");
    memset(buffer, 0x5a, 1 << 20);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, (char *)buffer + (1 << 20));
        Retcode rc = rcOk;
        arena.unused = arena.start + cases[i].size;
        req.data.offset = 0;
        req.data.size = cases[i].size;
        MEASURE(cases[i].name, rounds(cases[i].few), rc |= CALL(Arena, &req, &arena, &res));
        check(rc, cases[i].name);
    }
}

static void denied(void)
{
    static struct benchmark_Echo_Denied_req req;
    static struct benchmark_Echo_Denied_res res;
    Retcode rc = rcSecurityDisallow;
    ENDPOINT;
    MEASURE("ipc/round_trip/denied", ROUNDS, rc &= CALL(Denied, &req, NK_NULL, &res));
    check(rc == rcSecurityDisallow ? rcOk : rcFail, "denied");
}

static void handle_transfer(void)
{
    static struct benchmark_Echo_Pass_req req;
    static struct benchmark_Echo_Pass_res res;
    Handle handle;
    ENDPOINT;
    Retcode rc = KnHandleCreateUserObject(1, KOS_RIGHT_TRANSFER, RTL_NULL, &handle);
    MEASURE("ipc/handle_transfer", rounds(2000), req.handle = nk_handle_desc(handle);
            rc |= CALL(Pass, &req, NK_NULL, &res));
    check(rc, "handle_transfer");
}

static Handle self;

static void server_priority(unsigned class, unsigned priority)
{
    struct benchmark_Echo_SetPriority_req req;
    struct benchmark_Echo_SetPriority_res res;
    ENDPOINT;
    req.level = class << 8 | priority;
    check(CALL(SetPriority, &req, NK_NULL, &res), "server priority");
}

static void priorities(void)
{
    static const struct {
        const char *name;
        unsigned priority;
    } cases[] = {
        {"ipc/round_trip/server_higher", 12}, {"ipc/round_trip/server_equal", 10}, {"ipc/round_trip/server_lower", 8}};
    static struct benchmark_Echo_Echo64_req req;
    static struct benchmark_Echo_Echo64_res res;
    ENDPOINT;
    check(KnThreadSetPriorityByHandle(self, KOS_CLASS_ROUND_ROBIN, 10), "priority");
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Retcode rc = rcOk;
        server_priority(KOS_CLASS_ROUND_ROBIN, cases[i].priority);
        MEASURE(cases[i].name, ROUNDS, rc |= CALL(Echo64, &req, NK_NULL, &res));
        check(rc, cases[i].name);
    }
    server_priority(KOS_CLASS_STANDARD, 15);
    check(KnThreadSetPriorityByHandle(self, KOS_CLASS_STANDARD, 15), "priority");
}

static void null_call(void)
{
    Retcode rc = rcOk;
    MEASURE("ipc/null_call", ROUNDS, rc |= KOS_CORE0(HAL, GetCpuCount).rc);
    check(rc, "null_call");
}

/* The kernel's endpoints off their fastest way: an ordinary handler, and an answer in an arena. */
static void core_calls(void)
{
    char name[KOS_NAME_SIZE];
    nk_uint64_t words[8];
    Retcode rc = rcOk;
    MEASURE("ipc/core_call/ordinary", ROUNDS, rc |= KOS_CORE0(TIME, GetUpTime).rc);
    check(rc, "core_call");
    MEASURE("ipc/core_call/arena", 2000, words[0] = 0;
            rc |= KOS_CORE_ARENA(FS, GetInfo, words, RTL_NULL, 0, name, sizeof(name)));
    check(rc, "core_call arena");
}

/* CallEx without a limit: what the possibility of one costs. */
static void time_limit(void)
{
    static struct benchmark_Echo_Echo64_req req;
    static struct benchmark_Echo_Echo64_res res;
    SMsgHdr out, in;
    Retcode rc = rcOk;
    nk_msg_set_method_id(&req, riid, benchmark_Echo_Echo64_mid);
    nk_req_reset(&req);
    nk_req_reset(&res);
    PackOutMsg(&out, &req.base_, NK_NULL);
    MEASURE("ipc/round_trip/call_ex", ROUNDS, PackInMsg(&in, &res.base_, NK_NULL);
            rc |= CallEx(transport.base.handle, &out, &in, INFINITE_TIMEOUT, INVALID_HANDLE));
    check(rc, "call_ex");
}

static volatile nk_uint32_t stop;

static void yielder(void *context, void *context2)
{
    (void)context, (void)context2;
    while (!stop)
        (void)KnSleep(0);
    KnThreadExit(0);
}

static Handle thread_start(void (*routine)(void *, void *))
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, 15, 16 << 10, routine, RTL_NULL, RTL_NULL, 0), "thread");
    return thread;
}

static void thread_end(Handle thread)
{
    rtl_int32_t code;
    check(KnThreadWaitByHandle(thread, INFINITE_TIMEOUT, &code), "join");
    check(KnHandleClose(thread), "close");
}

static void yield_pair(void)
{
    Handle thread = thread_start(yielder);
    Retcode rc = rcOk;
    MEASURE("thread/yield_pair", ROUNDS, rc |= KnSleep(0));
    stop = 1;
    thread_end(thread);
    check(rc, "yield_pair");
}

/* Two threads of two tasks hand the turn to each other, in a word of memory that both map: 0 ours, 1 the server's, 2
 * the end. */
static Handle memory;

static void futex_round(volatile rtl_uint32_t *turn)
{
    rtl_uint32_t woken;
    *turn = 1;
    (void)KnSyncWakeShared(memory, 0, 1, &woken);
    while (*turn == 1)
        (void)KnSyncWaitShared(memory, 0, 1, INFINITE_TIMEOUT);
}

static void futex_tasks(void)
{
    struct benchmark_Echo_Share_req req;
    struct benchmark_Echo_Share_res res;
    rtl_uint32_t woken;
    void *address;
    ENDPOINT;
    check(KnPmmMdlCreate(4096, VMM_FLAG_READ | VMM_FLAG_WRITE, &memory), "memory");
    check(KnPmmMdlMap(memory, 0, 4096, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &address), "map");
    req.memory = nk_handle_desc(memory);
    check(CALL(Share, &req, NK_NULL, &res), "share");
    volatile rtl_uint32_t *turn = address;
    MEASURE("sync/futex_handover", ROUNDS, futex_round(turn));
    *turn = 2;
    check(KnSyncWakeShared(memory, 0, 1, &woken), "wake");
}

/* The same between two threads of this task, in a word of its own memory. */
static volatile rtl_uint32_t own_turn;

static void own_partner(void *context, void *context2)
{
    (void)context, (void)context2;
    rtl_uint32_t woken;
    for (;;) {
        while (own_turn == 0)
            (void)KnSyncWait(&own_turn, 0, INFINITE_TIMEOUT);
        if (own_turn == 2)
            KnThreadExit(0);
        own_turn = 0;
        (void)KnSyncWake(&own_turn, 1, &woken);
    }
}

static void own_round(rtl_uint32_t value)
{
    rtl_uint32_t woken;
    own_turn = value;
    (void)KnSyncWake(&own_turn, 1, &woken);
    while (own_turn == 1)
        (void)KnSyncWait(&own_turn, 1, INFINITE_TIMEOUT);
}

static void futex_threads(void)
{
    Handle thread = thread_start(own_partner);
    MEASURE("sync/futex_handover_one_task", ROUNDS, own_round(1));
    own_round(2);
    thread_end(thread);
}

/* What a lock costs that nobody else wants; the kernel is not entered. */
static void uncontended(void)
{
    static KosMutex mutex = KosInitializedMutex, recursive = KosInitializedRecursiveMutex,
                    inheriting = KosInitializedRtMutex;
    static KosRWLock lock = KosInitializedRWLock;
    static KosSemaphore semaphore = KosInitializedSemaphore(1);
    static KosEvent event = KosInitializedEvent;
    MEASURE("sync/mutex_uncontended", ROUNDS, KosMutexLock(&mutex); KosMutexUnlock(&mutex));
    MEASURE("sync/pi_mutex_uncontended", ROUNDS, KosMutexLock(&inheriting); KosMutexUnlock(&inheriting));
    MEASURE("sync/mutex_recursive_uncontended", ROUNDS, KosMutexLock(&recursive); KosMutexUnlock(&recursive));
    MEASURE("sync/read_uncontended", ROUNDS, KosRWLockRead(&lock); KosRWLockUnlock(&lock));
    MEASURE("sync/write_uncontended", ROUNDS, KosRWLockWrite(&lock); KosRWLockUnlock(&lock));
    MEASURE("sync/semaphore_uncontended", ROUNDS, (void)KosSemaphoreWait(&semaphore);
            (void)KosSemaphoreSignal(&semaphore));
    MEASURE("sync/event_uncontended", ROUNDS, KosEventSet(&event); KosEventWait(&event, 1));
}

static void page_fault(void)
{
    const unsigned count = rounds(2000);
    const rtl_size_t size = (count + 2) * 4096UL;
    char *pages = KnVmAllocate(RTL_NULL, size, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    check(pages == RTL_NULL ? rcOutOfMemory : rcOk, "page_fault");
    volatile char *at = pages;
    for (unsigned i = 0; i < count; i++) {
        at += 4096;
        nk_uint64_t before = kos_cycles();
        *at = 1;
        samples[i] = (nk_uint32_t)(kos_cycles() - before - overhead);
    }
    report("memory/page_fault", count);
    kos_marker_begin();
    at[4096] = 1;
    kos_marker_end();
    check(KnVmUnmap(pages, size), "unmap");
}

static void empty(void *context, void *context2)
{
    (void)context, (void)context2;
    KnThreadExit(0);
}

static void create_join(void)
{
    MEASURE("thread/create_join", rounds(2000), thread_end(thread_start(empty)));
}

static void start_exit_once(void)
{
    Handle task;
    rtl_int32_t code;
    rtl_uint32_t reason;
    check(KnTaskCreate("child", "benchmark.Child", "Child", KOS_CLASS_STANDARD, 15, &task), "child");
    check(KnTaskResume(task), "child resume");
    check(KnTaskWait(task, INFINITE_TIMEOUT, &code, &reason), "child wait");
    check(KnHandleClose(task), "child close");
}

static void start_exit(void)
{
    MEASURE("task/start_exit", rounds(200), start_exit_once());
}

/* The same round trip from a thread on the last CPU; the server stays on the first. */
static void cross_client(void *context, void *context2)
{
    static struct benchmark_Echo_Echo64_req req;
    static struct benchmark_Echo_Echo64_res res;
    (void)context, (void)context2;
    Retcode rc = rcOk;
    ENDPOINT;
    MEASURE("ipc/round_trip/cross_cpu/64B", ROUNDS, rc |= CALL(Echo64, &req, NK_NULL, &res));
    check(rc, "cross_cpu");
    KnThreadExit(0);
}

static void cross_cpu(rtl_uint32_t cpus)
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, 15, 32 << 10, cross_client, RTL_NULL, RTL_NULL, KOS_THREAD_SUSPENDED),
          "thread");
    check(KnThreadSetAffinityByHandle(thread, 1ULL << (cpus - 1)), "affinity");
    check(KnThreadResumeByHandle(thread), "resume");
    thread_end(thread);
}

int main(void)
{
    NkKosTransport_Init(&transport, ServiceLocatorConnect("echo"), NK_NULL, 0);
    riid = ServiceLocatorGetRiid(transport.base.handle, "echo");
    check(riid == INVALID_RIID ? rcFail : KnThreadOpenCurrent(&self), "self");
    measure_begin();
    rtl_uint32_t cpus = KnHalGetCpuCount();
    if (cpus > 1)
        cross_cpu(cpus);
    if (measure_option("cases", "cross")) {
        printf("BENCH done\n");
        return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    null_call();
    core_calls();
    Echo0();
    Echo8();
    Echo64();
    Echo256();
    Echo1024();
    In64();
    In256();
    In1024();
    arenas();
    denied();
    Evaluated();
    time_limit();
    handle_transfer();
    priorities();
    yield_pair();
    futex_tasks();
    futex_threads();
    uncontended();
    page_fault();
    create_join();
    start_exit();
    printf("BENCH done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
