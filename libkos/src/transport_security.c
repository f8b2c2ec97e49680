/* SPDX-License-Identifier: Apache-2.0 */
/* The transport of questions to the security module. */
#include <coresrv/nk/transport-kos-security.h>

static nk_err_t call(struct nk_transport *t, struct nk_message *req, const struct nk_arena *reqArena,
                     struct nk_message *res, struct nk_arena *resArena)
{
    struct nk_transport kernel = {NK_NULL, t->handle};
    if (req->iid == INVALID_RIID)
        req->iid = 0;
    return nk_transport_call(&kernel, req, reqArena, res, resArena);
}

static nk_err_t receive(struct nk_transport *t, struct nk_message *req, struct nk_arena *reqArena)
{
    (void)t, (void)req, (void)reqArena;
    return NK_EINVAL;
}

static nk_err_t reply(struct nk_transport *t, struct nk_message *res, struct nk_arena *resArena)
{
    (void)t, (void)res, (void)resArena;
    return NK_EINVAL;
}

const struct nk_transport_ops kos_security_transport_ops = {call, receive, reply};
