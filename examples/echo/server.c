/* SPDX-License-Identifier: Apache-2.0 */
/* Gives every text back, with the mark behind it that its first argument is. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <echo/Server.edl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What implements an endpoint: the interface first, then its state. */
struct echo_state {
    struct echo_Echo base;
    const char *mark;
    nk_uint32_t number;
};

static nk_err_t say(struct echo_Echo *self, const struct echo_Echo_Say_req *req, const struct nk_arena *req_arena,
                    struct echo_Echo_Say_res *res, struct nk_arena *res_arena)
{
    struct echo_state *state = (struct echo_state *)self;
    nk_size_t size, mark_size = strlen(state->mark);
    const nk_char_t *text = nk_arena_get(nk_char_t, req_arena, &req->text, &size);
    if (text == NK_NULL || size == 0)
        return NK_EBADMSG;
    nk_char_t *answer = nk_arena_alloc(nk_char_t, res_arena, &res->answer, size + mark_size);
    if (answer == NK_NULL)
        return NK_ENOMEM;
    memcpy(answer, text, size - 1);
    memcpy(answer + size - 1, state->mark, mark_size + 1);
    res->number = ++state->number;
    return NK_EOK;
}

int main(int argc, const char *argv[])
{
    static const struct echo_Echo_ops ops = {.Say = say};
    static _Alignas(8) char req_buffer[echo_Server_entity_req_arena_size],
        res_buffer[echo_Server_entity_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    struct echo_state state = {.base = {&ops}, .mark = argc > 1 ? argv[1] : ""};
    echo_Echoer_component echoer;
    echo_Server_entity entity;
    echo_Server_entity_req req;
    echo_Server_entity_res res;
    NkKosTransport transport;
    ServiceId id;
    Handle channel = ServiceLocatorRegister("echo_channel", NULL, 0, &id);

    if (channel == INVALID_HANDLE) {
        fprintf(stderr, "echo.Server: there is no channel\n");
        return EXIT_FAILURE;
    }
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    echo_Echoer_component_init(&echoer, &state.base);
    echo_Server_entity_init(&entity, &echoer);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&req_arena);
        nk_arena_reset(&res_arena);
        if (nk_transport_recv(&transport.base, &req.base_, &req_arena) != NK_EOK)
            return EXIT_FAILURE;
        echo_Server_entity_dispatch(&entity, &req.base_, &req_arena, &res.base_, &res_arena);
        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            fprintf(stderr, "echo.Server: an answer was refused\n");
    }
}
