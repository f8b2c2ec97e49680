/* SPDX-License-Identifier: Apache-2.0 */
#include <farm/Herd.edl.h>
#include <farm/animals/Cow.idl.h>
#include <farm/Door.idl.h>
#include <farm/serve.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/thread.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static nk_err_t milk(struct farm_animals_Cow *self, const farm_animals_Cow_milk_req *req, const struct nk_arena *reqArena, farm_animals_Cow_milk_res *res, struct nk_arena *resArena)
{
    farm_animals_Types_Litres best = 0;
    res->total = 0;
    for (size_t i = 0; i < sizeof req->week / sizeof req->week[0]; i++) {
        res->total += req->week[i];
        if (req->week[i] > best) best = req->week[i];
    }
    if (best > 20)
        nk_arena_store(farm_animals_Types_Litres, resArena, &res->best, &best, 1);
    else
        nk_arena_alloc(farm_animals_Types_Litres, resArena, &res->best, 0);
    return NK_EOK;
}

static nk_err_t describe(struct farm_animals_Cow *self, const farm_animals_Cow_describe_req *req, const struct nk_arena *reqArena, farm_animals_Cow_describe_res *res, struct nk_arena *resArena)
{
    if (req->cow > 2) {
        nk_err_reset(res);
        res->err_.why = 200;
        return NK_EOK;
    }
    static const char *names[] = { "Bella", "Daisy", "Rosa" }, *calves[] = { "Tim", "Tom", "ghost" };
    nk_arena_store(nk_char_t, resArena, &res->cow_.name, names[req->cow], strlen(names[req->cow]) + 1);
    farm_animals_Types_Week *weeks = nk_arena_alloc(farm_animals_Types_Week, resArena, &res->cow_.milk, 2);
    for (int w = 0; w < 2; w++)
        for (int d = 0; d < 7; d++)
            weeks[w][d] = 10 * w + d;
    nk_ptr_t *list = nk_arena_alloc(nk_ptr_t, resArena, &res->cow_.calves, 3);
    for (int i = 0; i < 3; i++) {
        const char *calf = calves[(i + req->cow) % 3];
        nk_arena_store(nk_char_t, resArena, &list[i], calf, strlen(calf) + 1);
    }
    return NK_EOK;
}

static nk_err_t stalls(struct farm_animals_Cow *self, const farm_animals_Cow_stalls_req *req, const struct nk_arena *reqArena, farm_animals_Cow_stalls_res *res, struct nk_arena *resArena)
{
    nk_size_t n = 0;
    const nk_uint8_t *mask = nk_arena_get(nk_uint8_t, reqArena, &req->mask, &n);
    res->free = farm_animals_Types_AllBits;
    for (nk_size_t i = 0; i < n; i++) res->free ^= (nk_uint64_t)mask[i] << 8 * i;
    return NK_EOK;
}

static nk_err_t dispatch(void *entity, const struct nk_message *req, const struct nk_arena *reqArena, struct nk_message *res, struct nk_arena *resArena)
{
    return farm_Herd_entity_dispatch((farm_Herd_entity *)entity, req, reqArena, res, resArena);
}

static int server(void)
{
    static const farm_animals_Cow_ops ops = { milk, describe, stalls };
    static struct farm_animals_Cow cow = { .ops = &ops };
    farm_Herd_entity entity;
    farm_Herd_entity_init(&entity, &cow);
    static farm_Herd_entity_req req;
    static farm_Herd_entity_res res;
    return serve("farm.cow", &entity, dispatch, &req.base_, sizeof req, farm_Herd_entity_req_arena_size, &res.base_, sizeof res, farm_Herd_entity_res_arena_size);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--serve") == 0)
        return server();
    Handle h = channel_of("farm.door");
    NkKosTransport td, tc;
    NkKosTransport_Init(&td, h, NK_NULL, 0);
    struct farm_Door_proxy door;
    farm_Door_proxy_init(&door, &td.base, ServiceLocatorGetRiid(h, "farm.BarnDoor.door"));
    for (int wide = 5; wide <= 11; wide += 3) {
        farm_Door_Open_req req = { .wide = wide };
        farm_Door_Open_res res;
        nk_err_t rc = farm_Door_Open(&door.base, &req, NULL, &res, NULL);
        fprintf(stderr, "%s: door %d: %s\n", argv[0], wide, rc != rcOk ? "denied" : nk_msg_check_err(&res) ? res.err_.rc == rcBusy ? "busy" : "?" : "open");
    }
    h = channel_of("farm.cow");
    NkKosTransport_Init(&tc, h, NK_NULL, 0);
    struct farm_animals_Cow_proxy cow;
    farm_animals_Cow_proxy_init(&cow, &tc.base, ServiceLocatorGetRiid(h, "cow"));
    static nk_uint8_t buffer[farm_animals_Cow_arena_size] __attribute__((aligned(8)));
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    nk_size_t n, m;
    for (int i = 0; i < 4; i++) {
        farm_animals_Cow_milk_req req = { .cow = i, .week = { 10, 20, i == 1 ? 99 : i == 2 ? 20 : 0, 20, 20, 20, 0 } };
        farm_animals_Cow_milk_res res;
        nk_arena_reset(&arena);
        nk_err_t rc = farm_animals_Cow_milk(&cow.base, &req, NULL, &res, &arena);
        if (rc != NK_EOK) { fprintf(stderr, "milk %d: denied\n", i); continue; }
        const farm_animals_Types_Litres *best = nk_arena_get(farm_animals_Types_Litres, &arena, &res.best, &n);
        fprintf(stderr, "milk %d: %u, best %u\n", i, res.total, n ? *best : 0);
    }
    for (nk_uint16_t i = 0; i < 4; i++) {
        farm_animals_Cow_describe_req req = { .cow = i };
        farm_animals_Cow_describe_res res;
        nk_arena_reset(&arena);
        nk_err_t rc = farm_animals_Cow_describe(&cow.base, &req, NULL, &res, &arena);
        if (rc != NK_EOK) { fprintf(stderr, "cow %d: denied\n", i); continue; }
        if (nk_msg_check_err(&res)) { fprintf(stderr, "cow %d: %u\n", i, res.err_.why); continue; }
        const farm_animals_Types_Week *weeks = nk_arena_get(farm_animals_Types_Week, &arena, &res.cow_.milk, &n);
        const nk_ptr_t *calves = nk_arena_get(nk_ptr_t, &arena, &res.cow_.calves, &m);
        nk_size_t size;
        fprintf(stderr, "cow %d: %u weeks, %u, calves %s", i, (unsigned)n, weeks[1][6], nk_arena_get(nk_char_t, &arena, &calves[0], &size));
        fprintf(stderr, " %s\n", nk_arena_get(nk_char_t, &arena, &calves[m - 1], &size));
    }
    farm_animals_Cow_stalls_req req;
    farm_animals_Cow_stalls_res res;
    nk_arena_reset(&arena);
    static const nk_uint8_t mask[] = { 1, 2, 0xff };
    nk_arena_store(nk_uint8_t, &arena, &req.mask, mask, 3);
    if (farm_animals_Cow_stalls(&cow.base, &req, &arena, &res, NULL) == NK_EOK)
        fprintf(stderr, "free %" PRIx64 ", %d, %d\n", res.free, farm_animals_Types_ColdestNight, farm_animals_Types_Stalls);
    return 0;
}
