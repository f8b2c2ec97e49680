/* SPDX-License-Identifier: Apache-2.0 */
// A client in C++, with a thread that serves a callback.
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <stdio.h>
#include <kos/event.h>
#include <kos/thread.h>
#include <services/ocap.h>
#include <vault/Client.edl.h>
#include <vault/IBox.idl.h>

namespace {

class Box {
public:
    Box(struct vault_IBox_proxy &proxy, nk_handle_desc_t descriptor) : proxy_(proxy), descriptor_(descriptor) {}
    ~Box() { KnHandleClose(nk_get_handle(&descriptor_)); }
    void print(const char *name)
    {
        vault_IBox_Read_req req;
        vault_IBox_Read_res res;
        req.box = nk_handle_desc(nk_get_handle(&descriptor_));
        nk_err_t rc = vault_IBox_Read(&proxy_.base, &req, nullptr, &res, nullptr);
        if (rc == NK_EOK) printf("%s holds %llu\n", name, static_cast<unsigned long long>(res.value));
        else printf("%s: %s\n", name, rc == NK_EPERM ? "no right to read" : "error");
    }
private:
    struct vault_IBox_proxy &proxy_;
    nk_handle_desc_t descriptor_;
};

KosEvent done;
Handle listener = INVALID_HANDLE;

nk_err_t Done(struct vault_ICallback *, const struct vault_ICallback_Done_req *req, const struct nk_arena *,
              struct vault_ICallback_Done_res *, struct nk_arena *)
{
    printf("called back with %u\n", req->what);
    KosEventSet(&done);
    return NK_EOK;
}

int serve(void *)
{
    static const struct vault_ICallback_ops ops = {Done};
    struct vault_ICallback impl = {&ops};
    vault_Client_entity entity;
    vault_Client_entity_init(&entity, &impl);
    NkKosTransport transport;
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    vault_Client_entity_req req;
    vault_Client_entity_res res;
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) == NK_EOK) {
            vault_Client_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
            nk_transport_reply(&transport.base, &res.base_, NK_NULL);
        }
    }
}

} // namespace

int main(int, char **)
{
    Handle h = ServiceLocatorConnect("vault.Server");
    NkKosTransport transport;
    NkKosTransport_Init(&transport, h, NK_NULL, 0);
    struct vault_IBox_proxy proxy;
    vault_IBox_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(h, "vault.Server.box"));

    static const nk_uint32_t numbers[] = {7, 8, 13, 100};
    for (nk_uint32_t number : numbers) {
        vault_IBox_Open_req req;
        vault_IBox_Open_res res;
        char name[16];
        snprintf(name, sizeof name, "box %u", number);
        req.number = number;
        nk_err_t rc = vault_IBox_Open(&proxy.base, &req, nullptr, &res, nullptr);
        if (rc == rcOk) Box(proxy, res.box).print(name);
        else if (NK_ELOGIC_CHECK(rc)) printf("%s: status %d\n", name, NK_ELOGIC_GET(rc));
        else printf("%s: %s\n", name, rc == rcSecurityDisallow ? "denied" : "failed");
    }

    {
        vault_IBox_Read_req req;
        vault_IBox_Read_res res;
        Handle stranger;
        KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_GET_SID | OCAP_HANDLE_SPEC(0), nullptr, &stranger);
        req.box = nk_handle_desc(stranger, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_SPEC(0));
        printf("my own box: %s\n", vault_IBox_Read(&proxy.base, &req, nullptr, &res, nullptr) == NK_EOK ? "read" : "error");
    }

    Handle server, client, callable;
    Tid tid;
    KosEventInit(&done);
    if (KnHandleConnect(INVALID_HANDLE, &listener, &server, &client) != rcOk) puts("no channel");
    if (KnHandleCreateUserObjectEx(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER | OCAP_IPC_CALL, nullptr, listener,
                                   vault_Client_callback_iid, &callable) != rcOk)
        puts("no callable handle");
    KosThreadCreate(&tid, ThreadPriorityNormal, 0x8000, serve, nullptr, 0);
    vault_IBox_Subscribe_req req;
    vault_IBox_Subscribe_res res;
    req.callback = nk_handle_desc(callable, OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER);
    nk_err_t rc = vault_IBox_Subscribe(&proxy.base, &req, nullptr, &res, nullptr);
    printf("subscribe: %d, %d\n", static_cast<int>(rc), static_cast<int>(res.rc));
    puts(KosEventWaitTimeout(&done, rtl_true, 5000) == rcOk ? "done" : "nobody called");
    return 0;
}
