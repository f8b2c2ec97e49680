/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <cinema/channels.h>
#include "room.h"

#ifndef CINEMA_HALLS
#error "number of halls"
#endif

static cinema_Projector_entity entity;
static Handle listener;

static int serve(void *context)
{
    NkKosTransport transport;
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);

    cinema_Projector_entity_req *req = malloc(sizeof *req);
    cinema_Projector_entity_res *res = malloc(sizeof *res);
    nk_uint8_t *in = malloc(cinema_Projector_entity_req_arena_size), *out = malloc(cinema_Projector_entity_res_arena_size);
    struct nk_arena reqArena, resArena;
    nk_arena_init(&reqArena, in, in + cinema_Projector_entity_req_arena_size);
    nk_arena_init(&resArena, out, out + cinema_Projector_entity_res_arena_size);

    for (;;) {
        nk_req_reset(req);
        nk_req_reset(res);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        nk_err_t err = nk_transport_recv(&transport.base, &req->base_, &reqArena);
        if (err != NK_EOK)
            break;
        err = cinema_Projector_entity_dispatch(&entity, &req->base_, &reqArena, &res->base_, &resArena);
        if (err != NK_EOK)
            fprintf(stderr, "dispatch: %d\n", err);
        err = nk_transport_reply(&transport.base, &res->base_, &resArena);
        if (err != NK_EOK)
            fprintf(stderr, "reply: %d\n", err);
    }
    return 0;
}

int main(int argc, char *argv[])
{
    ServiceId sid;
    listener = ServiceLocatorRegister(CINEMA_CHANNEL, NULL, 0, &sid);
    if (INVALID_HANDLE == listener) {
        fprintf(stderr, "cannot register %s\n", CINEMA_CHANNEL);
        return EXIT_FAILURE;
    }
    static cinema_screens_Screens_component screens;
    cinema_screens_Screens_component_init(&screens, show_create("big"), show_create("small"));
    static cinema_seats_Desk_component desk;
    cinema_seats_Desk_component_init(&desk, booking_create(), &screens);
    cinema_Projector_entity_init(&entity, show_create("night"), &desk);

    fprintf(stderr, "%s: %d halls, %llu, %d\n", argv[0], CINEMA_HALLS, (unsigned long long)cinema_Types_Big, cinema_Types_NoSeat);
    Tid tids[CINEMA_HALLS];
    for (int i = 0; i < CINEMA_HALLS; ++i)
        if (KosThreadCreate(&tids[i], ThreadPriorityNormal, ThreadStackSizeDefault, serve, NULL, 0) != rcOk)
            return EXIT_FAILURE;
    for (int i = 0; i < CINEMA_HALLS; ++i)
        KosThreadWait(tids[i], INFINITE_TIMEOUT);
    return EXIT_SUCCESS;
}
