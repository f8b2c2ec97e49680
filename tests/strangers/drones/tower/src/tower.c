/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/sl/sl_api.h>
#include <kos/mutex.h>
#include <drones/Tower.edl.h>
#include <drones/Boss.idl.h>
#include "tower/names.h"

static KosMutex lock = KosInitializedMutex;

static nk_err_t Report(struct drones_Telemetry *self, const struct drones_Telemetry_Report_req *req, const struct nk_arena *ra,
                       struct drones_Telemetry_Report_res *res, struct nk_arena *sa)
{
    nk_size_t size;
    const nk_uint8_t *raw = nk_arena_get(nk_uint8_t, ra, &req->raw, &size);
    Handle box = nk_get_handle(&req->box);
    if (size != drones_Types_MaxRaw || raw[63] != 0x5a || box == INVALID_HANDLE || nk_is_handle_dereferenced(&req->box)) {
        nk_err_reset(res);
        res->err_.status = rcInvalidArgument;
        return NK_EOK;
    }
    KnHandleClose(box);
    res->ack.ok = 1;
    return nk_arena_store(nk_char_t, sa, &res->ack.note, "noted", 6) == 0 ? NK_EOK : NK_ENOMEM;
}
static nk_err_t Track(struct drones_Telemetry *self, const struct drones_Telemetry_Track_req *req, const struct nk_arena *ra,
                      struct drones_Telemetry_Track_res *res, struct nk_arena *sa)
{
    if (req->id > 100) {
        nk_err_reset(res);
        res->err_.status = rcResourceNotFound;
        nk_uint8_t *d = nk_arena_alloc(nk_uint8_t, sa, &res->err_.details, 2);
        d[0] = 1, d[1] = 2;
        return NK_EOK;
    }
    KosMutexLock(&lock);
    drones_Types_Position *p = nk_arena_alloc(drones_Types_Position, sa, &res->points, drones_Telemetry_Track_res_points_size);
    for (int i = 0; i < drones_Telemetry_Track_res_points_size; i++)
        p[i] = (drones_Types_Position){.x = i, .y = -i};
    memset(res->marks, 0, sizeof res->marks);
    *nk_arena_alloc(nk_uint8_t, sa, &res->marks[2], 1) = 9;
    KosMutexUnlock(&lock);
    return NK_EOK;
}
static nk_err_t Command(struct drones_Telemetry *self, const struct drones_Telemetry_Command_req *req, const struct nk_arena *ra,
                        struct drones_Telemetry_Command_res *res, struct nk_arena *sa)
{
    nk_uint32_t n = 0, l;
    res->echo = req->order;
    if (req->order.tag != drones_Types_Order_fly_tag)
        return NK_EOK;
    nk_ptr_t *from = nk_arena_get(nk_ptr_t, ra, &req->order.v.fly.names, &n);
    nk_ptr_t *to = nk_arena_alloc(nk_ptr_t, sa, &res->echo.v.fly.names, n);
    for (nk_uint32_t i = 0; i < n; i++) {
        const nk_char_t *text = nk_arena_get(nk_char_t, ra, &from[i], &l);
        nk_arena_store(nk_char_t, sa, &to[i], text, l);
    }
    return NK_EOK;
}

int main(void)
{
    static const struct drones_Telemetry_ops ops = {Report, Track, Command};
    struct drones_Telemetry impl = {&ops};
    drones_Radio_component radio;
    drones_Tower_entity entity;
    ServiceId id;
    NkKosSecurityTransport st;
    NkKosSecurityTransport_Init(&st, NK_NULL, 0);
    drones_Boss_proxy boss;
    drones_Boss_proxy_init(&boss, &st.base, INVALID_RIID);
    drones_Boss_May_req q = {.what = 3, .delta = -99};
    drones_Boss_May_res s;
    printf("tower: may %d\n", drones_Boss_May(&boss.base, &q, NK_NULL, &s, NK_NULL) == NK_EOK);
    q.delta = 100;
    printf("tower: may not %d\n", drones_Boss_May(&boss.base, &q, NK_NULL, &s, NK_NULL) == NK_EPERM);
    Handle listener = ServiceLocatorRegister("tower.channel", NULL, 0, &id);
    drones_Radio_component_init(&radio, &impl);
    drones_Tower_entity_init(&entity, &impl, &impl, &radio);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(drones_Tower, entity);
    NkKosDoDispatch(listener, &info);
    return 1;
}
