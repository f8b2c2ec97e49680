/* SPDX-License-Identifier: Apache-2.0 */
/* Echoes on the listener named by its first argument, with a receiver on each CPU of the second, one digit each. */
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

static void receiver_start(unsigned cpu)
{
    Handle thread;
    Tid tid;
    if (KnThreadCreateByHandle(&thread, &tid, KOS_PRIORITY_STANDARD_MAX, 16 << 10, serve, RTL_NULL, RTL_NULL,
                               KOS_THREAD_SUSPENDED) != rcOk ||
        KnThreadSetAffinityByHandle(thread, 1U << cpu) != rcOk || KnThreadResumeByHandle(thread) != rcOk)
        printf("CONFLICTS error receiver\n");
}

int main(int argc, const char *argv[])
{
    listener = ServiceLocatorRegister(argv[1], RTL_NULL, 0, RTL_NULL);
    for (const char *cpu = argc > 2 ? argv[2] : "0"; *cpu != '\0'; cpu++)
        receiver_start((unsigned)(*cpu - '0'));
    KnThreadExit(0); /* the others go on */
    return EXIT_FAILURE;
}
