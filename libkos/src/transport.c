/* SPDX-License-Identifier: Apache-2.0 */
/* The KOS transport whose calls can be interrupted (NkKosTransportSync_Init). */
#include <coresrv/nk/transport-kos.h>

static NkKosTransport *own(struct nk_transport *t)
{
    return (NkKosTransport *)t; /* base is the first member */
}

static nk_err_t exchange(nk_uint64_t selector, struct kos_exchange_parts parts, Handle sync, struct nk_arena *in_arena)
{
    nk_size_t used;
    parts.timeout = INFINITE_TIMEOUT;
    parts.sync_handle = sync;
    nk_err_t rc = kos_exchange(selector | KOS_CALL_EXTENDED, parts, &used);
    if (in_arena != NK_NULL && rc == rcOk)
        in_arena->unused = in_arena->start + used;
    return rc;
}

static nk_err_t call(struct nk_transport *t, struct nk_message *req, const struct nk_arena *reqArena,
                     struct nk_message *res, struct nk_arena *resArena)
{
    return exchange(t->handle, nk_transport_parts(req, 0, reqArena, res, nk_message_size(res), resArena),
                    own(t)->call_sync, resArena);
}

static nk_err_t receive(struct nk_transport *t, struct nk_message *req, struct nk_arena *reqArena)
{
    return exchange(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | t->handle,
                    nk_transport_parts(NK_NULL, 0, NK_NULL, req, nk_message_size(req), reqArena), own(t)->receive_sync,
                    reqArena);
}

static nk_err_t reply(struct nk_transport *t, struct nk_message *res, struct nk_arena *resArena)
{
    nk_size_t used;
    return kos_exchange(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | t->handle,
                        nk_transport_parts(res, 0, resArena, NK_NULL, 0, NK_NULL), &used);
}

const struct nk_transport_ops kos_sync_transport_ops = {call, receive, reply};
