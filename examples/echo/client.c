/* SPDX-License-Identifier: Apache-2.0 */
/* Sends every argument to the server, prints what comes back, and switches the machine off. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <echo/Echo.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int say(struct echo_Echo_proxy *proxy, const char *word)
{
    static _Alignas(8) char req_buffer[echo_Echo_Say_req_arena_size], res_buffer[echo_Echo_Say_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    struct echo_Echo_Say_req req;
    struct echo_Echo_Say_res res;
    nk_size_t size = strlen(word) + 1;

    nk_req_reset(&req);
    nk_char_t *text = nk_arena_alloc(nk_char_t, &req_arena, &req.text, size);
    if (text == NK_NULL)
        return EXIT_FAILURE;
    memcpy(text, word, size);
    if (echo_Echo_Say(&proxy->base, &req, &req_arena, &res, &res_arena) != rcOk)
        return EXIT_FAILURE;
    const nk_char_t *answer = nk_arena_get(nk_char_t, &res_arena, &res.answer, &size);
    printf("%u: %s -> %s\n", res.number, word, answer);
    return EXIT_SUCCESS;
}

int main(int argc, const char *argv[])
{
    NkKosTransport transport;
    struct echo_Echo_proxy proxy;
    Handle channel = ServiceLocatorConnect("echo_channel");
    nk_iid_t riid = ServiceLocatorGetRiid(channel, "echoer.echo");
    if (channel == INVALID_HANDLE || riid == INVALID_RIID) {
        fprintf(stderr, "echo.Client: there is no server\n");
        return EXIT_FAILURE;
    }
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    echo_Echo_proxy_init(&proxy, &transport.base, riid);
    for (int i = 1; i < argc; i++)
        if (say(&proxy, argv[i]) != EXIT_SUCCESS)
            fprintf(stderr, "echo.Client: no answer to '%s'\n", argv[i]);
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
