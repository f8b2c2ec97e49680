/* SPDX-License-Identifier: Apache-2.0 */
/* Does what it is told. It checks nobody: whom it need not fear, its policy says. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <mic/Valve.edl.h>
#include <stdlib.h>

/* What implements the endpoint: the interface first, then its state. */
struct valve {
    struct mic_Actuator base;
    nk_uint16_t percent;
};

static nk_err_t set(struct mic_Actuator *self, const struct mic_Actuator_Set_req *req, const struct nk_arena *req_arena,
                    struct mic_Actuator_Set_res *res, struct nk_arena *res_arena)
{
    (void)req_arena, (void)res, (void)res_arena;
    ((struct valve *)self)->percent = req->percent;
    return NK_EOK;
}

static nk_err_t get(struct mic_Actuator *self, const struct mic_Actuator_Get_req *req, const struct nk_arena *req_arena,
                    struct mic_Actuator_Get_res *res, struct nk_arena *res_arena)
{
    (void)req, (void)req_arena, (void)res_arena;
    res->percent = ((struct valve *)self)->percent;
    return NK_EOK;
}

int main(void)
{
    static const struct mic_Actuator_ops ops = {.Set = set, .Get = get};
    struct valve valve = {.base = {&ops}, .percent = 10};
    mic_Valve_entity entity;
    mic_Valve_entity_req req;
    mic_Valve_entity_res res;
    NkKosTransport transport;
    ServiceId id;
    Handle channel = ServiceLocatorRegister("valve", NULL, 0, &id);

    if (channel == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    mic_Valve_entity_init(&entity, &valve.base);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        mic_Valve_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
        if (nk_transport_reply(&transport.base, &res.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
    }
}
