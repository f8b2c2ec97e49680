/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <mailroom/Post.edl.h>
#include <services/ocap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Receipt
{
    Handle handle;
    nk_uint32_t number;
    char to[17];
};

static struct Receipt receipts[8];
static nk_uint32_t count;

static nk_err_t Take(struct mailroom_Counter *self, const struct mailroom_Counter_Take_req *req,
                     const struct nk_arena *req_arena, struct mailroom_Counter_Take_res *res,
                     struct nk_arena *res_arena)
{
    struct Receipt *receipt = &receipts[count];
    Handle mdl = nk_get_handle(&req->parcel.buffer);
    nk_uint32_t length = 0;
    rtl_uint8_t *bytes = NULL;
    const nk_char_t *to = nk_arena_get(nk_char_t, req_arena, &req->to, &length);

    if (nk_is_handle_dereferenced(&req->parcel.buffer) || to == NULL)
        return NK_EINVAL;
    if (KnPmmMdlMap(mdl, 0, 4096, RTL_NULL, VMM_FLAG_READ, (void **)&bytes) != rcOk)
        return NK_ENOMEM;
    res->sum = 0;
    for (nk_uint32_t i = 0; i < req->parcel.bytes; i++)
        res->sum += bytes[i];
    KnVmUnmap(bytes, 4096);
    KnHandleClose(mdl);

    receipt->number = ++count;
    memcpy(receipt->to, to, length);
    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_SPEC(0), receipt,
                                 &receipt->handle) != rcOk)
        return NK_ENOMEM;
    res->receipt = nk_handle_desc(receipt->handle);
    return NK_EOK;
}

static nk_err_t Ask(struct mailroom_Counter *self, const struct mailroom_Counter_Ask_req *req,
                    const struct nk_arena *req_arena, struct mailroom_Counter_Ask_res *res, struct nk_arena *res_arena)
{
    nk_badge_t badge = 0;

    if (!nk_is_handle_dereferenced(&req->receipt) ||
        nk_get_badge_op(&req->receipt, OCAP_HANDLE_SPEC(0), &badge) != NK_EOK)
    {
        nk_err_reset(res);
        res->err_.rc = -1;
        return NK_EOK;
    }
    struct Receipt *receipt = (struct Receipt *)badge;
    printf("Post: number %u for %s\n", (unsigned)receipt->number, receipt->to);
    res->number = receipt->number;
    return NK_EOK;
}

static nk_err_t Give(struct mailroom_Counter *self, const struct mailroom_Counter_Give_req *req,
                     const struct nk_arena *req_arena, struct mailroom_Counter_Give_res *res,
                     struct nk_arena *res_arena)
{
    res->known = 0;
    for (int i = 0; i < 2; i++)
    {
        nk_badge_t badge;
        if (nk_is_handle_dereferenced(&req->receipts[i]) && nk_get_badge_op(&req->receipts[i], 0, &badge) == NK_EOK)
            res->known += ((struct Receipt *)badge)->number == (nk_uint32_t)i + 1;
    }
    return NK_EOK;
}

int main(void)
{
    static const struct mailroom_Counter_ops ops = {.Take = Take, .Ask = Ask, .Give = Give};
    struct mailroom_Counter counter = {.ops = &ops};
    mailroom_Post_entity entity;
    NkKosTransport transport;
    ServiceId id;
    Handle handle = ServiceLocatorRegister("post", NULL, 0, &id);

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    mailroom_Post_entity_init(&entity, &counter);
    while (1)
    {
        mailroom_Post_entity_req req;
        mailroom_Post_entity_res res;
        char buffer[mailroom_Post_entity_req_arena_size];
        struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, &arena) != NK_EOK)
            return EXIT_FAILURE;
        mailroom_Post_entity_dispatch(&entity, &req.base_, &arena, &res.base_, RTL_NULL);
        nk_transport_reply(&transport.base, &res.base_, RTL_NULL);
    }
}
