/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paces two sides through every pair of operations: side 0 on CPU 0, side 1 on CPU 1, each with a server there. First
 * each side is a task of its own, then both are threads of one task. One thread per side answers its calls, on a third
 * CPU, so that nothing here wakes or touches a CPU whose stretch runs:
 *
 *   side                        its thread here
 *   Call "which one?"  ------>  (the one before is over)   both threads meet; the pair's names are printed
 *                      <------  operation
 *   warms up
 *   Call "when?"       ------>                             both threads meet
 *                      <------  tick of the counter, the same for both
 *   spins until then; marker; rounds; marker
 */
#include <benchmarks/conflicts/protocol.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>

#define OBJECT_RIGHTS (KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID)
#define START_MS      3U /* from the agreement to the start: time for both answers to arrive */

#define NAME(name) #name,
static const char *const names[] = {CONFLICTS_OPERATIONS(NAME)};
static const char *const echo_names[] = {"echo0", "echo1"}, *const control_names[] = {"control0", "control1"};

static Handle listeners[CONFLICTS_SIDES], clients[CONFLICTS_SIDES], servers[CONFLICTS_SIDES];
static Handle workers[CONFLICTS_SIDES + 1]; /* one for each side, and one that is both */
static Handle shared, object;
static bool one_task;
static nk_uint64_t lead, start; /* ticks; start is written by the last that comes to meet() */
static rtl_uint32_t waiting;
static volatile rtl_uint32_t meetings;

static void check(Retcode rc, const char *what)
{
    if (rc != rcOk) {
        printf("CONFLICTS error %s %x\n", what, (unsigned)rc);
        (void)KnPmRequest(KOS_POWER_OFF);
    }
}

static void meet(void)
{
    rtl_uint32_t now = meetings, woken;
    if (__atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST) == CONFLICTS_SIDES) {
        waiting = 0;
        start = kos_cycles() + lead;
        meetings = now + 1;
        check(KnSyncWake(&meetings, CONFLICTS_SIDES, &woken), "wake");
    }
    while (meetings == now)
        (void)KnSyncWait(&meetings, now, INFINITE_TIMEOUT);
}

struct word_message {
    struct nk_message base_;
    nk_uint64_t word;
};

static Retcode answer(NkKosTransport *transport, struct word_message *message, nk_uint64_t word)
{
    message->word = word;
    return nk_transport_reply_recv(&transport->base, &message->base_, sizeof(*message), NK_NULL, &message->base_,
                                   sizeof(*message), NK_NULL);
}

static void pace(void *context, void *context2)
{
    struct word_message message = {0};
    NkKosTransport transport;
    nk_uint64_t side = (rtl_uintptr_t)context;
    unsigned count = one_task ? CONFLICTS_ONE_TASK_SIDE : CONFLICTS_TASKS_SIDE, pairs = count * count;
    (void)context2;
    NkKosTransport_Init(&transport, listeners[side], NK_NULL, 0);
    nk_message_set_size(&message.base_, sizeof(message));
    Retcode rc = nk_transport_recv(&transport.base, &message.base_, NK_NULL);
    for (unsigned pair = 0; pair < pairs + !one_task; pair++) {
        unsigned operation[CONFLICTS_SIDES] = {pair / count, pair % count};
        if (pair == pairs)
            operation[0] = operation[1] = OPERATION_control;
        rc |= answer(&transport, &message, operation[side]);
        meet();
        rc |= answer(&transport, &message, start);
        meet();
        if (side == 0)
            printf("CONFLICTS pair %s%s %s\n", one_task ? "one_task/" : "", names[operation[0]], names[operation[1]]);
    }
    message.word = CONFLICTS_END;
    rc |= nk_transport_reply(&transport.base, &message.base_, NK_NULL);
    check(rc, "pace");
    KnThreadExit(0);
}

static void task_create(const char *name, const char *path, const char *eiid, const char *const *arguments,
                        Handle *task)
{
    check(KnTaskCreate(name, eiid, path, KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX, task), name);
    check(KnTaskSetEnv(*task, arguments, RTL_NULL), "arguments");
}

static void worker_create(unsigned which)
{
    static const char *const worker_names[] = {"worker0", "worker1", "workers"}, *const digits[] = {"0", "1", "2"};
    const char *const arguments[] = {"worker", digits[which], RTL_NULL};
    task_create(worker_names[which], "Worker", "benchmark.Worker", arguments, &workers[which]);
}

/* Runs on the CPU of the tasks that it makes: a task's first thread belongs to the CPU of its creator. */
static void create(void *context, void *context2)
{
    static const char *const server_names[] = {"server0", "server1"};
    unsigned side = (unsigned)(rtl_uintptr_t)context;
    static const char *const cpus[] = {"0", "1"};
    const char *const arguments[] = {"server", echo_names[side], cpus[side], RTL_NULL};
    (void)context2;
    task_create(server_names[side], "Server", "benchmark.Server", arguments, &servers[side]);
    worker_create(side);
    if (side == 0)
        worker_create(CONFLICTS_SIDES);
    KnThreadExit(0);
}

static Handle thread_start(void (*routine)(void *, void *), unsigned side, unsigned cpu)
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 32 << 10, routine,
                                 (void *)(rtl_uintptr_t)side, RTL_NULL, KOS_THREAD_SUSPENDED),
          "thread");
    check(KnThreadSetAffinityByHandle(thread, 1U << cpu), "affinity: three CPUs are needed");
    check(KnThreadResumeByHandle(thread), "resume");
    return thread;
}

static void join(Handle thread)
{
    rtl_int32_t code;
    check(KnThreadWaitByHandle(thread, INFINITE_TIMEOUT, &code), "join");
}

static void worker_connect(Handle worker, unsigned side)
{
    check(KnTaskConnect(worker, servers[side], echo_names[side]), "connect own");
    check(KnTaskAddResource(worker, clients[side], KOS_RIGHT_IPC_CALL, control_names[side]), "hand over");
}

static void worker_finish(Handle worker)
{
    check(KnTaskConnect(worker, shared, "shared"), "connect shared");
    check(KnTaskAddResource(worker, object, OBJECT_RIGHTS, "object"), "hand over");
}

static void pass(void)
{
    Handle pacers[CONFLICTS_SIDES];
    for (unsigned side = 0; side < CONFLICTS_SIDES; side++)
        pacers[side] = thread_start(pace, side, CONFLICTS_PACER);
    if (one_task)
        check(KnTaskResume(workers[CONFLICTS_SIDES]), "run workers");
    else
        for (unsigned side = 0; side < CONFLICTS_SIDES; side++)
            check(KnTaskResume(workers[side]), "run worker");
    for (unsigned side = 0; side < CONFLICTS_SIDES; side++)
        join(pacers[side]);
}

int main(void)
{
    static const char *const shared_arguments[] = {"server", "shared", "01", RTL_NULL};
    Handle server;
    nk_uint64_t before = kos_cycles();
    (void)KnSleep(20);
    lead = (kos_cycles() - before) / 20 * START_MS;
    task_create("shared", "Server", "benchmark.Server", shared_arguments, &shared);
    check(KnHandleCreateUserObject(1, OBJECT_RIGHTS, RTL_NULL, &object), "object");
    for (unsigned side = 0; side < CONFLICTS_SIDES; side++) {
        join(thread_start(create, side, side));
        check(KnHandleConnect(INVALID_HANDLE, &listeners[side], &server, &clients[side]), "control");
    }
    for (unsigned side = 0; side < CONFLICTS_SIDES; side++) {
        worker_connect(workers[side], side);
        worker_connect(workers[CONFLICTS_SIDES], side);
        worker_finish(workers[side]);
        check(KnTaskResume(servers[side]), "run server");
    }
    worker_finish(workers[CONFLICTS_SIDES]);
    check(KnTaskResume(shared), "run shared");
    (void)KnSleep(50); /* all receivers wait */
    pass();
    one_task = true;
    pass();
    printf("CONFLICTS done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
