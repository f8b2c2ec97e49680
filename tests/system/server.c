/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <tests/system/protocol.h>

#define SIZE(name, request, arena, handles, response) KOS_MESSAGE_HEADER_SIZE + (response),
static const unsigned short response_size[] = {TEST_METHODS(SIZE)};

static struct message {
    struct nk_message base_;
    nk_uint64_t words[64];
} message;
static char buffer[4096];

static nk_uint64_t serve(struct message *m, const struct nk_arena *arena)
{
    nk_uint64_t sum = 0;
    switch (m->base_.mid) {
    case TEST_Add:
        return m->words[0] + m->words[1];
    case TEST_Sum:
        for (unsigned i = 0; i < 64; i++)
            sum += m->words[i];
        return sum;
    case TEST_Text:
        for (nk_size_t i = 0; i < (nk_size_t)(arena->unused - arena->start); i++)
            sum += arena->start[i];
        return sum;
    case TEST_Give:
        return (Handle)m->words[0] != INVALID_HANDLE;
    case TEST_Wait:
        (void)KnSleep(50);
        return 0;
    case TEST_Die:
        KnTaskExit(7);
        return 0;
    default:
        return 0;
    }
}

int main(void)
{
    NkKosTransport transport;
    ServiceId id;
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    NkKosTransport_Init(&transport, ServiceLocatorRegister("main", RTL_NULL, 0, &id), NK_NULL, 0);
    for (;;) {
        nk_message_set_size(&message.base_, sizeof(message));
        nk_arena_reset(&arena);
        if (nk_transport_recv(&transport.base, &message.base_, &arena) != NK_EOK)
            return 1;
        message.words[0] = serve(&message, &arena);
        message.base_.tag = response_size[message.base_.mid];
        (void)nk_transport_reply(&transport.base, &message.base_, NK_NULL);
    }
}
