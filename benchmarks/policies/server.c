/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers every request with what came in, cut to the response's 64 bytes. Without an argument by hand, as
 * benchmarks/ipc/server.c does; else through generated code: "dispatch" answers and receives in one system call,
 * "do_dispatch" is NkKosDoDispatch, "loop" the three steps as the specification has them.
 */
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>
#include <policies/Server.edl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct nk_message base_;
    nk_uint64_t words[8];
} message;

static _Alignas(8) char text[128];
static NkKosTransport transport;

/* ---- through generated code ---- */

static nk_err_t constant(struct policies_Rules *self, const struct policies_Rules_Constant_req *req,
                         const struct nk_arena *reqArena, struct policies_Rules_Constant_res *res,
                         struct nk_arena *resArena)
{
    (void)self, (void)reqArena, (void)resArena;
    __builtin_memcpy(&res->answer, &req->words, sizeof(res->answer));
    return NK_EOK;
}

static const struct policies_Rules_ops ops = {.Constant = constant};
static struct policies_Rules rules = {&ops};
static policies_Server_entity entity;
static policies_Server_entity_req req;
static policies_Server_entity_res res;

static nk_err_t dispatched(void)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    nk_req_reset(&req);
    nk_err_t rc = nk_transport_recv(&transport.base, &req.base_, &arena);
    while (rc == NK_EOK) {
        rc = policies_Server_entity_dispatch(&entity, &req.base_, &arena, &res.base_, NK_NULL);
        if (rc == NK_EOK)
            rc = nk_transport_reply_recv(&transport.base, &res.base_, sizeof(res), NK_NULL, &req.base_, sizeof(req),
                                         &arena);
    }
    return rc;
}

static nk_err_t looped(void)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    nk_err_t rc = NK_EOK;
    while (rc == NK_EOK) {
        nk_req_reset(&req);
        nk_arena_reset(&arena);
        rc = nk_transport_recv(&transport.base, &req.base_, &arena);
        if (rc == NK_EOK)
            rc = policies_Server_entity_dispatch(&entity, &req.base_, &arena, &res.base_, NK_NULL);
        if (rc == NK_EOK)
            rc = nk_transport_reply(&transport.base, &res.base_, NK_NULL);
    }
    return rc;
}

__attribute__((noinline)) static nk_err_t generated(const char *kind) /* and name of the channel */
{
    ServiceId id;
    NkKosTransport_Init(&transport, ServiceLocatorRegister(kind, RTL_NULL, 0, &id), NK_NULL, 0);
    policies_Server_entity_init(&entity, &rules);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(policies_Server, entity);
    return strcmp(kind, "dispatch") == 0 ? dispatched()
           : strcmp(kind, "loop") == 0   ? looped()
                                         : NkKosDoDispatch(transport.base.handle, &info);
}

int main(int argc, const char *argv[])
{
    if (argc > 1)
        return generated(argv[1]) == NK_EOK ? EXIT_SUCCESS : EXIT_FAILURE;
    NkKosTransport own;
    ServiceId id;
    struct nk_arena arena = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    NkKosTransport_Init(&own, ServiceLocatorRegister("rules", RTL_NULL, 0, &id), NK_NULL, 0);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = nk_transport_recv(&own.base, &message.base_, &arena);
    while (rc == NK_EOK) {
        message.base_.tag = sizeof(struct policies_Rules_Constant_res);
        rc = nk_transport_reply_recv(&own.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                     sizeof(message), &arena);
    }
    printf("BENCH error server %x\n", (unsigned)rc);
    return EXIT_FAILURE;
}
