/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint cm.CM: this process is server and client, in several threads. */
#include <coresrv/cm/cm_api.h>
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

#define WAITING 32U /* requests for one server, at most */

static char self_name[KOS_NAME_SIZE], client[KOS_NAME_SIZE], service[KOS_NAME_SIZE];

/* A client's request, and what came of it. */
struct wish {
    const char *server, *service;
    rtl_uint32_t timeout;
    Handle handle;
    rtl_uint32_t riid;
};

static void wisher(void *argument)
{
    struct wish *wish = argument;
    Retcode rc = KnCmConnect(wish->server, wish->service, wish->timeout, &wish->handle, &wish->riid);
    KnThreadExit(rc);
}

static void until_asleep(Handle thread)
{
    for (unsigned i = 0; i < PATIENCE_MS && KOS_CORE(THREAD, GetInfo, thread).w[1] != KOS_THREAD_STATE_FUTEX; i++)
        (void)KnSleep(1);
}

static Handle wish_on(unsigned cpu, struct wish *wish)
{
    Handle thread = thread_on(cpu, wisher, wish, 0);
    until_asleep(thread);
    return thread;
}

static void argument_tests(void)
{
    static const char two[] = "xxxxxxx\0yyyyyyy";
    struct core_request connect = {REQUEST(CM, Connect, CHUNK(0, 8), CHUNK(9, 8), 0), .arena = two,
                                   .arena_size = sizeof(two), .response_count = 3},
                        drop = {REQUEST(CM, Drop, CHUNK(0, 8), CHUNK(9, 8)), .arena = two, .arena_size = sizeof(two),
                                .response_count = 1},
                        accept = {REQUEST(CM, Accept, CHUNK(0, 8), CHUNK(9, 8), 0, INVALID_HANDLE), .arena = two,
                                  .arena_size = sizeof(two), .response_count = 2};
    Handle handle;
    rtl_uint32_t riid;
    char name[300];
    memset(name, 'x', sizeof(name));
    for (unsigned place = 0; place < 2; place++) {
        expect_string_errors("cm/Connect", &connect, place);
        expect_string_errors("cm/Drop", &drop, place);
        expect_string_errors("cm/Accept", &accept, place);
    }
    connect.words[1] = accept.words[1] = CHUNK(8, 8);
    expect("cm/Connect", "no_such_process", core_request(&connect).rc, rcResourceNotFound);
    connect.words[2] = 1ULL << 32;
    expect("cm/Connect", "timeout_too_wide", core_request(&connect).rc, rcInvalidArgument);
    expect("cm/Accept", "no_such_request", core_request(&accept).rc, rcResourceNotFound);
    accept.words[2] = 0x10000;
    expect("cm/Accept", "riid_too_wide", core_request(&accept).rc, rcInvalidArgument);
    expect("cm/Drop", "no_such_request", KnCmDrop("xxxxxxx", "yyyyyyy"), rcResourceNotFound);
    name[256] = '\0';
    expect("cm/Connect", "service_too_long", KnCmConnect(self_name, name, 1, &handle, &riid), rcInvalidArgument);
    name[255] = '\0';
    expect("cm/Connect", "longest_service", KnCmConnect(self_name, name, 1, &handle, &riid), rcTimeout);
    expect("cm/Connect", "no_time", KnCmConnect(self_name, "x", 0, &handle, &riid), rcTimeout);
    expect("cm/Connect", "no_handle", handle, INVALID_HANDLE);
    expect("cm/Listen", "no_time", KnCmListen(RTL_NULL, 0, client, service), rcTimeout);
    expect("cm/Listen", "time", KnCmListen(RTL_NULL, 20, client, service), rcTimeout);
    expect("cm/Listen", "timeout_too_wide",
           CORE(REQUEST(CM, Listen, 0, 1ULL << 32), .response_count = 3, .out = name, .out_size = sizeof(name)).rc,
           rcInvalidArgument);
    expect("cm/Listen", "buffer_too_small",
           CORE(REQUEST(CM, Listen, 0, 0), .response_count = 3, .out = name, .out_size = 100).rc, rcBufferTooSmall);
    expect("cm/Listen", "no_buffer", RC(CM, Listen, 0, 0), rcBufferTooSmall);
}

/* Whether a call through handle arrives at listener: nobody receives, so it waits in vain. */
static void expect_channel(const char *name, Handle handle)
{
    struct kos_message_words m = {.selector = handle, .info = KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE, 0), .receive = 0};
    Retcode rc = raw_call(&m);
    expect(name, "is_a_channel", rc == rcInvalidHandle || rc == rcNoCapability, 0);
}

static void accept_tests(unsigned cpus)
{
    struct wish first = {self_name, "first", INFINITE_TIMEOUT, 0, 0},
                second = {self_name, "second", INFINITE_TIMEOUT, 0, 0};
    Handle a = wish_on(0, &first), b = wish_on(cpus - 1, &second), listener, same;
    static const char *const order[] = {"first", "second", "first"};
    for (unsigned i = 0; i < 3; i++) {
        expect("cm/Listen", NK_NULL, KnCmListen(RTL_NULL, INFINITE_TIMEOUT, client, service), rcOk);
        expect("cm/Listen", "client", strcmp(client, self_name), 0);
        expect("cm/Listen", "turns", strcmp(service, order[i]), 0);
    }
    const struct core_request accept = {REQUEST(CM, Accept, CHUNK(0, strlen(self_name) + 1), 0, 7, 0),
                                        .response_count = 2};
    char both[2 * KOS_NAME_SIZE];
    struct core_request with_handle = accept;
    with_handle.words[1] = CHUNK(strlen(self_name) + 1, 6);
    memcpy(both, self_name, strlen(self_name) + 1);
    memcpy(both + strlen(self_name) + 1, "first", 6);
    with_handle.arena = both;
    with_handle.arena_size = strlen(self_name) + 7;
    expect_handle_errors("cm/Accept", &with_handle, 3, user_object(~0U), INVALID_HANDLE);
    expect("cm/Accept", NK_NULL, KnCmAccept(self_name, "first", 7, INVALID_HANDLE, &listener), rcOk);
    thread_join("cm/Connect/accepted", a, rcOk);
    expect("cm/Connect", "riid", first.riid, 7);
    expect_channel("cm/Connect", first.handle);
    expect("cm/Accept", "twice", KnCmAccept(self_name, "first", 7, INVALID_HANDLE, &same), rcResourceNotFound);
    expect("cm/Accept", "with_listener", KnCmAccept(self_name, "second", 9, listener, &same), rcOk);
    expect("cm/Accept", "same_listener", same, listener);
    thread_join("cm/Connect/accepted_too", b, rcOk);
    expect("cm/Connect", "other_riid", second.riid, 9);
    expect("cm/Connect", "two_handles", first.handle != second.handle, 1);
    expect("cm/Connect", "close", KnHandleClose(first.handle) == rcOk && KnHandleClose(second.handle) == rcOk, 1);
    expect("cm/Accept", "close", KnHandleClose(listener), rcOk);
}

/* A listener that waits is woken by the request. */
static void listener_thread(void *argument)
{
    static char who[KOS_NAME_SIZE], what[KOS_NAME_SIZE];
    Retcode rc = KnCmListen(RTL_NULL, INFINITE_TIMEOUT, who, what);
    KnThreadExit(rc == rcOk ? KnCmDrop(who, what) : rc);
    (void)argument;
}

/* Between two names in an answer are zeros, whatever was in the kernel's page before. */
static void gap_tests(void)
{
    static unsigned char page[KOS_NAME_SIZE], names[2 * KOS_NAME_SIZE];
    struct wish wish = {self_name, "gap", INFINITE_TIMEOUT, 0, 0};
    Handle thread = wish_on(0, &wish);
    unsigned not_zero = 0, length = (unsigned)strlen(self_name) + 1;
    expect("cm/Listen", "there_is_a_gap", length % 8 != 0, 1);
    for (unsigned i = 0; i < 16; i++) {
        (void)CORE(REQUEST(HAL, GetEntropy, sizeof(page)), .response_count = 2, .out = page, .out_size = sizeof(page));
        memset(names, 0xff, sizeof(names));
        if (CORE(REQUEST(CM, Listen, 0, 0), .response_count = 3, .out = names, .out_size = sizeof(names)).rc != rcOk)
            expect("cm/Listen", "gap", i, -1);
        for (unsigned at = length; at % 8 != 0; at++)
            not_zero += names[at] != 0;
    }
    expect("cm/Listen", "gap_is_zero", not_zero, 0);
    expect("cm/Drop", "gap", KnCmDrop(self_name, "gap"), rcOk);
    thread_join("cm/Connect/gap", thread, rcAbort);
}

static void drop_tests(unsigned cpus)
{
    struct wish wish = {self_name, "dropped", INFINITE_TIMEOUT, 0, 0};
    Handle listener = thread_on(cpus - 1, listener_thread, RTL_NULL, 0);
    until_asleep(listener);
    Handle thread = thread_on(0, wisher, &wish, 0);
    thread_join("cm/Drop", listener, rcOk);
    thread_join("cm/Connect/dropped", thread, rcAbort);
    expect("cm/Connect", "dropped_handle", wish.handle, INVALID_HANDLE);
}

/* Requests go with who waits: at a time limit, at the thread's end. */
static void gone_tests(unsigned cpus)
{
    struct wish wish = {self_name, "gone", 20, 0, 0};
    thread_join("cm/Connect/timeout", wish_on(cpus - 1, &wish), rcTimeout);
    expect("cm/Listen", "after_timeout", KnCmListen(RTL_NULL, 0, client, service), rcTimeout);
    wish.timeout = INFINITE_TIMEOUT;
    Handle thread = wish_on(cpus - 1, &wish);
    expect("cm/Listen", "before_end", KnCmListen(RTL_NULL, 0, client, service), rcOk);
    expect("cm/Connect", "terminate", KOS_CORE(THREAD, Terminate, thread, 5).rc, rcOk);
    thread_join("cm/Connect/terminated", thread, 5);
    expect("cm/Accept", "after_end", KnCmAccept(self_name, "gone", 0, INVALID_HANDLE, &thread), rcResourceNotFound);
    expect("cm/Listen", "after_end", KnCmListen(RTL_NULL, 0, client, service), rcTimeout);
}

static void full_tests(unsigned cpus)
{
    static struct wish wishes[WAITING];
    Handle threads[WAITING], handle;
    rtl_uint32_t riid;
    for (unsigned i = 0; i < WAITING; i++) {
        wishes[i] = (struct wish){self_name, "many", INFINITE_TIMEOUT, 0, 0};
        threads[i] = wish_on(i % cpus, &wishes[i]);
    }
    expect("cm/Connect", "too_many", KnCmConnect(self_name, "one more", 1, &handle, &riid), rcBusy);
    for (unsigned i = 0; i < WAITING; i++)
        if (KnCmDrop(self_name, "many") != rcOk)
            expect("cm/Drop", "all", i, WAITING);
    for (unsigned i = 0; i < WAITING; i++)
        thread_join("cm/Connect/many", threads[i], rcAbort);
    expect("cm/Connect", "room_again", KnCmConnect(self_name, "one more", 1, &handle, &riid), rcTimeout);
}

/* Services whose names are as long as they may be, begin alike and have the same hash (kernel/connection.c: the halves
 * of a word are combined by exclusive or): each is found, on no longer path (bench/interrupts_off). */
static void alike_tests(unsigned cpus)
{
    static struct wish wishes[WAITING];
    static char names[WAITING][256];
    Handle threads[WAITING];
    for (unsigned i = 0; i < WAITING; i++) {
        memset(names[i], 'x', sizeof(names[i]) - 1);
        names[i][240] = (char)('A' + i % 16);
        names[i][241] = (char)('A' + i / 16);
        names[i][244] = (char)(names[i][240] ^ 0x20);
        names[i][245] = (char)(names[i][241] ^ 0x20);
        wishes[i] = (struct wish){self_name, names[i], INFINITE_TIMEOUT, 0, 0};
        threads[i] = wish_on(i % cpus, &wishes[i]);
    }
    unsigned dropped = 0;
    for (unsigned i = WAITING; i-- > 0;) {
        dropped += KnCmDrop(self_name, names[i]) == rcOk;
        thread_join("cm/Connect/alike", threads[i], rcAbort);
    }
    expect("cm/Drop", "alike", dropped, WAITING);
    expect("cm/Drop", "alike_none_left", KnCmDrop(self_name, names[0]), rcResourceNotFound);
}

/* The server ends: before it ran, and while it runs. */
static void server_end_tests(unsigned cpus)
{
    struct wish wish = {"cm.server", "end", INFINITE_TIMEOUT, 0, 0};
    Handle task = peer_create("cm.server", "test.Peer", "Peer", "42");
    Handle thread = wish_on(cpus - 1, &wish);
    expect("cm/Connect", "end", KnTaskTerminate(task, 3), rcOk);
    thread_join("cm/Connect/server_ended", thread, rcNotConnected);
    (void)KnHandleClose(task);
    expect("cm/Connect", "after_end", KnCmConnect("cm.server", "end", 1, &task, &wish.riid), rcResourceNotFound);
}

void cm_tests(unsigned cpus)
{
    expect("cm", "own_name", KnTaskGetName(INVALID_HANDLE, self_name, sizeof(self_name)), rcOk);
    argument_tests();
    accept_tests(cpus);
    gap_tests();
    drop_tests(cpus);
    gone_tests(cpus);
    full_tests(cpus);
    alike_tests(cpus);
    server_end_tests(cpus);
}
