/* SPDX-License-Identifier: Apache-2.0 */
/* Every request is answered with nothing, and handles are closed: the policy is what is tested. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <decisions/Rules.idl.h>
#include <stdbool.h>
#include <stdlib.h>

static struct {
    struct nk_message base_;
    nk_uint64_t words[8];
} message;

static _Alignas(16) char room[(5 << 20) + 64];
static NkKosTransport transport;
static struct nk_arena arena = NK_ARENA_INITIALIZER(room, room + sizeof(room));

/* The number and one, by Reply-then-Recv as long as questions come; a question for 50 gets an answer of another method,
 * which is none, then the right one. False: what was answered last was denied, and there is no request. */
static bool answer(void)
{
    while (message.base_.mid == decisions_Rules_Ask_mid) {
        bool wrong = message.words[0] == 50;
        message.base_.mid = wrong ? decisions_Rules_Loud_mid : decisions_Rules_Ask_mid;
        message.base_.tag = sizeof(struct decisions_Rules_Ask_res);
        message.words[0] = (nk_uint32_t)message.words[0] + 1;
        nk_err_t rc = nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                              sizeof(message), &arena);
        if (rc != NK_EOK && wrong) {
            message.base_.mid = decisions_Rules_Ask_mid;
            message.words[0] = 51;
            message.base_.tag = sizeof(struct decisions_Rules_Ask_res);
            (void)nk_transport_reply(&transport.base, &message.base_, NK_NULL);
        }
        if (rc != NK_EOK)
            return false;
    }
    return true;
}

int main(void)
{
    ServiceId id;
    NkKosTransport_Init(&transport, ServiceLocatorRegister("rules", RTL_NULL, 0, &id), NK_NULL, 0);
    for (;;) {
        nk_message_set_size(&message.base_, sizeof(message));
        if (nk_transport_recv(&transport.base, &message.base_, &arena) != NK_EOK)
            return EXIT_FAILURE;
        if (!answer())
            continue;
        unsigned mid = message.base_.mid;
        if (mid == decisions_Rules_Mark_mid || mid == decisions_Rules_Use_mid || mid == decisions_Rules_Own_mid)
            (void)KnHandleClose((Handle)message.words[0]);
        message.base_.tag = sizeof(struct nk_message);
        if (nk_transport_reply(&transport.base, &message.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
    }
}
