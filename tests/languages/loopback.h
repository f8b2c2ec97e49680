/* SPDX-License-Identifier: Apache-2.0 */
/* A transport in one process: a call is a dispatch. Messages and arenas are copied as the kernel copies them. */
#pragma once
#include <nk/transport.h>

typedef nk_err_t loopback_dispatch(void *server, const struct nk_message *req, const struct nk_arena *reqArena,
                                   struct nk_message *res, struct nk_arena *resArena);

struct loopback {
    struct nk_transport base;
    loopback_dispatch *dispatch;
    void *server;
    struct nk_message last_request, last_response; /* headers */
};

void loopback_init(struct loopback *loopback, loopback_dispatch *dispatch, void *server);
