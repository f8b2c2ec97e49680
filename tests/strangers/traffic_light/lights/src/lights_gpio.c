/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <traffic_light/LightsGPIO.edl.h>
#include <assert.h>

typedef struct IModeImpl {
    struct traffic_light_IMode base;
    rtl_uint32_t step;
} IModeImpl;

static nk_err_t FMode_impl(struct traffic_light_IMode *self,
                           const struct traffic_light_IMode_FMode_req *req,
                           const struct nk_arena *req_arena,
                           traffic_light_IMode_FMode_res *res,
                           struct nk_arena *res_arena)
{
    IModeImpl *impl = (IModeImpl *)self;
    if (req->value == 0)
        return NK_ELOGIC(traffic_light_IMode_BadMode);
    res->result = req->value + impl->step;
    impl->step++;
    return NK_EOK;
}

static nk_err_t Count_impl(struct traffic_light_IMode *self, const traffic_light_IMode_Count_req *req,
                           const struct nk_arena *reqArena, traffic_light_IMode_Count_res *res, struct nk_arena *resArena)
{
    res->changes = ((IModeImpl *)self)->step;
    return NK_EOK;
}

static struct traffic_light_IMode *CreateIModeImpl(rtl_uint32_t step)
{
    static const struct traffic_light_IMode_ops ops = {
        .FMode = FMode_impl, .Count = Count_impl
    };
    static struct IModeImpl impl = {
        .base = {&ops}
    };
    impl.step = step;
    return &impl.base;
}

int main(void)
{
    NkKosTransport transport;
    ServiceId iid;
    Handle handle = ServiceLocatorRegister("lights_gpio_connection", NULL, 0, &iid);
    assert(handle != INVALID_HANDLE);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    traffic_light_LightsGPIO_entity_req req;
    char req_buffer[traffic_light_LightsGPIO_entity_req_arena_size + 1];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));

    traffic_light_LightsGPIO_entity_res res;
    char res_buffer[traffic_light_LightsGPIO_entity_res_arena_size + 1];
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));

    traffic_light_CLightsGPIO_component component;
    traffic_light_CLightsGPIO_component_init(&component, CreateIModeImpl(0x1000000));

    traffic_light_LightsGPIO_entity entity;
    traffic_light_LightsGPIO_entity_init(&entity, &component);

    fprintf(stderr, "Hello I'm LightsGPIO\n");

    do {
        nk_req_reset(&req);
        nk_arena_reset(&req_arena);
        nk_arena_reset(&res_arena);
        if (nk_transport_recv(&transport.base, &req.base_, &req_arena) != NK_EOK)
            fprintf(stderr, "nk_transport_recv error\n");
        else
            traffic_light_LightsGPIO_entity_dispatch(&entity, &req.base_, &req_arena, &res.base_, &res_arena);

        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            fprintf(stderr, "nk_transport_reply error\n");
    } while (1);
    return 0;
}
