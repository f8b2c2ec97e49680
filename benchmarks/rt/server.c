/* SPDX-License-Identifier: Apache-2.0 */
/* Answers every request with what came in, cut to the method's response, the first word replaced by the time at which
 * the request was there. Runs twice: with a real-time priority for the measurement, with the lowest for the load. */
#include <benchmarks/rt/protocol.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/time.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE(name, request, arena, response) KOS_MESSAGE_HEADER_SIZE + (response),
static const unsigned short response_size[] = {RT_METHODS(SIZE)};

static struct request {
    struct nk_message base_;
    nk_uint64_t words[128];
} message;

int main(void)
{
    NkKosTransport transport;
    ServiceId id;
    NkKosTransport_Init(&transport, ServiceLocatorRegister("echo", RTL_NULL, 0, &id), NK_NULL, 0);
    char *buffer =
        KnVmAllocate(RTL_NULL, RT_ARENA_SIZE, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    if (buffer == RTL_NULL)
        return EXIT_FAILURE;
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + RT_ARENA_SIZE);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = nk_transport_recv(&transport.base, &message.base_, &arena);
    while (rc == NK_EOK) {
        message.words[0] = kos_time_ns();
        message.base_.tag = response_size[message.base_.mid];
        rc = nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                     sizeof(message), &arena);
    }
    printf("BENCH error server %x\n", (unsigned)rc);
    return EXIT_FAILURE;
}
