/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the guest what it would like, gives the valve what is reasonable of that, and switches the machine off. */
#include <coresrv/pm/pm_api.h>
#include <mic/valve.h>
#include <mic/Wishes.idl.h>
#include <stdlib.h>

#define REASONABLE 60

static bool ask(nk_uint16_t *percent)
{
    NkKosTransport transport;
    struct mic_Wishes_proxy proxy;
    struct mic_Wishes_Next_req req;
    struct mic_Wishes_Next_res res;
    Handle channel = ServiceLocatorConnect("guest");
    nk_iid_t riid = channel != INVALID_HANDLE ? ServiceLocatorGetRiid(channel, "wishes") : INVALID_RIID;
    if (riid == INVALID_RIID)
        return false;
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    mic_Wishes_proxy_init(&proxy, &transport.base, riid);
    nk_req_reset(&req);
    if (mic_Wishes_Next(&proxy.base, &req, NK_NULL, &res, NK_NULL) != NK_EOK)
        return false;
    *percent = res.percent;
    return true;
}

int main(void)
{
    struct valve_client valve;
    nk_uint16_t wish;

    if (!valve_connect(&valve, "Operator") || !ask(&wish)) {
        fprintf(stderr, "Operator: there is nobody to ask\n");
        return EXIT_FAILURE;
    }
    printf("Operator: the guest would like %u\n", (unsigned)wish);
    valve_set(&valve, wish < REASONABLE ? wish : REASONABLE);
    valve_look(&valve);
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
