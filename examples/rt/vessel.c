/* SPDX-License-Identifier: Apache-2.0 */
/* The vessel, simulated: one step of its own for each period of the controller, so that the same valve gives the same
 * levels however late anybody is. It runs on the controller's budget while it answers. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <rt/Vessel.edl.h>
#include <stdlib.h>

struct vessel {
    struct rt_Plant base;
    nk_uint32_t level; /* micrometres */
};

static nk_err_t step(struct rt_Plant *self, const struct rt_Plant_Step_req *req, const struct nk_arena *req_arena,
                     struct rt_Plant_Step_res *res, struct nk_arena *res_arena)
{
    struct vessel *vessel = (struct vessel *)self;
    (void)req_arena, (void)res_arena;
    nk_uint32_t in = (req->valve < 1000 ? req->valve : 1000U) * 5; /* 5 mm when open */
    vessel->level += in;
    vessel->level -= vessel->level / 64; /* the fuller, the faster it runs out */
    res->level = (nk_uint16_t)(vessel->level / 100);
    return NK_EOK;
}

int main(void)
{
    static const struct rt_Plant_ops ops = {.Step = step};
    struct vessel vessel = {.base = {&ops}};
    rt_Vessel_entity entity;
    rt_Vessel_entity_req req;
    rt_Vessel_entity_res res;
    NkKosTransport transport;
    ServiceId id;
    Handle channel = ServiceLocatorRegister("vessel", NULL, 0, &id);

    if (channel == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    rt_Vessel_entity_init(&entity, &vessel.base);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        rt_Vessel_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
        if (nk_transport_reply(&transport.base, &res.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
    }
}
