/* SPDX-License-Identifier: Apache-2.0 */
/* Answers every request with what came in, cut to the response's 64 bytes, as benchmarks/ipc/server.c does. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <policies/Rules.idl.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    struct nk_message base_;
    nk_uint64_t words[8];
} message;

int main(void)
{
    NkKosTransport transport;
    ServiceId id;
    static _Alignas(8) char text[128];
    struct nk_arena arena = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    NkKosTransport_Init(&transport, ServiceLocatorRegister("rules", RTL_NULL, 0, &id), NK_NULL, 0);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = nk_transport_recv(&transport.base, &message.base_, &arena);
    while (rc == NK_EOK) {
        message.base_.tag = sizeof(struct policies_Rules_Constant_res);
        rc = nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                     sizeof(message), &arena);
    }
    printf("BENCH error server %x\n", (unsigned)rc);
    return EXIT_FAILURE;
}
