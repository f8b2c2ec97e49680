/* SPDX-License-Identifier: Apache-2.0 */
/* Sends every ball back, but the third stroke of a rally. */
#include <ping/player.h>
#include <ping/Right.edl.h>
#include <stdlib.h>

int main(void)
{
    static const struct ping_Ball_ops ops = {.Hit = court_hit};
    struct court court = {.base = {&ops}, .name = "Right"};
    struct player left;
    ping_Player_component component;
    ping_Right_entity entity;
    ping_Right_entity_req req;
    ping_Right_entity_res res;
    NkKosTransport transport;
    ServiceId id;
    Handle channel = ServiceLocatorRegister("to_right", NULL, 0, &id);

    if (channel == INVALID_HANDLE || !player_connect(&left, "Right", "to_left"))
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    ping_Player_component_init(&component, &court.base);
    ping_Right_entity_init(&entity, &component);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        ping_Right_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
        if (nk_transport_reply(&transport.base, &res.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        if (court.number != 3)
            player_hit(&left, court.number + 1, 50);
    }
}
