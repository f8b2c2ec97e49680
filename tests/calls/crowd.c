/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many servers and callers at one endpoint: what concerns all of them is done in steps (ipc/work.c), and each is told
 * what it would be told alone.
 */
#include <tests/calls/calls.h>

#define SERVERS 24
#define CALLERS 48 /* of whom every third goes through a channel of its own */

static Handle listener, server_handle, channels[2], servers[SERVERS], callers[CALLERS];
static Handle interrupt = INVALID_HANDLE; /* an IPC synchronization object: callers wait with it */
static volatile int told[CALLERS], ended[SERVERS];
static volatile unsigned answers; /* so many calls may be answered */
static unsigned answered;         /* atomic */

#define PENDING 0x7fff0003

static void caller(void *context, void *context2)
{
    struct echo request = {.word = 1234}, response = {0};
    rtl_uintptr_t index = (rtl_uintptr_t)context;
    (void)context2;
    *(nk_uint64_t *)&request = CALLS_INFO;
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)&request, .constant_size = sizeof(request)};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&response, .constant_size = sizeof(response)};
    Handle channel = channels[index % 3 == 0];
    int code = (int)(interrupt == INVALID_HANDLE ? Call(channel, &out, &in)
                                                 : CallEx(channel, &out, &in, INFINITE_TIMEOUT, interrupt));
    told[index] = code == rcOk && response.word != 1235 ? (int)rcFail : code;
    KnThreadExit(1);
}

/* Serves until it cannot receive any more; keeps each request until one more may be answered. */
static void server(void *context, void *context2)
{
    struct echo message;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    int code;
    (void)context2;
    while ((code = (int)Recv(listener, &header)) == rcOk) {
        while (__atomic_load_n(&answered, __ATOMIC_RELAXED) >= answers)
            (void)KnSleep(1);
        (void)__atomic_fetch_add(&answered, 1, __ATOMIC_RELAXED);
        message.word++;
        *(nk_uint64_t *)&message = CALLS_INFO;
        (void)Reply(listener, &header);
    }
    ended[(rtl_uintptr_t)context] = code;
    KnThreadExit(1);
}

static Handle start(void (*routine)(void *, void *), unsigned index, unsigned cpu)
{
    Handle thread = INVALID_HANDLE;
    Tid tid;
    (void)KnThreadCreateByHandle(&thread, &tid, 15, 16384, routine, (void *)(rtl_uintptr_t)index, RTL_NULL,
                                 KOS_THREAD_SUSPENDED);
    (void)KnThreadSetAffinityByHandle(thread, 1ULL << cpu);
    (void)KnThreadResumeByHandle(thread);
    return thread;
}

static void begin(unsigned server_count, unsigned caller_count, const unsigned *cpus)
{
    Handle unused, same;
    answers = answered = 0;
    (void)KnHandleConnect(INVALID_HANDLE, &listener, &server_handle, &channels[0]);
    expect("crowd/connect", KnHandleConnect(listener, &same, &unused, &channels[1]), rcOk);
    for (unsigned i = 0; i < SERVERS; i++)
        ended[i] = PENDING, servers[i] = INVALID_HANDLE;
    for (unsigned i = 0; i < CALLERS; i++)
        told[i] = PENDING, callers[i] = INVALID_HANDLE;
    for (unsigned i = 0; i < server_count; i++)
        servers[i] = start(server, i, cpus[1 + i % 2]);
    for (unsigned i = 0; i < server_count; i++)
        reach(servers[i], KOS_THREAD_STATE_RECEIVING);
    for (unsigned i = 0; i < caller_count; i++) {
        callers[i] = start(caller, i, cpus[0]);
        reach(callers[i], i < server_count ? KOS_THREAD_STATE_REPLY_WAIT : KOS_THREAD_STATE_CALLING);
    }
}

/* Callers and servers are told so, one after the other, within the test's patience. */
static void all_told(const char *name, const Handle *threads, unsigned count, const volatile int *codes, int expected)
{
    unsigned wrong = 0;
    rtl_int32_t code;
    for (unsigned i = 0; i < count; i++) {
        Retcode joined = KnThreadWaitByHandle(threads[i], PATIENCE_MS, &code);
        if (joined != rcOk || codes[i] != expected) {
            if (wrong++ == 0)
                printf("%s: %u was told %x, joined %x\n", name, i, (unsigned)codes[i], (unsigned)joined);
        }
    }
    expect(name, wrong, 0);
}

static void end(void)
{
    answers = 2 * CALLERS;
    for (unsigned i = 0; i < CALLERS; i++)
        if (callers[i] != INVALID_HANDLE)
            finish(callers[i]);
    for (unsigned i = 0; i < SERVERS; i++)
        if (servers[i] != INVALID_HANDLE)
            finish(servers[i]);
    (void)KnHandleClose(channels[0]), (void)KnHandleClose(channels[1]);
    (void)KnHandleClose(server_handle), (void)KnHandleClose(listener);
}

/* Both channels close: those that are served are told so, and those that wait. The servers serve on. */
static void channels_close(const unsigned *cpus)
{
    begin(SERVERS, CALLERS, cpus);
    expect("crowd/close_channel", KnHandleClose(channels[1]), rcOk);
    expect("crowd/revoke_channel", KnHandleRevoke(channels[0]), rcOk);
    all_told("crowd/channels_closed", callers, CALLERS, told, rcHandleRevoked);
    Handle unused;
    answers = CALLERS;
    expect("crowd/connect_again", KnHandleConnect(listener, &unused, &unused, &channels[1]), rcOk);
    for (unsigned i = 0; i < CALLERS; i += 3) {
        finish(callers[i]);
        told[i] = PENDING;
        callers[i] = start(caller, i, cpus[0]);
        all_told("crowd/served_again", &callers[i], 1, &told[i], rcOk);
    }
    end();
}

/* One of two channels closes while all wait: the other's callers are served when somebody receives. */
static void one_channel_closes(const unsigned *cpus)
{
    unsigned revoked = 0, served = 0;
    begin(0, CALLERS, cpus);
    expect("crowd/close_one", KnHandleClose(channels[1]), rcOk);
    answers = CALLERS;
    for (unsigned i = 0; i < 4; i++)
        servers[i] = start(server, i, cpus[1 + i % 2]);
    for (unsigned i = 0; i < CALLERS; i++) {
        rtl_int32_t code;
        (void)KnThreadWaitByHandle(callers[i], PATIENCE_MS, &code);
        revoked += i % 3 == 0 && told[i] == (int)rcHandleRevoked;
        served += i % 3 != 0 && told[i] == rcOk;
    }
    expect("crowd/one_channel_closed/its_callers", revoked, CALLERS / 3);
    expect("crowd/one_channel_closed/others", served, CALLERS - CALLERS / 3);
    end();
}

/* The endpoint closes: callers that wait are told so, servers that wait, and those that serve when they receive again.
 */
static void endpoint_closes(unsigned server_count, unsigned caller_count, const unsigned *cpus)
{
    begin(server_count, caller_count, cpus);
    expect("crowd/close_listener", KnHandleClose(listener), rcOk);
    (void)KnHandleClose(server_handle);
    all_told("crowd/endpoint_closed/callers", callers + server_count,
             caller_count > server_count ? caller_count - server_count : 0, told + server_count, rcNotConnected);
    answers = CALLERS;
    if (caller_count != 0)
        all_told("crowd/endpoint_closed/served", callers, server_count, told, rcOk);
    all_told("crowd/endpoint_closed/servers", servers, server_count, ended,
             caller_count != 0 ? rcInvalidHandle : rcHandleRevoked);
    end();
}

static unsigned level_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetSchedule, thread).w[1];
}

static unsigned reach_level(unsigned level)
{
    unsigned there = 0;
    for (unsigned i = 0; i < SERVERS; i++) {
        for (int wait = 0; wait < PATIENCE_MS && level_of(servers[i]) != level; wait++)
            (void)KnSleep(1);
        there += level_of(servers[i]) == level;
    }
    return there;
}

/* All servers get the level of a caller that waits, and lose it when it does not wait any more. */
static void urgent_caller(const unsigned *cpus)
{
    begin(SERVERS, SERVERS + 2, cpus);
    Handle urgent = callers[SERVERS];
    expect("crowd/urge", KnThreadSetPriorityByHandle(urgent, KOS_CLASS_FIFO, 7), rcOk);
    expect("crowd/all_urged", reach_level(KOS_LEVEL_REAL_TIME + 7), SERVERS);
    expect("crowd/more", KnThreadSetPriorityByHandle(callers[SERVERS + 1], KOS_CLASS_FIFO, 9), rcOk);
    expect("crowd/all_more", reach_level(KOS_LEVEL_REAL_TIME + 9), SERVERS);
    finish(callers[SERVERS + 1]);
    callers[SERVERS + 1] = INVALID_HANDLE;
    expect("crowd/all_less", reach_level(KOS_LEVEL_REAL_TIME + 7), SERVERS);
    finish(urgent);
    callers[SERVERS] = INVALID_HANDLE;
    expect("crowd/none_urged", reach_level(KOS_LEVEL_STANDARD), SERVERS);
    end();
}

/* One object interrupts all that wait with it, on several CPUs. */
static void all_interrupted(const unsigned *cpus)
{
    struct kos_core_result made = KOS_CORE(IPC, CreateSyncObject, 0);
    expect("crowd/sync_object", made.rc, rcOk);
    interrupt = (Handle)made.w[0];
    begin(0, CALLERS, cpus);
    for (unsigned i = 0; i < CALLERS; i += 2) {
        finish(callers[i]);
        callers[i] = start(caller, i, cpus[1]);
        reach(callers[i], KOS_THREAD_STATE_CALLING);
        told[i] = PENDING;
    }
    expect("crowd/interrupt", KOS_CORE(IPC, SetInterrupt, interrupt).rc, rcOk);
    all_told("crowd/all_interrupted", callers, CALLERS, told, rcIpcInterrupt);
    expect("crowd/interrupt_off", KOS_CORE(IPC, ClearInterrupt, interrupt).rc, rcOk);
    end();
    (void)KnHandleClose(interrupt);
    interrupt = INVALID_HANDLE;
}

/* More and more of them wait, until they all are served. */
static void all_served(const unsigned *cpus)
{
    begin(SERVERS, CALLERS, cpus);
    answers = CALLERS;
    all_told("crowd/served", callers, CALLERS, told, rcOk);
    end();
}

void crowd_tests(unsigned client_cpu, unsigned server_cpu, unsigned other_server_cpu)
{
    const unsigned cpus[] = {client_cpu, server_cpu, other_server_cpu};
    all_served(cpus);
    channels_close(cpus);
    one_channel_closes(cpus);
    endpoint_closes(SERVERS, CALLERS, cpus);
    endpoint_closes(SERVERS, 0, cpus);
    endpoint_closes(0, CALLERS, cpus);
    urgent_caller(cpus);
    all_interrupted(cpus);
}
