/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/sl/sl_api.h>
#include <door/LockDriver.edl.h>
#include <door/Guard.idl.h>
#include <door_names.h>

#include <stdio.h>
#include <string.h>

static struct door_Guard_proxy guard;
static const char *name;

static void store(struct nk_arena *arena, nk_ptr_t *ptr, const char *text)
{
    nk_arena_store(nk_char_t, arena, ptr, text, strlen(text) + 1);
}

static nk_err_t ask(nk_uint32_t user, const char *purpose)
{
    char buffer[door_Guard_Ask_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    door_Guard_Ask_req req;
    door_Guard_Ask_res res;
    req.user = user;
    store(&arena, &req.purpose, purpose);
    return door_Guard_Ask(&guard.base, &req, &arena, &res, NULL);
}

static nk_err_t OpenImpl(struct door_Lock *self, const door_Lock_Open_req *req, const struct nk_arena *req_arena,
                         door_Lock_Open_res *res, struct nk_arena *res_arena)
{
    if (ask(req->attempt.user, "open") != NK_EOK) {
        nk_err_reset(res);
        res->err_.status = rcSecurityDisallow;
        return NK_EOK;
    }
    res->seconds = 5;
    return NK_EOK;
}
static nk_err_t CloseImpl(struct door_Lock *self, const door_Lock_Close_req *req, const struct nk_arena *req_arena,
                          door_Lock_Close_res *res, struct nk_arena *res_arena)
{
    return NK_EOK;
}
static nk_err_t ReportImpl(struct door_Lock *self, const door_Lock_Report_req *req, const struct nk_arena *req_arena,
                           door_Lock_Report_res *res, struct nk_arena *res_arena)
{
    nk_size_t size = 0;
    const nk_char_t *why = nk_arena_get(nk_char_t, req_arena, &req->why, &size);
    printf("%s: %s\n", name, why);
    res->temperature = -7;
    return NK_EOK;
}

int main(int argc, const char *argv[])
{
    NkKosSecurityTransport security;
    NkKosTransport transport;
    ServiceId id;
    name = argv[1];
    if (NkKosSecurityTransport_Init(&security) != rcOk) return 1;
    door_Guard_proxy_init(&guard, &security.base, door_LockDriver_securityIid);
    if (strcmp(name, "front") == 0) {
        door_Guard_Register_req req = { .user = 7, .level = 1 };
        door_Guard_Register_res res;
        printf("%s: 7 %s, 8 %s\n", name, ask(7, "open") == NK_EPERM ? "unknown" : "known", ask(8, "open") == NK_EPERM ? "unknown" : "known");
        door_Guard_Register(&guard.base, &req, NULL, &res, NULL);
        printf("%s: 7 %s, 8 %s\n", name, ask(7, "open") == NK_EPERM ? "unknown" : "known", ask(8, "open") == NK_EPERM ? "unknown" : "known");
    }
    NkKosTransport_Init(&transport, ServiceLocatorRegister(strcmp(name, "front") ? BACK_DOOR : "front_door", NULL, 0, &id), NK_NULL, 0);

    static const struct door_Lock_ops ops = { .Open = OpenImpl, .Close = CloseImpl, .Report = ReportImpl };
    struct door_Lock impl = { &ops };
    door_LockDriver_entity entity;
    door_LockDriver_entity_init(&entity, &impl);
    door_LockDriver_entity_req req;
    door_LockDriver_entity_res res;
    static char reqBuffer[door_LockDriver_entity_req_arena_size];
    struct nk_arena reqArena;
    nk_arena_init(&reqArena, reqBuffer, reqBuffer + sizeof reqBuffer);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&reqArena);
        if (nk_transport_recv(&transport.base, &req.base_, &reqArena) != NK_EOK) continue;
        door_LockDriver_entity_dispatch(&entity, &req.base_, &reqArena, &res.base_, RTL_NULL);
        nk_transport_reply(&transport.base, &res.base_, RTL_NULL);
    }
}
