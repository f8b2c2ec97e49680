/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that use up their quota; what they had comes back. */
#include <string.h>
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

#define BACK_AT_ONCE (128ULL << 20) /* a part of what the machine has, and more than any cache keeps */

static Handle limited(const char *order, nk_uint64_t pages, nk_uint64_t objects)
{
    Handle task = peer_create("exhaust", "test.Peer", "Peer", order);
    expect("exhaustion/SetQuota", NK_NULL, RC(TASK, SetQuota, task, pages, objects), rcOk);
    return task;
}

/* This process's own account, once everything that was under way has come back. */
static void expect_account(const char *name, const struct kos_core_result *before)
{
    struct kos_core_result now = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
    for (unsigned i = 0; i < PATIENCE_MS / 10 && (now.w[4] != before->w[4] || now.w[2] != before->w[2]); i++) {
        (void)KnSleep(10);
        now = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
    }
    expect(name, "objects_came_back", (long long)now.w[4], (long long)before->w[4]);
    expect(name, "pages_came_back", (long long)now.w[2], (long long)before->w[2]);
}

/* Handles of this process until the table is full: rcOutOfMemory, with room in the quota or not. */
static void table_tests(void)
{
    nk_uint64_t limit = KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[5];
    static Handle many[20000];
    unsigned count = 0;
    Retcode rc = rcOk;
    while (count < 20000 && (rc = KnHandleCreateUserObject(1, 0, RTL_NULL, &many[count])) == rcOk)
        count++;
    expect("exhaustion/own_objects", NK_NULL, rc, rcQuotaExceeded);
    expect("exhaustion/own_objects", "most", count > limit / 3 && count <= limit, 1);
    Handle task;
    expect("exhaustion/own_objects", "no_task",
           KnTaskCreate("one more", "test.Peer", "Peer", KOS_CLASS_STANDARD, 15, &task), rcQuotaExceeded);
    for (unsigned i = 0; i < count; i++)
        if (KnHandleClose(many[i]) != rcOk)
            expect("exhaustion/own_objects", "closed", i, -1);
    struct kos_core_result now = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
    for (unsigned i = 0; i < 300 && now.w[4] > limit / 10; i++) {
        (void)KnSleep(10);
        now = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
    }
    expect("exhaustion/own_objects", "came_back", now.w[4] <= limit / 10, 1);
}

/* Processes until the machine or the quota has no more: each is complete or not there at all. */
static void task_tests_many(void)
{
    static Handle many[300];
    char name[24];
    unsigned count = 0;
    Retcode rc = rcOk;
    for (; count < 300 && rc == rcOk; count += rc == rcOk) {
        (void)snprintf(name, sizeof(name), "many %u", count);
        rc = KnTaskCreate(name, "test.Peer", "Peer", KOS_CLASS_STANDARD, 15, &many[count]);
    }
    expect("exhaustion/tasks", "many", rc == rcOk ? count == 300 : count > 50, 1);
    for (unsigned i = 0; i < count; i++)
        if (KnHandleClose(many[i]) != rcOk)
            expect("exhaustion/tasks", "closed", i, -1);
}

/* The account once it has not changed for a second: whoever ended before is gone. */
static struct kos_core_result settled(void)
{
    struct kos_core_result now = KOS_CORE(TASK, GetInfo, INVALID_HANDLE), before = now;
    for (unsigned i = 0; i < 100; i++) {
        (void)KnSleep(10);
        now = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
        if (now.w[2] != before.w[2] || now.w[4] != before.w[4])
            i = 0;
        before = now;
    }
    return now;
}

/* One word to the peer, nothing back. */
static Retcode eat(Handle server, nk_uint64_t pages)
{
    struct kos_message_words m = {
        .selector = server, .info = KOS_INFO(0, PEER_Eat, KOS_MESSAGE_HEADER_SIZE + 8, 0), .w = {pages}};
    return raw_call(&m);
}

static char long_one[2 * KOS_PAGE_SIZE];

/* A page comes back after each try, until three processes could be made. */
static void no_memory_round(Handle server, unsigned *refused, unsigned *complete, unsigned *wrong)
{
    static const char *const args[] = {"argument", long_one, RTL_NULL};
    Handle task;
    for (unsigned page = 0; page < 256 && *complete < 3; page++) {
        Retcode rc = KnTaskCreate("last straw", "test.Peer", "Peer", KOS_CLASS_STANDARD, 15, &task);
        for (unsigned i = 0; i < 100 && rc == rcAlreadyExists; i++) { /* the one before is ending */
            (void)KnSleep(1);
            rc = KnTaskCreate("last straw", "test.Peer", "Peer", KOS_CLASS_STANDARD, 15, &task);
        }
        if (rc == rcOk) {
            rc = KnTaskSetEnv(task, args, RTL_NULL);
            *complete += rc == rcOk;
            (void)KnHandleClose(task);
        }
        *refused += rc == rcOutOfMemory;
        *wrong += rc != rcOk && rc != rcOutOfMemory;
        (void)eat(server, 1);
    }
}

/* Somebody else has all memory, and gives it back page by page, on this CPU: a process is complete or not there at all,
 * wherever its creation runs out of memory. */
static void no_memory_tests(unsigned cpus)
{
    Handle eater = peer_create("eater", "test.Peer", "Peer", "serve"), server;
    expect("exhaustion/no_memory", "quota", RC(TASK, SetQuota, eater, 1ULL << 32, 1ULL << 32), rcOk);
    expect("exhaustion/no_memory", "affinity", KnThreadSetAffinityByHandle(INVALID_HANDLE, 1), rcOk);
    expect("exhaustion/no_memory", "connected", KnTaskConnect(INVALID_HANDLE, eater, "main"), rcOk);
    server = ServiceLocatorConnect("main");
    expect("exhaustion/no_memory", "resumed", KnTaskResume(eater), rcOk);
    memset(long_one, 'a', sizeof(long_one) - 1);
    struct kos_core_result before = settled();
    unsigned refused = 0, complete = 0, wrong = 0;
    /* With other CPUs, pages that these have put by may come back in time for all: then once more. */
    for (unsigned round = 0; round < 8 && refused == 0; round++) {
        expect("exhaustion/no_memory", "eaten", eat(server, 0), rcOk);
        complete = 0;
        no_memory_round(server, &refused, &complete, &wrong);
    }
    expect("exhaustion/no_memory", "refused", refused > (cpus == 1 ? 10 : 0), 1);
    expect("exhaustion/no_memory", "another_code", wrong, 0);
    expect("exhaustion/no_memory", "complete_in_the_end", complete, 3);
    expect_account("exhaustion/no_memory", &before);
    expect("exhaustion/no_memory", "eaten_again", eat(server, 0), rcOk);
    /* As soon as its end is told, what it had is there, for other CPUs, too. */
    expect("exhaustion/no_memory", "elsewhere", KnThreadSetAffinityByHandle(INVALID_HANDLE, 1ULL << (cpus - 1)), rcOk);
    rtl_int32_t code;
    rtl_uint32_t reason;
    Retcode terminated = KnTaskTerminate(eater, 0), ended = KnTaskWait(eater, PATIENCE_MS, &code, &reason);
    struct kos_core_result much =
        KOS_CORE(VMM, Allocate, 0, BACK_AT_ONCE,
                 KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_LOCKED | KOS_VMM_READ | KOS_VMM_WRITE);
    expect("exhaustion/no_memory", "terminated", terminated, rcOk);
    expect("exhaustion/no_memory", "ended", ended, rcOk);
    expect("exhaustion/no_memory", "back_at_once", much.rc, rcOk);
    expect("exhaustion/no_memory", "given_back", RC(VMM, Free, much.w[0], BACK_AT_ONCE), rcOk);
    peer_run("exhaustion/no_memory", peer_create("next", "test.Peer", "Peer", "42"), 42, KOS_TASK_EXITED);
    expect("exhaustion/no_memory", "closed", KnHandleClose(server) | KnHandleClose(eater), rcOk);
    expect("exhaustion/no_memory", "anywhere", KnThreadSetAffinityByHandle(INVALID_HANDLE, ~0ULL), rcOk);
}

void exhaustion_tests(unsigned cpus)
{
    peer_run("exhaustion/warm_up", peer_create("exhaust", "test.Peer", "Peer", "42"), 42, KOS_TASK_EXITED);
    struct kos_core_result before = settled();
    table_tests();
    task_tests_many();
    no_memory_tests(cpus);
    before.w[2] = settled().w[2]; /* the handle table has grown, and stays so */
    peer_run("exhaustion/objects", limited("exhaust", 5000, 400), 0, KOS_TASK_EXITED);
    peer_run("exhaustion/objects_in_odd_quota", limited("exhaust", 5000, 331), 0, KOS_TASK_EXITED);
    peer_run("exhaustion/pages", limited("exhaust", 400, 3000), 0, KOS_TASK_EXITED);
    peer_run("exhaustion/page_fault", limited("touch", 300, 400), 0, KOS_TASK_FAULTED);
    Handle task = limited("42", 1, 1);
    peer_run("exhaustion/below_what_it_has", task, 0, KOS_TASK_FAULTED);
    task = limited("42", 0, 0);
    expect("exhaustion/no_quota", "closed_unrun", KnHandleClose(task), rcOk);
    expect_account("exhaustion", &before);
}
