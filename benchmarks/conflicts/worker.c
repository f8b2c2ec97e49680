/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A side (argument 0 or 1), or both in one task (argument 2). It carries out one operation after the other as Einit
 * says, each first to warm up and then, from an agreed tick of the counter on, between the plugin's markers. What an
 * operation leaves behind is cleared away only when Einit asks for the next one: by then the other side has ended its
 * stretch, too.
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

static struct side {
    _Alignas(64) volatile rtl_uint32_t turn;
    NkKosTransport own, shared, pacer;
    Handle object, sleeper; /* object: one and the same for both sides */
    char *pages;
    volatile char *next_page;
} sides[CONFLICTS_SIDES];

static void check(Retcode rc, const char *what)
{
    if (rc != rcOk) {
        printf("CONFLICTS error %s %x\n", what, (unsigned)rc);
        (void)KnPmRequest(KOS_POWER_OFF);
    }
}

/* One word in registers. */
static Retcode call(NkKosTransport *transport, enum conflicts_mid mid, nk_uint64_t *word)
{
    struct {
        struct nk_message base_;
        nk_uint64_t word;
    } request = {.word = *word}, response;
    nk_msg_set_method_id(&request, 0, mid);
    nk_req_reset(&request);
    nk_req_reset(&response);
    Retcode rc = nk_transport_call(&transport->base, &request.base_, NK_NULL, &response.base_, NK_NULL);
    *word = response.word;
    return rc;
}

static Retcode call_message(NkKosTransport *transport)
{
    struct {
        struct nk_message base_;
        nk_uint64_t words[CONFLICTS_WORDS_MAX];
    } request = {0}, response;
    nk_msg_set_method_id(&request, 0, CONFLICTS_Block);
    nk_req_reset(&request);
    nk_req_reset(&response);
    return nk_transport_call(&transport->base, &request.base_, NK_NULL, &response.base_, NK_NULL);
}

static Retcode call_own(struct side *side)
{
    nk_uint64_t word = 1;
    return call(&side->own, CONFLICTS_Word, &word);
}

static Retcode call_shared(struct side *side)
{
    nk_uint64_t word = 1;
    return call(&side->shared, CONFLICTS_Word, &word);
}

static Retcode message_own(struct side *side)
{
    return call_message(&side->own);
}

static Retcode message_shared(struct side *side)
{
    return call_message(&side->shared);
}

static Retcode evaluated_own(struct side *side)
{
    nk_uint64_t word = 1;
    return call(&side->own, CONFLICTS_Evaluated, &word);
}

static Retcode evaluated_shared(struct side *side)
{
    nk_uint64_t word = 1;
    return call(&side->shared, CONFLICTS_Evaluated, &word);
}

static void futex_partner(void *context, void *context2)
{
    volatile rtl_uint32_t *turn = &((struct side *)context)->turn;
    rtl_uint32_t woken;
    (void)context2;
    for (;;) {
        while (*turn == 0)
            (void)KnSyncWait(turn, 0, INFINITE_TIMEOUT);
        *turn = 0;
        (void)KnSyncWake(turn, 1, &woken);
    }
}

static Retcode futex(struct side *side)
{
    rtl_uint32_t woken;
    side->turn = 1;
    Retcode rc = KnSyncWake(&side->turn, 1, &woken);
    while (side->turn == 1)
        (void)KnSyncWait(&side->turn, 1, INFINITE_TIMEOUT);
    return rc;
}

static Retcode decision(struct side *side)
{
    (void)side;
    return KOS_CORE0(HAL, GetCpuCount).rc;
}

static Retcode handle_lookup(struct side *side)
{
    rtl_uint32_t sid;
    return KnHandleGetSidByHandle(side->object, &sid);
}

static void pages_prepare(struct side *side)
{
    const int flags = VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE;
    if (side->pages != RTL_NULL)
        check(KnVmUnmap(side->pages, (ROUNDS + WARM_UP) * PAGE), "unmap");
    side->pages = KnVmAllocate(RTL_NULL, (ROUNDS + WARM_UP) * PAGE, flags);
    check(side->pages == RTL_NULL ? rcOutOfMemory : rcOk, "pages");
    side->next_page = side->pages;
}

static Retcode page_fault(struct side *side)
{
    *side->next_page = 1;
    side->next_page += PAGE;
    return rcOk;
}

static void sleeper_main(void *context, void *context2)
{
    (void)context, (void)context2;
    while (KnThreadSuspendCurrent() == rcOk) {
    }
    KnThreadExit(1);
}

static Retcode thread_wake(struct side *side)
{
    Retcode rc = KnThreadResumeByHandle(side->sleeper);
    return rc == rcOk ? KnSleep(0) : rc; /* yields: the sleeper runs and suspends itself again */
}

static Retcode timer(struct side *side)
{
    (void)side;
    return KnSleep(1);
}

static Retcode user(struct side *side)
{
    (void)side;
    for (volatile unsigned i = 0; i < 1000; i = i + 1) {
    }
    return rcOk;
}

static Retcode control(struct side *side)
{
    Handle copy;
    Retcode rc = KnHandleCopy(side->object, KOS_RIGHT_COPY, INVALID_HANDLE, &copy);
    return rc == rcOk ? KnHandleClose(copy) : rc;
}

#define ENTRY(name) {#name, name},
static const struct {
    const char *name;
    Retcode (*round)(struct side *side);
} operations[] = {CONFLICTS_OPERATIONS(ENTRY)};

static void run(struct side *side, nk_uint64_t which, unsigned rounds)
{
    Retcode (*const round)(struct side *) = operations[which].round;
    Retcode rc = rcOk;
    for (unsigned i = 0; i < rounds; i++)
        rc |= round(side);
    check(rc, operations[which].name);
}

static Handle thread_start(void (*routine)(void *, void *), struct side *side, rtl_uint32_t flags)
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 16 << 10, routine, side, RTL_NULL, flags),
          "thread");
    return thread;
}

static void pin(Handle thread, const struct side *side)
{
    check(KnThreadSetAffinityByHandle(thread, 1U << (side - sides)), "affinity");
}

static void prepare(struct side *side)
{
    static const char *const controls[] = {"control0", "control1"}, *const own[] = {"echo0", "echo1"};
    Handle handle;
    check(KnTaskLookupResource(KOS_RESOURCE_HANDLE, controls[side - sides], &handle), "control");
    NkKosTransport_Init(&side->pacer, handle, NK_NULL, 0);
    check(KnTaskLookupResource(KOS_RESOURCE_HANDLE, "object", &side->object), "object");
    NkKosTransport_Init(&side->own, ServiceLocatorConnect(own[side - sides]), NK_NULL, 0);
    NkKosTransport_Init(&side->shared, ServiceLocatorConnect("shared"), NK_NULL, 0);
    check(KnThreadOpenCurrent(&handle), "self");
    pin(handle, side);
    pin(thread_start(futex_partner, side, 0), side);
    side->sleeper = thread_start(sleeper_main, side, 0);
    pin(side->sleeper, side);
    (void)KnSleep(20); /* both have come to rest */
}

static void serve(void *context, void *context2)
{
    struct side *side = context;
    (void)context2;
    prepare(side);
    for (;;) {
        nk_uint64_t which = 0, start = 0;
        check(call(&side->pacer, CONFLICTS_Word, &which), "next");
        if (which == CONFLICTS_END)
            KnTaskExit(0); /* the other side has ended, too */
        if (which == OPERATION_page_fault)
            pages_prepare(side);
        run(side, which, WARM_UP);
        check(call(&side->pacer, CONFLICTS_Word, &start), "start");
        while (kos_cycles() < start) {
        }
        kos_marker_begin();
        run(side, which, ROUNDS);
        kos_marker_end();
    }
}

int main(int argc, const char *argv[])
{
    unsigned which = argc > 1 ? (unsigned)(argv[1][0] - '0') : 0;
    if (which == CONFLICTS_SIDES) {
        Handle thread = thread_start(serve, &sides[1], KOS_THREAD_SUSPENDED);
        pin(thread, &sides[1]);
        check(KnThreadResumeByHandle(thread), "resume");
    }
    serve(&sides[which % CONFLICTS_SIDES], RTL_NULL);
    return EXIT_FAILURE;
}
