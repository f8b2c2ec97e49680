/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>
#include <harbor/Master.edl.h>
#include <kos/alloc.h>
#include <kos/event.h>
#include <kos/mutex.h>
#include <kos/thread.h>
#include <services/ocap.h>

#define BERTH_USE OCAP_HANDLE_SPEC(1)

static harbor_Dock_Ship ships[harbor_Dock_Slots];
static char names[harbor_Dock_Slots][21];
static unsigned berths, used;
static KosMutex lock;

struct Impl { struct harbor_Dock base; const char *where; };

static nk_err_t Moor(struct harbor_Dock *self, const struct harbor_Dock_Moor_req *req, const struct nk_arena *reqArena,
                     struct harbor_Dock_Moor_res *res, struct nk_arena *resArena)
{
    struct Impl *impl = (struct Impl *)self;
    nk_size_t count = 0;
    KosMutexLock(&lock);
    const nk_char_t *name = nk_arena_get(nk_char_t, reqArena, &req->ship.name, &count);
    fprintf(stderr, "%s: %s moors", impl->where, name);
    switch (req->ship.load.tag)
    {
    case harbor_Dock_Load_label_tag:
        fprintf(stderr, ", %s", nk_arena_get(nk_char_t, reqArena, &req->ship.load.v.label, &count));
        break;
    case harbor_Dock_Load_weights_tag:
    {
        const nk_uint32_t *w = nk_arena_get(nk_uint32_t, reqArena, &req->ship.load.v.weights, &count);
        for (nk_size_t i = 0; i < count; i++)
            fprintf(stderr, " %u", w[i]);
        break;
    }
    case harbor_Dock_Load_row_tag:
        fprintf(stderr, " row %u", req->ship.load.v.row[3]);
        break;
    default:
        break;
    }
    fprintf(stderr, "\n");
    if (used == berths)
    {
        nk_err_reset(res);
        res->err_.status = rcBusy;
        char *why = nk_arena_alloc(char, resArena, &res->err_.why, 5);
        memcpy(why, "full", 5);
    }
    else
    {
        Handle berth = nk_get_handle(&req->berth);
        if (berth != INVALID_HANDLE && !nk_is_handle_dereferenced(&req->berth))
            KnHandleClose(berth);
        ships[used] = req->ship;
        strcpy(names[used], name);
        res->place = used++;
    }
    KosMutexUnlock(&lock);
    return NK_EOK;
}

static nk_err_t Leave(struct harbor_Dock *self, const struct harbor_Dock_Leave_req *req, const struct nk_arena *reqArena,
                      struct harbor_Dock_Leave_res *res, struct nk_arena *resArena)
{
    if (req->place >= used)
    {
        nk_err_reset(res);
        res->err_.status = rcResourceNotFound;
        static const char text[] = "nobody there";
        nk_arena_store(nk_char_t, resArena, &res->err_.why, text, sizeof text);
        return NK_EOK;
    }
    harbor_Dock_Ship *out = nk_arena_alloc(harbor_Dock_Ship, resArena, &res->others, used);
    if (!out)
        return NK_ENOMEM;
    memset(out, 0, used * sizeof *out);
    for (unsigned i = 0; i < used; i++)
    {
        out[i].id = ships[i].id;
        out[i].load.tag = harbor_Dock_Load_none_tag;
        nk_arena_store(nk_char_t, resArena, &out[i].name, names[i], strlen(names[i]) + 1);
    }
    used = req->place;
    return NK_EOK;
}

static KosEvent bell = KosInitializedEvent;
static nk_err_t Ring(struct harbor_Dock *self, const struct harbor_Dock_Ring_req *req, const struct nk_arena *reqArena,
                     struct harbor_Dock_Ring_res *res, struct nk_arena *resArena)
{
    KosEventSet(&bell);
    return NK_EOK;
}

static nk_err_t Unload(struct harbor_Dock *self, const struct harbor_Dock_Unload_req *req, const struct nk_arena *reqArena,
                       struct harbor_Dock_Unload_res *res, struct nk_arena *resArena)
{
    nk_uint32_t size;
    const nk_uint8_t *cargo = nk_arena_get(nk_uint8_t, reqArena, &req->cargo, &size);
    nk_uint8_t *back = nk_arena_alloc(nk_uint8_t, resArena, &res->back, size);
    res->sum = 0;
    for (nk_uint32_t i = 0; i < size; i++)
        res->sum += cargo[i], back[size - 1 - i] = cargo[i];
    return NK_EOK;
}

static int BellRinger(void *context)
{
    KosEventWait(&bell, true);
    fprintf(stderr, "%s: ding\n", (const char *)context);
    return 0;
}

int main(int argc, const char *argv[], const char *envs[])
{
    static const struct harbor_Dock_ops ops = { Moor, Leave, Ring, Unload };
    static struct Impl office = { { &ops }, "office" }, north = { { &ops }, "north" }, south = { { &ops }, "south" };
    harbor_Quay_component northQuay, southQuay;
    harbor_Basin_component basin;
    harbor_Master_entity entity;
    ServiceId id;
    Tid tid;

    KosMutexInit(&lock);
    for (int i = 1; i + 1 < argc; i++)
        if (!strcmp(argv[i], "--berths"))
            berths = strtoul(argv[i + 1], NULL, 10);
    fprintf(stderr, "%s: %u berths, %s\n", argv[0], berths, envs[0]);
    fprintf(stderr, "const %d %lu %d\n", harbor_Dock_Slots, (unsigned long)harbor_Dock_Big, harbor_Dock_Low);

    harbor_Quay_component_init(&northQuay, &north.base, &office.base);
    harbor_Quay_component_init(&southQuay, &south.base, &south.base);
    harbor_Basin_component_init(&basin, &northQuay, &southQuay);
    harbor_Master_entity_init(&entity, &office.base, &basin);
    KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, BellRinger, "bell", false);

    Handle h = ServiceLocatorRegister("harbor", NULL, 0, &id);
    if (h == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(harbor_Master, entity);
    NkKosDoDispatch(h, &info);
    return EXIT_SUCCESS;
}
