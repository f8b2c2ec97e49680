/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"
#include <coresrv/time/time_api.h>
#include <plog/plog.h>
#include <string.h>

static int put_text(struct nk_arena *arena, nk_ptr_t *to, const char *text)
{
    size_t size = strlen(text) + 1;
    nk_char_t *s = nk_arena_alloc(nk_char_t, arena, to, size);
    if (s == NK_NULL)
        return -1;
    memcpy(s, text, size);
    return 0;
}

static void fill(Probe *self, acme_hydro_base_Types_Reading *r, struct nk_arena *arena)
{
    memset(r, 0, sizeof *r);
    r->at.sec = 7;
    r->at.nsec = ++self->reads;
    r->value = self->value;
    r->flags[0] = 1;
    r->flags[acme_hydro_base_Limits_Flags - 1] = 2;
    put_text(arena, &r->where, self->where);
}

static nk_err_t Read_impl(struct acme_hydro_gauge_Gauge *base, const struct acme_hydro_gauge_Gauge_Read_req *req, const struct nk_arena *reqArena,
                          struct acme_hydro_gauge_Gauge_Read_res *res, struct nk_arena *resArena)
{
    (void) reqArena;
    Probe *self = (Probe *) base;
    if (req->channel != 0) {
        nk_err_reset(res);
        res->err_.code = acme_hydro_base_Limits_Lowest;
        return put_text(resArena, &res->err_.why, "one channel only") ? NK_ENOMEM : NK_EOK;
    }
    fill(self, &res->reading, resArena);
    return NK_EOK;
}

static Probe *pair[2];

static nk_err_t ReadAll_impl(struct acme_hydro_gauge_Gauge *base, const acme_hydro_gauge_Gauge_ReadAll_req *req, const struct nk_arena *reqArena,
                             acme_hydro_gauge_Gauge_ReadAll_res *res, struct nk_arena *resArena)
{
    (void) base, (void) req, (void) reqArena;
    acme_hydro_base_Types_Reading *r = nk_arena_alloc(acme_hydro_base_Types_Reading, resArena, &res->readings, 2);
    if (!r)
        return NK_ENOMEM;
    for (int i = 0; i < 2; i++) {
        fill(pair[i], &r[i], resArena);
        res->row[i] = r[i].value;
    }
    for (unsigned i = 2; i < acme_hydro_base_Limits_MaxProbes; i++)
        res->row[i] = -1;
    return NK_EOK;
}

static nk_err_t Rename_impl(struct acme_hydro_gauge_Gauge *base, const acme_hydro_gauge_Gauge_Rename_req *req, const struct nk_arena *reqArena,
                            acme_hydro_gauge_Gauge_Rename_res *res, struct nk_arena *resArena)
{
    (void) resArena;
    static char kept[2][32];
    static int next;
    Probe *self = (Probe *) base;
    nk_uint32_t n = 0;
    const nk_char_t *from = nk_arena_get(nk_char_t, reqArena, &req->from, &n);
    if (from == NK_NULL || strcmp(from, self->where)) {
        res->rc = 2;
        return NK_EOK;
    }
    const nk_char_t *to = nk_arena_get(nk_char_t, reqArena, &req->to, &n);
    if (to == NK_NULL || n == 0) {
        res->rc = 3;
        return NK_EOK;
    }
    self->where = strncpy(kept[next++ % 2], to, sizeof kept[0] - 1);
    res->rc = 0;
    return NK_EOK;
}

static nk_err_t Names_impl(struct acme_hydro_gauge_Gauge *base, const acme_hydro_gauge_Gauge_Names_req *req, const struct nk_arena *reqArena,
                           acme_hydro_gauge_Gauge_Names_res *res, struct nk_arena *resArena)
{
    (void) base, (void) req, (void) reqArena;
    nk_ptr_t *names = nk_arena_alloc(nk_ptr_t, resArena, &res->names, 2);
    return names && !put_text(resArena, &names[0], pair[0]->where) && !put_text(resArena, &names[1], pair[1]->where) ? NK_EOK : NK_ENOMEM;
}

static const struct acme_hydro_gauge_Gauge_ops gauge_ops = {.Read = Read_impl, .ReadAll = ReadAll_impl, .Rename = Rename_impl, .Names = Names_impl};

struct acme_hydro_gauge_Gauge *probe_init(Probe *self, const char *where, int value)
{
    *self = (Probe){.base = {&gauge_ops}, .where = where, .value = value};
    return &self->base;
}

struct acme_hydro_gauge_Gauge *summary_init(Probe *north, Probe *south)
{
    static Probe all;
    pair[0] = north, pair[1] = south;
    return probe_init(&all, "all", north->value + south->value);
}

static nk_err_t Ping_impl(struct acme_hydro_base_Health *base, const acme_hydro_base_Health_Ping_req *req, const struct nk_arena *reqArena,
                          acme_hydro_base_Health_Ping_res *res, struct nk_arena *resArena)
{
    (void) req, (void) reqArena, (void) res, (void) resArena;
    ((Pulse *) base)->pings++;
    return NK_EOK;
}

static nk_err_t Reset_impl(struct acme_hydro_base_Health *base, const acme_hydro_base_Health_Reset_req *req, const struct nk_arena *reqArena,
                           acme_hydro_base_Health_Reset_res *res, struct nk_arena *resArena)
{
    (void) req, (void) reqArena, (void) res, (void) resArena;
    Pulse *self = (Pulse *) base;
    LOG_I("reset of %s after %u pings", self->probe ? self->probe->where : "everything", self->pings);
    self->pings = 0;
    return NK_EOK;
}

static nk_err_t Uptime_impl(struct acme_hydro_base_Health *base, const acme_hydro_base_Health_Uptime_req *req, const struct nk_arena *reqArena,
                            acme_hydro_base_Health_Uptime_res *res, struct nk_arena *resArena)
{
    (void) base, (void) req, (void) reqArena, (void) resArena;
    res->ms = KnGetMSecSinceStart();
    return NK_EOK;
}

struct acme_hydro_base_Health *pulse_init(Pulse *self, Probe *probe)
{
    static const struct acme_hydro_base_Health_ops ops = {Ping_impl, Reset_impl, Uptime_impl};
    self->base.ops = &ops;
    self->probe = probe;
    self->pings = 0;
    return &self->base;
}
