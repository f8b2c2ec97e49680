/* SPDX-License-Identifier: Apache-2.0 */
#include "bolt.h"
#include <farm/BarnDoor.edl.h>
#include <farm/serve.h>
#include <stdio.h>
#include <stdlib.h>

static nk_err_t Open(struct farm_Door *self, const farm_Door_Open_req *req, const struct nk_arena *reqArena, farm_Door_Open_res *res, struct nk_arena *resArena)
{
    int rc = bolt(req->wide);
    if (rc != rcOk) {
        nk_err_reset(res);
        res->err_.rc = rc;
    } else
        fprintf(stderr, "door of %s opens %u%s\n", getenv("FARM"), req->wide, getenv("EMPTY"));
    return NK_EOK;
}

static nk_err_t dispatch(void *entity, const struct nk_message *req, const struct nk_arena *reqArena, struct nk_message *res, struct nk_arena *resArena)
{
    return farm_BarnDoor_entity_dispatch(entity, req, reqArena, res, resArena);
}

int main(void)
{
    static const farm_Door_ops ops = { .Open = Open };
    static farm_Door door = { &ops };
    farm_BarnDoor_entity entity;
    farm_BarnDoor_entity_init(&entity, &door, &door);
    farm_BarnDoor_entity_req req;
    farm_BarnDoor_entity_res res;
    return serve("farm.door", &entity, dispatch, &req.base_, sizeof req, farm_BarnDoor_entity_req_arena_size, &res.base_, sizeof res, farm_BarnDoor_entity_res_arena_size);
}
