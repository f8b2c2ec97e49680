/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a worker and its server on CPU 0 and another pair on CPU 1, and paces them through every pair of operations.
 * One thread per worker answers its calls, on a third CPU, so that nothing here wakes or touches a CPU whose stretch
 * runs:
 *
 *   worker                      its thread here
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

#define START_MS 3U /* from the agreement to the start: time for both answers to arrive */

#define NAME(name) #name,
static const char *const names[] = {CONFLICTS_OPERATIONS(NAME)};

static Handle listeners[CONFLICTS_WORKERS], servers[CONFLICTS_WORKERS], workers[CONFLICTS_WORKERS];
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
    if (__atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST) == CONFLICTS_WORKERS) {
        waiting = 0;
        start = kos_cycles() + lead;
        meetings = now + 1;
        check(KnSyncWake(&meetings, CONFLICTS_WORKERS, &woken), "wake");
    }
    while (meetings == now)
        (void)KnSyncWait(&meetings, now, INFINITE_TIMEOUT);
}

static void pace(void *context, void *context2)
{
    struct {
        struct nk_message base_;
        nk_uint64_t word;
    } message = {0};
    NkKosTransport transport;
    nk_uint64_t side = (rtl_uintptr_t)context;
    (void)context2;
    NkKosTransport_Init(&transport, listeners[side], NK_NULL, 0);
    nk_message_set_size(&message.base_, sizeof(message));
    Retcode rc = nk_transport_recv(&transport.base, &message.base_, NK_NULL);
    for (unsigned pair = 0; pair < CONFLICTS_PAIRS; pair++) {
        unsigned operation[CONFLICTS_WORKERS] = {pair / CONFLICTS_SIDE, pair % CONFLICTS_SIDE};
        if (pair == CONFLICTS_PAIRS - 1)
            operation[0] = operation[1] = OPERATION_control;
        message.word = operation[side];
        rc |= nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                      sizeof(message), NK_NULL);
        meet();
        message.word = start;
        rc |= nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                      sizeof(message), NK_NULL);
        meet();
        if (side == 0)
            printf("CONFLICTS pair %s %s\n", names[operation[0]], names[operation[1]]);
    }
    message.word = CONFLICTS_END;
    rc |= nk_transport_reply(&transport.base, &message.base_, NK_NULL);
    check(rc, "pace");
    KnThreadExit(0);
}

/* Runs on the CPU of the tasks that it makes: a task's first thread belongs to the CPU of its creator. */
static void create(void *context, void *context2)
{
    static const char *const server_names[CONFLICTS_WORKERS] = {"server0", "server1"},
                             *const worker_names[CONFLICTS_WORKERS] = {"worker0", "worker1"};
    nk_uint64_t side = (rtl_uintptr_t)context;
    (void)context2;
    check(KnTaskCreate(server_names[side], "benchmark.Server", "Server", KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX,
                       &servers[side]),
          "server");
    check(KnTaskCreate(worker_names[side], "benchmark.Worker", "Worker", KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX,
                       &workers[side]),
          "worker");
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

int main(void)
{
    static const char *const shared_arguments[] = {"shared", "two receivers", RTL_NULL};
    Handle shared, server, client, object, pacers[CONFLICTS_WORKERS];
    nk_uint64_t before = kos_cycles();
    (void)KnSleep(20);
    lead = (kos_cycles() - before) / 20 * START_MS;
    check(KnTaskCreate("shared", "benchmark.Server", "Server", KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX, &shared),
          "shared");
    check(KnTaskSetEnv(shared, shared_arguments, RTL_NULL), "arguments");
    check(KnHandleCreateUserObject(1, KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER, RTL_NULL, &object), "object");
    for (unsigned side = 0; side < CONFLICTS_WORKERS; side++) {
        join(thread_start(create, side, side));
        check(KnTaskConnect(workers[side], servers[side], "echo"), "connect own");
        check(KnTaskConnect(workers[side], shared, "shared"), "connect shared");
        check(KnTaskAddResource(workers[side], object, KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER, "object"), "hand over");
        check(KnHandleConnect(INVALID_HANDLE, &listeners[side], &server, &client), "control");
        check(KnTaskAddResource(workers[side], client, KOS_RIGHT_IPC_CALL, "control"), "hand over");
        check(KnTaskResume(servers[side]), "run server");
    }
    check(KnTaskResume(shared), "run shared");
    (void)KnSleep(50); /* all receivers wait */
    for (unsigned side = 0; side < CONFLICTS_WORKERS; side++) {
        pacers[side] = thread_start(pace, side, CONFLICTS_PACER);
        check(KnTaskResume(workers[side]), "run worker");
    }
    for (unsigned side = 0; side < CONFLICTS_WORKERS; side++)
        join(pacers[side]);
    printf("CONFLICTS done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
