/* SPDX-License-Identifier: Apache-2.0 */
/* Takes requests' bytes in place if the channel lets it, and looks at them twice. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <placement/Keeper.edl.h>
#include <stdlib.h>

static char own[placement_Keeper_entity_req_arena_size];

static unsigned long long sum(const nk_uint8_t *bytes, nk_size_t count)
{
    unsigned long long total = 0;
    for (nk_size_t i = 0; i < count; i++)
        total = total * 3 + bytes[i];
    return total;
}

static nk_err_t look(struct placement_Keep *self, const struct placement_Keep_Look_req *req,
                     const struct nk_arena *reqArena, struct placement_Keep_Look_res *res, struct nk_arena *resArena)
{
    nk_size_t count = 0;
    const nk_uint8_t *bytes = nk_arena_get(nk_uint8_t, reqArena, &req->data, &count);
    (void)self, (void)resArena;
    if (bytes == NK_NULL)
        return NK_EINVAL;
    unsigned long long before = sum(bytes, count);
    (void)KnSleep(50); /* the client's other thread writes meanwhile, if it can */
    res->inPlace = (nk_uint8_t)((const char *)bytes < own || (const char *)bytes >= own + sizeof(own));
    res->changed = (nk_uint8_t)(sum(bytes, count) != before);
    return NK_EOK;
}

int main(void)
{
    static const struct placement_Keep_ops ops = {.Look = look};
    static struct placement_Keep keep = {&ops};
    struct placement_Keeper_entity entity;
    NkKosArenaTransport transport;
    ServiceId id;
    NkKosArenaTransport_Init(&transport, ServiceLocatorRegister("keep", RTL_NULL, 0, &id));
    placement_Keeper_entity_init(&entity, &keep);
    struct nk_arena arena = NK_ARENA_INITIALIZER(own, own + sizeof(own));
    for (;;) {
        placement_Keeper_entity_req req;
        placement_Keeper_entity_res res;
        nk_req_reset(&req);
        nk_arena_reset(&arena);
        if (nk_transport_recv(&transport.base, &req.base_, &arena) != NK_EOK)
            return EXIT_FAILURE;
        (void)placement_Keeper_entity_dispatch(&entity, &req.base_, &arena, &res.base_, NK_NULL);
        (void)nk_transport_reply(&transport.base, &res.base_, NK_NULL);
    }
}
