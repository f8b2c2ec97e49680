/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coresrv/cm/cm_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/task/task_api.h>
#include <kos/thread.h>

#include <bazaar/Shop.edl.h>

static struct { char name[bazaar_Types_MaxName + 1]; nk_uint32_t price; } wares[bazaar_Types_MaxWares];
static nk_uint32_t wareCount;
static const char *self;

static nk_err_t FindImpl(struct bazaar_ICatalogue *self_, const struct bazaar_ICatalogue_Find_req *req,
                         const struct nk_arena *reqArena, struct bazaar_ICatalogue_Find_res *res, struct nk_arena *resArena)
{
    nk_uint32_t len = 0;
    const char *what = nk_arena_get(nk_char_t, reqArena, &req->what, &len);
    memset(&res->ware, 0, sizeof res->ware);
    res->rc = rcResourceNotFound;
    for (nk_uint32_t i = 0; what != NULL && i < wareCount; i++)
        if (strcmp(wares[i].name, what) == 0)
        {
            nk_char_t *name = nk_arena_alloc(nk_char_t, resArena, &res->ware.name, strlen(what) + 1);
            if (name == NK_NULL)
                return NK_ENOMEM;
            strcpy(name, what);
            res->ware.price = wares[i].price;
            res->ware.inStock = 1;
            res->rc = rcOk;
        }
    return NK_EOK;
}

static nk_err_t ListImpl(struct bazaar_ICatalogue *self_, const struct bazaar_ICatalogue_List_req *req,
                         const struct nk_arena *reqArena, struct bazaar_ICatalogue_List_res *res, struct nk_arena *resArena)
{
    nk_uint32_t count = req->upTo < wareCount ? req->upTo : wareCount;
    bazaar_Types_Ware *out = nk_arena_alloc(bazaar_Types_Ware, resArena, &res->wares, count);
    if (out == NK_NULL)
        return NK_ENOMEM;
    for (nk_uint32_t i = 0; i < count; i++)
    {
        size_t size = strlen(wares[i].name) + 1;
        if (nk_arena_store(nk_char_t, resArena, &out[i].name, wares[i].name, size) != 0)
            return NK_ENOMEM;
        out[i].price = wares[i].price;
        out[i].inStock = 1;
    }
    return NK_EOK;
}

static nk_err_t PayImpl(struct bazaar_ITill *self_, const struct bazaar_ITill_Pay_req *req,
                        const struct nk_arena *reqArena, struct bazaar_ITill_Pay_res *res, struct nk_arena *resArena)
{
    nk_uint32_t len = 0;
    const char *what = nk_arena_get(nk_char_t, reqArena, &req->what, &len);
    for (nk_uint32_t i = 0; i < wareCount; i++)
        if (what && strcmp(wares[i].name, what) == 0 && wares[i].price <= req->amount)
        {
            res->change = req->amount - wares[i].price;
            return NK_EOK;
        }
    nk_err_reset(res);
    res->err_.status = rcQuotaExceeded;
    return NK_EOK;
}

static Handle listener = INVALID_HANDLE;
static bazaar_Shop_entity entity;

static int Serve(void *context)
{
    NkKosTransport transport;
    bazaar_Shop_entity_req req;
    bazaar_Shop_entity_res res;
    static char reqBuffer[bazaar_Shop_entity_req_arena_size];
    static char resBuffer[bazaar_Shop_entity_res_arena_size];
    struct nk_arena reqArena = NK_ARENA_INITIALIZER(reqBuffer, reqBuffer + sizeof(reqBuffer));
    struct nk_arena resArena = NK_ARENA_INITIALIZER(resBuffer, resBuffer + sizeof(resBuffer));
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    do
    {
        nk_req_reset(&req);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        if (nk_transport_recv(&transport.base, &req.base_, &reqArena) != NK_EOK)
            fprintf(stderr, "recv error\n");
        else
            bazaar_Shop_entity_dispatch(&entity, &req.base_, &reqArena, &res.base_, &resArena);
        if (nk_transport_reply(&transport.base, &res.base_, &resArena) != NK_EOK)
            fprintf(stderr, "reply error\n");
    } while (1);
    return 0;
}

int main(int argc, const char *argv[])
{
    static const struct bazaar_ICatalogue_ops catalogueOps = { .Find = FindImpl, .List = ListImpl };
    static struct bazaar_ICatalogue catalogue = { .ops = &catalogueOps };
    static const struct bazaar_ITill_ops tillOps = { .Pay = PayImpl };
    static struct bazaar_ITill till = { .ops = &tillOps };
    static bazaar_Goods_component goods;
    NsHandle ns;
    char client[kl_core_Types_UCoreStringSize], service[kl_core_Types_UCoreStringSize];
    Tid tid;

    self = argv[0];
    for (int i = 1; i < argc; i++)
    {
        const char *colon = strchr(argv[i], ':');
        memcpy(wares[wareCount].name, argv[i], colon - argv[i]);
        wares[wareCount++].price = atoi(colon + 1);
    }
    bazaar_Goods_component_init(&goods, &catalogue);
    bazaar_Shop_entity_init(&entity, &till, &goods);

    if (NsCreate(RTL_NULL, INFINITE_TIMEOUT, &ns) != rcOk)
    {
        fprintf(stderr, "%s: no name server\n", self);
        return EXIT_FAILURE;
    }
    if (NsPublishService(ns, "bazaar.ICatalogue", self, "goods.catalogue") != rcOk ||
        NsPublishService(ns, "bazaar.ITill", self, "till") != rcOk)
        fprintf(stderr, "%s: not published\n", self);
    if (NsPublishService(ns, "bazaar.ITill", self, "till") != rcAlreadyExists)
        fprintf(stderr, "%s: published twice\n", self);
    if (NsPublishService(ns, "bazaar.ITill", "kl.core.NameServer", "till") != NK_EPERM)
        fprintf(stderr, "%s: published in another's name\n", self);

    for (;;)
    {
        Handle handle;
        nk_iid_t iid = INVALID_RIID;
        if (KnCmListen(RTL_NULL, INFINITE_TIMEOUT, client, service) != rcOk)
            break;
        if (strcmp(service, "goods.catalogue") == 0)
            iid = bazaar_Shop_goods_catalogue_iid;
        else if (strcmp(service, "till") == 0)
            iid = bazaar_Shop_till_iid;
        if (iid == INVALID_RIID)
        {
            KnCmDrop(client, service);
            continue;
        }
        if (KnCmAccept(client, service, iid, listener, &handle) != rcOk)
        {
            fprintf(stderr, "%s: cannot accept %s\n", self, client);
            continue;
        }
        if (listener == INVALID_HANDLE)
        {
            listener = handle;
            KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, Serve, RTL_NULL, 0);
        }
    }
    return EXIT_SUCCESS;
}
