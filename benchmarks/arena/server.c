/* SPDX-License-Identifier: Apache-2.0 */
/* Takes arenas where they are if their client's connection says so, else in its own. */
#include <benchmarks/arena/protocol.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdio.h>
#include <stdlib.h>

static union {
    struct nk_message base_;
    struct {
        struct nk_message base_;
        nk_ptr_t bytes;
        nk_uint8_t others[ARENA_REQUEST - sizeof(nk_ptr_t)];
    } request;
    struct {
        struct nk_message base_;
        nk_uint64_t sum;
    } response;
} message;

int main(int argc, const char *argv[])
{
    NkKosArenaTransport transport;
    ServiceId id;
    NkKosArenaTransport_Init(&transport, ServiceLocatorRegister(argv[argc - 1], RTL_NULL, 0, &id));
    nk_uint8_t *own =
        KnVmAllocate(RTL_NULL, ARENA_SIZE, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    struct nk_arena arena = NK_ARENA_INITIALIZER(own, own + ARENA_SIZE);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = own == RTL_NULL ? NK_ENOMEM : nk_transport_recv(&transport.base, &message.base_, &arena);
    while (rc == NK_EOK) {
        nk_size_t count = 0;
        const nk_uint8_t *bytes = nk_arena_get(nk_uint8_t, &arena, &message.request.bytes, &count);
        message.response.sum = count == 0 ? 0 : (nk_uint64_t)bytes[0] + bytes[count - 1];
        message.base_.tag = KOS_MESSAGE_HEADER_SIZE + ARENA_RESPONSE;
        rc = NkKosArenaTransport_ReplyRecv(&transport, &message.base_, sizeof(message), &message.base_, sizeof(message),
                                           &arena);
    }
    printf("BENCH error arena server %x\n", (unsigned)rc);
    return EXIT_FAILURE;
}
