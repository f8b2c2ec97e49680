/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at the valve, tries to set it, and then has wishes. */
#include <mic/valve.h>
#include <mic/Guest.edl.h>
#include <stdlib.h>

static nk_err_t next(struct mic_Wishes *self, const struct mic_Wishes_Next_req *req, const struct nk_arena *req_arena,
                     struct mic_Wishes_Next_res *res, struct nk_arena *res_arena)
{
    (void)self, (void)req, (void)req_arena, (void)res_arena;
    res->percent = 90;
    return NK_EOK;
}

int main(void)
{
    static const struct mic_Wishes_ops ops = {.Next = next};
    struct mic_Wishes wishes = {&ops};
    struct valve_client valve;
    mic_Guest_entity entity;
    mic_Guest_entity_req req;
    mic_Guest_entity_res res;
    NkKosTransport transport;
    ServiceId id;
    Handle channel = ServiceLocatorRegister("guest", NULL, 0, &id);

    if (channel == INVALID_HANDLE || !valve_connect(&valve, "Guest"))
        return EXIT_FAILURE;
    valve_look(&valve);
    valve_set(&valve, 100);
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    mic_Guest_entity_init(&entity, &wishes);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        mic_Guest_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
        if (nk_transport_reply(&transport.base, &res.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
    }
}
