/* SPDX-License-Identifier: Apache-2.0 */
#include "room.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct show {
    struct cinema_screens_Show base;
    const char *where;
    char title[cinema_screens_Show_Start_req_title_size];
    int running;
};

static nk_err_t Start(struct cinema_screens_Show *self, const struct cinema_screens_Show_Start_req *req,
                      const struct nk_arena *req_arena, struct cinema_screens_Show_Start_res *res, struct nk_arena *res_arena)
{
    struct show *show = (struct show *)self;
    nk_uint32_t len;
    if (show->running) {
        nk_err_reset(res);
        res->err_.code = -17;
        return NK_EOK;
    }
    strncpy(show->title, nk_arena_get(nk_char_t, req_arena, &req->title, &len), sizeof show->title - 1);
    show->running = 1;
    fprintf(stderr, "%s shows %s\n", show->where, show->title);
    return NK_EOK;
}

static nk_err_t Stop(struct cinema_screens_Show *self, const struct cinema_screens_Show_Stop_req *req,
                     const struct nk_arena *req_arena, struct cinema_screens_Show_Stop_res *res, struct nk_arena *res_arena)
{
    ((struct show *)self)->running = 0;
    return NK_EOK;
}

static nk_err_t State(struct cinema_screens_Show *self, const struct cinema_screens_Show_State_req *req,
                      const struct nk_arena *req_arena, struct cinema_screens_Show_State_res *res, struct nk_arena *res_arena)
{
    struct show *show = (struct show *)self;
    res->running = show->running;
    char *t = nk_arena_alloc(char, res_arena, &res->title, strlen(show->title) + 1);
    memcpy(t, show->title, strlen(show->title) + 1);
    return NK_EOK;
}

struct cinema_screens_Show *show_create(const char *where)
{
    static const struct cinema_screens_Show_ops Ops = { .Start = Start, .Stop = Stop, .State = State };
    struct show *s = calloc(1, sizeof *s);
    s->base.ops = &Ops;
    s->where = where;
    return &s->base;
}
