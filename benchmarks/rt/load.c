/* SPDX-License-Identifier: Apache-2.0 */
/* The load: on each CPU one thread of lowest priority for each kind of work, until the machine is
 * switched off. */
#include <benchmarks/rt/protocol.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdio.h>
#include <stdlib.h>

#define READ_WRITE (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE)
#define PAGE       4096U

static void check(Retcode rc, const char *what)
{
    if (rc == rcOk)
        return;
    printf("BENCH error load %s %x\n", what, (unsigned)rc);
    exit(EXIT_FAILURE);
}

static Handle echo;

/* Messages in registers and in memory, and a large arena now and then. */
static void storm(void *context, void *context2)
{
    (void)context, (void)context2;
    NkKosTransport transport;
    struct {
        struct nk_message base_;
        nk_uint64_t words[128];
    } request, response;
    char *buffer = KnVmAllocate(RTL_NULL, RT_ARENA_SIZE, READ_WRITE);
    check(buffer == RTL_NULL ? rcOutOfMemory : rcOk, "arena");
    NkKosTransport_Init(&transport, echo, NK_NULL, 0);
    static const struct {
        nk_mid_t mid;
        nk_size_t size;
    } kinds[] = {{RT_Echo64, 64}, {RT_Echo1024, 1024}, {RT_Arena, 8}};
    request.base_.tag = response.base_.tag = 0;
    for (unsigned i = 0;; i++) {
        unsigned kind = i % 128 == 127 ? 2 : i % 8 == 7;
        struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + RT_ARENA_SIZE);
        arena.unused = arena.start + RT_ARENA_SIZE;
        request.words[0] = (nk_uint64_t)RT_ARENA_SIZE << 32;
        nk_message_set_iid(&request.base_, 0);
        nk_message_set_mid(&request.base_, kinds[kind].mid);
        nk_message_set_ncaps(&request.base_, 0);
        nk_message_set_size(&request.base_, sizeof(request.base_) + kinds[kind].size);
        nk_message_set_size(&response.base_, sizeof(response));
        check(
            nk_transport_call(&transport.base, &request.base_, kind == 2 ? &arena : NK_NULL, &response.base_, NK_NULL),
            "storm");
    }
}

static void fault(void *context, void *context2)
{
    (void)context, (void)context2;
    enum { SIZE = 1U << 20 };
    for (;;) {
        volatile char *pages = KnVmAllocate(RTL_NULL, SIZE, READ_WRITE);
        check(pages == RTL_NULL ? rcOutOfMemory : rcOk, "fault");
        for (unsigned at = 0; at < SIZE; at += PAGE)
            pages[at] = 1;
        check(KnVmUnmap((void *)(rtl_uintptr_t)pages, SIZE), "fault");
    }
}

static void map(void *context, void *context2)
{
    (void)context, (void)context2;
    for (unsigned i = 0;; i++) {
        rtl_size_t size = (rtl_size_t)PAGE << i % 9;
        char *pages = KnVmAllocate(RTL_NULL, size, READ_WRITE | (i % 2 != 0 ? (int)VMM_FLAG_LOCKED : 0));
        check(pages == RTL_NULL ? rcOutOfMemory : rcOk, "map");
        *(volatile char *)pages = 1;
        check(KnVmProtect(pages, size, VMM_FLAG_READ), "protect");
        check(KnVmDecommit(pages, PAGE), "decommit");
        check(KnVmUnmap(pages, size), "unmap");
    }
}

static void end_at_once(void *context, void *context2)
{
    (void)context, (void)context2;
    KnThreadExit(0);
}

static void churn(void *context, void *context2)
{
    (void)context2;
    char name[] = "child-aa"; /* one of its own for each CPU */
    name[6] = (char)('a' + (rtl_uintptr_t)context / 16);
    name[7] = (char)('a' + (rtl_uintptr_t)context % 16);
    for (;;) {
        Handle task, thread;
        Tid tid;
        rtl_int32_t code;
        rtl_uint32_t reason;
        check(KnTaskCreate(name, "rt.Child", "Child", KOS_CLASS_STANDARD, 0, &task), "child");
        check(KnTaskResume(task), "child resume");
        check(KnTaskWait(task, INFINITE_TIMEOUT, &code, &reason), "child wait");
        check(KnHandleClose(task), "child close");
        check(KnThreadCreateByHandle(&thread, &tid, 0, 16 << 10, end_at_once, RTL_NULL, RTL_NULL, 0), "thread");
        check(KnThreadWaitByHandle(thread, INFINITE_TIMEOUT, &code), "thread wait");
        check(KnHandleClose(thread), "thread close");
    }
}

int main(void)
{
    static void (*const kinds[])(void *, void *) = {storm, fault, map, churn};
    rtl_uint32_t cpus = KnHalGetCpuCount();
    Handle thread;
    Tid tid;
    echo = ServiceLocatorConnect("echo");
    for (rtl_uint32_t cpu = 0; cpu < cpus; cpu++)
        for (unsigned kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
            check(KnThreadCreateByHandle(&thread, &tid, 0, 32 << 10, kinds[kind], (void *)(rtl_uintptr_t)cpu, RTL_NULL,
                                         KOS_THREAD_SUSPENDED),
                  "thread");
            check(KnThreadSetAffinityByHandle(thread, 1ULL << cpu), "affinity");
            check(KnThreadResumeByHandle(thread), "resume");
        }
    return KnThreadSuspendCurrent() == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
