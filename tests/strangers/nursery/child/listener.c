/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <nursery/Listener.edl.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include "common.h"

static unsigned verses;
static int left;

static nk_err_t sing(struct nursery_Song *self, const struct nursery_Song_Sing_req *req, const struct nk_arena *reqArena,
                     struct nursery_Song_Sing_res *res, struct nk_arena *resArena)
{
    nk_size_t length;
    const char *verse = nk_arena_get(nk_char_t, reqArena, &req->verse, &length);
    fprintf(stderr, "%s x%u\n", verse, req->times);
    res->heard = ++verses;
    return NK_EOK;
}

static nk_err_t bye(struct nursery_Song *self, const struct nursery_Song_Bye_req *req, const struct nk_arena *reqArena,
                    struct nursery_Song_Bye_res *res, struct nk_arena *resArena)
{
    left = 1;
    return NK_EOK;
}

int main(int argc, char *argv[])
{
    static const nursery_Song_ops ops = { .Sing = sing, .Bye = bye };
    nursery_Song ear = { .ops = &ops };
    nursery_Listener_entity entity;
    nursery_Listener_entity_init(&entity, &ear);

    ServiceId id;
    Handle listener = ServiceLocatorRegister("ear", NULL, 0, &id);
    if (listener == INVALID_HANDLE) return 1;
    NkKosTransport transport;
    NkKosTransport_Init(&transport, listener, NULL, 0);
    nursery_Listener_entity_req req;
    nursery_Listener_entity_res res;
    char buffer[nursery_Listener_entity_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    for (int i = 1; i < argc; i++) say(argv[0], argv[i]);
    say(argv[0], getenv("PILLOW") ? getenv("PILLOW") : "no pillow");
    while (!left) {
        nk_req_reset(&req);
        nk_arena_reset(&arena);
        if (nk_transport_recv(&transport.base, &req.base_, &arena) == NK_EOK)
            nursery_Listener_entity_dispatch(&entity, &req.base_, &arena, &res.base_, NULL);
        nk_transport_reply(&transport.base, &res.base_, NULL);
    }
    return 42;
}
