/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts pairs of callers that make random system calls, again and again as they die, until they have made enough. Then
 * everything that they had must have come back.
 */
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <tests/random_calls/protocol.h>
#include <tests/patience.h>

#define WARM_UP          2000U
#define CALLS            40000U /* random_calls.calls: another number */
#define CALLS_PER_THREAD 1500U
/* No longer than this, where CPUs that are not there have to answer each other. */
#define SECONDS_MAX 60
#define PAGES       2000U
#define OBJECTS     1000U
/* What caches of CPUs and kernel objects may keep of freed memory. */
#define PAGES_KEPT_PER_CPU 256

static Handle listener, progress;
static rtl_uint32_t calls;

static void expect(const char *name, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", name);
    else
        printf("FAIL %s: expected %lld, got %lld (%llx)\n", name, expected, got, (unsigned long long)got);
}

/* Prints only if it is wrong. */
static void require(const char *name, long long got, long long expected)
{
    if (got != expected)
        expect(name, got, expected);
}

/* The callers' reports come here. */
static void count(void *unused, void *unused2)
{
    (void)unused, (void)unused2;
    const nk_uint64_t receive = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | listener,
                      reply = KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | listener;
    for (;;) {
        struct kos_message_words m = {.selector = receive};
        kos_system_call(&m);
        if ((rtl_uint32_t)m.selector != 0)
            KnThreadExit((Retcode)(rtl_uint32_t)m.selector);
        __atomic_fetch_add(&calls, (rtl_uint32_t)m.w[0], __ATOMIC_SEQ_CST);
        m = (struct kos_message_words){.selector = reply,
                                       .info = KOS_INFO(0, RANDOM_Progress, KOS_MESSAGE_HEADER_SIZE, 0)};
        kos_system_call(&m);
    }
}

/* A number on the command line; 0: there is none. */
static int option(const char *name, nk_uint64_t *value)
{
    char text[24];
    if (KnHalGetEnv(name, text, sizeof(text)) != rcOk)
        return 0;
    *value = 0;
    for (const char *at = text; *at >= '0' && *at <= '9'; at++)
        *value = *value * 10 + (nk_uint64_t)(*at - '0');
    return 1;
}

static nk_uint64_t seed_get(void)
{
    nk_uint64_t words[8] = {sizeof(rtl_uint32_t)}, seed;
    rtl_uint32_t drawn = 0;
    if (option("random_calls.seed", &seed))
        return seed;
    (void)KOS_CORE_ARENA(HAL, GetEntropy, words, RTL_NULL, 0, &drawn, sizeof(drawn));
    return drawn;
}

static Handle caller_create(const char *name, const char *const args[])
{
    Handle task = INVALID_HANDLE;
    Retcode rc = rcFail;
    for (unsigned i = 0; i < PATIENCE_MS / 10; i++) { /* the last one's name is free when its last thread has ended */
        rc = KnTaskCreate(name, "test.Caller", "Caller", KOS_CLASS_STANDARD, 10, &task);
        if (rc != rcAlreadyExists)
            break;
        (void)KnSleep(10);
    }
    require("create", rc, rcOk);
    require("arguments", KnTaskSetEnv(task, args, RTL_NULL), rcOk);
    require("progress", KnTaskAddResource(task, progress, KOS_RIGHT_IPC_CALL, "progress"), rcOk);
    return task;
}

static void caller_end(Handle task)
{
    rtl_int32_t code;
    rtl_uint32_t reason;
    if (KnTaskWait(task, 1500, &code, &reason) == rcTimeout) {
        require("terminate", KnTaskTerminate(task, 1), rcOk);
        require("terminated", KnTaskWait(task, PATIENCE_MS, &code, &reason), rcOk);
    }
    require("close", KnHandleClose(task), rcOk);
}

static void pair_run(nk_uint64_t seed, unsigned cpus)
{
    char numbers[4][24];
    const char *const first[] = {"caller", numbers[0], numbers[2], numbers[3], RTL_NULL};
    const char *const second[] = {"caller", numbers[1], numbers[2], numbers[3], RTL_NULL};
    (void)snprintf(numbers[0], sizeof(numbers[0]), "%llu", (unsigned long long)seed);
    (void)snprintf(numbers[1], sizeof(numbers[1]), "%llu", (unsigned long long)seed + 1);
    (void)snprintf(numbers[2], sizeof(numbers[2]), "%u", CALLS_PER_THREAD);
    (void)snprintf(numbers[3], sizeof(numbers[3]), "%u", cpus);
    Handle tasks[2] = {caller_create("first", first), caller_create("second", second)};
    require("connect", KnTaskConnect(tasks[0], tasks[1], "other"), rcOk);
    require("connect_back", KnTaskConnect(tasks[1], tasks[0], "other"), rcOk);
    for (unsigned i = 0; i < 2; i++) {
        require("quota", KOS_CORE(TASK, SetQuota, tasks[i], PAGES, OBJECTS).rc, rcOk);
        require("resume", KnTaskResume(tasks[i]), rcOk);
    }
    for (unsigned i = 0; i < 2; i++)
        caller_end(tasks[i]);
}

static unsigned pairs_run(nk_uint64_t *seed, unsigned wanted, unsigned cpus)
{
    unsigned pairs = 0;
    rtl_uint32_t until = calls + wanted;
    nk_uint64_t end = KOS_CORE0(TIME, GetUpTime).w[0] + SECONDS_MAX;
    for (; calls < until && KOS_CORE0(TIME, GetUpTime).w[0] < end; pairs++, *seed += 2)
        pair_run(*seed, cpus);
    return pairs;
}

/* Pages that a process of its own can get now. */
static long long pages_free(void)
{
    static const char *const args[] = {"caller", "measure", RTL_NULL};
    rtl_int32_t pages = 0;
    rtl_uint32_t reason;
    Handle task = caller_create("measure", args);
    require("measure/quota", KOS_CORE(TASK, SetQuota, task, 1ULL << 32, 1ULL << 32).rc, rcOk);
    require("measure/resume", KnTaskResume(task), rcOk);
    require("measure/wait", KnTaskWait(task, INFINITE_TIMEOUT, &pages, &reason), rcOk);
    require("measure/exited", reason, KOS_TASK_EXITED);
    require("measure/close", KnHandleClose(task), rcOk);
    return pages;
}

/* What this process is charged for: pages and kernel objects. */
static struct kos_core_result account(void)
{
    return KOS_CORE(TASK, GetInfo, INVALID_HANDLE);
}

/* Everything that callers were is gone: at once but for what waits for all CPUs, or for threads that still end. */
static void came_back(const struct kos_core_result *start)
{
    struct kos_core_result now = account();
    for (unsigned i = 0; i < 100 && (now.w[2] != start->w[2] || now.w[4] != start->w[4]); i++) {
        (void)KnSleep(100);
        now = account();
    }
    expect("random_calls/own_pages_came_back", (long long)now.w[2], (long long)start->w[2]);
    expect("random_calls/objects_came_back", (long long)now.w[4], (long long)start->w[4]);
}

int main(void)
{
    unsigned cpus = KnHalGetCpuCount();
    Handle server, thread;
    Tid tid;
    nk_uint64_t seed = seed_get(), wanted = CALLS;
    (void)option("random_calls.calls", &wanted);
    printf("random_calls.seed=%llu\n", (unsigned long long)seed);
    require("channel", KnHandleConnect(INVALID_HANDLE, &listener, &server, &progress), rcOk);
    require("thread", KnThreadCreateByHandle(&thread, &tid, 15, 0, count, RTL_NULL, RTL_NULL, 0), rcOk);
    void *held = malloc(1); /* the heap's first region comes now, and stays */
    struct kos_core_result start = account();
    (void)pairs_run(&seed, WARM_UP, cpus);
    long long before = pages_free();
    start.w[2] = account().w[2]; /* by now it has touched all the memory that it needs */
    unsigned pairs = pairs_run(&seed, (unsigned)wanted, cpus);
    came_back(&start);
    free(held);
    long long after = pages_free();
    printf("%u calls by %u pairs of callers; %lld pages free before, %lld after\n", calls, pairs, before, after);
    expect("random_calls/enough", calls >= wanted / 4, 1);
    expect("random_calls/pages_came_back", before - after <= (long long)(PAGES_KEPT_PER_CPU * cpus), 1);
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
