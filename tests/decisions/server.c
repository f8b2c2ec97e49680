/* SPDX-License-Identifier: Apache-2.0 */
/* Every request is answered with nothing, and handles are closed: the policy is what is tested. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <decisions/Rules.idl.h>
#include <stdlib.h>

static struct {
    struct nk_message base_;
    nk_uint64_t words[8];
} message;

int main(void)
{
    static _Alignas(16) char room[16384];
    NkKosTransport transport;
    ServiceId id;
    struct nk_arena arena = NK_ARENA_INITIALIZER(room, room + sizeof(room));
    NkKosTransport_Init(&transport, ServiceLocatorRegister("rules", RTL_NULL, 0, &id), NK_NULL, 0);
    for (;;) {
        nk_message_set_size(&message.base_, sizeof(message));
        if (nk_transport_recv(&transport.base, &message.base_, &arena) != NK_EOK)
            return EXIT_FAILURE;
        unsigned mid = message.base_.mid;
        if (mid == decisions_Rules_Mark_mid || mid == decisions_Rules_Use_mid || mid == decisions_Rules_Own_mid)
            (void)KnHandleClose((Handle)message.words[0]);
        message.base_.tag = sizeof(struct nk_message);
        if (nk_transport_reply(&transport.base, &message.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
    }
}
