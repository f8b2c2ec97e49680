/* SPDX-License-Identifier: Apache-2.0 */
#include <greenhouse/Heater.edl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/sl/sl_api.h>
#include <greenhouse/Alarm.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    struct greenhouse_Heat base;
    nk_uint8_t percent;
} Heater;

typedef struct {
    struct greenhouse_Measure base;
    const char *name;
    nk_size_t rows;
    struct {
        greenhouse_Measure_Sample samples[2];
        char place[13];
    } kept[4];
} Measure;

static nk_bool_t Raise(nk_sint16_t tenths, const char *why)
{
    NkKosSecurityTransport transport;
    greenhouse_Alarm_proxy proxy;
    greenhouse_Alarm_Raise_req req;
    greenhouse_Alarm_Raise_res res;
    char buffer[greenhouse_Alarm_Raise_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);

    NkKosSecurityTransport_Init(&transport);
    greenhouse_Alarm_proxy_init(&proxy, &transport.base, greenhouse_Heater_securityIid);
    req.tenths = tenths;
    nk_arena_store(nk_char_t, &arena, &req.why, why, strlen(why) + 1);
    return greenhouse_Alarm_Raise(&proxy.base, &req, &arena, &res, NK_NULL) == NK_EOK ? NK_TRUE : NK_FALSE;
}

static nk_err_t Set(struct greenhouse_Heat *self, const greenhouse_Heat_Set_req *req, const struct nk_arena *req_arena,
                    greenhouse_Heat_Set_res *res, struct nk_arena *res_arena)
{
    Heater *heater = (Heater *)self;
    res->before = heater->percent;
    heater->percent = req->percent;
    return NK_EOK;
}

static nk_err_t Report(struct greenhouse_Measure *self, const greenhouse_Measure_Report_req *req,
                       const struct nk_arena *req_arena, greenhouse_Measure_Report_res *res,
                       struct nk_arena *res_arena)
{
    Measure *measure = (Measure *)self;
    nk_uint32_t length = 0, raw = 0;
    const nk_char_t *place = nk_arena_get(nk_char_t, req_arena, &req->row.place, &length);
    const nk_uint8_t *bytes = nk_arena_get(nk_uint8_t, req_arena, &req->row.raw, &raw);
    nk_sint16_t tenths = req->row.samples[1].tenths;

    if (tenths < greenhouse_Measure_Frost * 10 || raw != 3 || bytes[2] != greenhouse_Measure_Mask) {
        nk_err_reset(&res->err_);
        res->err_.status = 22;
        res->err_.range[0] = greenhouse_Measure_Frost * 10;
        res->err_.range[1] = 400;
        return NK_EOK;
    }
    memcpy(measure->kept[measure->rows % 4].samples, req->row.samples, sizeof req->row.samples);
    memcpy(measure->kept[measure->rows % 4].place, place, length);
    measure->rows++;
    if (tenths > 300)
        printf("heater: alarm %s\n", Raise(tenths, measure->name) ? "granted" : "denied");
    res->count = measure->rows;
    return NK_EOK;
}

static nk_err_t Reset(struct greenhouse_Measure *self, const greenhouse_Measure_Reset_req *req,
                      const struct nk_arena *req_arena, greenhouse_Measure_Reset_res *res, struct nk_arena *res_arena)
{
    ((Measure *)self)->rows = 0;
    return NK_EOK;
}

static nk_err_t History(struct greenhouse_Measure *self, const greenhouse_Measure_History_req *req,
                        const struct nk_arena *req_arena, greenhouse_Measure_History_res *res,
                        struct nk_arena *res_arena)
{
    Measure *measure = (Measure *)self;
    nk_size_t count = measure->rows < req->last ? measure->rows : req->last;
    greenhouse_Measure_Row *rows = nk_arena_alloc(greenhouse_Measure_Row, res_arena, &res->rows, count);

    for (nk_size_t i = 0; i < count; i++) {
        memcpy(rows[i].samples, measure->kept[i].samples, sizeof rows[i].samples);
        nk_arena_alloc(nk_uint8_t, res_arena, &rows[i].raw, 0);
        if (nk_arena_store(nk_char_t, res_arena, &rows[i].place, measure->kept[i].place,
                           strlen(measure->kept[i].place) + 1))
            return NK_ENOMEM;
    }
    return NK_EOK;
}

static const struct greenhouse_Heat_ops heat_ops = {.Set = Set};
static const struct greenhouse_Measure_ops measure_ops = {.Report = Report, .Reset = Reset, .History = History};

int main(void)
{
    static Heater heaters[3] = {{.base.ops = &heat_ops}, {.base.ops = &heat_ops}, {.base.ops = &heat_ops}};
    static Measure north = {.base.ops = &measure_ops, .name = "north"}, south = {.base.ops = &measure_ops, .name = "south"};
    static union greenhouse_Heater_entity_req req;
    static union greenhouse_Heater_entity_res res;
    static char req_buffer[greenhouse_Heater_entity_req_arena_size], res_buffer[greenhouse_Heater_entity_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof req_buffer);
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof res_buffer);
    greenhouse_Half_component halves[2];
    greenhouse_Heater_entity entity;
    NkKosTransport transport;
    ServiceId id;

    greenhouse_Half_component_init(&halves[0], &heaters[0].base, &north.base);
    greenhouse_Half_component_init(&halves[1], &heaters[1].base, &south.base);
    greenhouse_Heater_entity_init(&entity, &heaters[2].base, &halves[0], &halves[1]);
    NkKosTransport_Init(&transport, ServiceLocatorRegister("heater", NULL, 0, &id), NK_NULL, 0);
    printf("heater: drill %s\n", Raise(0, "dril") ? "granted" : "denied");
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&req_arena);
        nk_arena_reset(&res_arena);
        nk_err_t err = nk_transport_recv(&transport.base, &req.base_, &req_arena);
        if (err == NK_EOK)
            err = greenhouse_Heater_entity_dispatch(&entity, &req.base_, &req_arena, &res.base_, &res_arena);
        if (err == NK_EOK)
            nk_transport_reply(&transport.base, &res.base_, &res_arena);
    }
}
