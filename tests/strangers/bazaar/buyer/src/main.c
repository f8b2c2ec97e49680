/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/sl/sl_api.h>
#include <kl/core/Types.idl.h>

#include <bazaar/ICatalogue.idl.h>
#include <bazaar/ITill.idl.h>

static void Visit(const char *server, const char *service)
{
    Handle handle;
    rtl_uint32_t rsid;
    NkKosTransport transport;
    struct bazaar_ICatalogue_proxy proxy;
    bazaar_ICatalogue_List_req req;
    bazaar_ICatalogue_List_res res;
    char buffer[bazaar_ICatalogue_List_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));

    if (KnCmConnect(server, service, INFINITE_TIMEOUT, &handle, &rsid) != rcOk)
    {
        fprintf(stderr, "no channel to %s\n", server);
        return;
    }
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    bazaar_ICatalogue_proxy_init(&proxy, &transport.base, (nk_iid_t)rsid);
    req.upTo = 5;
    if (bazaar_ICatalogue_List(&proxy.base, &req, NULL, &res, &arena) != NK_EOK)
    {
        fprintf(stderr, "%s does not answer\n", server);
        return;
    }
    nk_uint32_t count = 0;
    const bazaar_Types_Ware *wares = nk_arena_get(bazaar_Types_Ware, &arena, &res.wares, &count);
    for (nk_uint32_t i = 0; i < count; i++)
    {
        nk_uint32_t length = 0;
        const char *name = nk_arena_get(nk_char_t, &arena, &wares[i].name, &length);
        fprintf(stderr, "%s: %s for %u\n", server, name, wares[i].price);
    }
    /* The name in the listing is also good for the service locator. */
    if (ServiceLocatorGetRiid(handle, service) != (nk_iid_t)rsid)
        fprintf(stderr, "%s: RIIDs differ\n", server);
    KnHandleClose(handle);
}

static void Buy(const char *server, const char *what, nk_uint32_t amount)
{
    Handle handle;
    rtl_uint32_t rsid;
    NkKosTransport transport;
    struct bazaar_ITill_proxy proxy;
    bazaar_ITill_Pay_req req;
    bazaar_ITill_Pay_res res;
    char buffer[bazaar_ITill_Pay_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    if (KnCmConnect(server, "till", 5000, &handle, &rsid) != rcOk)
        return;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    bazaar_ITill_proxy_init(&proxy, &transport.base, (nk_iid_t)rsid);
    nk_char_t *name = nk_arena_alloc(nk_char_t, &arena, &req.what, strlen(what) + 1);
    strcpy(name, what);
    req.amount = amount;
    if (bazaar_ITill_Pay(&proxy.base, &req, &arena, &res, NULL) != NK_EOK)
        fprintf(stderr, "till fails\n");
    else if (nk_msg_check_err(&res))
        fprintf(stderr, "%s for %u: %s\n", what, amount, res.err_.status == rcQuotaExceeded ? "not enough" : "error");
    else
        fprintf(stderr, "%s for %u: change %u\n", what, amount, res.change);
    KnHandleClose(handle);
}

int main(void)
{
    NsHandle ns = NS_INVALID_HANDLE;
    char server[kl_core_Types_UCoreStringSize], service[kl_core_Types_UCoreStringSize];
    Handle handle;
    rtl_uint32_t rsid;
    unsigned found = 0;

    Retcode rc = NsCreate(RTL_NULL, INFINITE_TIMEOUT, &ns);
    if (rc != rcOk)
    {
        fprintf(stderr, "buyer: no name server: %d\n", rc);
        return EXIT_FAILURE;
    }
    while (found < 2) /* both shops publish when they are ready */
        for (found = 0; NsEnumServices(ns, "bazaar.ITill", found, server, sizeof(server), service, sizeof(service)) == rcOk;)
            found++;
    for (unsigned i = 0; NsEnumServices(ns, "bazaar.ICatalogue", i, server, sizeof(server), service, sizeof(service)) == rcOk; i++)
        Visit(server, service);
    Buy("FruitShop", "apple", 10);
    Buy("FruitShop", "pear", 1);
    fprintf(stderr, "past the end: %s\n", NsEnumServices(ns, "bazaar.ITill", 2, server, sizeof(server), service, sizeof(service)) == rcResourceNotFound ? "not found" : "?");
    fprintf(stderr, "no interface: %s\n", NsEnumServices(ns, "bazaar.INone", 0, server, sizeof(server), service, sizeof(service)) == rcResourceNotFound ? "not found" : "?");
    fprintf(stderr, "publish: %s\n", NsPublishService(ns, "bazaar.ITill", "Buyer", "till") == NK_EPERM ? "denied" : "?");
    fprintf(stderr, "dropped: %d\n", KnCmConnect("FruitShop", "garden", 5000, &handle, &rsid) != rcOk);
    fprintf(stderr, "vault: %s\n", KnCmConnect("FruitShop", "vault", 5000, &handle, &rsid) == rcSecurityDisallow ? "denied" : "?");
    fprintf(stderr, "nobody listens: %s\n", KnCmConnect("Einit", "x", 20, &handle, &rsid) != rcOk ? "no channel" : "?");
    fprintf(stderr, "done\n");
    return EXIT_SUCCESS;
}
