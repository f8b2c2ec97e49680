#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <nk/types.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <elevator/IDoor.idl.h>
#include <elevator/CBox.cdl.h>
#include <elevator/Cabin.edl.h>
#include "motion.h"

struct Sign
{
    struct elevator_ISign base;
    const char *where;
};

static int describe(const struct elevator_Units_Sign *sign, const struct nk_arena *arena, char *to, size_t size)
{
    nk_uint32_t length = 0;
    const nk_char_t *text;

    switch (sign->tag)
    {
    case elevator_Units_Sign_floor_tag:
        return snprintf(to, size, "%d", sign->v.floor);
    case elevator_Units_Sign_text_tag:
        text = nk_arena_get(nk_char_t, arena, &sign->v.text, &length);
        return snprintf(to, size, "%s", text == NULL ? "?" : text);
    default:
        return snprintf(to, size, "#%02x%02x%02x", sign->v.colour[0], sign->v.colour[1], sign->v.colour[2]);
    }
}

static nk_err_t Show_impl(struct elevator_ISign *self, const elevator_ISign_Show_req *req,
                          const struct nk_arena *reqArena, elevator_ISign_Show_res *res, struct nk_arena *resArena)
{
    char shown[65];
    int used = snprintf(shown, sizeof(shown), "%s: ", ((struct Sign *)self)->where);

    used += describe(&req->sign, reqArena, shown + used, sizeof(shown) - used);
    for (int i = 0; i < 2; i++)
    {
        used += snprintf(shown + used, sizeof(shown) - used, ", ");
        used += describe(&req->small[i], reqArena, shown + used, sizeof(shown) - used);
    }
    nk_char_t *out = nk_arena_alloc(nk_char_t, resArena, &res->shown, used + 1);
    if (out == RTL_NULL)
        return NK_ENOMEM;
    memcpy(out, shown, used + 1);
    return NK_EOK;
}

int main(int argc, const char *argv[])
{
    ServiceId iid;
    NkKosTransport transport, doorTransport;
    struct elevator_IDoor_proxy door;
    struct Motion motion;
    static const struct elevator_ISign_ops signOps = {.Show = Show_impl};
    struct Sign inner = {{&signOps}, "inside"}, outer = {{&signOps}, "outside"};

    Handle doors = ServiceLocatorConnect("doors_connection");
    NkKosTransport_Init(&doorTransport, doors, NK_NULL, 0);
    elevator_IDoor_proxy_init(&door, &doorTransport.base, ServiceLocatorGetRiid(doors, "front"));

    Handle handle = ServiceLocatorRegister("cabin_connection", NULL, 0, &iid);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    elevator_CMotor_component motor;
    elevator_CMotor_component_init(&motor, Motion_Create(&motion, &door));
    elevator_CPanel_component panel;
    elevator_CPanel_component_init(&panel, &inner.base, &outer.base);
    elevator_CBox_component box;
    elevator_CBox_component_init(&box, &motor, &panel);
    elevator_Cabin_entity entity;
    elevator_Cabin_entity_init(&entity, &box);

    elevator_Cabin_entity_req req;
    char reqBuffer[elevator_Cabin_entity_req_arena_size];
    struct nk_arena reqArena = NK_ARENA_INITIALIZER(reqBuffer, reqBuffer + sizeof(reqBuffer));
    elevator_Cabin_entity_res res;
    char resBuffer[elevator_Cabin_entity_res_arena_size];
    struct nk_arena resArena = NK_ARENA_INITIALIZER(resBuffer, resBuffer + sizeof(resBuffer));

    do
    {
        nk_req_reset(&req);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        if (nk_transport_recv(&transport.base, &req.base_, &reqArena) != NK_EOK)
            fprintf(stderr, "[Cabin] nk_transport_recv error\n");
        else
            elevator_Cabin_entity_dispatch(&entity, &req.base_, &reqArena, &res.base_, &resArena);
        if (nk_transport_reply(&transport.base, &res.base_, &resArena) != NK_EOK)
            fprintf(stderr, "[Cabin] nk_transport_reply error\n");
    } while (1);
    return EXIT_SUCCESS;
}
