/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints sync.Sync and ipc.IPC. */
#include <coresrv/sync/sync_api.h>
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

static volatile rtl_uint32_t word, other, waiting;

static void waiter(void *argument)
{
    const volatile rtl_uint32_t *at = argument;
    __atomic_fetch_add(&waiting, 1, __ATOMIC_SEQ_CST);
    KnThreadExit(KnSyncWait(at, 0, INFINITE_TIMEOUT));
}

static unsigned state_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetInfo, thread).w[1];
}

static Handle waiter_on(unsigned cpu, volatile rtl_uint32_t *at)
{
    Handle thread = thread_on(cpu, waiter, (void *)(rtl_uintptr_t)at, 0);
    for (unsigned i = 0; i < PATIENCE_MS && state_of(thread) != KOS_THREAD_STATE_FUTEX; i++)
        (void)KnSleep(1);
    return thread;
}

static void error_tests(void)
{
    const char *name = "sync/Wait";
    nk_uint64_t at = pages_allocate(2 * PAGE, KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_READ);
    word = 5;
    expect(name, "other_value", RC(SYNC, Wait, ADDRESS(&word), 4, 100), rcFutexWouldBlock);
    expect(name, "timeout", RC(SYNC, Wait, ADDRESS(&word), 5, 10), rcTimeout);
    expect(name, "timeout_zero", RC(SYNC, Wait, ADDRESS(&word), 5, 0), rcTimeout);
    expect(name, "unaligned", RC(SYNC, Wait, ADDRESS(&word) + 1, 5, 10), rcInvalidArgument);
    expect(name, "unaligned_for_ever", RC(SYNC, Wait, ADDRESS(&word) + 1, ~0U, INFINITE_TIMEOUT), rcInvalidArgument);
    expect(name, "null", RC(SYNC, Wait, 0, 0, 10), rcInvalidArgument);
    expect(name, "kernel", RC(SYNC, Wait, KERNEL_ADDRESS, 0, 10), rcInvalidArgument);
    expect(name, "all_bits", RC(SYNC, Wait, ~3ULL, 0, 10), rcInvalidArgument);
    expect(name, "non_canonical", RC(SYNC, Wait, 0x0000800000000000ULL, 0, 10), rcInvalidArgument);
    expect(name, "at_limit", RC(SYNC, Wait, KOS_USER_LIMIT - 4, 0, 10), rcInvalidArgument);
    expect(name, "page_not_yet_there", RC(SYNC, Wait, at + PAGE, 1, 10), rcFutexWouldBlock);
    expect(name, "read_only_page", RC(SYNC, Wait, at + PAGE, 0, 5), rcTimeout);
    expect(name, "freed", RC(VMM, Free, at, 2 * PAGE), rcOk);
    expect(name, "unmapped", RC(SYNC, Wait, at, 0, 10), rcInvalidArgument);
    static const nk_uint64_t nowhere[] = {0, 1, KERNEL_ADDRESS, ~0ULL, 0x0000800000000000ULL};
    for (unsigned i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
        struct kos_core_result r = KOS_CORE(SYNC, Wake, nowhere[i], 1);
        expect("sync/Wake", "nowhere", r.rc == rcOk && r.w[0] == 0, 1);
    }
}

static void wake_tests(unsigned cpus)
{
    Handle threads[6];
    word = other = 0;
    for (unsigned i = 0; i < 6; i++)
        threads[i] = waiter_on(i % cpus, i < 5 ? &word : &other);
    expect("sync/Wake", "none_asked", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&word), 0).w[0], 0);
    expect("sync/Wake", "one", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&word), 1).w[0], 1);
    expect("sync/Wake", "two", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&word), 2).w[0], 2);
    expect("sync/Terminate", "waiting", KnThreadTerminateByHandle(threads[5], 3), rcOk);
    expect("sync/Wake", "all", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&word), 0xffffffffU).w[0], 2);
    expect("sync/Wake", "nobody", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&word), 1).w[0], 0);
    for (unsigned i = 0; i < 6; i++)
        thread_join("sync/Wait/woken", threads[i], i < 5 ? rcOk : 3);
    expect("sync/Wake", "terminated_is_gone", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&other), 1).w[0], 0);
}

/* More than one call of the kernel's wakes or moves: the library's asks on. */
static void many_tests(unsigned cpus)
{
    enum { MANY = 3 * KOS_SYNC_AT_ONCE + 1 };
    Handle threads[MANY];
    rtl_uint32_t woken = 0, moved = 0;
    word = other = 0;
    for (unsigned i = 0; i < MANY; i++)
        threads[i] = waiter_on(i % cpus, &word);
    expect("sync/KnSyncRequeue", "other_value", KnSyncRequeue(&word, 1, 1, &other, MANY, &woken, &moved),
           rcFutexWouldBlock);
    expect("sync/KnSyncRequeue", NK_NULL, KnSyncRequeue(&word, 0, KOS_SYNC_AT_ONCE + 1, &other, MANY, &woken, &moved),
           rcOk);
    expect("sync/KnSyncRequeue", "woken", woken, KOS_SYNC_AT_ONCE + 1);
    expect("sync/KnSyncRequeue", "moved", moved, MANY - KOS_SYNC_AT_ONCE - 1);
    expect("sync/KnSyncRequeue", "to_itself", KnSyncRequeue(&other, 0, 0, &other, ~0U, &woken, &moved), rcOk);
    expect("sync/KnSyncWake", "two_of_many", KnSyncWake(&other, 2, &woken) == rcOk && woken == 2, 1);
    expect("sync/KnSyncWake", "all_of_many", KnSyncWake(&other, ~0U, &woken), rcOk);
    expect("sync/KnSyncWake", "woken", woken, MANY - KOS_SYNC_AT_ONCE - 3);
    for (unsigned i = 0; i < MANY; i++)
        thread_join("sync/KnSyncWake", threads[i], rcOk);
}

/* Two threads pass a turn to and fro: a lost wake-up would stop them. */
static volatile rtl_uint32_t turn;

static void partner(void *argument)
{
    rtl_uint32_t rounds = (rtl_uint32_t)(rtl_uintptr_t)argument, woken;
    for (rtl_uint32_t i = 0; i < rounds; i++) {
        while (turn % 2 == 0)
            (void)KnSyncWait(&turn, turn & ~1U, 1000);
        __atomic_fetch_add(&turn, 1, __ATOMIC_SEQ_CST);
        (void)KnSyncWake(&turn, 1, &woken);
    }
}

static void turn_tests(unsigned cpu)
{
    const rtl_uint32_t rounds = 500;
    rtl_uint32_t woken;
    turn = 0;
    Handle thread = thread_on(cpu, partner, (void *)(rtl_uintptr_t)rounds, 0);
    for (rtl_uint32_t i = 0; i < rounds; i++) {
        while (turn % 2 == 1)
            (void)KnSyncWait(&turn, turn | 1U, 1000);
        __atomic_fetch_add(&turn, 1, __ATOMIC_SEQ_CST);
        (void)KnSyncWake(&turn, 1, &woken);
    }
    thread_join("sync/turns", thread, 0);
    expect("sync/turns", "all_taken", turn, 2LL * rounds);
}

static Retcode receive_with(Handle listener, rtl_uint32_t timeout, Handle sync)
{
    struct nk_message header;
    SMsgHdr in = {.constant_part = ADDRESS(&header), .constant_size = sizeof(header)};
    return RecvEx(listener, &in, timeout, sync);
}

void interrupt_tests(void)
{
    struct kos_core_result made = KOS_CORE(IPC, CreateSyncObject, 0);
    Handle sync = (Handle)made.w[0], user = user_object(~0U), listener, server, client, copy;
    expect("ipc/CreateSyncObject", NK_NULL, made.rc, rcOk);
    expect("ipc/CreateSyncObject", "no_copy", KnHandleCopy(sync, ~0U, INVALID_HANDLE, &copy), rcNoCapability);
    const struct core_request set = {REQUEST(IPC, SetInterrupt, sync)}, clear = {REQUEST(IPC, ClearInterrupt, sync)};
    expect_handle_errors("ipc/SetInterrupt", &set, 0, user, INVALID_HANDLE);
    expect_handle_errors("ipc/ClearInterrupt", &clear, 0, user, INVALID_HANDLE);
    expect("ipc/Connect", NK_NULL, KnHandleConnect(INVALID_HANDLE, &listener, &server, &client), rcOk);
    expect("ipc/RecvEx", "timeout", receive_with(listener, 5, sync), rcTimeout);
    expect("ipc/RecvEx", "timeout_zero", receive_with(listener, 0, INVALID_HANDLE), rcTimeout);
    expect("ipc/SetInterrupt", NK_NULL, core_request(&set).rc, rcOk);
    expect("ipc/SetInterrupt", "twice", core_request(&set).rc, rcOk);
    expect("ipc/RecvEx", "interrupted", receive_with(listener, INFINITE_TIMEOUT, sync), rcIpcInterrupt);
    expect("ipc/ClearInterrupt", NK_NULL, core_request(&clear).rc, rcOk);
    expect("ipc/ClearInterrupt", "twice", core_request(&clear).rc, rcOk);
    expect("ipc/RecvEx", "not_interrupted", receive_with(listener, 5, sync), rcTimeout);
    struct kos_core_result once = KOS_CORE(IPC, CreateSyncObject, 1);
    Handle clearing = (Handle)once.w[0];
    expect("ipc/CreateSyncObject", "clears_itself", once.rc, rcOk);
    expect("ipc/CreateSyncObject", "unknown", RC(IPC, CreateSyncObject, 2), rcInvalidArgument);
    expect("ipc/SetInterrupt", "once", RC(IPC, SetInterrupt, clearing), rcOk);
    expect("ipc/RecvEx", "interrupted_once", receive_with(listener, 5, clearing), rcIpcInterrupt);
    expect("ipc/RecvEx", "cleared_itself", receive_with(listener, 5, clearing), rcTimeout);
    expect("ipc/Close", "clearing", KnHandleClose(clearing), rcOk);
    expect("ipc/RecvEx", "sync_wrong_type", receive_with(listener, 5, user), rcInvalidArgument);
    expect("ipc/RecvEx", "sync_forged", receive_with(listener, 5, 0x17777), rcInvalidHandle);
    expect("ipc/RecvEx", "sync_zero", receive_with(listener, 5, 0), rcInvalidHandle);
    expect("ipc/Close", "sync", KnHandleClose(sync), rcOk);
    expect("ipc/RecvEx", "sync_stale", receive_with(listener, 5, sync), rcInvalidHandle);
    expect("ipc/Close", "user", KnHandleClose(user), rcOk);
    expect("ipc/Close", "client", KnHandleClose(client), rcOk);
    expect("ipc/Close", "listener", KnHandleClose(listener), rcOk);
    expect("ipc/RecvEx", "listener_stale", receive_with(listener, 5, INVALID_HANDLE), rcInvalidHandle);
}

void sync_tests(unsigned cpus)
{
    error_tests();
    wake_tests(cpus);
    many_tests(cpus);
    turn_tests(0);
    turn_tests(cpus - 1);
}
