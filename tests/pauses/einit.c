/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever ends a Call in a pause of its long message (the table in ipc/ipc.h): the one who is told is told what the
 * documents say, and nothing stays behind: no page, no object, no seal, no level, and the next exchange goes well.
 *
 * A thread more urgent than both sides strikes at an instant that moves over the whole exchange in small steps. With
 * counted time (pauses.exact) on one CPU it runs at the first pause behind that instant, so each pause is met.
 */
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/stat/stat_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <tests/patience.h>
#include <tests/pauses/parcel.h>

#define FIFO(priority_) (KOS_CLASS_FIFO << 8 | (priority_))
#define SERVER          10U /* priorities */
#define CLIENT          12U

enum event { CLIENT_ENDS, CLOSE_CLIENT, REVOKE_CLIENT, TIMEOUT, INTERRUPT, SERVER_ENDS, CLOSE_LISTENER, EVENTS };
static const char *const event_names[EVENTS] = {"client_ends", "close_client", "revoke_client", "timeout",
                                                "interrupt",   "server_ends",  "close_listener"};
static const char *const kind_names[KINDS] = {"small", "copied", "sealed"};
/* What the client is told if it is struck while it waits for the answer; one that has ended is told nothing. */
static const int told[EVENTS] = {rcFail, rcHandleRevoked, rcHandleRevoked, rcTimeout, rcOk, rcNotConnected, rcOk};

static struct exchange exchange;
static Handle server, arena;
static nk_uint64_t arena_at_server, arena_size;
static unsigned client_cpu, server_cpu;
static int exact;
static unsigned instants;      /* in the time of one exchange */
static rtl_uint32_t limit_ms;  /* of a Call that is to end so */
static unsigned struck, wrong; /* strikes that met the Call, mistakes */

static void expect(const char *kind, const char *event, const char *what, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s/%s/%s\n", kind, event, what);
    else
        printf("FAIL %s/%s/%s: expected %lld, got %lld\n", kind, event, what, expected, got);
}

static void check(enum event event, const char *what, long long got, long long expected)
{
    if (got != expected && wrong++ < 5)
        printf("%s/%s: %s: expected %lld, got %lld\n", kind_names[exchange.kind], event_names[event], what, expected,
               got);
}

static Handle start(unsigned cpu, unsigned priority, void (*routine)(void *, void *))
{
    Handle thread = INVALID_HANDLE;
    Tid tid;
    (void)KnThreadCreateByHandle(&thread, &tid, priority, 16384, routine, &exchange, RTL_NULL,
                                 KOS_THREAD_SUSPENDED | KOS_CLASS_FIFO << KOS_THREAD_CLASS_SHIFT);
    (void)KnThreadSetAffinityByHandle(thread, 1U << cpu);
    return thread;
}

static unsigned state_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetInfo, thread).w[1];
}

static int reaches(Handle thread, unsigned state)
{
    for (int i = 0; i < PATIENCE_MS && state_of(thread) != state; i++)
        (void)KnSleep(1);
    return state_of(thread) == state;
}

static void join(Handle thread)
{
    rtl_int32_t code;
    if (KnThreadWaitByHandle(thread, PATIENCE_MS, &code) != rcOk)
        check(EVENTS - 1, "a thread ends", 0, 1);
    (void)KnHandleClose(thread);
}

/* ---- one channel, one server ---- */

static void server_begin(void)
{
    Handle same; /* the server's is the listener */
    (void)KnHandleConnect(INVALID_HANDLE, &exchange.listener, &same, &exchange.client_handle);
    (void)KnHandleClose(exchange.client_handle);
    exchange.receive_at = 0;
    server = start(server_cpu, SERVER, server_main);
    (void)KnThreadResumeByHandle(server);
}

static void server_end(void)
{
    (void)KnThreadTerminateByHandle(server, 0);
    join(server);
    (void)KnHandleClose(exchange.listener);
}

static void connect(void)
{
    Handle same;
    (void)KnHandleConnect(exchange.listener, &same, &same, &exchange.client_handle);
    if (exchange.kind == SEALED) {
        struct kos_core_result attached = KOS_CORE(IPC, AttachArena, exchange.client_handle, arena, KOS_ARENA_SEALED);
        arena_at_server = attached.w[0];
        if (attached.rc != rcOk)
            check(EVENTS - 1, "attach", attached.rc, rcOk);
    }
}

/* serving: the server lives, and may still read the arena of a Call that has ended. */
static void disconnect(int serving)
{
    (void)KnHandleClose(exchange.client_handle);
    if (exchange.kind != SEALED)
        return;
    if (serving && !reaches(server, KOS_THREAD_STATE_RECEIVING))
        check(EVENTS - 1, "server has done", state_of(server), KOS_THREAD_STATE_RECEIVING);
    (void)KOS_CORE(VMM, Free, arena_at_server, arena_size);
}

/* An exchange that nobody disturbs: ns that it took. */
static nk_uint64_t undisturbed(enum event event)
{
    connect();
    if (!reaches(server, KOS_THREAD_STATE_RECEIVING))
        check(event, "server receives", state_of(server), KOS_THREAD_STATE_RECEIVING);
    parcel_prepare(&exchange); /* writes where the last exchange may have left a seal */
    (void)KOS_CORE(IPC, ClearInterrupt, exchange.sync);
    exchange.limit = INFINITE_TIMEOUT;
    unsigned answered = exchange.answered;
    Handle client = start(client_cpu, CLIENT, client_main);
    (void)KnThreadResumeByHandle(client);
    join(client);
    nk_uint64_t took = exchange.returned_at - exchange.called_at;
    check(event, "undisturbed", exchange.code, rcOk);
    if (!reaches(server, KOS_THREAD_STATE_RECEIVING))
        check(event, "server receives again", state_of(server), KOS_THREAD_STATE_RECEIVING);
    check(event, "answers", exchange.answered - answered, 1);
    check(event, "server's level", (long long)KOS_CORE(THREAD, GetSchedule, server).w[1], KOS_LEVEL_REAL_TIME + SERVER);
    disconnect(1);
    return took;
}

/* ---- strikes ---- */

static void strike(enum event event, Handle client)
{
    switch (event) {
    case CLIENT_ENDS:
        (void)KnThreadTerminateByHandle(client, 4);
        break;
    case CLOSE_CLIENT:
        (void)KnHandleClose(exchange.client_handle);
        break;
    case REVOKE_CLIENT:
        (void)KnHandleRevoke(exchange.client_handle);
        break;
    case INTERRUPT:
        (void)KOS_CORE(IPC, SetInterrupt, exchange.sync);
        break;
    case SERVER_ENDS:
        (void)KnThreadTerminateByHandle(server, 3);
        break;
    case CLOSE_LISTENER:
        (void)KnHandleClose(exchange.listener);
        break;
    case TIMEOUT:
    case EVENTS:
        break;
    }
}

/* What the client was told. state: what it did when it was struck. */
static void verdict(enum event event, unsigned state, int had_returned, int answering)
{
    if (had_returned || state != KOS_THREAD_STATE_REPLY_WAIT)
        return;
    struck++;
    if (!exact && exchange.code == rcOk) /* the answer was faster */
        return;
    if (event == SERVER_ENDS && answering && exchange.code == rcOk) /* it ended its answer before it ended */
        return;
    if (event == CLIENT_ENDS)
        check(event, "returned", exchange.returned, 0);
    else
        check(event, "code", exchange.code, told[event]);
}

/* What a thread had got when it was ended, it would have closed. */
static void left_by_the_dead(enum event event, unsigned state, int had_returned)
{
    if (event == SERVER_ENDS)
        (void)KnHandleClose(exchange.received.made.handle);
    if (event == CLIENT_ENDS && !had_returned && (!exact || state != KOS_THREAD_STATE_REPLY_WAIT))
        (void)KnHandleClose(exchange.response.made.handle);
}

/* One exchange, struck so many ns behind its begin. False: it was over by then. */
static int instant(enum event event, nk_uint64_t delay)
{
    connect();
    (void)reaches(server, KOS_THREAD_STATE_RECEIVING);
    parcel_prepare(&exchange);
    exchange.limit = INFINITE_TIMEOUT;
    unsigned had_taken = exchange.took;
    Handle client = start(client_cpu, CLIENT, client_main);
    nk_uint64_t begin = kos_time_ns();
    (void)KnThreadResumeByHandle(client);
    (void)KnSleepUntilNs(begin + delay);
    unsigned state = state_of(client);
    int had_returned = (int)exchange.returned, answering = exchange.took != had_taken;
    strike(event, client);
    if (event == SERVER_ENDS && state != KOS_THREAD_STATE_REPLY_WAIT)
        (void)KnHandleClose(exchange.listener); /* else it might wait for another server */
    join(client);
    verdict(event, state, had_returned, answering);
    int gone = event == SERVER_ENDS || event == CLOSE_LISTENER;
    if (gone) {
        join(server);
        (void)KnHandleClose(exchange.listener);
    }
    left_by_the_dead(event, state, had_returned);
    disconnect(!gone);
    if (gone)
        server_begin();
    return !had_returned;
}

/* The time limit passes so many ns behind the server's Recv: until then the client waits in the queue. False: that was
 * too late. */
static int limit_passes(nk_uint64_t delay)
{
    (void)reaches(server, KOS_THREAD_STATE_RECEIVING);
    (void)KnThreadTerminateByHandle(server, 0);
    join(server);
    connect();
    parcel_prepare(&exchange);
    exchange.limit = limit_ms;
    Handle client = start(client_cpu, CLIENT, client_main);
    (void)KnThreadResumeByHandle(client);
    (void)reaches(client, KOS_THREAD_STATE_CALLING);
    exchange.receive_at = exchange.called_at + limit_ms * 1000000ULL - delay;
    server = start(server_cpu, SERVER, server_main);
    (void)KnThreadResumeByHandle(server);
    join(client);
    exchange.receive_at = 0;
    struck += exchange.code == rcTimeout;
    if (exchange.code != rcOk)
        check(TIMEOUT, "code", exchange.code, rcTimeout);
    disconnect(1);
    return exchange.code != rcOk;
}

/* ---- what stays behind ---- */

struct possessions {
    nk_uint64_t pages, objects, free;
};

static struct possessions possessions(void)
{
    struct kos_core_result info = KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
    struct possessions have = {.pages = info.w[2], .objects = info.w[4]};
    (void)KnGroupStatGetParam(GROUP_PARAM_MEM_FREE, &have.free);
    return have;
}

/* What goes last, goes when every CPU has left the kernel once. */
static int all_went(const struct possessions *before, const struct possessions *now)
{
    return now->objects <= before->objects &&
           (!exact ||
            (now->pages <= before->pages && now->free >= before->free)); /* else CPUs keep pages of their own */
}

static struct possessions settled(void)
{
    struct possessions have = possessions();
    for (int same = 0; same < 10; same++) {
        (void)KnSleep(1);
        struct possessions now = possessions();
        if (now.objects != have.objects)
            same = 0;
        have = now;
    }
    return have;
}

static void strikes(enum event event, nk_uint64_t step)
{
    struck = wrong = exchange.wrong = 0;
    int goes_on = 1;
    for (unsigned i = 0; goes_on && i < 4 * instants; i++) {
        goes_on = event == TIMEOUT ? limit_passes(i * step) : instant(event, i * step);
        (void)undisturbed(event);
    }
}

static void sweep(enum event event, nk_uint64_t step)
{
    const char *kind = kind_names[exchange.kind], *name = event_names[event];
    strikes(event, 16 * step); /* caches are warm afterwards */
    struct possessions before = settled();
    strikes(event, step);
    struct possessions after = possessions();
    for (int i = 0; i < PATIENCE_MS && !all_went(&before, &after); i++) {
        (void)KnSleep(1);
        after = possessions();
    }
    expect(kind, name, "told", wrong, 0);
    expect(kind, name, "contents", exchange.wrong, 0);
    expect(kind, name, "objects", after.objects <= before.objects, 1);
    if (exact) {
        expect(kind, name, "pages", (long long)after.pages, (long long)before.pages);
        expect(kind, name, "free", after.free >= before.free, 1);
        expect(kind, name, "met", struck >= instants / 2, 1);
    }
    printf("%s/%s: %u strikes met the call\n", kind, name, struck);
}

static void all(unsigned client_on, unsigned server_on)
{
    client_cpu = client_on, server_cpu = server_on;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        exchange.kind = (enum kind)kind;
        server_begin();
        nk_uint64_t took = 0;
        for (int i = 0; i < 3; i++)
            took = undisturbed(EVENTS - 1);
        printf("%s: %lld ns\n", kind_names[kind], (long long)took);
        if (kind == 0)
            strikes(CLIENT_ENDS, took / instants + 1); /* the first threads' stacks need page tables */
        for (unsigned event = 0; event < EVENTS; event++)
            sweep((enum event)event, took / instants + 1);
        server_end();
    }
}

int main(void)
{
    char value[4];
    unsigned cpus = KnHalGetCpuCount();
    exact = KnHalGetEnv("pauses.exact", value, sizeof(value)) == rcOk;
    instants = exact ? 150 : 8;
    limit_ms = exact ? 4 : 20;
    (void)KOS_CORE(THREAD, SetPriority, INVALID_HANDLE, FIFO(31));
    (void)KnThreadSetAffinityByHandle(INVALID_HANDLE, 1);
    exchange.sync = (Handle)KOS_CORE(IPC, CreateSyncObject, 0).w[0];
    (void)KnHandleCreateUserObject(1, ~0U, &exchange, &exchange.root);
    (void)KnHandleCopy(exchange.root, ~0U, INVALID_HANDLE, &exchange.copy);
    struct kos_core_result made = KOS_CORE(VMM, CreateArena, PARCEL_ARENA);
    exchange.arena = (nk_uint8_t *)(rtl_uintptr_t)made.w[0];
    arena = (Handle)made.w[1];
    arena_size = made.w[2];
    all(0, 0);
    if (cpus > 1) {
        all(1, 0);
        all(0, 1);
        all(1, cpus - 1);
    }
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
