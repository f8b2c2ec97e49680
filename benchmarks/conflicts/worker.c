/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carries out one operation after the other as Einit says, each first to warm up and then, from an agreed tick of the
 * counter on, between the plugin's markers. What an operation leaves behind is cleared away only when Einit asks for
 * the next one: by then the other worker has ended its stretch, too.
 */
#include <benchmarks/conflicts/protocol.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/arch/marker.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS  50U
#define WARM_UP 20U
#define PAGE    4096UL

static NkKosTransport own, shared, pacer;
static Handle object, common_object, sleeper;

static void check(Retcode rc, const char *what)
{
    if (rc != rcOk) {
        printf("CONFLICTS error %s %x\n", what, (unsigned)rc);
        (void)KnPmRequest(KOS_POWER_OFF);
    }
}

static Retcode call(NkKosTransport *transport, nk_uint64_t *word)
{
    struct {
        struct nk_message base_;
        nk_uint64_t word;
    } request = {.word = *word}, response;
    nk_msg_set_method_id(&request, 0, 0);
    nk_req_reset(&request);
    nk_req_reset(&response);
    Retcode rc = nk_transport_call(&transport->base, &request.base_, NK_NULL, &response.base_, NK_NULL);
    *word = response.word;
    return rc;
}

static Retcode call_own(void)
{
    nk_uint64_t word = 1;
    return call(&own, &word);
}

static Retcode call_shared(void)
{
    nk_uint64_t word = 1;
    return call(&shared, &word);
}

static volatile rtl_uint32_t turn;

static void futex_partner(void *context, void *context2)
{
    (void)context, (void)context2;
    rtl_uint32_t woken;
    for (;;) {
        while (turn == 0)
            (void)KnSyncWait(&turn, 0, INFINITE_TIMEOUT);
        turn = 0;
        (void)KnSyncWake(&turn, 1, &woken);
    }
}

static Retcode futex(void)
{
    rtl_uint32_t woken;
    turn = 1;
    Retcode rc = KnSyncWake(&turn, 1, &woken);
    while (turn == 1)
        (void)KnSyncWait(&turn, 1, INFINITE_TIMEOUT);
    return rc;
}

static Retcode decision(void)
{
    return KOS_CORE0(HAL, GetCpuCount).rc;
}

static Retcode handle_lookup(void)
{
    rtl_uint32_t sid;
    return KnHandleGetSidByHandle(object, &sid);
}

static char *pages;
static volatile char *next_page;

static void pages_prepare(void)
{
    const int flags = VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE;
    if (pages != RTL_NULL)
        check(KnVmUnmap(pages, (ROUNDS + WARM_UP) * PAGE), "unmap");
    pages = KnVmAllocate(RTL_NULL, (ROUNDS + WARM_UP) * PAGE, flags);
    check(pages == RTL_NULL ? rcOutOfMemory : rcOk, "pages");
    next_page = pages;
}

static Retcode page_fault(void)
{
    *next_page = 1;
    next_page += PAGE;
    return rcOk;
}

static void sleeper_main(void *context, void *context2)
{
    (void)context, (void)context2;
    while (KnThreadSuspendCurrent() == rcOk) {
    }
    KnThreadExit(1);
}

static Retcode thread_wake(void)
{
    Retcode rc = KnThreadResumeByHandle(sleeper);
    return rc == rcOk ? KnSleep(0) : rc; /* yields: the sleeper runs and suspends itself again */
}

static Retcode timer(void)
{
    return KnSleep(1);
}

static Retcode user(void)
{
    for (volatile unsigned i = 0; i < 1000; i = i + 1) {
    }
    return rcOk;
}

static Retcode control(void)
{
    Handle copy;
    Retcode rc = KnHandleCopy(common_object, KOS_RIGHT_COPY, INVALID_HANDLE, &copy);
    return rc == rcOk ? KnHandleClose(copy) : rc;
}

#define ENTRY(name) {#name, name},
static const struct {
    const char *name;
    Retcode (*round)(void);
} operations[] = {CONFLICTS_OPERATIONS(ENTRY)};

static void run(nk_uint64_t which, unsigned rounds)
{
    Retcode (*const round)(void) = operations[which].round;
    Retcode rc = rcOk;
    for (unsigned i = 0; i < rounds; i++)
        rc |= round();
    check(rc, operations[which].name);
}

static Handle thread_start(void (*routine)(void *, void *))
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 16 << 10, routine, RTL_NULL, RTL_NULL, 0),
          "thread");
    return thread;
}

int main(void)
{
    Handle handle;
    check(KnTaskLookupResource(KOS_RESOURCE_HANDLE, "control", &handle), "control");
    check(KnTaskLookupResource(KOS_RESOURCE_HANDLE, "object", &common_object), "common object");
    NkKosTransport_Init(&pacer, handle, NK_NULL, 0);
    NkKosTransport_Init(&own, ServiceLocatorConnect("echo"), NK_NULL, 0);
    NkKosTransport_Init(&shared, ServiceLocatorConnect("shared"), NK_NULL, 0);
    check(KnHandleCreateUserObject(1, KOS_RIGHT_GET_SID, RTL_NULL, &object), "object");
    (void)thread_start(futex_partner);
    sleeper = thread_start(sleeper_main);
    (void)KnSleep(20); /* both have come to rest */
    for (;;) {
        nk_uint64_t which = 0, start = 0;
        check(call(&pacer, &which), "next");
        if (which == CONFLICTS_END)
            return EXIT_SUCCESS;
        if (which == OPERATION_page_fault)
            pages_prepare();
        run(which, WARM_UP);
        check(call(&pacer, &start), "start");
        while (kos_cycles() < start) {
        }
        kos_marker_begin();
        run(which, ROUNDS);
        kos_marker_end();
    }
}
