/* SPDX-License-Identifier: Apache-2.0 */
/* Echoes on the listener named by its first argument. On the CPU that its second argument names; without one, on CPUs 0
 * and 1. */
#include <benchmarks/conflicts/protocol.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE(name, words) KOS_MESSAGE_HEADER_SIZE + (words) * 8,
static const unsigned sizes[] = {CONFLICTS_METHODS(SIZE)};

static Handle listener;

static void serve(void *context, void *context2)
{
    struct {
        struct nk_message base_;
        nk_uint64_t words[CONFLICTS_WORDS_MAX];
    } message = {0};
    NkKosTransport transport;
    (void)context, (void)context2;
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = nk_transport_recv(&transport.base, &message.base_, NK_NULL);
    while (rc == NK_EOK) {
        message.base_.tag = sizes[message.base_.mid];
        rc = nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                     sizeof(message), NK_NULL);
    }
    printf("CONFLICTS error server %x\n", (unsigned)rc);
    KnThreadExit(1);
}

static void pin(Handle thread, unsigned cpu)
{
    if (KnThreadSetAffinityByHandle(thread, 1U << cpu) != rcOk)
        printf("CONFLICTS error affinity\n");
}

int main(int argc, const char *argv[])
{
    Handle thread;
    Tid tid;
    unsigned cpu = argc > 2 ? (unsigned)(argv[2][0] - '0') : 0;
    listener = ServiceLocatorRegister(argv[1], RTL_NULL, 0, RTL_NULL);
    if (KnThreadOpenCurrent(&thread) == rcOk)
        pin(thread, cpu);
    if (argc <= 2) {
        if (KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 16 << 10, serve, RTL_NULL, RTL_NULL,
                                   KOS_THREAD_SUSPENDED) != rcOk)
            printf("CONFLICTS error second receiver\n");
        pin(thread, 1);
        (void)KnThreadResumeByHandle(thread);
    }
    serve(RTL_NULL, RTL_NULL);
    return EXIT_FAILURE;
}
