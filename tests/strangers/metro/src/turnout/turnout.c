/* SPDX-License-Identifier: Apache-2.0 */
#include <metro/Turnout.edl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <stdio.h>
#include <string.h>
#include "../include/metro.h"

typedef struct Drive { metro_track_Switch base; const char *side; rtl_uint32_t position; int held; } Drive;
typedef struct Lock { metro_safety_core_Lock base; Drive *drive; rtl_uint32_t owner; } Lock;

static nk_err_t Throw(struct metro_track_Switch *self, const struct metro_track_Switch_Throw_req *req, const struct nk_arena *reqArena,
                      struct metro_track_Switch_Throw_res *res, struct nk_arena *resArena)
{
    Drive *d = (Drive *)self;
    if (d->held) {
        nk_err_reset(res);
        res->err_.status = 17;
        return NK_EOK;
    }
    res->was = d->position;
    d->position = req->to;
    SAY("%s thrown to %u at km %lu\n", d->side, req->to, (unsigned long)req->ends[1].km);
    return NK_EOK;
}

static nk_err_t Ask(struct metro_track_Switch *self, const struct metro_track_Switch_Ask_req *req, const struct nk_arena *reqArena,
                    struct metro_track_Switch_Ask_res *res, struct nk_arena *resArena)
{
    Drive *d = (Drive *)self;
    nk_size_t len = strlen(d->side);
    nk_char_t *s;
    res->position = d->position;
    if (!(s = nk_arena_alloc(nk_char_t, resArena, &res->name, len + 1)))
        return NK_ENOMEM;
    memcpy(s, d->side, len + 1);
    return NK_EOK;
}

static nk_err_t Beat(struct metro_track_Switch *self, const struct metro_track_Switch_Beat_req *req, const struct nk_arena *reqArena,
                     struct metro_track_Switch_Beat_res *res, struct nk_arena *resArena)
{
    return NK_EOK;
}

static nk_err_t Hold(struct metro_safety_core_Lock *self, const struct metro_safety_core_Lock_Hold_req *req, const struct nk_arena *reqArena,
                     struct metro_safety_core_Lock_Hold_res *res, struct nk_arena *resArena)
{
    Lock *l = (Lock *)self;
    res->success = !l->owner || l->owner == req->who;
    if (res->success)
        l->owner = req->who, l->drive->held = 1;
    return NK_EOK;
}

static nk_err_t Leave(struct metro_safety_core_Lock *self, const struct metro_safety_core_Lock_Leave_req *req, const struct nk_arena *reqArena,
                      struct metro_safety_core_Lock_Leave_res *res, struct nk_arena *resArena)
{
    Lock *l = (Lock *)self;
    res->success = l->owner == req->who;
    if (res->success)
        l->owner = 0, l->drive->held = 0;
    return NK_EOK;
}

int main(void)
{
    static const struct metro_track_Switch_ops drive_ops = {.Throw = Throw, .Ask = Ask, .Beat = Beat};
    static const struct metro_safety_core_Lock_ops lock_ops = {.Hold = Hold, .Leave = Leave};
    static Drive east = {.base = {&drive_ops}, .side = "east"}, west = {.base = {&drive_ops}, .side = "west"};
    static Lock eastLock = {.base = {&lock_ops}, .drive = &east}, westLock = {.base = {&lock_ops}, .drive = &west};
    metro_track_Point_component pe, pw;
    metro_Turnout_entity entity;
    NkKosTransport transport;
    ServiceId iid;
    Handle handle = ServiceLocatorRegister(METRO_CHANNEL, NULL, 0, &iid);
    if (handle == INVALID_HANDLE) {
        SAY("turnout: no channel\n");
        return 1;
    }
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    metro_track_Point_component_init(&pe, &east.base, &eastLock.base);
    metro_track_Point_component_init(&pw, &west.base, &westLock.base);
    metro_Turnout_entity_init(&entity, &pe, &pw);
    metro_Turnout_entity_req req;
    metro_Turnout_entity_res res;
    char buf[metro_Turnout_entity_res_arena_size];
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(buf, buf + sizeof(buf));
    while (1) {
        nk_req_reset(&req);
        nk_arena_reset(&res_arena);
        if (nk_transport_recv(&transport.base, &req.base_, NULL) != NK_EOK) {
            SAY("turnout: recv\n");
        } else {
            metro_Turnout_entity_dispatch(&entity, &req.base_, NULL, &res.base_, &res_arena);
        }
        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            SAY("turnout: reply\n");
    }
    return 0;
}
