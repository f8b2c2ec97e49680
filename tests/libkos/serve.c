/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <string.h>
#include <tests/libkos/serve.h>

void channel_make(struct channel *channel)
{
    CHECK_SAME(KnHandleConnect(INVALID_HANDLE, &channel->listener, &channel->server, &channel->client), rcOk);
}

void channel_close(const struct channel *channel)
{
    CHECK_SAME(KnHandleClose(channel->client), rcOk);
    CHECK_SAME(KnHandleClose(channel->listener), rcOk);
    if (channel->server != channel->listener)
        CHECK_SAME(KnHandleClose(channel->server), rcOk);
}

static nk_err_t add_impl(struct libkostest_Text *self, const struct libkostest_Text_Add_req *req,
                         const struct nk_arena *reqArena, struct libkostest_Text_Add_res *res,
                         struct nk_arena *resArena)
{
    (void)self, (void)reqArena, (void)resArena;
    res->sum = req->a + req->b;
    res->thread = KosThreadCurrentId();
    return NK_EOK;
}

static nk_err_t reverse_impl(struct libkostest_Text *self, const struct libkostest_Text_Reverse_req *req,
                             const struct nk_arena *reqArena, struct libkostest_Text_Reverse_res *res,
                             struct nk_arena *resArena)
{
    nk_uint32_t size = 0;
    (void)self;
    const nk_char_t *text = nk_arena_get(const nk_char_t, reqArena, &req->text, &size);
    nk_char_t *reversed = nk_arena_alloc(nk_char_t, resArena, &res->reversed, size);
    if (text == NK_NULL || reversed == NK_NULL || size == 0)
        return NK_ENOMEM;
    for (nk_uint32_t i = 0; i + 1 < size; i++)
        reversed[i] = text[size - 2 - i];
    reversed[size - 1] = '\0';
    return NK_EOK;
}

static nk_err_t fail_impl(struct libkostest_Text *self, const struct libkostest_Text_Fail_req *req,
                          const struct nk_arena *reqArena, struct libkostest_Text_Fail_res *res,
                          struct nk_arena *resArena)
{
    (void)self, (void)reqArena, (void)resArena;
    if (req->kind == 1) {
        nk_err_reset(res);
        res->err_.status = 4711;
    }
    if (req->kind == 3)
        (void)KosThreadSleep(20);
    return req->kind == 2 ? NK_EINVAL : NK_EOK;
}

static const struct libkostest_Text_ops ops = {.Add = add_impl, .Reverse = reverse_impl, .Fail = fail_impl};
static struct libkostest_Text text = {&ops};
libkostest_Server_entity text_entity;
NkKosDispatchInfo text_info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(libkostest_Server, text_entity);

void text_init(void)
{
    libkostest_Server_entity_init(&text_entity, &text);
}

nk_err_t call_add(struct nk_transport *transport, nk_uint32_t a, nk_uint32_t b, nk_uint32_t *sum, nk_uint32_t *thread)
{
    struct libkostest_Text_proxy proxy;
    libkostest_Text_Add_req req;
    libkostest_Text_Add_res res;
    libkostest_Text_proxy_init(&proxy, transport, libkostest_Server_text_iid);
    req.a = a;
    req.b = b;
    nk_err_t rc = libkostest_Text_Add(&proxy.base, &req, NK_NULL, &res, NK_NULL);
    *sum = rc == NK_EOK ? res.sum : 0;
    *thread = rc == NK_EOK ? res.thread : 0;
    return rc;
}

nk_err_t call_fail(struct nk_transport *transport, nk_uint32_t kind, nk_uint32_t *status)
{
    struct libkostest_Text_proxy proxy;
    libkostest_Text_Fail_req req;
    libkostest_Text_Fail_res res;
    libkostest_Text_proxy_init(&proxy, transport, libkostest_Server_text_iid);
    req.kind = kind;
    nk_err_t rc = libkostest_Text_Fail(&proxy.base, &req, NK_NULL, &res, NK_NULL);
    *status = rc == NK_EOK && nk_msg_check_err(&res) ? res.err_.status : 0;
    return rc;
}
