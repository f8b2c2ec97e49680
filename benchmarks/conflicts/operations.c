/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/conflicts/operations.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdio.h>

#define PAGE 4096UL

void check(Retcode rc, const char *what)
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

static Retcode cached_decision(struct side *side)
{
    nk_uint64_t word = 1;
    return call(&side->own, CONFLICTS_Cached, &word);
}

static Retcode handle_lookup(struct side *side)
{
    rtl_uint32_t sid;
    return KnHandleGetSidByHandle(side->object, &sid);
}

void side_refresh(struct side *side)
{
    const int flags = VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE;
    if (side->pages != RTL_NULL)
        check(KnVmUnmap(side->pages, SIDE_PAGES * PAGE), "unmap");
    side->pages = KnVmAllocate(RTL_NULL, SIDE_PAGES * PAGE, flags);
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
const struct operation operations[OPERATIONS] = {CONFLICTS_OPERATIONS(ENTRY)};

nk_uint64_t side_ask(struct side *side, nk_uint64_t word)
{
    check(call(&side->pacer, CONFLICTS_Word, &word), "pacer");
    return word;
}

static void pin(Handle thread, const struct side *side)
{
    check(KnThreadSetAffinityByHandle(thread, 1U << side->number), "affinity");
}

Handle side_thread(void (*routine)(void *, void *), struct side *side, rtl_uint32_t flags)
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 16 << 10, routine, side, RTL_NULL,
                                 flags | KOS_THREAD_SUSPENDED | side->class << KOS_THREAD_CLASS_SHIFT),
          "thread");
    pin(thread, side);
    if ((flags & KOS_THREAD_SUSPENDED) == 0)
        check(KnThreadResumeByHandle(thread), "resume");
    return thread;
}

void side_prepare(struct side *side)
{
    char name[16];
    Handle handle;
    check(KnThreadOpenCurrent(&handle), "self");
    pin(handle, side);
    check(KnThreadSetPriorityByHandle(handle, side->class, KOS_PRIORITY_STANDARD_MAX), "class");
    (void)snprintf(name, sizeof(name), "control%u", side->number);
    check(KnTaskLookupResource(KOS_RESOURCE_HANDLE, name, &handle), name);
    NkKosTransport_Init(&side->pacer, handle, NK_NULL, 0);
    check(KnTaskLookupResource(KOS_RESOURCE_HANDLE, "object", &side->object), "object");
    (void)snprintf(name, sizeof(name), "echo%u", side->number);
    NkKosTransport_Init(&side->own, ServiceLocatorConnect(name), NK_NULL, 0);
    NkKosTransport_Init(&side->shared, ServiceLocatorConnect("shared"), NK_NULL, 0);
    (void)side_thread(futex_partner, side, 0);
    side->sleeper = side_thread(sleeper_main, side, 0);
    (void)KnSleep(20); /* both have come to rest */
}
