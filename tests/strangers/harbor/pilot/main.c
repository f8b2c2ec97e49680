/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/time/time_api.h>
#include <services/ocap.h>

#define NK_USE_UNQUALIFIED_NAMES
#include <harbor/Dock.idl.h>
#include <harbor/Watch.idl.h>
#include <harbor/Pilot.edl.h>

static Handle berth;
static Notice notice;

static nk_err_t MoorShip(struct harbor_Dock_proxy *dock, nk_uint64_t id, const char *name, unsigned kind)
{
    static char reqBuffer[harbor_Dock_Moor_req_arena_size], resBuffer[harbor_Dock_Moor_res_arena_size];
    struct nk_arena reqArena, resArena;
    harbor_Dock_Moor_req req;
    harbor_Dock_Moor_res res;
    nk_arena_init(&reqArena, reqBuffer, reqBuffer + sizeof reqBuffer);
    nk_arena_init(&resArena, resBuffer, resBuffer + sizeof resBuffer);
    memset(&req.ship, 0, sizeof req.ship);
    req.ship.id = id;
    nk_arena_store(nk_char_t, &reqArena, &req.ship.name, name, strlen(name) + 1);
    static const nk_uint32_t weights[] = { 10, 20, 30 };
    if (kind == 0)
    {
        req.ship.load.tag = harbor_Dock_Load_label_tag;
        nk_arena_store(nk_char_t, &reqArena, &req.ship.load.v.label, "salt", 5);
    }
    else if (kind == 1)
    {
        req.ship.load.tag = harbor_Dock_Load_weights_tag;
        nk_arena_store(nk_uint32_t, &reqArena, &req.ship.load.v.weights, weights, 3);
    }
    else
    {
        req.ship.load.tag = harbor_Dock_Load_row_tag;
        req.ship.load.v.row[3] = 42;
    }
    req.ship.deck[1][3] = kind == 9 ? 100 : 99;
    req.berth = nk_handle_desc(berth, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_SPEC(1));
    nk_err_t err = harbor_Dock_Moor(&dock->base, &req, &reqArena, &res, &resArena);
    if (err != NK_EOK)
        fprintf(stderr, "moor %s: %s\n", name, err == NK_EPERM ? "not allowed" : "error");
    else if (nk_msg_check_err(&res))
    {
        nk_uint32_t n;
        fprintf(stderr, "moor %s: %d %s\n", name, res.err_.status == rcBusy, nk_arena_get(nk_char_t, &resArena, &res.err_.why, &n));
    }
    else
        fprintf(stderr, "moor %s: place %u\n", name, res.place);
    return err;
}

static void LeavePlace(struct harbor_Dock_proxy *dock, nk_uint32_t place)
{
    static char resBuffer[harbor_Dock_Leave_res_arena_size];
    struct nk_arena resArena = NK_ARENA_INITIALIZER(resBuffer, resBuffer + sizeof resBuffer);
    harbor_Dock_Leave_req req;
    harbor_Dock_Leave_res res;
    req.place = place;
    nk_err_t err = harbor_Dock_Leave(&dock->base, &req, NULL, &res, &resArena);
    nk_uint32_t count = 0, n;
    if (err != NK_EOK)
    {
        fprintf(stderr, "leave %u: %s\n", place, err == NK_EPERM ? "not allowed" : "error");
        return;
    }
    if (nk_msg_check_err(&res))
    {
        fprintf(stderr, "leave %u: %s\n", place, nk_arena_get(nk_char_t, &resArena, &res.err_.why, &n));
        return;
    }
    const harbor_Dock_Ship *others = nk_arena_get(harbor_Dock_Ship, &resArena, &res.others, &count);
    for (nk_uint32_t i = 0; i < count; i++)
        fprintf(stderr, "leave: %s was there\n", nk_arena_get(nk_char_t, &resArena, &others[i].name, &n));
}

int main(int argc, char *argv[])
{
    NkKosTransport transport;
    struct harbor_Dock_proxy north, office, spare;
    Handle h = ServiceLocatorConnect("harbor");
    NkKosTransport_Init(&transport, h, NK_NULL, 0);
    nk_iid_t a = ServiceLocatorGetRiid(h, "basin.north.dock"), b = ServiceLocatorGetRiid(h, "office"),
             c = ServiceLocatorGetRiid(h, "harbor.Master.basin.south.spare"), none = ServiceLocatorGetRiid(h, "basin.north");
    fprintf(stderr, "riids %u %u %u, none %d\n", a, b, c, none == INVALID_RIID);
    harbor_Dock_proxy_init(&north, &transport.base, a);
    harbor_Dock_proxy_init(&office, &transport.base, b);
    harbor_Dock_proxy_init(&spare, &transport.base, c);

    KnNoticeCreate(&notice);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_EVENT | OCAP_HANDLE_SPEC(1), &berth, &berth);

    MoorShip(&north, 1, "anna", 0);
    MoorShip(&north, 2, "Anna 12", 9);
    MoorShip(&north, 3, "Anna 12", 0);
    MoorShip(&north, 4, "Berta", 1);
    LeavePlace(&office, 0);
    LeavePlace(&north, 7);
    MoorShip(&north, 5, "Clara", 1);
    LeavePlace(&north, 0);
    MoorShip(&north, 6, "Dora", 2);

    harbor_Dock_Ring_req ring;
    harbor_Dock_Ring_res rang;
    fprintf(stderr, "ring %d\n", harbor_Dock_Ring(&office.base, &ring, NK_NULL, &rang, NK_NULL));

    harbor_Dock_Unload_req unload;
    harbor_Dock_Unload_res unloaded;
    char cargo[harbor_Dock_Unload_req_arena_size], back[harbor_Dock_Unload_res_arena_size];
    struct nk_arena cargoArena = NK_ARENA_INITIALIZER(cargo, cargo + sizeof cargo), backArena = NK_ARENA_INITIALIZER(back, back + sizeof back);
    nk_uint8_t *bytes = nk_arena_alloc(nk_uint8_t, &cargoArena, &unload.cargo, 64);
    for (int i = 0; i < 64; i++)
        bytes[i] = i;
    nk_arena_store(nk_uint8_t, &cargoArena, &unload.seal, (const nk_uint8_t *)"12345678", 8);
    nk_err_t err = harbor_Dock_Unload(&spare.base, &unload, &cargoArena, &unloaded, &backArena);
    nk_uint32_t n = 0;
    const nk_uint8_t *got = nk_arena_get(nk_uint8_t, &backArena, &unloaded.back, &n);
    fprintf(stderr, "unload %d: %u, %u bytes, first %u\n", err, unloaded.sum, n, got ? got[0] : 0);
    fprintf(stderr, "too much: %d\n", nk_arena_alloc(nk_uint8_t, &cargoArena, &unload.cargo, 1) == NULL);

    NkKosSecurityTransport security;
    struct harbor_Watch_proxy watch;
    NkKosSecurityTransport_Init(&security, NK_NULL, 0);
    harbor_Watch_proxy_init(&watch, &security.base, harbor_Pilot_securityIid);
    for (unsigned level = 4; level <= 5; level++)
    {
        harbor_Watch_Report_req r;
        harbor_Watch_Report_res s;
        char text[harbor_Watch_Report_req_arena_size];
        struct nk_arena textArena = NK_ARENA_INITIALIZER(text, text + sizeof text);
        r.level = level;
        nk_arena_store(nk_char_t, &textArena, &r.text, "calm", 5);
        fprintf(stderr, "report %u: %s\n", level, harbor_Watch_Report(&watch.base, &r, &textArena, &s, NULL) == NK_EOK ? "allowed" : "denied");
    }
    RtlTimeSpec now, up;
    fprintf(stderr, "time %d\n", KnGetSystemTime(&now) == rcOk && KnGetUpTime(&up) == rcOk && KnGetMSecSinceStart() > 0);
    fprintf(stderr, "pilot done\n");
    return 0;
}
