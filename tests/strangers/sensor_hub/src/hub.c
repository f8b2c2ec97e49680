/* SPDX-License-Identifier: Apache-2.0 */
#define NK_USE_UNQUALIFIED_NAMES
#include <sensor_hub/Hub.edl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>
#include <kos/mutex.h>
#include <rtl/string.h>
#include <rtl/retcode_hr.h>
#include <stdio.h>
#include <stdlib.h>
#include "hub_log.h"

struct store {
    struct sensor_hub_Registry registry;
    struct sensor_hub_Sampler sampler;
    nk_uint32_t count;
    struct { char name[sensor_hub_types_Common_NameLength + 1]; sensor_hub_types_Common_Range range; nk_uint8_t address[6]; } sensors[4];
    nk_sint32_t last[sensor_hub_types_Common_MaxSamples];
    nk_size_t last_count;
    KosMutex lock;
};

#define FROM_SAMPLER(p) ((struct store *)((char *)(p) - offsetof(struct store, sampler)))

static nk_err_t Add(struct sensor_hub_Registry *self, const struct sensor_hub_Registry_Add_req *req,
    const struct nk_arena *reqArena, struct sensor_hub_Registry_Add_res *res, struct nk_arena *resArena)
{
    struct store *store = (struct store *)self;
    nk_size_t len = 0, aliases = 0, i;
    const nk_char_t *name = nk_arena_get(nk_char_t, reqArena, &req->sensor.name, &len);
    if (store->count == 2) {
        static const char why[] = "no room";
        nk_err_reset(res);
        res->err_.code = -28;
        nk_char_t *text = nk_arena_alloc(nk_char_t, resArena, &res->err_.why, sizeof why);
        if (text) rtl_memcpy(text, why, sizeof why);
        return NK_EOK;
    }
    if (!name || !len) return NK_EBADMSG;
    const nk_ptr_t *list = nk_arena_get(nk_ptr_t, reqArena, &req->sensor.aliases, &aliases);
    for (i = 0; i < aliases; i++) {
        nk_size_t n;
        hub_log("  also known as %s\n", nk_arena_get(nk_char_t, reqArena, &list[i], &n));
    }
    rtl_strncpy(store->sensors[store->count].name, name, sizeof store->sensors[0].name - 1);
    rtl_memcpy(store->sensors[store->count].address, req->sensor.address, sizeof req->sensor.address);
    store->sensors[store->count].range = req->sensor.range;
    res->id = ++store->count;
    return NK_EOK;
}

static nk_err_t List(struct sensor_hub_Registry *self, const struct sensor_hub_Registry_List_req *req,
    const struct nk_arena *reqArena, struct sensor_hub_Registry_List_res *res, struct nk_arena *resArena)
{
    struct store *store = (struct store *)self;
    sensor_hub_types_Common_Sensor *out = nk_arena_alloc(sensor_hub_types_Common_Sensor, resArena, &res->sensors, store->count);
    for (nk_uint32_t i = 0; i < store->count; i++) {
        rtl_memset(&out[i], 0, sizeof out[i]);
        out[i].kind = (nk_uint8_t)i;
        out[i].range = store->sensors[i].range;
        rtl_memcpy(out[i].address, store->sensors[i].address, sizeof out[i].address);
        if (nk_arena_store(nk_char_t, resArena, &out[i].name, store->sensors[i].name, rtl_strlen(store->sensors[i].name) + 1))
            return NK_ENOMEM;
    }
    return NK_EOK;
}

static nk_err_t Configure(struct sensor_hub_Registry *self, const struct sensor_hub_Registry_Configure_req *req,
    const struct nk_arena *reqArena, struct sensor_hub_Registry_Configure_res *res, struct nk_arena *resArena)
{
    nk_size_t n;
    switch (req->setting.tag) {
    case sensor_hub_types_Common_Setting_label_tag:
        hub_log("label %s\n", nk_arena_get(nk_char_t, reqArena, &req->setting.v.label, &n));
        break;
    case sensor_hub_types_Common_Setting_table_tag: {
        nk_uint16_t *t = nk_arena_get(nk_uint16_t, reqArena, &req->setting.v.table, &n);
        hub_log("table of %u, last %u\n", (unsigned)n, t[n - 1]);
        break;
    }
    case sensor_hub_types_Common_Setting_gain_tag:
        hub_log("gain %u\n", req->setting.v.gain);
        break;
    default:
        return NK_EINVAL;
    }
    res->old.tag = sensor_hub_types_Common_Setting_range_tag;
    res->old.v.range.low = -1;
    res->old.v.range.high = 1;
    return NK_EOK;
}

static nk_err_t Sum(struct sensor_hub_Registry *self, const struct sensor_hub_Registry_Sum_req *req,
    const struct nk_arena *reqArena, struct sensor_hub_Registry_Sum_res *res, struct nk_arena *resArena)
{
    nk_size_t rows, cols;
    const nk_ptr_t *row = nk_arena_get(nk_ptr_t, reqArena, &req->matrix, &rows);
    res->sum = 0;
    for (nk_size_t r = 0; r < rows; r++) {
        const nk_sint32_t *v = nk_arena_get(nk_sint32_t, reqArena, &row[r], &cols);
        for (nk_size_t c = 0; c < cols; c++)
            res->sum += v[c] * req->weights[c % 3];
    }
    nk_uint8_t *digest = nk_arena_alloc(nk_uint8_t, resArena, &res->digest, 16);
    for (int i = 0; i < 16; i++) digest[i] = (nk_uint8_t)(i * rows);
    return NK_EOK;
}

static nk_err_t Push(struct sensor_hub_Sampler *self, const struct sensor_hub_Sampler_Push_req *req,
    const struct nk_arena *reqArena, struct sensor_hub_Sampler_Push_res *res, struct nk_arena *resArena)
{
    struct store *store = FROM_SAMPLER(self);
    const nk_sint32_t *v = nk_arena_get(nk_sint32_t, reqArena, &req->samples, &store->last_count);
    KosMutexLock(&store->lock);
    rtl_memcpy(store->last, v, store->last_count * sizeof *v);
    KosMutexUnlock(&store->lock);
    return NK_EOK;
}
static nk_err_t Last(struct sensor_hub_Sampler *self, const struct sensor_hub_Sampler_Last_req *req,
    const struct nk_arena *reqArena, struct sensor_hub_Sampler_Last_res *res, struct nk_arena *resArena)
{
    struct store *store = FROM_SAMPLER(self);
    res->success = NK_TRUE;
    return nk_arena_store(nk_sint32_t, resArena, &res->samples, store->last, req->count) == 0 ? NK_EOK : NK_ENOMEM;
}
static nk_err_t Mixed(struct sensor_hub_Sampler *self, const struct sensor_hub_Sampler_Mixed_req *req,
    const struct nk_arena *reqArena, struct sensor_hub_Sampler_Mixed_res *res, struct nk_arena *resArena)
{
    nk_size_t n = 0;
    nk_arena_get(nk_char_t, reqArena, &req->c, &n);
    res->rc = (nk_uint32_t)n;
    res->b = req->a * 2;
    return NK_EOK;
}

static const struct sensor_hub_Registry_ops registry_ops = {Add, List, Configure, Sum};
static const struct sensor_hub_Sampler_ops sampler_ops = {.Push = Push, .Last = Last, .Mixed = Mixed};

static void store_init(struct store *s)
{
    s->registry.ops = &registry_ops;
    s->sampler.ops = &sampler_ops;
    KosMutexInit(&s->lock);
}

int main(int argc, char *argv[])
{
    static struct store first, second, direct;
    sensor_hub_Store_component c1, c2;
    sensor_hub_Backend_component backend;
    Hub_entity entity;
    ServiceId id;

    store_init(&first); store_init(&second); store_init(&direct);
    sensor_hub_Store_component_init(&c1, &first.registry, &first.sampler);
    sensor_hub_Store_component_init(&c2, &second.registry, &second.sampler);
    sensor_hub_Backend_component_init(&backend, hub_log_impl(), &c1, &c2);
    Hub_entity_init(&entity, hub_log_impl(), &direct.sampler, &backend);

    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(sensor_hub_Hub, entity);
    Retcode rc = NkKosDoDispatch(ServiceLocatorRegister("hub_connection", NULL, 0, &id), &info);
    fprintf(stderr, "%s: " RETCODE_HR_FMT "\n", argv[0], RETCODE_HR_PARAMS(rc));
    return EXIT_FAILURE;
}
