/* SPDX-License-Identifier: Apache-2.0 */
#include "farm/serve.h"
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/alloc.h>

int serve(const char *channel, void *entity, dispatch_fn *dispatch, struct nk_message *req, nk_size_t reqSize, nk_size_t reqArena, struct nk_message *res, nk_size_t resSize, nk_size_t resArena)
{
    ServiceId id;
    NkKosTransport transport;
    Handle handle = ServiceLocatorRegister(channel, RTL_NULL, 0, &id);
    if (handle == INVALID_HANDLE)
        return -2;
    char *in = KosMemAlloc(reqArena + 1), *out = KosMemAlloc(resArena + 1);
    struct nk_arena a, b;
    nk_arena_init(&a, in, in + reqArena);
    nk_arena_init(&b, out, out + resArena);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    for (;;) {
        nk_message_set_size(req, reqSize);
        nk_message_set_size(res, resSize);
        nk_arena_reset(&a);
        nk_arena_reset(&b);
        if (nk_transport_recv(&transport.base, req, &a) != NK_EOK)
            return -3;
        dispatch(entity, req, &a, res, &b);
        nk_transport_reply(&transport.base, res, &b);
    }
}
