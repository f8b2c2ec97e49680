/* SPDX-License-Identifier: Apache-2.0 */
#include "hub_log.h"
#include <stdarg.h>
#include <stdio.h>

void hub_log(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stdout, "[hub] ");
    vprintf(fmt, ap);
    va_end(ap);
}

static nk_err_t Write(struct sensor_hub_Log *self, const struct sensor_hub_Log_Write_req *req, const struct nk_arena *reqArena,
                      struct sensor_hub_Log_Write_res *res, struct nk_arena *resArena)
{
    nk_uint32_t len;
    nk_char_t *text = nk_arena_get(nk_char_t, reqArena, &req->text, &len);
    hub_log("%d: %.*s\n", req->level, (int)len, text);
    return NK_EOK;
}

struct sensor_hub_Log *hub_log_impl(void)
{
    static const sensor_hub_Log_ops ops = {.Write = Write};
    static sensor_hub_Log obj = {&ops};
    return &obj;
}
