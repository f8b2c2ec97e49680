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

static inline __attribute__((always_inline)) struct kos_exchange_parts
nk_transport_parts(const struct nk_message *out, nk_size_t readable, const struct nk_arena *outArena,
                   struct nk_message *in, nk_size_t inSize, const struct nk_arena *inArena)
{
    struct kos_exchange_parts parts = KOS_NO_PARTS;
    parts.out = out;
    parts.out_size = out != NK_NULL ? nk_message_size(out) : 0;
    if (__builtin_constant_p(readable) && readable != 0 && parts.out_size > readable)
        parts.out_size = readable; /* never: so that the compiler knows what it can be */
    parts.out_readable = readable > parts.out_size ? readable : parts.out_size;
    parts.out_arena = outArena != NK_NULL ? outArena->start : NK_NULL;
    parts.out_arena_used = outArena != NK_NULL ? (nk_size_t)(outArena->unused - outArena->start) : 0;
    parts.in = in;
    parts.in_size = parts.in_writable = inSize;
    parts.in_arena = inArena != NK_NULL ? inArena->start : NK_NULL;
    parts.in_arena_size = inArena != NK_NULL ? (nk_size_t)(inArena->end - inArena->start) : 0;
    return parts;
}

static inline __attribute__((always_inline)) nk_err_t nk_transport_call(struct nk_transport *t, struct nk_message *req,
                                                                        const struct nk_arena *reqArena,
                                                                        struct nk_message *res,
                                                                        struct nk_arena *resArena)
{
    if (__builtin_expect(t->ops != NK_NULL, 0))
        return t->ops->call(t, req, reqArena, res, resArena);
    nk_size_t used;
    nk_err_t rc =
        kos_exchange(t->handle, nk_transport_parts(req, 0, reqArena, res, nk_message_size(res), resArena), &used);
    if (resArena != NK_NULL && rc == rcOk)
        resArena->unused = resArena->start + used;
    return rc;
}
/* Inlined: the size of req was mostly set just before, so what fits is known when this is compiled. */
static inline __attribute__((always_inline)) nk_err_t nk_transport_recv(struct nk_transport *t, struct nk_message *req,
                                                                        struct nk_arena *reqArena)
{
    if (__builtin_expect(t->ops != NK_NULL, 0))
        return t->ops->recv(t, req, reqArena);
    nk_size_t used;
    nk_err_t rc = kos_exchange(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | t->handle,
                               nk_transport_parts(NK_NULL, 0, NK_NULL, req, nk_message_size(req), reqArena), &used);
    if (reqArena != NK_NULL && rc == rcOk)
        reqArena->unused = reqArena->start + used;
    return rc;
}
/* If the compiler sees what object res lies in, its words are loaded without a look at the answer's size. */
static inline __attribute__((always_inline)) nk_err_t nk_transport_reply(struct nk_transport *t, struct nk_message *res,
                                                                         struct nk_arena *resArena)
{
    if (__builtin_expect(t->ops != NK_NULL, 0))
        return t->ops->reply(t, res, resArena);
    nk_size_t used;
    struct kos_exchange_parts parts =
        nk_transport_parts(res, __builtin_object_size(res, 2), resArena, NK_NULL, 0, NK_NULL);
    return kos_exchange(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | t->handle, parts, &used);
}
/*
 * Ours: Reply, then Recv, in one system call; a KOS transport of NkKosTransport_Init only. resReadable: bytes that may
 * be read at res (the size of the buffer); with 88 or more a register-sized answer is loaded without a look at its
 * size. reqSize: bytes that fit at req.
 */
static inline __attribute__((always_inline)) nk_err_t nk_transport_reply_recv(
    struct nk_transport *t, const struct nk_message *res, nk_size_t resReadable, const struct nk_arena *resArena,
    struct nk_message *req, nk_size_t reqSize, struct nk_arena *reqArena)
{
    nk_size_t used;
    nk_err_t rc = kos_exchange(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV | t->handle,
                               nk_transport_parts(res, resReadable, resArena, req, reqSize, reqArena), &used);
    if (reqArena != NK_NULL && rc == rcOk)
        reqArena->unused = reqArena->start + used;
    return rc;
}
