/* SPDX-License-Identifier: Apache-2.0 */
/* Abstract transport. The KOS transport is known here by its null table, so that its calls are inlined; others bring
 * functions. */
#pragma once
#include <nk/types.h>

struct nk_transport;
struct nk_transport_ops {
    nk_err_t (*call)(struct nk_transport *t, struct nk_message *req, const struct nk_arena *reqArena,
                     struct nk_message *res, struct nk_arena *resArena);
    nk_err_t (*recv)(struct nk_transport *t, struct nk_message *req, struct nk_arena *reqArena);
    nk_err_t (*reply)(struct nk_transport *t, struct nk_message *res, struct nk_arena *resArena);
};
struct nk_transport {
    const struct nk_transport_ops *ops; /* null: KOS */
    Handle handle;
};

#include <coresrv/syscalls.h>

static inline __attribute__((always_inline)) nk_err_t nk_transport_call(struct nk_transport *t, struct nk_message *req,
                                                                        const struct nk_arena *reqArena,
                                                                        struct nk_message *res,
                                                                        struct nk_arena *resArena)
{
    if (__builtin_expect(t->ops != NK_NULL, 0))
        return t->ops->call(t, req, reqArena, res, resArena);
    SMsgHdr out, in;
    nk_size_t used = 0;
    PackOutMsg(&out, req, reqArena);
    PackInMsg(&in, res, resArena);
    nk_err_t rc = kos_exchange(t->handle, &out, &in, &used);
    if (resArena != NK_NULL && rc == rcOk)
        resArena->unused = resArena->start + used;
    return rc;
}
static inline nk_err_t nk_transport_recv(struct nk_transport *t, struct nk_message *req, struct nk_arena *reqArena)
{
    if (t->ops != NK_NULL)
        return t->ops->recv(t, req, reqArena);
    SMsgHdr in;
    nk_size_t used = 0;
    PackInMsg(&in, req, reqArena);
    nk_err_t rc = kos_exchange(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | t->handle, NK_NULL, &in, &used);
    if (reqArena != NK_NULL && rc == rcOk)
        reqArena->unused = reqArena->start + used;
    return rc;
}
static inline nk_err_t nk_transport_reply(struct nk_transport *t, struct nk_message *res, struct nk_arena *resArena)
{
    if (t->ops != NK_NULL)
        return t->ops->reply(t, res, resArena);
    SMsgHdr out;
    nk_size_t used;
    PackOutMsg(&out, res, resArena);
    return kos_exchange(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | t->handle, &out, NK_NULL, &used);
}
/* Ours: Reply, then Recv, in one system call. */
static inline __attribute__((always_inline)) nk_err_t nk_transport_reply_recv(struct nk_transport *t,
                                                                              struct nk_message *res,
                                                                              const struct nk_arena *resArena,
                                                                              struct nk_message *req,
                                                                              struct nk_arena *reqArena)
{
    SMsgHdr out, in;
    nk_size_t used = 0;
    PackOutMsg(&out, res, resArena);
    PackInMsg(&in, req, reqArena);
    nk_err_t rc =
        kos_exchange(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV | t->handle, &out, &in, &used);
    if (reqArena != NK_NULL && rc == rcOk)
        reqArena->unused = reqArena->start + used;
    return rc;
}
