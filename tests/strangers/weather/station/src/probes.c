/* SPDX-License-Identifier: Apache-2.0 */
#include "probes.h"
#include <stddef.h>

#define PROBE(self, member) ((struct probe *)((char *)(self) - offsetof(struct probe, member)))

static nk_err_t now(struct weather_Wind *self, const struct weather_Wind_now_req *req, const struct nk_arena *a,
                    struct weather_Wind_now_res *res, struct nk_arena *b)
{
    res->from = (nk_uint16_t)(PROBE(self, wind)->height * 10 + req->average);
    for (int i = 0; i < weather_Units_Points; i++) {
        res->rose[i][0] = (nk_sint8_t)i;
        res->rose[i][1] = (nk_sint8_t)-(i + 1);
    }
    return NK_EOK;
}

static nk_err_t gusts(struct weather_Wind *self, const struct weather_Wind_gusts_req *req, const struct nk_arena *a,
                      struct weather_Wind_gusts_res *res, struct nk_arena *b)
{
    nk_uint32_t count = req->most < weather_Units_Points ? req->most : weather_Units_Points;
    weather_Wind_Gust *gusts = nk_arena_alloc(weather_Wind_Gust, b, &res->list, count);
    for (nk_uint32_t i = 0; i < count; i++) {
        gusts[i].from = (nk_uint16_t)i;
        gusts[i].at = 1000000007ull * i;
        nk_ptr_t *rows = nk_arena_alloc(nk_ptr_t, b, &gusts[i].grid, 2);
        nk_uint8_t *row = nk_arena_alloc(nk_uint8_t, b, &rows[0], 3);
        nk_uint8_t *last = nk_arena_alloc(nk_uint8_t, b, &rows[1], 1);
        if (row == NK_NULL || last == NK_NULL)
            return NK_ENOMEM;
        row[0] = 1, row[1] = 2, row[2] = (nk_uint8_t)i;
        last[0] = PROBE(self, wind)->height == 3 ? 9 : 8;
    }
    return NK_EOK;
}

static nk_err_t upload(struct weather_Air *self, const struct weather_Air_upload_req *req, const struct nk_arena *a,
                       struct weather_Air_upload_res *res, struct nk_arena *b)
{
    nk_size_t size = 0;
    const nk_uint8_t *data = nk_arena_get(nk_uint8_t, a, &req->data, &size);
    res->crc = 0;
    for (nk_size_t i = 0; i < size; i++)
        res->crc = res->crc * 31 + data[i];
    return NK_EOK;
}

static nk_err_t read_air(struct weather_Air *self, const struct weather_Air_read_req *req, const struct nk_arena *a,
                         struct weather_Air_read_res *res, struct nk_arena *b)
{
    res->value = -PROBE(self, air)->height;
    return NK_EOK;
}

weather_Probe_component *probe_init(struct probe *probe, int height)
{
    static const struct weather_Wind_ops wind = {.now = now, .gusts = gusts};
    static const struct weather_Air_ops air = {.upload = upload, .read = read_air};
    probe->wind.ops = &wind;
    probe->air.ops = &air;
    probe->height = height;
    weather_Probe_component_init(&probe->component, &probe->wind, &probe->air);
    return &probe->component;
}
