/* SPDX-License-Identifier: Apache-2.0 */
/* Generated proxies and dispatchers over the KOS transport, dispatch loops, and their interruption. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/ipc/ipc_api.h>
#include <coresrv/sl/sl_api.h>
#include <string.h>
#include <tests/libkos/serve.h>

struct loop {
    struct channel channel;
    Handle sync;
    nk_err_t rc;
};

static int serve(void *context)
{
    struct loop *loop = context;
    loop->rc = loop->sync == INVALID_HANDLE ? NkKosDoDispatch(loop->channel.listener, &text_info)
                                            : NkKosDoDispatchEx(loop->channel.listener, &text_info, loop->sync);
    return 7;
}

static nk_err_t reverse(struct nk_transport *transport, const char *what, char *out, nk_size_t size)
{
    struct libkostest_Text_proxy proxy;
    libkostest_Text_Reverse_req req;
    libkostest_Text_Reverse_res res;
    char req_buffer[libkostest_Text_Reverse_req_arena_size], res_buffer[libkostest_Text_Reverse_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    libkostest_Text_proxy_init(&proxy, transport, libkostest_Server_text_iid);
    nk_err_t rc = nk_arena_store(nk_char_t, &req_arena, &req.text, what, strlen(what) + 1);
    if (rc == NK_EOK)
        rc = libkostest_Text_Reverse(&proxy.base, &req, &req_arena, &res, &res_arena);
    nk_uint32_t length = 0;
    const nk_char_t *text = rc == NK_EOK ? nk_arena_get(const nk_char_t, &res_arena, &res.reversed, &length) : NK_NULL;
    if (rc == NK_EOK && text != NK_NULL && length <= size)
        memcpy(out, text, length);
    return rc;
}

static void calls(struct nk_transport *transport)
{
    nk_uint32_t sum, thread, status;
    char text[48] = "";
    for (nk_uint32_t i = 0; i < 200; i++) {
        CHECK_SAME(call_add(transport, i, 1000, &sum, &thread), NK_EOK);
        CHECK_SAME(sum, i + 1000);
        CHECK_SAME(call_fail(transport, i % 3, &status), i % 3 == 2 ? rcAbort : NK_EOK);
        CHECK_SAME(status, i % 3 == 1 ? 4711 : 0);
        CHECK_SAME(reverse(transport, i % 2 != 0 ? "" : "able was I", text, sizeof(text)), NK_EOK);
        CHECK(strcmp(text, i % 2 != 0 ? "" : "I saw elba") == 0);
    }
    CHECK_SAME(reverse(transport, "0123456789012345678901234567890123456789", text, sizeof(text)), NK_EOK);
    CHECK(strcmp(text, "9876543210987654321098765432109876543210") == 0);
    CHECK_SAME(reverse(transport, "01234567890123456789012345678901234567890", text, sizeof(text)), NK_ENOMEM);
}

static void end(struct loop *loop, Tid tid, nk_err_t expected)
{
    join(tid);
    CHECK_SAME(loop->rc, expected);
}

/* The loop serves until its listener goes. */
static void loop_until_listener_closes(void)
{
    struct loop loop = {.sync = INVALID_HANDLE};
    NkKosTransport transport;
    channel_make(&loop.channel);
    Tid tid = spawn(1, serve, &loop);
    NkKosTransport_Init(&transport, loop.channel.client, NK_NULL, 0);
    CHECK_SAME(ServiceLocatorGetRiid(loop.channel.client, "text"), libkostest_Server_text_iid);
    CHECK_SAME(ServiceLocatorGetRiid(loop.channel.client, "nothing"), INVALID_RIID);
    calls(&transport.base);
    channel_close(&loop.channel);
    end(&loop, tid, rcHandleRevoked);
}

static int interrupt_later(void *context)
{
    (void)KosThreadSleep(20);
    CHECK_SAME(KnIpcSetInterrupt(*(Handle *)context), rcOk);
    return 7;
}

static void interruptions(void)
{
    struct loop loop;
    NkKosTransport plain, interruptible;
    nk_uint32_t sum, thread;
    Handle sync;
    channel_make(&loop.channel);
    CHECK_SAME(KnIpcCreateSyncObject(&loop.sync), rcOk);
    CHECK_SAME(KnIpcCreateSyncObject(&sync), rcOk);
    NkKosTransport_Init(&plain, loop.channel.client, NK_NULL, 0);
    NkKosTransportSync_Init(&interruptible, loop.channel.client, sync, INVALID_HANDLE);
    /* nobody serves yet: the call waits until it is interrupted, and at once while that lasts */
    Tid tid = spawn(1, interrupt_later, &sync);
    CHECK_SAME(call_add(&interruptible.base, 1, 2, &sum, &thread), rcIpcInterrupt);
    join(tid);
    CHECK_SAME(call_add(&interruptible.base, 1, 2, &sum, &thread), rcIpcInterrupt);
    CHECK_SAME(KnIpcClearInterrupt(sync), rcOk);
    tid = spawn(1, serve, &loop);
    CHECK_SAME(call_add(&interruptible.base, 1, 2, &sum, &thread), NK_EOK);
    CHECK_SAME(sum, 3);
    calls(&plain.base);
    calls(&interruptible.base);
    CHECK_SAME(KnIpcSetInterrupt(loop.sync), rcOk);
    end(&loop, tid, rcIpcInterrupt);
    channel_close(&loop.channel);
    CHECK_SAME(KnHandleClose(loop.sync), rcOk);
    CHECK_SAME(KnHandleClose(sync), rcOk);
    CHECK_SAME(KnIpcSetInterrupt(sync), rcInvalidHandle);
    CHECK_SAME(KnIpcClearInterrupt(loop.channel.client), rcInvalidHandle);
}

static rtl_uint64_t own_affinity(void)
{
    return KOS_CORE_OUT(KOS_CORE(THREAD, GetInfo, INVALID_HANDLE), THREAD, GetInfo, affinity);
}

static int serve_per_cpu(void *context)
{
    struct loop *loop = context;
    CHECK_SAME(KnThreadSetAffinityByHandle(INVALID_HANDLE, (1ULL << cpus()) - 1), rcOk);
    rtl_uint64_t before = own_affinity();
    loop->rc = NkKosDoDispatchPerCpu(loop->channel.listener, &text_info);
    CHECK_SAME(own_affinity(), before);
    return 7;
}

struct client {
    struct channel *channel;
    nk_uint32_t served_by;
    int one_server;
};

static int call_often(void *context)
{
    struct client *client = context;
    NkKosTransport transport;
    nk_uint32_t sum, thread, status;
    NkKosTransport_Init(&transport, client->channel->client, NK_NULL, 0);
    client->one_server = 1;
    for (nk_uint32_t i = 0; i < 100; i++) {
        CHECK_SAME(call_add(&transport.base, i, i, &sum, &thread), NK_EOK);
        CHECK_SAME(sum, 2 * i);
        client->one_server &= i == 0 || thread == client->served_by;
        client->served_by = thread;
        if (i % 10 == 0)
            CHECK_SAME(call_fail(&transport.base, 1, &status), NK_EOK);
    }
    return 7;
}

/* A client alone on its CPU is always served by the same thread, another one than on other CPUs: its CPU's. */
static void loop_per_cpu(void)
{
    struct loop loop;
    struct client clients[4];
    channel_make(&loop.channel);
    Tid server = spawn(0, serve_per_cpu, &loop);
    (void)KosThreadSleep(20); /* all loops wait */
    for (unsigned i = 0; i < 4; i++) {
        clients[i].channel = &loop.channel;
        join(spawn(i, call_often, &clients[i]));
        CHECK(clients[i].one_server);
        for (unsigned j = 0; j < i; j++)
            CHECK((clients[i].served_by == clients[j].served_by) == (i % cpus() == j % cpus()));
    }
    Tid threads[8];
    struct client more[8];
    for (unsigned i = 0; i < 8; i++) {
        more[i].channel = &loop.channel;
        threads[i] = spawn(i, call_often, &more[i]);
    }
    for (unsigned i = 0; i < 8; i++)
        join(threads[i]);
    channel_close(&loop.channel);
    end(&loop, server, rcHandleRevoked);
}

void test_dispatch(void)
{
    text_init();
    RUN(loop_until_listener_closes);
    RUN(interruptions);
    RUN(loop_per_cpu);
}
