/* SPDX-License-Identifier: Apache-2.0 */
/* Begins the rally, tries what the policy denies, and switches the machine off. */
#include <coresrv/pm/pm_api.h>
#include <ping/player.h>
#include <ping/Left.edl.h>
#include <stdlib.h>

static NkKosTransport transport;
static ping_Left_entity entity;

/* Takes the ball that comes back. */
static bool wait_for_ball(void)
{
    ping_Left_entity_req req;
    ping_Left_entity_res res;
    nk_req_reset(&req);
    if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK)
        return false;
    ping_Left_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
    return nk_transport_reply(&transport.base, &res.base_, NK_NULL) == NK_EOK;
}

int main(void)
{
    static const struct ping_Ball_ops ops = {.Hit = court_hit};
    struct court court = {.base = {&ops}, .name = "Left"};
    struct player right;
    ping_Player_component component;
    ServiceId id;
    Handle channel = ServiceLocatorRegister("to_left", NULL, 0, &id);

    if (channel == INVALID_HANDLE || !player_connect(&right, "Left", "to_right"))
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    ping_Player_component_init(&component, &court.base);
    ping_Left_entity_init(&entity, &component);

    bool fast = player_hit(&right, 1, 200);
    bool played = player_hit(&right, 1, 100) && wait_for_ball() && player_hit(&right, 3, 50);
    bool twice = player_hit(&right, 5, 50); /* Right has the ball, and keeps it */
    printf("%s\n", played && !fast && !twice ? "a fair rally" : "not as the policy says");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
