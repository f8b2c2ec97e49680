/* SPDX-License-Identifier: Apache-2.0 */
/* The system tests: each check prints PASS or FAIL with what was expected. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/time/time_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/time.h>
#include <stdio.h>
#include <tests/system/protocol.h>
#include <tests/patience.h>

static void expect(const char *name, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", name);
    else
        printf("FAIL %s: expected %lld, got %lld (%llx)\n", name, expected, got, (unsigned long long)got);
}

/* ---- memory ---- */

static volatile int long_calls_end;

/* The more CPUs, the longer each sleeps, so that the host's few have not all to do with waking them. */
static void interrupts(void *cpus, void *unused)
{
    (void)unused;
    while (!long_calls_end)
        (void)KnSleep(1 + (rtl_uint32_t)(rtl_uintptr_t)cpus / 8);
    KnThreadExit(0);
}

/* A call that is interrupted at its first time, when its method's decision is not yet in the table. */
static void long_calls(unsigned cpus)
{
    Handle threads[64];
    Tid tid;
    rtl_int32_t code;
    const rtl_size_t size = 64U << 20;
    const int rw = (int)(VMM_FLAG_READ | VMM_FLAG_WRITE);
    int ok = 1;
    for (unsigned i = 0; i < cpus; i++)
        ok &= KnThreadCreateByHandle(&threads[i], &tid, 15, 0, interrupts, (void *)(rtl_uintptr_t)cpus, RTL_NULL,
                                     KOS_THREAD_SUSPENDED) == rcOk &&
              KnThreadSetAffinityByHandle(threads[i], 1ULL << i) == rcOk && KnThreadResumeByHandle(threads[i]) == rcOk;
    expect("vmm/interrupted/threads", ok, 1);
    char *pages = KnVmAllocate(RTL_NULL, size, (int)VMM_FLAG_RESERVE | rw);
    expect("vmm/interrupted/commit", KnVmCommit(pages, size, (int)(VMM_FLAG_COMMIT | VMM_FLAG_LOCKED) | rw), rcOk);
    pages[size - 1] = 1;
    expect("vmm/interrupted/protect", KnVmProtect(pages, size, VMM_FLAG_READ), rcOk);
    expect("vmm/interrupted/decommit", KnVmDecommit(pages, size), rcOk);
    expect("vmm/interrupted/free", KnVmUnmap(pages, size), rcOk);
    long_calls_end = 1;
    for (unsigned i = 0; i < cpus; i++)
        ok &= KnThreadWaitByHandle(threads[i], PATIENCE_MS, &code) == rcOk && KnHandleClose(threads[i]) == rcOk;
    expect("vmm/interrupted/end", ok, 1);
}

static void memory_tests(void)
{
    const int rw = (int)(VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    volatile char *pages = KnVmAllocate(RTL_NULL, 16384, rw);
    expect("vmm/allocate", pages != RTL_NULL, 1);
    pages[0] = 1;
    pages[16383] = 2;
    expect("vmm/zeroed", pages[8192], 0);
    expect("vmm/kept", pages[16383], 2);
    expect("vmm/write_and_execute", KnVmAllocate(RTL_NULL, 4096, rw | (int)VMM_FLAG_EXECUTE) == RTL_NULL, 1);
    expect("vmm/without_reserve", KnVmAllocate(RTL_NULL, 4096, VMM_FLAG_COMMIT | VMM_FLAG_READ) == RTL_NULL, 1);
    expect("vmm/size_zero", KnVmAllocate(RTL_NULL, 0, rw) == RTL_NULL, 1);
    expect("vmm/taken", KnVmAllocate((void *)(rtl_uintptr_t)pages, 4096, rw) == RTL_NULL, 1);
    expect("vmm/kernel_address", KnVmAllocate((void *)0xffff800000000000ULL, 4096, rw) == RTL_NULL, 1);
    expect("vmm/protect_wx", KnVmProtect((void *)(rtl_uintptr_t)pages, 4096, VMM_FLAG_RWX_MASK), rcInvalidArgument);
    expect("vmm/protect_read", KnVmProtect((void *)(rtl_uintptr_t)pages, 4096, VMM_FLAG_READ), rcOk);
    expect("vmm/decommit", KnVmDecommit((void *)(rtl_uintptr_t)(pages + 8192), 4096), rcOk);
    expect("vmm/commit", KnVmCommit((void *)(rtl_uintptr_t)(pages + 8192), 4096, 0), rcOk);
    expect("vmm/recommitted_is_zero", pages[8192], 0);
    expect("vmm/unmap", KnVmUnmap((void *)(rtl_uintptr_t)pages, 16384), rcOk);
    expect("vmm/unmap_twice", KnVmUnmap((void *)(rtl_uintptr_t)pages, 16384), rcInvalidArgument);
    expect("vmm/unaligned", KnVmUnmap((void *)(rtl_uintptr_t)(pages + 1), 4096), rcInvalidArgument);
    expect("vmm/quota", KnVmAllocate(RTL_NULL, 1ULL << 40, rw | (int)VMM_FLAG_LOCKED) == RTL_NULL, 1);
}

/* ---- handles ---- */

static void handle_tests(void)
{
    Handle user, copy, weak, none;
    expect("handle/create", KnHandleCreateUserObject(1, KOS_RIGHT_COPY | KOS_RIGHT_GET_SID, RTL_NULL, &user), rcOk);
    expect("handle/copy", KnHandleCopy(user, ~0U, INVALID_HANDLE, &copy), rcOk);
    rtl_uint32_t a = 0, b = 1;
    expect("handle/sid", KnHandleGetSidByHandle(user, &a), rcOk);
    expect("handle/sid_of_copy", KnHandleGetSidByHandle(copy, &b), rcOk);
    expect("handle/same_sid", a == b, 1);
    expect("handle/weaken", KnHandleCopy(user, KOS_RIGHT_GET_SID, INVALID_HANDLE, &weak), rcOk);
    expect("handle/right_missing", KnHandleCopy(weak, ~0U, INVALID_HANDLE, &none), rcNoCapability);
    expect("handle/revoke", KnHandleRevoke(user), rcOk);
    expect("handle/revoked", KnHandleGetSidByHandle(copy, &a), rcHandleRevoked);
    expect("handle/close_revoked", KnHandleClose(copy), rcOk);
    expect("handle/close_weak", KnHandleClose(weak), rcOk);
    expect("handle/stale", KnHandleClose(copy), rcInvalidHandle);
    expect("handle/forged", KnHandleClose(0x7777), rcInvalidHandle);
    expect("handle/kernel_stays", KnHandleClose(KOS_CORE_HANDLE), rcInvalidOperation);
    Handle many[100];
    int ok = 1;
    for (int i = 0; i < 100; i++)
        ok &= KnHandleCreateUserObject(1, 0, RTL_NULL, &many[i]) == rcOk;
    for (int i = 0; i < 100; i++)
        ok &= KnHandleClose(many[i]) == rcOk;
    expect("handle/table_grows", ok, 1);
}

/* ---- threads and futexes ---- */

static volatile rtl_uint32_t word, ran_on;

static void waker(void *context, void *context2)
{
    (void)context2;
    rtl_uint32_t woken;
    ran_on = 1;
    word = 1;
    (void)KnSyncWake(&word, 1, &woken);
    KnThreadExit((rtl_int32_t)(rtl_uintptr_t)context);
}

/* Two threads that take turns and two that never stop share a CPU with this one, all of one level: each gets its time.
 */
static volatile rtl_uint32_t turn, turns_over;
static volatile unsigned long long progress[4];

static void takes_turns(void *context, void *context2)
{
    (void)context2;
    rtl_uint32_t self = (rtl_uint32_t)(rtl_uintptr_t)context, woken;
    while (turns_over == 0) {
        if (turn != self) {
            (void)KnSyncWait(&turn, 1 - self, INFINITE_TIMEOUT);
            continue;
        }
        progress[self]++;
        turn = 1 - self;
        (void)KnSyncWake(&turn, 1, &woken);
    }
    turn = 1 - self;
    (void)KnSyncWake(&turn, 1, &woken);
    KnThreadExit(0);
}

static void never_stops(void *context, void *context2)
{
    (void)context2;
    while (turns_over == 0)
        progress[(rtl_uintptr_t)context]++;
    KnThreadExit(0);
}

static void round_robin_tests(void)
{
    Handle threads[4];
    Tid tid;
    rtl_int32_t code;
    int ok = 1;
    for (rtl_uintptr_t i = 0; i < 4; i++) {
        ok &= KnThreadCreateByHandle(&threads[i], &tid, 0, 0, i < 2 ? takes_turns : never_stops, (void *)i, RTL_NULL,
                                     KOS_THREAD_SUSPENDED) == rcOk;
        ok &= KnThreadSetAffinityByHandle(threads[i], 1) == rcOk && KnThreadResumeByHandle(threads[i]) == rcOk;
    }
    for (int round = 0; round < 3; round++) {
        unsigned long long before[4], limit = kos_time_ns() + PATIENCE_MS * 1000000ULL;
        for (int i = 0; i < 4; i++)
            before[i] = progress[i];
        for (int i = 0; i < 4 && ok; i++)
            while (ok && progress[i] == before[i])
                ok &= kos_time_ns() < limit;
    }
    expect("thread/level_is_shared", ok, 1);
    turns_over = 1;
    for (int i = 0; i < 4; i++)
        ok &= KnThreadWaitByHandle(threads[i], PATIENCE_MS, &code) == rcOk && KnHandleClose(threads[i]) == rcOk;
    expect("thread/level_is_shared_end", ok, 1);
}

static unsigned long long nanoseconds(const RtlTimeSpec *time)
{
    return (unsigned long long)time->sec * 1000000000 + (unsigned long long)time->nsec;
}

/* Waits for words of the kernel's half of the address space, 2 MiB apart; the answers that are wrong. */
static int kernel_words(void)
{
    int wrong = 0;
    for (rtl_uintptr_t i = 0; i < 2048; i++) {
        rtl_uintptr_t base = i % 2 == 0 ? 0xffff800000000000ULL : 0xffffffff80000000ULL;
        wrong += KnSyncWait((const rtl_uint32_t *)(base + (i / 2 << 21)), 5, 20) != rcInvalidArgument;
    }
    return wrong;
}

static void thread_tests(unsigned cpus)
{
    Handle thread;
    Tid tid;
    rtl_int32_t code = 0;
    for (unsigned cpu = 0; cpu < cpus; cpu++) {
        word = 0;
        expect("thread/create",
               KnThreadCreateByHandle(&thread, &tid, 5, 0, waker, (void *)7, RTL_NULL, KOS_THREAD_SUSPENDED), rcOk);
        expect("thread/affinity", KnThreadSetAffinityByHandle(thread, 1ULL << cpu), rcOk);
        expect("thread/resume", KnThreadResumeByHandle(thread), rcOk);
        while (word == 0)
            (void)KnSyncWait(&word, 0, INFINITE_TIMEOUT);
        expect("thread/wait", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
        expect("thread/code", code, 7);
        expect("thread/wait_again", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
        expect("thread/close", KnHandleClose(thread), rcOk);
    }
    expect("thread/bad_priority", KnThreadCreateByHandle(&thread, &tid, 99, 0, waker, RTL_NULL, RTL_NULL, 0),
           rcInvalidArgument);
    expect("thread/bad_routine",
           KnThreadCreateByHandle(&thread, &tid, 5, 0, (void (*)(void *, void *))8, RTL_NULL, RTL_NULL, 0),
           rcInvalidArgument);
    expect("thread/terminate_suspended",
           KnThreadCreateByHandle(&thread, &tid, 5, 0, waker, RTL_NULL, RTL_NULL, KOS_THREAD_SUSPENDED), rcOk);
    expect("thread/join_timeout", KnThreadWaitByHandle(thread, 10, &code), rcTimeout);
    expect("thread/terminate", KnThreadTerminateByHandle(thread, 3), rcOk);
    expect("thread/terminated", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    expect("thread/terminated_code", code, 3);
    expect("thread/terminated_close", KnHandleClose(thread), rcOk);
    word = 5;
    expect("futex/other_value", KnSyncWait(&word, 4, 100), rcFutexWouldBlock);
    expect("futex/timeout", KnSyncWait(&word, 5, 20), rcTimeout);
    expect("futex/unmapped", KnSyncWait((const rtl_uint32_t *)64, 5, 20), rcInvalidArgument);
    expect("futex/kernel", kernel_words(), 0);
    expect("futex/unaligned", KnSyncWait((const rtl_uint32_t *)((rtl_uintptr_t)&word + 1), 5, 20), rcInvalidArgument);
    RtlTimeSpec before, after, later;
    expect("time/uptime", KnGetUpTime(&before), rcOk);
    expect("time/sleep", KnSleep(20), rcOk);
    expect("time/uptime_again", KnGetUpTime(&after), rcOk);
    long long ms = (after.sec - before.sec) * 1000 + (after.nsec - before.nsec) / 1000000;
    expect("time/slept_at_least_20_ms", ms >= 20, 1);
    unsigned long long now = kos_time_ns();
    expect("time/uptime_later", KnGetUpTime(&later), rcOk);
    expect("time/clock_is_uptime", now >= nanoseconds(&after) && now <= nanoseconds(&later), 1);
    unsigned long long next = now;
    Retcode slept = rcOk;
    for (int i = 0; i < 10; i++)
        slept |= KnSleepUntilNs(next += 1000001);
    expect("time/sleep_until", slept, rcOk);
    expect("time/sleep_until_not_before", kos_time_ns() >= next, 1);
    expect("time/sleep_until_past", KnSleepUntilNs(next), rcOk);
    expect("time/denied_by_policy", KnSetSystemTime(&before), rcSecurityDisallow);
}

/* ---- processes ---- */

static Retcode child_run(const char *order, rtl_int32_t *code, rtl_uint32_t *reason)
{
    Handle task;
    const char *const args[] = {"child", order, RTL_NULL};
    Retcode rc = KnTaskCreate("child", "test.Child", "Child", KOS_CLASS_STANDARD, 15, &task);
    if (rc == rcOk)
        rc = KnTaskSetEnv(task, args, RTL_NULL);
    if (rc == rcOk)
        rc = KnTaskResume(task);
    if (rc == rcOk)
        rc = KnTaskWait(task, INFINITE_TIMEOUT, code, reason);
    if (rc == rcOk)
        rc = KnHandleClose(task);
    return rc;
}

static void task_tests(void)
{
    static const char *const faults[] = {"write null", "read kernel", "write text", "run data", "overflow", "bad call"};
    Handle task;
    rtl_int32_t code = 0;
    rtl_uint32_t reason = 9;
    expect("task/run", child_run("42", &code, &reason), rcOk);
    expect("task/exit_code", code, 42);
    expect("task/exit_reason", reason, KOS_TASK_EXITED);
    for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        reason = 9;
        expect(faults[i], child_run(faults[i], &code, &reason), rcOk);
        expect("task/fault_ends_the_task", reason, KOS_TASK_FAULTED);
    }
    expect("task/unknown_class", KnTaskCreate("x", "test.Nobody", "Child", 0, 15, &task), rcResourceNotFound);
    expect("task/unknown_file", KnTaskCreate("x", "test.Child", "Nothing", 0, 15, &task), rcResourceNotFound);
    expect("task/denied_start", KnTaskCreate("x", "test.Orphan", "Child", 0, 15, &task), rcSecurityDisallow);
    expect("task/never_run", KnTaskCreate("idle", "test.Child", "Child", 0, 15, &task), rcOk);
    expect("task/name_taken", KnTaskCreate("idle", "test.Child", "Child", 0, 15, &task) == rcAlreadyExists, 1);
}

static void restart_tests(unsigned rounds)
{
    rtl_int32_t code;
    rtl_uint32_t reason;
    nk_uint64_t objects[2] = {0, 0}, pages[2] = {0, 0};
    int ok = 1;
    for (unsigned half = 0; half < 2; half++) {
        for (unsigned i = 0; i < rounds / 2; i++)
            ok &= child_run("42", &code, &reason) == rcOk && code == 42;
        (void)KnSleep(200); /* what the last child was charged for is given back when every CPU has passed */
        struct kos_core_result info = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
        pages[half] = info.w[2];
        objects[half] = info.w[4];
    }
    expect("task/restarts", ok, 1);
    expect("task/restarts_keep_objects", (long long)(objects[1] - objects[0]), 0);
    expect("task/restarts_keep_pages", (long long)(pages[1] - pages[0]), 0);
}

/* ---- IPC ---- */

static Handle client;
static NkKosTransport transport;
struct message {
    struct nk_message base_;
    nk_uint64_t words[64];
};

static Retcode call(unsigned mid, unsigned payload, nk_uint64_t *words, const struct nk_arena *arena, unsigned handles)
{
    static struct message req, res;
    for (unsigned i = 0; i < payload / 8; i++)
        req.words[i] = words[i];
    req.base_.iid = 0;
    req.base_.mid = (nk_uint16_t)mid;
    req.base_.tag = KOS_MESSAGE_HEADER_SIZE + payload;
    nk_message_set_ncaps(&req.base_, handles);
    res.base_.tag = sizeof(res);
    Retcode rc = nk_transport_call(&transport.base, &req.base_, arena, &res.base_, NK_NULL);
    if (rc == rcOk && words != NK_NULL)
        words[0] = res.words[0];
    return rc;
}

static void ipc_tests(void)
{
    nk_uint64_t words[64] = {40, 2};
    expect("ipc/register_call", call(TEST_Add, 16, words, NK_NULL, 0), rcOk);
    expect("ipc/register_answer", (long long)words[0], 42);
    for (unsigned i = 0; i < 64; i++)
        words[i] = i;
    expect("ipc/memory_call", call(TEST_Sum, 512, words, NK_NULL, 0), rcOk);
    expect("ipc/memory_answer", (long long)words[0], 2016);
    static char text[4096] = "abc";
    struct nk_arena arena = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    arena.unused = arena.start + 3;
    words[0] = 3ULL << 32;
    expect("ipc/arena_call", call(TEST_Text, 8, words, &arena, 0), rcOk);
    expect("ipc/arena_answer", (long long)words[0], 'a' + 'b' + 'c');
    words[0] = 9ULL << 32;
    expect("ipc/chunk_outside_arena", call(TEST_Text, 8, words, &arena, 0), rcInvalidArgument);
    expect("ipc/wrong_size", call(TEST_Add, 8, words, NK_NULL, 0), rcInvalidArgument);
    expect("ipc/unknown_method", call(77, 0, NK_NULL, NK_NULL, 0), rcInvalidArgument);
    expect("ipc/undeclared_handles", call(TEST_Add, 16, words, NK_NULL, 1), rcInvalidArgument);
    expect("ipc/denied_request", call(TEST_Denied, 0, NK_NULL, NK_NULL, 0), rcSecurityDisallow);
    expect("ipc/denied_response", call(TEST_DeniedResponse, 0, NK_NULL, NK_NULL, 0), rcSecurityDisallow);
    words[0] = 7;
    expect("ipc/evaluated_grant", call(TEST_Small, 8, words, NK_NULL, 0), rcOk);
    words[0] = 8;
    expect("ipc/evaluated_denial", call(TEST_Small, 8, words, NK_NULL, 0), rcSecurityDisallow);
    Handle user;
    expect("ipc/user_object", KnHandleCreateUserObject(1, KOS_RIGHT_TRANSFER, RTL_NULL, &user), rcOk);
    words[0] = user | (~0ULL << 32);
    words[1] = 0;
    expect("ipc/give_handle", call(TEST_Give, 16, words, NK_NULL, 1), rcOk);
    expect("ipc/handle_given", (long long)words[0], 1);
    words[0] = 0x7777;
    words[1] = 0;
    expect("ipc/give_forged_handle", call(TEST_Give, 16, words, NK_NULL, 1), rcInvalidHandle);
    expect("ipc/riid_by_name", ServiceLocatorGetRiid(client, "main"), 0);
    expect("ipc/riid_by_class", ServiceLocatorGetRiid(client, "test.Server.main"), 0);
    expect("ipc/riid_unknown", ServiceLocatorGetRiid(client, "nothing"), INVALID_RIID);
    struct message in = {.base_ = {.tag = sizeof(in)}};
    SMsgHdr out_hdr, in_hdr;
    PackInMsg(&in_hdr, &in.base_, NK_NULL);
    expect("ipc/recv_on_client_handle", Recv(client, &in_hdr), rcInvalidArgument);
    in.base_.tag = KOS_MESSAGE_HEADER_SIZE;
    PackOutMsg(&out_hdr, &in.base_, NK_NULL);
    expect("ipc/reply_to_nobody", Reply(client, &out_hdr), rcNotConnected);
    in_hdr = out_hdr;
    in_hdr.constant_part = 0x10;
    out_hdr.constant_part = (rtl_uintptr_t)&in;
    struct kos_message_words m = {
        .selector = client | KOS_CALL_MEMORY, .info = KOS_INFO(0, TEST_Sum, 24 + 512, 0), .w = {8}};
    kos_system_call(&m);
    expect("ipc/unreadable_descriptor", (Retcode)(rtl_uint32_t)m.selector, rcSourceFault);
    static const nk_uint64_t nothing[] = {0, 0xffff, 0x10000, 0x7fff0000, 0xfffeffff, INVALID_HANDLE};
    for (unsigned i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
        for (unsigned memory = 0; memory < 2; memory++) {
            m = (struct kos_message_words){.selector = nothing[i] | (memory != 0 ? KOS_CALL_MEMORY : 0),
                                           .info = KOS_INFO(0, TEST_Add, 24 + 16, 0),
                                           .w = {(rtl_uintptr_t)&out_hdr}};
            kos_system_call(&m);
            expect("ipc/handle_of_nothing", (Retcode)(rtl_uint32_t)m.selector, rcInvalidHandle);
        }
}

static volatile Retcode slow_result;

static void slow_caller(void *context, void *context2)
{
    (void)context2;
    struct message req = {.base_ = {.mid = (nk_uint16_t)(rtl_uintptr_t)context, .tag = KOS_MESSAGE_HEADER_SIZE}};
    struct message res = {.base_ = {.tag = KOS_MESSAGE_HEADER_SIZE}};
    slow_result = nk_transport_call(&transport.base, &req.base_, NK_NULL, &res.base_, NK_NULL);
    KnThreadExit(0);
}

static Handle start(void (*routine)(void *, void *), unsigned long argument)
{
    Handle thread = INVALID_HANDLE;
    Tid tid;
    (void)KnThreadCreateByHandle(&thread, &tid, 15, 0, routine, (void *)argument, RTL_NULL, 0);
    return thread;
}

static void death_tests(Handle server)
{
    rtl_int32_t code;
    rtl_uint32_t reason;
    Handle caller = start(slow_caller, TEST_Wait);
    (void)KnSleep(10); /* it is being served */
    expect("death/client_terminated_in_call", KnThreadTerminateByHandle(caller, 5), rcOk);
    expect("death/client_joined", KnThreadWaitByHandle(caller, PATIENCE_MS, &code), rcOk);
    expect("death/client_code", code, 5);
    nk_uint64_t words[2] = {1, 2};
    expect("death/server_answers", call(TEST_Add, 16, words, NK_NULL, 0), rcOk);
    slow_result = rcFail;
    caller = start(slow_caller, TEST_Die);
    expect("death/server_dies_in_call", KnThreadWaitByHandle(caller, PATIENCE_MS, &code), rcOk);
    expect("death/caller_is_told", slow_result, rcNotConnected);
    expect("death/server_reaped", KnTaskWait(server, PATIENCE_MS, &code, &reason), rcOk);
    expect("death/server_code", code, 7);
    expect("death/call_afterwards", call(TEST_Add, 16, words, NK_NULL, 0), rcNotConnected);
}

static void revoke_tests(void)
{
    Handle listener, server, own;
    expect("revoke/connect", KnHandleConnect(INVALID_HANDLE, &listener, &server, &own), rcOk);
    expect("revoke/server_is_listener", listener == server, 1);
    expect("revoke/close_listener", KnHandleClose(listener), rcOk);
    expect("revoke/close_client", KnHandleClose(own), rcOk);
}

int main(void)
{
    unsigned cpus = KnHalGetCpuCount();
    Handle server;
    long_calls(KnHalGetCpuCount()); /* first: these calls are to be the first of their kind */
    memory_tests();
    handle_tests();
    thread_tests(cpus);
    round_robin_tests();
    task_tests();
    restart_tests(1000);
    expect("ipc/own_task", KnTaskCreate("server", "test.Server", "Server", KOS_CLASS_STANDARD, 15, &server), rcOk);
    expect("ipc/connect", KnTaskConnect(INVALID_HANDLE, server, "main"), rcOk);
    expect("ipc/connect_again", KnTaskConnect(INVALID_HANDLE, server, "main"), rcAlreadyExists);
    client = ServiceLocatorConnect("main");
    expect("ipc/located", client != INVALID_HANDLE, 1);
    expect("ipc/not_located", ServiceLocatorConnect("nothing"), INVALID_HANDLE);
    expect("ipc/server_runs", KnTaskResume(server), rcOk);
    NkKosTransport_Init(&transport, client, NK_NULL, 0);
    ipc_tests();
    death_tests(server);
    revoke_tests();
    printf("SUITE done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? 0 : 1;
}
