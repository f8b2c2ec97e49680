#include <string.h>
#include <elevator/IDoor.idl.h>
#include "motion.h"

static nk_err_t Go_impl(struct IMotion *self, const struct IMotion_Go_req *req, const struct nk_arena *reqArena,
                        struct IMotion_Go_res *res, struct nk_arena *resArena)
{
    struct Motion *motion = (struct Motion *)self;
    elevator_IDoor_Close_req doorReq;
    elevator_IDoor_Close_res doorRes;

    if (elevator_IDoor_Close(&motion->door->base, &doorReq, NULL, &doorRes, NULL) != NK_EOK)
    {
        static const char reason[] = "the doors are open";
        nk_err_reset(res);
        res->err_.code = elevator_Units_NotReady;
        if (nk_arena_store(nk_char_t, resArena, &res->err_.reason, reason, sizeof(reason)) != 0)
            return NK_ENOMEM;
        return NK_EOK;
    }
    res->from = motion->floor;
    res->metres = (nk_uint32_t)(3 * (req->to > motion->floor ? req->to - motion->floor : motion->floor - req->to));
    motion->floor = req->to;
    return NK_EOK;
}

/* The first half is taken, what is left goes back. */
static nk_err_t Plan_impl(struct IMotion *self, const struct IMotion_Plan_req *req, const struct nk_arena *reqArena,
                          struct IMotion_Plan_res *res, struct nk_arena *resArena)
{
    nk_uint32_t count = 0;
    const elevator_Units_Stop *stops = nk_arena_get(elevator_Units_Stop, reqArena, &req->stops, &count);

    res->taken = (nk_uint16_t)(count / 2);
    elevator_Units_Stop *left = nk_arena_alloc(elevator_Units_Stop, resArena, &res->left, count - res->taken);
    if (stops == NULL || left == NULL)
        return NK_ENOMEM;
    for (nk_uint32_t i = res->taken; i < count; i++, left++)
    {
        nk_uint32_t size = 0;
        const nk_char_t *name = nk_arena_get(nk_char_t, reqArena, &stops[i].passenger, &size);
        left->floor = stops[i].floor;
        nk_char_t *copy = nk_arena_alloc(nk_char_t, resArena, &left->passenger, size);
        if (name == NULL || copy == NULL)
            return NK_ENOMEM;
        memcpy(copy, name, size);
    }
    return NK_EOK;
}

static nk_err_t Where_impl(struct IMotion *self, const struct IMotion_Where_req *req, const struct nk_arena *reqArena,
                           struct IMotion_Where_res *res, struct nk_arena *resArena)
{
    res->floor = ((struct Motion *)self)->floor;
    return NK_EOK;
}

struct IMotion *Motion_Create(struct Motion *motion, struct elevator_IDoor_proxy *door)
{
    static const struct IMotion_ops ops = {.Go = Go_impl, .Plan = Plan_impl, .Where = Where_impl};
    motion->base.ops = &ops;
    motion->floor = 0;
    motion->door = door;
    return &motion->base;
}
