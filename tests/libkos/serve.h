/* SPDX-License-Identifier: Apache-2.0 */
/* A server of libkostest.Text within the test's process, for the tests of transports and dispatch loops. */
#pragma once
#include <coresrv/nk/transport-kos-dispatch.h>
#include <libkostest/Server.edl.h>
#include <libkostest/Text.idl.h>
#include <tests/libkos/check.h>

/* A channel, and what its two ends need. */
struct channel {
    Handle listener, server, client;
};
void channel_make(struct channel *channel);
void channel_close(const struct channel *channel);

/* The class's entity, whose methods do what Text.idl says. */
extern libkostest_Server_entity text_entity;
extern NkKosDispatchInfo text_info;
void text_init(void);

/* One call each by a proxy of the transport's own. */
nk_err_t call_add(struct nk_transport *transport, nk_uint32_t a, nk_uint32_t b, nk_uint32_t *sum, nk_uint32_t *thread);
nk_err_t call_fail(struct nk_transport *transport, nk_uint32_t kind,
                   nk_uint32_t *status); /* status 0: no error response */
