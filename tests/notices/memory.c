/* SPDX-License-Identifier: Apache-2.0 */
/* Shared memory: rights, mappings, waiting for words in it, and how it is taken away. */
#include <coresrv/sync/sync_api.h>
#include <string.h>
#include <tests/notices/notices.h>
#include <tests/patience.h>

#define READ       VMM_FLAG_READ
#define READ_WRITE (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define ROUNDS     100U

static Handle make(rtl_size_t size)
{
    Handle mdl = INVALID_HANDLE;
    expect("mdl", "create", KnPmmMdlCreate(size, READ_WRITE, &mdl), rcOk);
    return mdl;
}

static volatile rtl_uint32_t *map(Handle mdl)
{
    void *at = RTL_NULL;
    expect("mdl", "map", KnPmmMdlMap(mdl, 0, PAGE, RTL_NULL, READ_WRITE, &at), rcOk);
    return at;
}

static Retcode map_code(Handle mdl, rtl_size_t offset, rtl_size_t length, nk_uint64_t hint, int flags)
{
    void *at;
    Retcode rc = KnPmmMdlMap(mdl, offset, length, (void *)(rtl_uintptr_t)hint, flags, &at);
    if (rc == rcOk)
        (void)KnVmUnmap(at, length);
    return rc;
}

static void create_errors(void)
{
    Handle mdl;
    expect("mdl/create", "nothing", KnPmmMdlCreate(0, READ_WRITE, &mdl), rcInvalidArgument);
    expect("mdl/create", "too_large", KnPmmMdlCreate(KOS_MDL_SIZE_MAX + 1, READ_WRITE, &mdl), rcInvalidArgument);
    expect("mdl/create", "huge", KnPmmMdlCreate(~0ULL, READ_WRITE, &mdl), rcInvalidArgument);
    expect("mdl/create", "no_access", KnPmmMdlCreate(PAGE, 0, &mdl), rcInvalidArgument);
    expect("mdl/create", "write_only", KnPmmMdlCreate(PAGE, VMM_FLAG_WRITE, &mdl), rcInvalidArgument);
    expect("mdl/create", "execute", KnPmmMdlCreate(PAGE, READ | VMM_FLAG_EXECUTE, &mdl), rcInvalidArgument);
    expect("mdl/create", "flags_above_32_bits", KOS_CORE(VMM, MdlCreate, PAGE, 1ULL << 32 | 1).rc, rcInvalidArgument);
    expect("mdl/create", "all", KnPmmMdlCreate(KOS_MDL_SIZE_MAX, READ_WRITE, &mdl), rcOk);
    expect("mdl/create", "close", KnHandleClose(mdl), rcOk);
}

static void map_errors(void)
{
    Handle mdl = make(3 * PAGE - 5), copy, badge = (Handle)KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 1).w[0];
    rtl_size_t size = 0;
    expect("mdl/size", "code", KnPmmMdlGetSize(mdl, &size), rcOk);
    expect("mdl/size", "rounded", (long long)size, 12288);
    expect("mdl/size", "no_mdl", KnPmmMdlGetSize(badge, &size), rcInvalidArgument);
    expect("mdl/map", "no_handle", map_code(12345, 0, PAGE, 0, READ), rcInvalidHandle);
    expect("mdl/map", "no_mdl", map_code(badge, 0, PAGE, 0, READ), rcInvalidArgument);
    expect("mdl/map", "inside_a_page", map_code(mdl, 8, PAGE, 0, READ), rcInvalidArgument);
    expect("mdl/map", "nothing", map_code(mdl, 0, 0, 0, READ), rcInvalidArgument);
    expect("mdl/map", "behind", map_code(mdl, 3 * PAGE, PAGE, 0, READ), rcInvalidArgument);
    expect("mdl/map", "too_long", map_code(mdl, PAGE, 3 * PAGE, 0, READ), rcInvalidArgument);
    expect("mdl/map", "far_too_long", map_code(mdl, PAGE, ~0ULL, 0, READ), rcInvalidArgument);
    expect("mdl/map", "far_behind", map_code(mdl, ~0xfffULL, PAGE, 0, READ), rcInvalidArgument);
    expect("mdl/map", "no_access", map_code(mdl, 0, PAGE, 0, 0), rcInvalidArgument);
    expect("mdl/map", "write_only", map_code(mdl, 0, PAGE, 0, VMM_FLAG_WRITE), rcInvalidArgument);
    expect("mdl/map", "execute", map_code(mdl, 0, PAGE, 0, READ | VMM_FLAG_EXECUTE), rcInvalidArgument);
    expect("mdl/map", "hint_inside_a_page", map_code(mdl, 0, PAGE, 4, READ), rcInvalidArgument);
    expect("mdl/map", "hint_in_the_kernel", map_code(mdl, 0, PAGE, 0xffff800000000000ULL, READ), rcInvalidArgument);
    expect("mdl/map", "part", map_code(mdl, PAGE, 2 * PAGE, 0, READ), rcOk);
    expect("mdl/copy", "read", KnHandleCopy(mdl, KOS_RIGHT_MEMORY_READ, INVALID_HANDLE, &copy), rcOk);
    expect("mdl/copy", "write_is_refused", map_code(copy, 0, PAGE, 0, READ_WRITE), rcNoCapability);
    expect("mdl/copy", "read_is_granted", map_code(copy, 0, PAGE, 0, READ), rcOk);
    (void)KnHandleClose(copy);
    expect("mdl/copy", "nothing", KnHandleCopy(mdl, KOS_RIGHT_GET_SID, INVALID_HANDLE, &copy), rcOk);
    expect("mdl/copy", "read_is_refused", map_code(copy, 0, PAGE, 0, READ), rcNoCapability);
    expect("mdl/copy", "wait_is_refused", KnSyncWaitShared(copy, 0, 0, 0), rcNoCapability);
    (void)KnHandleClose(copy), (void)KnHandleClose(badge), (void)KnHandleClose(mdl);
}

static void mappings(void)
{
    Handle mdl = make(2 * PAGE), filled;
    void *first = RTL_NULL, *second = RTL_NULL, *there;
    rtl_uint32_t text[2000];
    expect("mdl/two", "first", KnPmmMdlMap(mdl, 0, 2 * PAGE, RTL_NULL, READ_WRITE, &first), rcOk);
    expect("mdl/two", "second", KnPmmMdlMap(mdl, PAGE, PAGE, RTL_NULL, READ, &second), rcOk);
    volatile rtl_uint32_t *a = first;
    const volatile rtl_uint32_t *b = second;
    expect("mdl/two", "zeroed", a[0] | a[2 * PAGE / 4 - 1] | b[0], 0);
    a[PAGE / 4 + 3] = 4711;
    expect("mdl/two", "the_same", b[3], 4711);
    expect("mdl/unmap", "part", KnVmUnmap(first, PAGE), rcInvalidArgument);
    expect("mdl/unmap", "protect", KnVmProtect(second, PAGE, READ_WRITE), rcInvalidArgument);
    expect("mdl/unmap", "decommit", KnVmDecommit(second, PAGE), rcInvalidArgument);
    expect("mdl/unmap", "handle_first", KnHandleClose(mdl), rcOk);
    expect("mdl/unmap", "still_there", b[3], 4711);
    expect("mdl/unmap", "first", KnVmUnmap(first, 2 * PAGE), rcOk);
    expect("mdl/unmap", "second_is_still_there", b[3], 4711);
    mdl = make(PAGE);
    expect("mdl/hint", "free", KnPmmMdlMap(mdl, 0, PAGE, first, READ, &there), rcOk);
    expect("mdl/hint", "there", there == first, 1);
    expect("mdl/hint", "taken", KnPmmMdlMap(mdl, 0, PAGE, first, READ, &there), rcOk);
    expect("mdl/hint", "elsewhere", there != first, 1);
    (void)KnVmUnmap(there, PAGE), (void)KnVmUnmap(first, PAGE), (void)KnVmUnmap(second, PAGE);
    (void)KnHandleClose(mdl);

    for (unsigned i = 0; i < 2000; i++)
        text[i] = i * 3;
    expect("mdl/from_buffer", "code", KnPmmMdlCreateFromBuf(text, sizeof(text), READ, &filled), rcOk);
    expect("mdl/from_buffer", "read_only", map_code(filled, 0, PAGE, 0, READ_WRITE), rcNoCapability);
    expect("mdl/from_buffer", "map", KnPmmMdlMap(filled, 0, sizeof(text), RTL_NULL, READ, &there), rcOk);
    expect("mdl/from_buffer", "contents", memcmp(there, text, sizeof(text)), 0);
    (void)KnVmUnmap(there, sizeof(text)), (void)KnHandleClose(filled);
    expect("mdl/from_vm", "code", KnPmmMdlCreateFromVm(PAGE, READ_WRITE, &there, &filled), rcOk);
    *(volatile rtl_uint32_t *)there = 1;
    (void)KnVmUnmap(there, PAGE), (void)KnHandleClose(filled);
}

/* ---- words ---- */

static Handle shared, same_offset;

static void wait_for_word(void *argument)
{
    KnThreadExit((rtl_int32_t)KnSyncWaitShared(*(Handle *)argument, 8, 0, PATIENCE_MS));
}

static void words(unsigned cpus)
{
    rtl_uint32_t woken = 9;
    shared = make(PAGE), same_offset = make(PAGE);
    volatile rtl_uint32_t *at = map(shared);
    at[2] = 5;
    expect("shared/wait", "other_value", KnSyncWaitShared(shared, 8, 4, 100), rcFutexWouldBlock);
    expect("shared/wait", "timeout", KnSyncWaitShared(shared, 8, 5, 10), rcTimeout);
    expect("shared/wait", "unaligned", KnSyncWaitShared(shared, 6, 5, 10), rcInvalidArgument);
    expect("shared/wait", "behind", KnSyncWaitShared(shared, PAGE, 0, 10), rcInvalidArgument);
    expect("shared/wait", "far_behind", KnSyncWaitShared(shared, ~3ULL, 0, 10), rcInvalidArgument);
    expect("shared/wait", "no_handle", KnSyncWaitShared(12345, 8, 5, 10), rcInvalidHandle);
    expect("shared/wake", "unaligned", KnSyncWakeShared(shared, 6, 1, &woken), rcInvalidArgument);
    expect("shared/wake", "nobody", KnSyncWakeShared(shared, 8, 1, &woken), rcOk);
    expect("shared/wake", "woken", woken, 0);
    at[2] = 0;
    Handle threads[4];
    for (unsigned i = 0; i < 4; i++) {
        threads[i] = thread_start(i % cpus, wait_for_word, i == 3 ? &same_offset : &shared);
        expect("shared/wait", "waits", reaches_state(threads[i], KOS_THREAD_STATE_FUTEX), 1);
    }
    expect("shared/wake", "private", (long long)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&at[2], 9).w[0], 0);
    expect("shared/wake", "one", KnSyncWakeShared(shared, 8, 1, &woken), rcOk);
    expect("shared/wake", "one_woken", woken, 1);
    expect("shared/wake", "others", KnSyncWakeShared(shared, 8, 9, &woken), rcOk);
    expect("shared/wake", "two_woken", woken, 2);
    for (unsigned i = 0; i < 3; i++)
        expect("shared/wait", "code", thread_end(threads[i]), rcOk);
    expect("shared/wake", "other_memory", KnSyncWakeShared(same_offset, 8, 9, &woken), rcOk);
    expect("shared/wake", "other_memory_woken", woken, 1);
    expect("shared/wait", "other_code", thread_end(threads[3]), rcOk);

    /* what a thread waits for stays, whatever becomes of the handle */
    threads[0] = thread_start(cpus - 1, wait_for_word, &same_offset);
    expect("shared/close", "waits", reaches_state(threads[0], KOS_THREAD_STATE_FUTEX), 1);
    expect("shared/close", "close", KnHandleClose(same_offset), rcOk);
    (void)KnSleep(20);
    expect("shared/close", "terminate", KnThreadTerminateByHandle(threads[0], 3), rcOk);
    expect("shared/close", "ends", thread_end(threads[0]), 3);
    (void)KnVmUnmap((void *)(rtl_uintptr_t)at, PAGE), (void)KnHandleClose(shared);
}

/* Two tasks take turns. */
static void ping_pong(void)
{
    Handle mdl = make(PAGE);
    volatile rtl_uint32_t *at = map(mdl);
    rtl_uint32_t woken, sum = 0;
    Retcode rc = rcOk;
    at[0] = 1; /* ours */
    Handle child = child_start("ping_pong", mdl, ~0U);
    for (rtl_uint32_t i = 0; i < 2 * ROUNDS && rc == rcOk; i += 2) {
        __atomic_store_n(&at[0], i, __ATOMIC_RELEASE);
        rc = KnSyncWakeShared(mdl, 0, 1, &woken);
        while (rc == rcOk && __atomic_load_n(&at[0], __ATOMIC_ACQUIRE) == i) {
            rc = KnSyncWaitShared(mdl, 0, i, PATIENCE_MS);
            rc = rc == rcFutexWouldBlock ? rcOk : rc;
        }
        sum += i;
    }
    expect("shared/two_tasks", "code", rc, rcOk);
    expect("shared/two_tasks", "child", child_end(child), 0);
    expect("shared/two_tasks", "turns", at[1], sum);
    (void)KnVmUnmap((void *)(rtl_uintptr_t)at, PAGE), (void)KnHandleClose(mdl);
}

/* ---- rights and revocation across tasks ---- */

static void rights(void)
{
    Handle mdl = make(PAGE);
    volatile rtl_uint32_t *at = map(mdl);
    at[0] = 77, at[PAGE / 4 - 1] = 78;
    rtl_uint32_t read = KOS_RIGHT_MEMORY_READ | KOS_RIGHT_COPY;
    expect("mdl/rights", "read_only", child_end(child_start("read_only", mdl, read)), 0);
    expect("mdl/rights", "write_faults", child_end(child_start("write_to_read_only", mdl, read)),
           -(long long)KOS_TASK_FAULTED);
    expect("mdl/rights", "unchanged", at[0], 77);
    (void)KnVmUnmap((void *)(rtl_uintptr_t)at, PAGE), (void)KnHandleClose(mdl);
}

static int changes(const volatile rtl_uint32_t *at)
{
    rtl_uint32_t before = *at;
    for (unsigned i = 0; i < PATIENCE_MS && *at == before; i++)
        (void)KnSleep(1);
    return *at != before;
}

static void revoke(void)
{
    Handle mdl = make(PAGE), given = INVALID_HANDLE,
           badge = (Handle)KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 1).w[0];
    volatile rtl_uint32_t *at = map(mdl);
    expect("mdl/revoke", "copy", KnHandleCopy(mdl, ~0U, INVALID_HANDLE, &given), rcOk);
    Handle child = child_start("count_up", given, ~0U);
    expect("mdl/revoke", "runs", changes(at), 1);
    expect("mdl/revoke", "revoke", KnHandleRevoke(given), rcOk);
    expect("mdl/revoke", "child_faults", child_end(child), -(long long)KOS_TASK_FAULTED);
    at[0] = 5;
    expect("mdl/revoke", "own_mapping_stays", at[0], 5);

    at[0] = 0;
    expect("mdl/revoke", "copy_with_badge", KnHandleCopy(mdl, ~0U, badge, &given), rcOk);
    child = child_start("map_and_wait", given, ~0U);
    expect("mdl/revoke", "mapped", changes(at), 1);
    expect("mdl/revoke", "subtree", KnHandleRevokeSubtree(mdl, badge), rcOk);
    expect("mdl/revoke", "addresses_stay_taken", child_end(child), 0);
    expect("mdl/revoke", "copy_is_revoked", map_code(given, 0, PAGE, 0, READ), rcHandleRevoked);
    (void)KnHandleClose(given), (void)KnHandleClose(badge);

    /* one's own mapping by that handle goes too */
    void *start;
    rtl_size_t size;
    int flags;
    expect("mdl/revoke", "own", KnHandleRevoke(mdl), rcOk);
    expect("mdl/revoke", "own_query", KnVmQuery((const void *)(rtl_uintptr_t)at, &start, &size, &flags), rcOk);
    expect("mdl/revoke", "own_pages_went", (unsigned)flags & VMM_FLAG_COMMIT, 0);
    expect("mdl/revoke", "own_unmap", KnVmUnmap((void *)(rtl_uintptr_t)at, PAGE), rcOk);
}

/* Pages return when handle and mapping are gone, whichever went last. */
static void accounts(void)
{
    (void)KnSleep(50); /* threads of the tests before are freed a little later */
    nk_uint64_t before = KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[2];
    nk_uint64_t objects = KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[4];
    for (unsigned i = 0; i < 30; i++) {
        Handle mdl = INVALID_HANDLE;
        void *at = RTL_NULL;
        (void)KnPmmMdlCreateFromVm(1 << 20, READ_WRITE, &at, &mdl);
        for (unsigned page = 0; page < 256; page += 16)
            ((volatile char *)at)[page * PAGE] = 1;
        if (i % 3 == 0)
            (void)KnHandleRevoke(mdl);
        if (i % 3 == 1)
            (void)KnHandleClose(mdl);
        (void)KnVmUnmap(at, 1 << 20);
        if (i % 3 == 2)
            (void)KnHandleClose(mdl);
    }
    (void)KnSleep(50);
    struct kos_core_result after = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
    expect("mdl/accounts", "pages_return", after.w[2] <= before + 8, 1); /* page tables may stay */
    expect("mdl/accounts", "objects_return", (long long)after.w[4], (long long)objects);
}

void memory_tests(unsigned cpus)
{
    create_errors();
    map_errors();
    mappings();
    words(cpus);
    ping_pong();
    rights();
    revoke();
    accounts();
}
