/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with their arenas in place. */
#include <coresrv/nk/transport-kos.h>

static NkKosArenaTransport *of(struct nk_transport *t)
{
    return (NkKosArenaTransport *)(void *)t;
}

static nk_err_t call(struct nk_transport *t, struct nk_message *req, const struct nk_arena *reqArena,
                     struct nk_message *res, struct nk_arena *resArena)
{
    struct nk_transport plain = {NK_NULL, t->handle};
    return nk_transport_call(&plain, req, reqArena, res, resArena);
}

static nk_err_t reply(struct nk_transport *t, struct nk_message *res, struct nk_arena *resArena)
{
    struct nk_transport plain = {NK_NULL, t->handle};
    return nk_transport_reply(&plain, res, resArena);
}

/* An arena that showed the last request's is itself again, for this one may come as a copy. */
static void restore(NkKosArenaTransport *t, struct nk_arena *arena)
{
    if (arena != NK_NULL && t->in_place != NK_NULL && arena->start == t->in_place) {
        arena->start = arena->unused = t->own_start;
        arena->end = t->own_end;
    }
    t->in_place = NK_NULL;
}

static nk_err_t exchange(NkKosArenaTransport *transport, nk_uint64_t selector, struct kos_exchange_parts parts,
                         struct nk_arena *reqArena)
{
    nk_size_t used;
    void *in_place = NK_NULL;
    if (reqArena != NK_NULL)
        parts.in_place = &in_place;
    nk_err_t rc = kos_exchange(selector | transport->base.handle, parts, &used);
    if (rc != rcOk || reqArena == NK_NULL)
        return rc;
    if (in_place != NK_NULL) {
        transport->own_start = reqArena->start;
        transport->own_end = reqArena->end;
        transport->in_place = reqArena->start = (nk_uint8_t *)in_place;
        reqArena->end = reqArena->start + used;
    }
    reqArena->unused = reqArena->start + used;
    return rc;
}

static nk_err_t recv(struct nk_transport *t, struct nk_message *req, struct nk_arena *reqArena)
{
    restore(of(t), reqArena);
    return exchange(of(t), KOS_OPERATION_RECV << KOS_OPERATION_SHIFT,
                    nk_transport_parts(NK_NULL, 0, NK_NULL, req, nk_message_size(req), reqArena), reqArena);
}

nk_err_t NkKosArenaTransport_ReplyRecv(NkKosArenaTransport *t, const struct nk_message *res, nk_size_t resReadable,
                                       struct nk_message *req, nk_size_t reqSize, struct nk_arena *reqArena)
{
    restore(t, reqArena);
    return exchange(t, KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV,
                    nk_transport_parts(res, resReadable, NK_NULL, req, reqSize, reqArena), reqArena);
}

static const struct nk_transport_ops ops = {call, recv, reply};

void NkKosArenaTransport_Init(NkKosArenaTransport *t, Handle handle)
{
    t->base.ops = &ops;
    t->base.handle = handle;
    t->in_place = NK_NULL;
}
