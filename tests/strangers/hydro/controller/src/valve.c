/* SPDX-License-Identifier: Apache-2.0 */
#define NK_USE_UNQUALIFIED_NAMES
#include "probe.h"
#include <plog/plog.h>
#include <string.h>

static nk_err_t Submit_impl(struct Valve *self, const Valve_Submit_req *req, const struct nk_arena *reqArena, Valve_Submit_res *res, struct nk_arena *resArena)
{
    (void) self, (void) resArena;
    static nk_uint64_t ticket = 100;
    nk_uint32_t n = 0;
    const nk_uint8_t *key = nk_arena_get(nk_uint8_t, reqArena, &req->job.key, &n);
    if (!key || n != 4 || memcmp(key, "open", 4) != 0) {
        nk_err_reset(res);
        res->err_.reason = 403;
        return NK_EOK;
    }
    switch (req->job.command.tag) {
    case acme_hydro_base_Types_Command_setpoint_tag:
        LOG_I("setpoint %d, priority %u, corner %d", (int) req->job.command.v.setpoint, req->job.priority, (int) req->job.table[1][acme_hydro_base_Limits_MaxProbes - 1]);
        break;
    case acme_hydro_base_Types_Command_text_tag: {
        const nk_char_t *text = nk_arena_get(nk_char_t, reqArena, &req->job.command.v.text, &n);
        LOG_I("text %s", text ? text : "(none)");
        break;
    }
    case acme_hydro_base_Types_Command_ramp_tag: {
        const nk_uint16_t *ramp = nk_arena_get(nk_uint16_t, reqArena, &req->job.command.v.ramp, &n);
        LOG_I("ramp of %u ends at %u", (unsigned) n, n ? ramp[n - 1] : 0);
        break;
    }
    default:
        LOG_E("command %u", (unsigned) req->job.command.tag);
    }
    res->ticket = ++ticket;
    return NK_EOK;
}

static nk_err_t Upload_impl(struct Valve *self, const Valve_Upload_req *req, const struct nk_arena *reqArena, Valve_Upload_res *res, struct nk_arena *resArena)
{
    (void) self, (void) resArena;
    nk_uint32_t n = 0, sum = 0;
    const nk_uint8_t *data = nk_arena_get(nk_uint8_t, reqArena, &req->firmware, &n);
    for (nk_uint32_t i = 0; i < n; i++)
        sum = sum * 31 + data[i];
    res->got = sum == req->crc ? n : 0;
    return NK_EOK;
}

static nk_err_t Trace_impl(struct Valve *self, const Valve_Trace_req *req, const struct nk_arena *reqArena, Valve_Trace_res *res, struct nk_arena *resArena)
{
    (void) self;
    nk_uint32_t n = 0, all = 0, k = 0;
    const nk_ptr_t *chunks = nk_arena_get(nk_ptr_t, reqArena, &req->chunks, &n);
    char joined[64];
    for (nk_uint32_t i = 0; i < n; i++) {
        const nk_uint8_t *c = nk_arena_get(nk_uint8_t, reqArena, &chunks[i], &k);
        if (c && all + k <= sizeof joined)
            memcpy(joined + all, c, k), all += k;
    }
    return nk_arena_store(nk_uint8_t, resArena, &res->joined, (const nk_uint8_t *) joined, all) ? NK_ENOMEM : NK_EOK;
}

struct acme_hydro_valve_Valve *valve_init(void)
{
    static const struct Valve_ops ops = {.Submit = Submit_impl, .Upload = Upload_impl, .Trace = Trace_impl};
    static struct Valve valve = {&ops};
    return &valve;
}
