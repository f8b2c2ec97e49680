/* SPDX-License-Identifier: Apache-2.0 */
/* What both sides do: send the ball, and take it. */
#pragma once
#include <stdbool.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <ping/Ball.idl.h>
#include <stdio.h>

/* The other side, as a client sees it. */
struct player {
    NkKosTransport transport;
    struct ping_Ball_proxy proxy;
    const char *name;
};

static inline bool player_connect(struct player *player, const char *name, const char *connection)
{
    Handle channel = ServiceLocatorConnect(connection);
    nk_iid_t riid = channel != INVALID_HANDLE ? ServiceLocatorGetRiid(channel, "player.ball") : INVALID_RIID;
    player->name = name;
    if (riid == INVALID_RIID) {
        fprintf(stderr, "%s: nobody to play with\n", name);
        return false;
    }
    NkKosTransport_Init(&player->transport, channel, NK_NULL, 0);
    ping_Ball_proxy_init(&player->proxy, &player->transport.base, riid);
    return true;
}

/* Sends the ball over; says so if that is denied. */
static inline bool player_hit(struct player *player, nk_uint32_t number, nk_uint16_t speed)
{
    struct ping_Ball_Hit_req req;
    struct ping_Ball_Hit_res res;
    nk_req_reset(&req);
    req.number = number;
    req.speed = speed;
    nk_err_t code = ping_Ball_Hit(&player->proxy.base, &req, NK_NULL, &res, NK_NULL);
    if (code == NK_EPERM)
        printf("%s: stroke %u with speed %u is denied\n", player->name, number, (unsigned)speed);
    else if (code != NK_EOK)
        fprintf(stderr, "%s: stroke %u fails\n", player->name, number);
    return code == NK_EOK;
}

/* The side that takes it. */
struct court {
    struct ping_Ball base;
    const char *name;
    nk_uint32_t number; /* of the last stroke that came */
};

static inline nk_err_t court_hit(struct ping_Ball *self, const struct ping_Ball_Hit_req *req,
                                 const struct nk_arena *req_arena, struct ping_Ball_Hit_res *res,
                                 struct nk_arena *res_arena)
{
    struct court *court = (struct court *)self;
    (void)req_arena, (void)res, (void)res_arena;
    court->number = req->number;
    printf("%s gets stroke %u\n", court->name, req->number);
    return NK_EOK;
}
