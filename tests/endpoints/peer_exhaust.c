/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peer takes all that its quota grants, of one kind after the other: the first refusal must say rcQuotaExceeded (or
 * rcOutOfMemory where a table is full), what it has must go on working, and all must come back when it lets go. It ends
 * with 0, or with the number of the check that failed.
 */
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <string.h>
#include <tests/endpoints/peer.h>
#include <tests/patience.h>

#define MOST        4000U
#define ROUNDS      3U
#define EATER_KEEPS 256U /* as many pages as it gives back */
#define RW          (KOS_VMM_READ | KOS_VMM_WRITE)

static nk_uint64_t taken[MOST];

static void nothing(void *context, void *context2)
{
    (void)context, (void)context2;
    KnThreadExit(0);
}

/* One more of the kind; what to give back with in *value. */
static Retcode take(unsigned kind, nk_uint64_t *value)
{
    struct kos_core_result r;
    Handle listener, server, client, handle = INVALID_HANDLE;
    Tid tid;
    nk_uint64_t words[8] = {8ULL << 32};
    Retcode rc;
    switch (kind) {
    case 0:
        r = KOS_CORE(HANDLE, CreateUserObject, 1, ~0U, 0, INVALID_HANDLE, 0);
        break;
    case 1:
        r = KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 1);
        break;
    case 2:
        r = KOS_CORE(IPC, CreateSyncObject, 0);
        break;
    case 3:
        r = KOS_CORE0(THREAD, OpenCurrent);
        break;
    case 4:
        rc = KnHandleConnect(INVALID_HANDLE, &listener, &server, &client);
        *value = listener | (nk_uint64_t)client << 32;
        return rc;
    case 5:
        rc = KnThreadCreateByHandle(&handle, &tid, 1, KOS_PAGE_SIZE, nothing, RTL_NULL, RTL_NULL, KOS_THREAD_SUSPENDED);
        *value = handle;
        return rc;
    case 6:
        rc = KOS_CORE_ARENA(FS, Open, words, "License", 8, RTL_NULL, 0);
        *value = words[1];
        return rc;
    case 7: /* one region each: guards keep neighbours apart */
        r = KOS_CORE(VMM, Allocate, 0, KOS_PAGE_SIZE, KOS_VMM_RESERVE | RW | KOS_VMM_LOW_GUARD);
        break;
    default: /* pages */
        r = KOS_CORE(VMM, Allocate, 0, 4ULL * KOS_PAGE_SIZE, KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_LOCKED | RW);
    }
    *value = r.w[0];
    return r.rc;
}

static Retcode give_back(unsigned kind, nk_uint64_t value)
{
    switch (kind) {
    case 4:
        return KnHandleClose((Handle)(value >> 32)) == rcOk ? KnHandleClose((Handle)value) : rcFail;
    case 5:
        return KnThreadTerminateByHandle((Handle)value, 0) == rcOk ? KnHandleClose((Handle)value) : rcFail;
    case 7:
        return KOS_CORE(VMM, Free, value, KOS_PAGE_SIZE).rc;
    case 8:
        return KOS_CORE(VMM, Free, value, 4ULL * KOS_PAGE_SIZE).rc;
    default:
        return KnHandleClose((Handle)value);
    }
}
#define KINDS 9U

static struct kos_core_result account(void)
{
    return KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
}

/* Objects come back when every CPU has passed, threads when they have ended: once no more are there than before. */
static struct kos_core_result came_back(const struct kos_core_result *before)
{
    struct kos_core_result now = account();
    for (unsigned i = 0; i < PATIENCE_MS / 10 && (now.w[4] > before->w[4] || now.w[2] > before->w[2]); i++) {
        (void)KnSleep(10);
        now = account();
    }
    return now;
}

/* Number of them, or -1 if the first refusal gave another code, -2 if something could not be given back. */
static int all_of(unsigned kind)
{
    unsigned count = 0;
    Retcode rc = rcOk;
    while (count < MOST && (rc = take(kind, &taken[count])) == rcOk)
        count++;
    if (rc != rcQuotaExceeded)
        return -1;
    for (unsigned i = 0; i < count; i++) /* not in the order in which they came */
        if (give_back(kind, taken[i % 2 == 0 ? i / 2 : count - 1 - i / 2]) != rcOk)
            return -2;
    return (int)count;
}

int peer_exhaust(void)
{
    for (unsigned kind = 0; kind < KINDS; kind++) {
        int first = all_of(kind); /* tables and page tables that it grew stay until the process ends */
        struct kos_core_result before = account();
        for (unsigned i = 0; i < 100 && first > 0; i++) {
            (void)KnSleep(10);
            struct kos_core_result now = account();
            if (i > 10 && now.w[4] == before.w[4])
                break;
            before = now;
        }
        /* As many objects as before, no more and no fewer; if some of the first came back later than that was looked
         * at, with the next. */
        int same = 0;
        for (unsigned round = 0; round < ROUNDS && !same; round++) {
            int second = all_of(kind);
            if (first < 10 || second < 10)
                return (int)(10 * (kind + 1)) + (first < 0 ? -first : second < 0 ? -second : 3);
            struct kos_core_result now = came_back(&before);
            if (now.w[4] > before.w[4] || now.w[2] > before.w[2])
                return (int)(10 * (kind + 1)) + 4;
            if (second < first / 2)
                return (int)(10 * (kind + 1)) + 5;
            same = now.w[4] == before.w[4];
            before = now;
        }
        if (!same)
            return (int)(10 * (kind + 1)) + 6;
    }
    return 0;
}

void peer_eat(nk_uint64_t pages)
{
    /* Each is a region of its own, so that giving it back needs no memory, which there is not. */
    static nk_uint64_t kept[EATER_KEEPS];
    static unsigned count;
    const unsigned flags = KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_LOCKED;
    for (unsigned i = count; pages == 0 && i < EATER_KEEPS; i++) {
        struct kos_core_result r = KOS_CORE(VMM, Allocate, 0, KOS_PAGE_SIZE, flags | (i % 2 == 0 ? RW : KOS_VMM_READ));
        if (r.rc == rcOk)
            kept[count++] = r.w[0];
    }
    /* On each CPU, for that keeps some pages for itself; on the first, the caller's, in the end. */
    for (rtl_uint32_t cpu = KnHalGetCpuCount(); pages == 0 && cpu-- > 0;) {
        (void)KnThreadSetAffinityByHandle(INVALID_HANDLE, 1ULL << cpu);
        for (nk_uint64_t size = 1U << 20; size >= KOS_PAGE_SIZE; size /= 16)
            while (KOS_CORE(VMM, Allocate, 0, size, flags | RW).rc == rcOk)
                ;
    }
    for (; pages != 0 && count != 0; pages--)
        (void)KOS_CORE(VMM, Free, kept[--count], KOS_PAGE_SIZE);
}

int peer_sparse(void)
{
    nk_uint64_t at = KOS_CORE(VMM, Allocate, 0, SPARSE_SIZE, KOS_VMM_RESERVE | KOS_VMM_COMMIT | RW).w[0];
    if (at == 0)
        return 2;
    *(volatile char *)(rtl_uintptr_t)at = 1;
    *(volatile char *)(rtl_uintptr_t)(at + SPARSE_SIZE - KOS_PAGE_SIZE) = 1;
    return 47;
}

int peer_touch(void)
{
    nk_uint64_t at = KOS_CORE(VMM, Allocate, 0, 64ULL << 20, KOS_VMM_RESERVE | KOS_VMM_COMMIT | RW).w[0];
    if (at == 0)
        return 2; /* reserving costs nothing */
    for (nk_uint64_t i = 0; i < 64ULL << 20; i += KOS_PAGE_SIZE)
        *(volatile char *)(rtl_uintptr_t)(at + i) = 1;
    return 1;
}
