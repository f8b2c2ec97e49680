/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdlib.h>
#include <string.h>
#include <tests/arenas/arenas.h>

struct request {
    struct nk_message base_;
    nk_ptr_t bytes;
    nk_uint64_t pause;
};
struct response {
    struct nk_message base_;
    nk_uint64_t in_place, first, second;
};
struct filling {
    struct nk_message base_;
    nk_uint8_t bytes[FILL_RESPONSE];
};

static nk_uint64_t sum(const nk_uint8_t *bytes, nk_size_t count)
{
    nk_uint64_t total = 0;
    for (nk_size_t i = 0; i < count; i++)
        total = total * 3 + bytes[i];
    return total;
}

/* The client may refuse it: its memory may be sealed just now. */
static void fill(struct nk_transport *transport)
{
    static struct filling filling;
    memset(filling.bytes, filling.bytes[0] + 1, sizeof(filling.bytes));
    *(nk_uint64_t *)&filling = KOS_INFO(0, 1, sizeof(filling), 0);
    (void)nk_transport_reply(transport, &filling.base_, NK_NULL);
}

/* ---- Refused: an endpoint of its own for the server's own use, served by another thread ---- */

static void refuse(void *listener, void *unused)
{
    struct nk_message message;
    NkKosTransport transport;
    NkKosTransport_Init(&transport, (Handle)(rtl_uintptr_t)listener, NK_NULL, 0);
    (void)unused;
    for (;;) {
        nk_message_set_size(&message, sizeof(message));
        if (nk_transport_recv(&transport.base, &message, NK_NULL) != NK_EOK)
            KnThreadExit(1);
        *(nk_uint64_t *)&message = REFUSED_INFO;
        (void)nk_transport_reply(&transport.base, &message, NK_NULL);
    }
}

static Handle refusal_make(void)
{
    Handle listener, server, client, thread;
    Tid tid;
    if (KnHandleConnect(INVALID_HANDLE, &listener, &server, &client) != rcOk ||
        KnThreadCreateByHandle(&thread, &tid, 15, 16384, refuse, (void *)(rtl_uintptr_t)listener, RTL_NULL, 0) != rcOk)
        return INVALID_HANDLE;
    return client;
}

/* True if the answer was denied, as it must be. What the caller has in place stays as it is meanwhile. */
static int refused(Handle client)
{
    struct kos_message_words words = {.info = REFUSED_INFO, .selector = client};
    kos_system_call(&words);
    return (Retcode)(rtl_uint32_t)words.selector == rcSecurityDisallow;
}

int main(int argc, const char *argv[])
{
    NkKosArenaTransport arenas;
    NkKosTransport plain;
    ServiceId id;
    Handle listener = ServiceLocatorRegister(argv[1], RTL_NULL, 0, &id);
    struct nk_transport *transport = argc > 2 && strcmp(argv[2], "plain") == 0 ? &plain.base : &arenas.base;
    NkKosArenaTransport_Init(&arenas, listener);
    NkKosTransport_Init(&plain, listener, NK_NULL, 0);
    nk_uint8_t *own =
        KnVmAllocate(RTL_NULL, SUM_ARENA, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    struct nk_arena arena = NK_ARENA_INITIALIZER(own, own + SUM_ARENA);
    Handle refusal = refusal_make();
    for (;;) {
        struct request request;
        struct response response = {.in_place = 0};
        nk_message_set_size(&request.base_, sizeof(request));
        if (own == RTL_NULL || nk_transport_recv(transport, &request.base_, &arena) != NK_EOK)
            return EXIT_FAILURE;
        if (*(nk_uint64_t *)&request == FILL_INFO) {
            fill(transport);
            continue;
        }
        nk_size_t count = 0;
        const nk_uint8_t *bytes = nk_arena_get(nk_uint8_t, &arena, &request.bytes, &count);
        response.in_place = arena.start != own;
        if (bytes != RTL_NULL) {
            response.first = sum(bytes, count);
            if (!refused(refusal))
                return EXIT_FAILURE;
            if (request.pause != 0)
                (void)KnSleep((rtl_uint32_t)request.pause);
            response.second = sum(bytes, count);
        }
        *(nk_uint64_t *)&response = KOS_INFO(0, 0, sizeof(response), 0);
        if (nk_transport_reply(transport, &response.base_, NK_NULL) == rcTargetFault)
            return EXIT_FAILURE;
    }
}
