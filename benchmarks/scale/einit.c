/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairs of a client and a server on 1, 2, 4 and 8 CPUs, all at once. One thread here for each worker answers its calls,
 * on a CPU of its own: with the operation, then with the number of rounds, then with the tick at which all begin. The
 * next call brings the ticks that they took. Prints
 *
 *     SCALE <work> cpus=<n> rounds=<of all together> ns=<of the slowest>
 *
 * Instructions are counted by the plugin benchmarks/footprint/lockstep.c; ns mean something without it only.
 */
#include <benchmarks/scale/protocol.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/time/time_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_US 2000U /* from the agreement to the start: time for all answers to arrive */

#define OPERATION(operation, name, rounds) OPERATION_##operation,
#define NAME(operation, name, rounds)      #name,
#define ROUNDS(operation, name, rounds)    rounds,
static const enum conflicts_operation works[] = {SCALE_WORKS(OPERATION)};
static const char *const names[] = {SCALE_WORKS(NAME)};
static const unsigned rounds[] = {SCALE_WORKS(ROUNDS)};
static const unsigned cpu_counts[] = {1, 2, 4, 8};
#define WORKS  (sizeof(works) / sizeof(works[0]))
#define COUNTS (sizeof(cpu_counts) / sizeof(cpu_counts[0]))

/* One for each work and number of CPUs: its threads meet before the start and behind the end. */
static struct phase {
    rtl_uint32_t waiting;
    volatile rtl_uint32_t meetings;
    nk_uint64_t start, ticks;
} phases[WORKS * COUNTS];

static Handle listeners[SCALE_SIDES];
static nk_uint64_t ticks_per_s;
static unsigned times;
static char only[KOS_NAME_SIZE]; /* the one work that is wanted, or empty: all */

static void check(Retcode rc, const char *what)
{
    if (rc != rcOk) {
        printf("SCALE error %s %x\n", what, (unsigned)rc);
        (void)KnPmRequest(KOS_POWER_OFF);
    }
}

/* The last of `count` threads to come says when the work begins. */
static void meet(struct phase *phase, unsigned count)
{
    rtl_uint32_t now = phase->meetings, woken;
    if (__atomic_add_fetch(&phase->waiting, 1, __ATOMIC_SEQ_CST) == count) {
        phase->waiting = 0;
        phase->start = kos_cycles() + ticks_per_s / 1000000 * START_US;
        phase->meetings = now + 1;
        check(KnSyncWake(&phase->meetings, count, &woken), "wake");
    }
    while (phase->meetings == now)
        (void)KnSyncWait(&phase->meetings, now, INFINITE_TIMEOUT);
}

struct word_message {
    struct nk_message base_;
    nk_uint64_t word;
};

static void answer(NkKosTransport *transport, struct word_message *message, nk_uint64_t word)
{
    message->word = word;
    check(nk_transport_reply_recv(&transport->base, &message->base_, sizeof(*message), NK_NULL, &message->base_,
                                  sizeof(*message), NK_NULL),
          "answer");
}

static void report(unsigned which)
{
    unsigned cpus = cpu_counts[which % COUNTS];
    printf("SCALE %s cpus=%u rounds=%u ns=%lu\n", names[which / COUNTS], cpus, rounds[which / COUNTS] * times * cpus,
           phases[which].ticks * 1000 / (ticks_per_s / 1000000));
}

static void pace(void *context, void *context2)
{
    struct word_message message = {0};
    NkKosTransport transport;
    unsigned side = (unsigned)(rtl_uintptr_t)context;
    (void)context2;
    NkKosTransport_Init(&transport, listeners[side], NK_NULL, 0);
    nk_message_set_size(&message.base_, sizeof(message));
    check(nk_transport_recv(&transport.base, &message.base_, NK_NULL), "first call");
    for (unsigned which = 0; which < WORKS * COUNTS; which++) {
        struct phase *phase = &phases[which];
        unsigned count = cpu_counts[which % COUNTS];
        if (side >= count || (only[0] != '\0' && strcmp(only, names[which / COUNTS]) != 0))
            continue; /* its worker waits for the answer meanwhile */
        answer(&transport, &message, SCALE_WHICH(works[which / COUNTS], count));
        answer(&transport, &message, (nk_uint64_t)rounds[which / COUNTS] * times);
        meet(phase, count);
        answer(&transport, &message, phase->start);
        if (message.word > phase->ticks)
            phase->ticks = message.word; /* this CPU's threads alone write it, and do not preempt each other */
        meet(phase, count);
        if (side == 0)
            report(which);
    }
    message.word = CONFLICTS_END;
    check(nk_transport_reply(&transport.base, &message.base_, NK_NULL), "end");
    KnThreadExit(0);
}

static Handle task_create(const char *program, const char *name, const char *const *arguments)
{
    Handle task;
    char eiid[32];
    (void)snprintf(eiid, sizeof(eiid), "benchmark.%s", program);
    check(KnTaskCreate(name, eiid, program, KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX, &task), name);
    check(KnTaskSetEnv(task, arguments, RTL_NULL), "arguments");
    return task;
}

static Handle worker_create(unsigned side, Handle shared, Handle object)
{
    char worker_name[16], server_name[16], echo[16], control[16];
    const char digit[] = {(char)('0' + side), '\0'};
    Handle server_handle, client;
    (void)snprintf(worker_name, sizeof(worker_name), "worker%u", side);
    (void)snprintf(server_name, sizeof(server_name), "server%u", side);
    (void)snprintf(echo, sizeof(echo), "echo%u", side);
    (void)snprintf(control, sizeof(control), "control%u", side);
    const char *const worker_arguments[] = {"worker", digit, RTL_NULL};
    const char *const server_arguments[] = {"server", echo, digit, RTL_NULL};
    Handle worker = task_create("Worker", worker_name, worker_arguments);
    Handle server = task_create("Server", server_name, server_arguments);
    check(KnTaskConnect(worker, server, echo), "connect own");
    check(KnTaskConnect(worker, shared, "shared"), "connect shared");
    check(KnHandleConnect(INVALID_HANDLE, &listeners[side], &server_handle, &client), "control");
    check(KnTaskAddResource(worker, client, KOS_RIGHT_IPC_CALL, control), "hand over");
    check(KnTaskAddResource(worker, object, KOS_RIGHT_GET_SID, "object"), "hand over");
    check(KnTaskResume(server), "run server");
    return worker;
}

static Handle pacer_start(unsigned side)
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 16 << 10, pace, (void *)(rtl_uintptr_t)side,
                                 RTL_NULL, KOS_THREAD_SUSPENDED),
          "thread");
    check(KnThreadSetAffinityByHandle(thread, 1U << SCALE_PACER), "affinity: nine CPUs are needed");
    check(KnThreadResumeByHandle(thread), "resume");
    return thread;
}

static nk_uint64_t uptime_us(void)
{
    RtlTimeSpec time = {0};
    check(KnGetUpTime(&time), "time");
    return (nk_uint64_t)time.sec * 1000000U + (nk_uint64_t)time.nsec / 1000;
}

static void calibrate(void)
{
    nk_uint64_t ticks = kos_cycles(), us = uptime_us();
    (void)KnSleep(50);
    ticks = kos_cycles() - ticks;
    ticks_per_s = ticks * 1000000U / (uptime_us() - us);
}

/* name=value of the kernel's command line: value, or empty. */
static void option(const char *name, char *value, rtl_size_t size)
{
    nk_uint64_t words[8] = {(strlen(name) + 1) << 32};
    if (KOS_CORE_ARENA(HAL, GetEnv, words, name, strlen(name) + 1, value, size) != rcOk)
        value[0] = '\0';
}

int main(void)
{
    static const char *const shared_arguments[] = {"server", "shared", "01234567", RTL_NULL};
    Handle workers[SCALE_SIDES], pacers[SCALE_SIDES], object;
    char value[KOS_NAME_SIZE];
    rtl_int32_t code;
    calibrate();
    option("wall", value, sizeof(value));
    times = value[0] != '\0' ? SCALE_WALL : 1;
    option("only", only, sizeof(only));
    check(KnHandleCreateUserObject(1, KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID, RTL_NULL, &object), "object");
    Handle shared = task_create("Server", "shared", shared_arguments);
    for (unsigned side = 0; side < SCALE_SIDES; side++)
        workers[side] = worker_create(side, shared, object);
    check(KnTaskResume(shared), "run shared");
    (void)KnSleep(50); /* all receivers wait */
    for (unsigned side = 0; side < SCALE_SIDES; side++) {
        pacers[side] = pacer_start(side);
        check(KnTaskResume(workers[side]), "run worker");
    }
    for (unsigned side = 0; side < SCALE_SIDES; side++)
        check(KnThreadWaitByHandle(pacers[side], INFINITE_TIMEOUT, &code), "join");
    printf("SCALE done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
