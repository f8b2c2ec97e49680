#include <stdio.h>
#include <stdlib.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <elevator/Doors.edl.h>

static nk_err_t Open_impl(struct elevator_IDoor *self, const struct elevator_IDoor_Open_req *req,
                          const struct nk_arena *reqArena, struct elevator_IDoor_Open_res *res,
                          struct nk_arena *resArena)
{
    fprintf(stderr, "[Doors] open, %u per cent\n", (unsigned)req->wide);
    res->success = 1;
    return NK_EOK;
}

static nk_err_t Close_impl(struct elevator_IDoor *self, const struct elevator_IDoor_Close_req *req,
                           const struct nk_arena *reqArena, struct elevator_IDoor_Close_res *res,
                           struct nk_arena *resArena)
{
    res->success = 1;
    return NK_EOK;
}

static struct elevator_IDoor *CreateDoor(void)
{
    static const struct elevator_IDoor_ops ops = {Open_impl, Close_impl};
    static struct elevator_IDoor door = {&ops};
    return &door;
}

int main(void)
{
    ServiceId id;
    Handle listener = ServiceLocatorRegister("doors_connection", NULL, 0, &id);
    elevator_Doors_entity entity;

    elevator_Doors_entity_init(&entity, CreateDoor(), CreateDoor());
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(elevator_Doors, entity);
    return NkKosDoDispatch(listener, &info) == NK_EOK ? EXIT_SUCCESS : EXIT_FAILURE;
}
