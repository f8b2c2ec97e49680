/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the numbers. It need not check the keys: the policy does. */
#include <audit/Server.edl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <stdlib.h>

static nk_uint64_t values[100];

static nk_err_t put(struct audit_Store *self, const struct audit_Store_Put_req *req, const struct nk_arena *req_arena,
                    struct audit_Store_Put_res *res, struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res, (void)res_arena;
    values[req->key] = req->value;
    return NK_EOK;
}

static nk_err_t get(struct audit_Store *self, const struct audit_Store_Get_req *req, const struct nk_arena *req_arena,
                    struct audit_Store_Get_res *res, struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res_arena;
    res->value = values[req->key];
    return NK_EOK;
}

int main(void)
{
    static const struct audit_Store_ops ops = {.Put = put, .Get = get};
    static struct audit_Store store = {&ops};
    char none[1];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(none, none), res_arena = NK_ARENA_INITIALIZER(none, none);
    audit_StorePart_component part;
    audit_Server_entity entity;
    audit_Server_entity_req req;
    audit_Server_entity_res res;
    NkKosTransport transport;
    ServiceId id;
    Handle channel = ServiceLocatorRegister("store_channel", NULL, 0, &id);

    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    audit_StorePart_component_init(&part, &store);
    audit_Server_entity_init(&entity, &part);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, &req_arena) != NK_EOK)
            return EXIT_FAILURE;
        audit_Server_entity_dispatch(&entity, &req.base_, &req_arena, &res.base_, &res_arena);
        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            continue; /* the client is told by the kernel */
    }
}
