/* SPDX-License-Identifier: Apache-2.0 */
/* Echoes one word. With an argument: on CPUs 0 and 1, else where the program was started. */
#include <benchmarks/conflicts/protocol.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>

static Handle listener;

static void serve(void *context, void *context2)
{
    struct {
        struct nk_message base_;
        nk_uint64_t words[8]; /* readable in full: the answer is loaded without a look at its size */
    } message = {0};
    NkKosTransport transport;
    (void)context, (void)context2;
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = nk_transport_recv(&transport.base, &message.base_, NK_NULL);
    while (rc == NK_EOK) {
        message.base_.tag = KOS_MESSAGE_HEADER_SIZE + 8;
        rc = nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                     sizeof(message), NK_NULL);
    }
    printf("CONFLICTS error server %x\n", (unsigned)rc);
    KnThreadExit(1);
}

int main(int argc)
{
    Handle thread;
    Tid tid;
    listener = ServiceLocatorRegister(argc > 1 ? "shared" : "echo", RTL_NULL, 0, RTL_NULL);
    if (argc > 1 && (KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 16 << 10, serve, RTL_NULL,
                                            RTL_NULL, KOS_THREAD_SUSPENDED) != rcOk ||
                     KnThreadSetAffinityByHandle(thread, 1U << 1) != rcOk || KnThreadResumeByHandle(thread) != rcOk))
        printf("CONFLICTS error second receiver\n");
    serve(RTL_NULL, RTL_NULL);
    return EXIT_FAILURE;
}
