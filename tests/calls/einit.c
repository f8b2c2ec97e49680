/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every event that can meet a call, in every state of it, on one CPU and across two, with Call and with CallEx: the
 * table of ipc/endpoint.h, row by row. A controller (main) brings a client and a server thread into the state, lets the
 * event happen, and compares what each of them was told.
 */
#include <tests/calls/calls.h>

enum state { QUEUED, TAKEN };
enum event {
    REPLY,
    TIMEOUT,
    INTERRUPT,
    CLOSE_CLIENT,
    REVOKE_CLIENT,
    CLOSE_LISTENER,
    SERVER_THREAD_ENDS,
    SERVER_RECEIVES_AGAIN,
    CLIENT_ENDS,
    EVENTS
};
static const char *const event_names[EVENTS] = {
    "reply",          "timeout",        "interrupt",   "close_client_handle",
    "revoke_channel", "close_listener", "server_ends", "server_receives_again",
    "client_is_ended"};

#define ANY_CODE  0x7fff0001 /* the thread is gone: there is no result */
#define NOT_ASKED 0x7fff0002

/* What the client's call and the server's reply return; NOT_ASKED: that combination makes no sense. */
static const int expected_client[2][EVENTS] = {
    [QUEUED] = {rcOk, rcTimeout, rcIpcInterrupt, rcHandleRevoked, rcHandleRevoked, rcNotConnected, NOT_ASKED, NOT_ASKED,
                ANY_CODE},
    [TAKEN] = {rcOk, rcTimeout, rcOk, rcHandleRevoked, rcHandleRevoked, rcOk, rcNotConnected, rcAbort, ANY_CODE},
};
static const int expected_reply[EVENTS] = {rcOk, rcNotConnected, rcOk,     rcNotConnected, rcNotConnected,
                                           rcOk, ANY_CODE,       ANY_CODE, rcNotConnected};

void expect(const char *name, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", name);
    else
        printf("FAIL %s: expected %llx, got %llx\n", name, (unsigned long long)expected, (unsigned long long)got);
}

/* ---- one exchange's threads; all shared fields are written by one and read by the other after `done` ---- */

static Handle listener, server_handle, client_handle, sync;
static volatile int client_result, client_done, server_step, server_done, reply_result;
static volatile int extended;
static volatile rtl_uint32_t call_timeout;

static void client_main(void *context, void *context2)
{
    struct echo request = {.word = 1234}, response = {0};
    (void)context2;
    *(nk_uint64_t *)&request = CALLS_INFO;
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)&request, .constant_size = sizeof(request)};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&response, .constant_size = sizeof(response)};
    Handle handle = (Handle)(rtl_uintptr_t)context;
    int code = (int)(extended ? CallEx(handle, &out, &in, call_timeout, sync) : Call(handle, &out, &in));
    if (code == rcOk && response.word != 1235)
        code = rcFail;
    client_result = code;
    __atomic_store_n(&client_done, 1, __ATOMIC_SEQ_CST);
    KnThreadExit(1);
}

enum { STEP_RECEIVE = 1, STEP_REPLY, STEP_END };

static int server_receive(struct echo *message)
{
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)message, .constant_size = sizeof(*message)};
    return (int)Recv(listener, &in);
}

static int server_reply(struct echo *message)
{
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)message, .constant_size = sizeof(*message)};
    message->word++;
    *(nk_uint64_t *)message = CALLS_INFO;
    return (int)Reply(listener, &out);
}

static void server_main(void *context, void *context2)
{
    struct echo message = {0};
    (void)context, (void)context2;
    for (int done = 0;;) {
        int step = server_step;
        if (step == done) {
            (void)KnSleep(1);
            continue;
        }
        done = step;
        int code = rcOk;
        if ((step & 15) == STEP_RECEIVE)
            code = server_receive(&message);
        else if ((step & 15) == STEP_REPLY)
            code = server_reply(&message);
        reply_result = code;
        __atomic_store_n(&server_done, step, __ATOMIC_SEQ_CST);
        if ((step & 15) == STEP_END)
            KnThreadExit(2);
    }
}

/* ---- the controller ---- */

static int steps;

static void server_do(int step)
{
    steps += 16;
    server_step = steps | step;
}

static int server_wait(void)
{
    for (int i = 0; i < PATIENCE_MS && server_done != server_step; i++)
        (void)KnSleep(1);
    return server_done == server_step ? reply_result : rcTimeout;
}

static unsigned state_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetInfo, thread).w[1];
}

void reach(Handle thread, unsigned state)
{
    for (int i = 0; i < PATIENCE_MS && state_of(thread) != state; i++)
        (void)KnSleep(1);
}

static Handle start(void (*routine)(void *, void *), Handle argument, unsigned cpu)
{
    Handle thread;
    Tid tid;
    (void)KnThreadCreateByHandle(&thread, &tid, 15, 16384, routine, (void *)(rtl_uintptr_t)argument, RTL_NULL,
                                 KOS_THREAD_SUSPENDED);
    (void)KnThreadSetAffinityByHandle(thread, 1U << cpu);
    (void)KnThreadResumeByHandle(thread);
    return thread;
}

void finish(Handle thread)
{
    rtl_int32_t code;
    (void)KnThreadTerminateByHandle(thread, 9);
    (void)KnThreadWaitByHandle(thread, PATIENCE_MS, &code);
    (void)KnHandleClose(thread);
}

static nk_uint64_t clears_itself; /* what make_channel makes */

static void make_channel(void)
{
    (void)KnHandleConnect(INVALID_HANDLE, &listener, &server_handle, &client_handle);
    struct kos_core_result made = KOS_CORE(IPC, CreateSyncObject, clears_itself);
    sync = (Handle)made.w[0];
    client_done = client_result = server_done = reply_result = server_step = steps = 0;
}

static void drop_channel(void)
{
    (void)KnHandleClose(client_handle);
    (void)KnHandleClose(server_handle);
    (void)KnHandleClose(listener);
    (void)KnHandleClose(sync);
}

static void happen(enum event event, Handle client, Handle server)
{
    switch (event) {
    case REPLY:
        break;
    case TIMEOUT:
        (void)KnSleep(60); /* the call's limit is 30 */
        break;
    case INTERRUPT:
        (void)KOS_CORE(IPC, SetInterrupt, sync);
        break;
    case CLOSE_CLIENT:
        (void)KnHandleClose(client_handle);
        break;
    case REVOKE_CLIENT:
        (void)KnHandleRevoke(client_handle);
        break;
    case CLOSE_LISTENER:
        (void)KnHandleClose(listener);
        (void)KnHandleClose(server_handle);
        break;
    case SERVER_THREAD_ENDS:
        (void)KnThreadTerminateByHandle(server, 3);
        break;
    case SERVER_RECEIVES_AGAIN:
        server_do(STEP_RECEIVE);
        break;
    case CLIENT_ENDS:
        (void)KnThreadTerminateByHandle(client, 4);
        break;
    case EVENTS:
        break;
    }
}

static void client_told(const char *name, enum state state, enum event event, Handle client)
{
    rtl_int32_t code = 0;
    Retcode joined = KnThreadWaitByHandle(client, PATIENCE_MS, &code);
    expect(name, joined, rcOk);
    if (event == CLIENT_ENDS)
        expect(name, code, 4);
    else
        expect(name, client_done ? client_result : rcNotReady, expected_client[state][event]);
}

/* Calls and receives from here on find everything as the fast paths want it. */
static void warm_up(const char *name, unsigned cpu)
{
    int is_extended = extended;
    extended = 0;
    for (int i = 0; i < 2; i++) {
        server_do(STEP_RECEIVE);
        Handle client = start(client_main, client_handle, cpu);
        expect(name, server_wait(), rcOk);
        server_do(STEP_REPLY);
        expect(name, server_wait(), rcOk);
        finish(client);
        expect(name, client_result, rcOk);
        client_done = 0;
    }
    extended = is_extended;
}

/* One cell of the table. */
static void cell(enum state state, enum event event, int is_extended, unsigned client_cpu, unsigned server_cpu)
{
    char name[96];
    (void)snprintf(name, sizeof(name), "%s/%s/%s/%s", client_cpu == server_cpu ? "same_cpu" : "two_cpus",
                   state == QUEUED ? "queued" : "taken", is_extended ? "CallEx" : "Call", event_names[event]);
    make_channel();
    extended = is_extended;
    call_timeout = event == TIMEOUT ? 30 : INFINITE_TIMEOUT;
    Handle server = start(server_main, 0, server_cpu);
    if (client_cpu == server_cpu)
        warm_up(name, client_cpu);
    if (state == TAKEN) {
        server_do(STEP_RECEIVE);
        reach(server, KOS_THREAD_STATE_RECEIVING);
    }
    Handle client = start(client_main, client_handle, client_cpu);
    if (state == TAKEN) {
        expect(name, server_wait(), rcOk);
        reach(client, KOS_THREAD_STATE_REPLY_WAIT);
    } else {
        reach(client, KOS_THREAD_STATE_CALLING);
    }
    happen(event, client, server);
    if (state == TAKEN && expected_reply[event] != ANY_CODE) {
        if (event != REPLY && expected_client[state][event] != rcOk)
            client_told(name, state, event, client); /* before the server even tries */
        server_do(STEP_REPLY);
        expect(name, server_wait(), expected_reply[event]);
    }
    if (state == QUEUED && event == REPLY) {
        server_do(STEP_RECEIVE);
        expect(name, server_wait(), rcOk);
        server_do(STEP_REPLY);
        expect(name, server_wait(), rcOk);
    }
    if (state == QUEUED || expected_client[state][event] == rcOk || expected_reply[event] == ANY_CODE)
        client_told(name, state, event, client);
    finish(client);
    finish(server);
    drop_channel();
}

static void all_cells(unsigned client_cpu, unsigned server_cpu)
{
    for (unsigned state = QUEUED; state <= TAKEN; state++)
        for (unsigned event = 0; event < EVENTS; event++)
            for (int is_extended = 0; is_extended <= 1; is_extended++) {
                if (expected_client[state][event] == NOT_ASKED ||
                    (!is_extended && (event == TIMEOUT || event == INTERRUPT)))
                    continue;
                cell((enum state)state, (enum event)event, is_extended, client_cpu, server_cpu);
            }
}

/* ---- the receiver's side ---- */

static volatile rtl_uint32_t receive_timeout;

static void receiver_main(void *context, void *context2)
{
    struct echo message;
    (void)context, (void)context2;
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    client_result = (int)(extended ? RecvEx(listener, &in, receive_timeout, sync) : Recv(listener, &in));
    __atomic_store_n(&client_done, 1, __ATOMIC_SEQ_CST);
    KnThreadExit(1);
}

static void receiver_cell(const char *name, enum event event, int is_extended, int before, int expected, unsigned cpu)
{
    make_channel();
    extended = is_extended;
    receive_timeout = event == TIMEOUT ? 20 : INFINITE_TIMEOUT;
    if (before)
        (void)KOS_CORE(IPC, SetInterrupt, sync);
    Handle thread = start(receiver_main, 0, cpu);
    if (!before) {
        reach(thread, KOS_THREAD_STATE_RECEIVING);
        happen(event, thread, thread);
    }
    rtl_int32_t code = 0;
    expect(name, KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    if (event != CLIENT_ENDS)
        expect(name, client_result, expected);
    else
        expect(name, code, expected);
    finish(thread);
    if (clears_itself) { /* when it interrupted that one: not the next */
        struct echo message;
        SMsgHdr in = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
        expect(name, RecvEx(listener, &in, 5, sync), rcTimeout);
    }
    drop_channel();
}

/* Requests that are refused do not lengthen a wait with a time limit. */
static void receiver_refuses(unsigned cpu)
{
    struct echo request = {0}, response;
    *(nk_uint64_t *)&request = CALLS_INFO;
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)&request,
                   .constant_size = sizeof(request),
                   .arena = (rtl_uintptr_t)&response, /* the method has none */
                   .arena_size = 8};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&response, .constant_size = sizeof(response)};
    make_channel();
    extended = 1;
    receive_timeout = 60;
    Handle thread = start(receiver_main, 0, cpu);
    reach(thread, KOS_THREAD_STATE_RECEIVING);
    int wrong = 0;
    for (int i = 0; i < 60 && !__atomic_load_n(&client_done, __ATOMIC_SEQ_CST); i++) {
        int code = (int)CallEx(client_handle, &out, &in, 1000, sync);
        wrong += code != rcInvalidArgument && !client_done;
        (void)KnSleep(5);
    }
    expect("receiver/refuses", wrong, 0);
    expect("receiver/refuses/in_time", client_done, 1);
    expect("receiver/refuses/timeout", client_result, rcTimeout);
    rtl_int32_t code;
    expect("receiver/refuses/ended", KnThreadWaitByHandle(thread, 3000, &code), rcOk);
    finish(thread);
    drop_channel();
}

static void receiver(unsigned cpu)
{
    receiver_refuses(cpu);
    receiver_cell("receiver/timeout", TIMEOUT, 1, 0, rcTimeout, cpu);
    receiver_cell("receiver/interrupt", INTERRUPT, 1, 0, rcIpcInterrupt, cpu);
    receiver_cell("receiver/interrupted_before", INTERRUPT, 1, 1, rcIpcInterrupt, cpu);
    clears_itself = 1;
    receiver_cell("receiver/interrupt_once", INTERRUPT, 1, 0, rcIpcInterrupt, cpu);
    clears_itself = 0;
    receiver_cell("receiver/close_listener", CLOSE_LISTENER, 0, 0, rcHandleRevoked, cpu);
    receiver_cell("receiver/close_listener_ex", CLOSE_LISTENER, 1, 0, rcHandleRevoked, cpu);
    receiver_cell("receiver/is_ended", CLIENT_ENDS, 0, 0, 4, cpu);
    receiver_cell("receiver/is_ended_ex", CLIENT_ENDS, 1, 0, 4, cpu);
}

/* ---- answers in memory to requests in registers ---- */

static volatile int apart; /* Reply and Recv as two system calls */

static void memory_server(void *context, void *context2)
{
    struct echo message = {0};
    (void)context, (void)context2;
    struct kos_message_words m = {.selector = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | listener};
    kos_system_call(&m);
    while (m.selector == rcOk) {
        struct kos_message_buffer buffer = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
        message.word = m.w[0] + 1;
        m = (struct kos_message_words){.selector =
                                           KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_MEMORY | listener,
                                       .info = CALLS_INFO,
                                       .w = {(rtl_uintptr_t)&buffer}};
        m.selector |= apart ? 0 : KOS_CALL_THEN_RECV;
        kos_system_call(&m);
        if (!apart || m.selector != rcOk)
            continue;
        m = (struct kos_message_words){.selector = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | listener};
        kos_system_call(&m);
    }
    KnThreadExit(2);
}

static void memory_client(void *context, void *context2)
{
    struct echo response = {0};
    (void)context, (void)context2;
    client_result = rcOk;
    for (nk_uint64_t i = 0; i < 50; i++) {
        struct kos_message_buffer buffer = {.constant_part = (rtl_uintptr_t)&response,
                                            .constant_size = sizeof(response)};
        struct kos_message_words m = {
            .selector = client_handle, .info = CALLS_INFO, .w = {i}, .receive = (rtl_uintptr_t)&buffer};
        kos_system_call(&m);
        if (m.selector != KOS_STATUS_MEMORY || response.word != i + 1 || m.w[0] != sizeof(response) ||
            (m.w[1] | m.w[2] | m.w[7]) != 0)
            client_result = rcFail;
    }
    __atomic_store_n(&client_done, 1, __ATOMIC_SEQ_CST);
    KnThreadExit(1);
}

/* The client goes on where it called, and nowhere else. */
static void memory_answers(const char *name, int is_apart, unsigned client_cpu, unsigned server_cpu)
{
    rtl_int32_t code;
    apart = is_apart;
    make_channel();
    Handle server = start(memory_server, 0, server_cpu);
    reach(server, KOS_THREAD_STATE_RECEIVING);
    Handle client = start(memory_client, 0, client_cpu);
    expect(name, KnThreadWaitByHandle(client, PATIENCE_MS, &code), rcOk);
    expect(name, client_done ? client_result : rcNotReady, rcOk);
    finish(client);
    finish(server);
    drop_channel();
}

static void all_memory_answers(unsigned client_cpu, unsigned server_cpu)
{
    memory_answers("answer_in_memory/then_receive", 0, client_cpu, server_cpu);
    memory_answers("answer_in_memory/apart", 1, client_cpu, server_cpu);
}

/* ---- a server whose handle goes while it serves ---- */

static Handle receiving; /* the handle with which it receives */
static volatile int answer;

static void loop_main(void *context, void *context2)
{
    struct echo message = {0};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    (void)context, (void)context2;
    int code = (int)Recv(receiving, &in);
    while (code == rcOk) {
        while (!answer)
            (void)KnSleep(1);
        struct kos_message_words m = {.selector =
                                          KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV | receiving,
                                      .info = CALLS_INFO,
                                      .w = {1235}};
        kos_system_call(&m);
        code = (int)(rtl_uint32_t)m.selector;
    }
    reply_result = code;
    KnThreadExit(2);
}

enum loss { CLOSE_ALL, CLOSE_COPY, REVOKE_ROOT, REVOKE_BADGE, LOSSES };

/* The client gets its answer; the server is told that it cannot receive any more, whether others can or not. */
static void loss_cell(enum loss loss, unsigned client_cpu, unsigned server_cpu)
{
    static const char *const names[LOSSES] = {"server_loses/all_handles", "server_loses/its_handle",
                                              "server_loses/all_by_revocation", "server_loses/its_by_revocation"};
    rtl_int32_t code;
    make_channel();
    Handle badge = (Handle)KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 0).w[0];
    expect(names[loss], KnHandleCopy(listener, ~0U, badge, &receiving), rcOk);
    extended = answer = 0;
    Handle server = start(loop_main, 0, server_cpu);
    for (unsigned round = 0; round < 2; round++) { /* the second call finds the server parked by Reply-then-Recv */
        reach(server, KOS_THREAD_STATE_RECEIVING);
        client_done = 0;
        answer = round == 0;
        Handle client = start(client_main, client_handle, client_cpu);
        if (round == 1) {
            reach(client, KOS_THREAD_STATE_REPLY_WAIT);
            if (loss == CLOSE_ALL || loss == CLOSE_COPY)
                expect(names[loss], KnHandleClose(receiving), rcOk);
            if (loss == CLOSE_ALL)
                expect(names[loss], KnHandleClose(listener), rcOk);
            if (loss == REVOKE_ROOT)
                expect(names[loss], KnHandleRevoke(listener), rcOk);
            if (loss == REVOKE_BADGE)
                expect(names[loss], KnHandleRevokeSubtree(listener, badge), rcOk);
            (void)KnSleep(2); /* other CPUs hear of it */
            answer = 1;
        }
        expect(names[loss], KnThreadWaitByHandle(client, PATIENCE_MS, &code), rcOk);
        expect(names[loss], client_result, rcOk);
        (void)KnHandleClose(client);
    }
    expect(names[loss], KnThreadWaitByHandle(server, PATIENCE_MS, &code), rcOk);
    expect(names[loss], reply_result, loss <= CLOSE_COPY ? rcInvalidHandle : rcHandleRevoked);
    finish(server);
    (void)KnHandleClose(receiving);
    (void)KnHandleClose(badge);
    drop_channel();
}

static void losses(unsigned client_cpu, unsigned server_cpu)
{
    for (unsigned loss = 0; loss < LOSSES; loss++)
        loss_cell((enum loss)loss, client_cpu, server_cpu);
}

/* A receiver that changes its CPU between two requests is found there by callers of other CPUs. */
static void receiver_moves(unsigned from, unsigned to)
{
    make_channel();
    extended = 0;
    Handle server = start(server_main, 0, from);
    for (int round = 0; round < 2; round++) {
        if (round == 1)
            expect("receiver/moves", KnThreadSetAffinityByHandle(server, 1U << to), rcOk);
        server_do(STEP_RECEIVE);
        reach(server, KOS_THREAD_STATE_RECEIVING);
        Handle client = start(client_main, client_handle, from);
        expect("receiver/moves", server_wait(), rcOk);
        server_do(STEP_REPLY);
        expect("receiver/moves", server_wait(), rcOk);
        client_told("receiver/moves", TAKEN, REPLY, client);
        client_done = 0;
        finish(client);
    }
    finish(server);
    drop_channel();
}

/* Info words that name nothing must not be taken for granted by any table. */
static void zero_info(void)
{
    struct kos_message_words m = {.selector = 0, .info = 0};
    make_channel();
    m.selector = client_handle;
    kos_system_call(&m);
    expect("info_zero/call", (Retcode)(rtl_uint32_t)m.selector, rcInvalidArgument);
    m = (struct kos_message_words){.selector = KOS_CORE_HANDLE, .info = 0};
    kos_system_call(&m);
    expect("info_zero/core", (Retcode)(rtl_uint32_t)m.selector, rcInvalidArgument);
    m = (struct kos_message_words){
        .selector = KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV | listener, .info = 0};
    kos_system_call(&m);
    expect("info_zero/reply_to_nobody", (Retcode)(rtl_uint32_t)m.selector, rcNotConnected);
    drop_channel();
}

int main(void)
{
    rtl_uint32_t cpus = (rtl_uint32_t)KOS_CORE0(HAL, GetCpuCount).w[0];
    zero_info();
    all_cells(0, 0);
    receiver(0);
    losses(0, 0);
    all_memory_answers(0, 0);
    crowd_tests(0, 0, 0);
    if (cpus > 1) {
        all_memory_answers(0, 1);
        all_memory_answers(1, 0);
        losses(0, 1);
        losses(1, 0);
        losses(1, 1);
        all_cells(0, 1);
        all_cells(1, 0);
        all_cells(1, cpus - 1);
        receiver(1);
        receiver_moves(0, 1);
        receiver_moves(1, 0);
        crowd_tests(0, 0, 1);
        crowd_tests(0, 1, cpus - 1);
    }
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
