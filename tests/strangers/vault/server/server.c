/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/alloc.h>
#include <services/ocap.h>
#include <stdio.h>
#include <vault/ICallback.idl.h>
#include <vault/Server.edl.h>

#define BOX_READ  OCAP_HANDLE_SPEC(0)
#define BOX_WRITE OCAP_HANDLE_SPEC(1)

struct box { rtl_uint64_t value; };

static nk_err_t Open(struct vault_IBox *self, const struct vault_IBox_Open_req *req, const struct nk_arena *a,
                     struct vault_IBox_Open_res *res, struct nk_arena *b)
{
    if (req->number == 13) return NK_ELOGIC(3);
    struct box *box = KosMemZalloc(sizeof *box);
    Handle handle;
    box->value = req->number * 1000u;
    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_GET_SID | BOX_READ | BOX_WRITE,
                                 box, &handle) != rcOk)
        return NK_ENOMEM;
    /* every second box cannot be read */
    res->box = nk_handle_desc(handle, (nk_rights_t)(OCAP_HANDLE_TRANSFER | (req->number % 2 ? BOX_READ : BOX_WRITE)), 0);
    return NK_EOK;
}

static nk_err_t Read(struct vault_IBox *self, const struct vault_IBox_Read_req *req, const struct nk_arena *a,
                     struct vault_IBox_Read_res *res, struct nk_arena *b)
{
    nk_badge_t badge;
    if (!nk_is_handle_dereferenced(&req->box) || nk_get_badge_op(&req->box, BOX_READ, &badge) != NK_EOK) {
        fprintf(stderr, "not one of mine\n");
        return NK_EINVAL;
    }
    res->value = ((struct box *)badge)->value;
    return NK_EOK;
}

static nk_err_t Subscribe(struct vault_IBox *self, const struct vault_IBox_Subscribe_req *req, const struct nk_arena *a,
                          struct vault_IBox_Subscribe_res *res, struct nk_arena *b)
{
    NkKosTransport transport;
    struct vault_ICallback_proxy proxy;
    struct vault_ICallback_Done_req done = {.what = 42};
    struct vault_ICallback_Done_res nothing;
    NkKosTransport_Init(&transport, nk_get_handle(&req->callback), NK_NULL, 0);
    vault_ICallback_proxy_init(&proxy, &transport.base, INVALID_RIID); /* a callable handle knows its endpoint */
    res->rc = (nk_uint32_t)vault_ICallback_Done(&proxy.base, &done, NULL, &nothing, NULL);
    KnHandleClose(nk_get_handle(&req->callback));
    return NK_EOK;
}

int main(int argc, const char *argv[])
{
    static const struct vault_IBox_ops ops = {.Open = Open, .Read = Read, .Subscribe = Subscribe};
    struct vault_IBox impl = {.ops = &ops};
    vault_Server_entity entity;
    vault_Server_entity_req req;
    vault_Server_entity_res res;
    NkKosTransport t;
    ServiceId iid;
    Handle h = ServiceLocatorRegister("vault.Server", NULL, 0, &iid);
    NkKosTransport_Init(&t, h, NK_NULL, 0);
    vault_Server_entity_init(&entity, &impl);
    while (1) {
        nk_req_reset(&req);
        if (nk_transport_recv(&t.base, &req.base_, NULL) != NK_EOK) continue;
        vault_Server_entity_dispatch(&entity, &req.base_, NULL, &res.base_, NULL);
        nk_transport_reply(&t.base, &res.base_, NULL);
    }
}
