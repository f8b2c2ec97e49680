/* SPDX-License-Identifier: Apache-2.0 */
/* A legacy client: the status of an error comes back as the call's result. */
#include <stdio.h>
#include <stdlib.h>
#include <stddef.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <traffic_light/IMode.idl.h>

#include <assert.h>

static const char EntityName[] = "ControlSystem";

int main(int argc, const char *argv[])
{
    NkKosTransport transport;
    struct traffic_light_IMode_proxy proxy;
    int i;

    static const nk_uint32_t tl_modes[] = {
        traffic_light_IMode_Direction1Red + traffic_light_IMode_Direction2Red,
        traffic_light_IMode_Direction1Green + traffic_light_IMode_Direction2Red,
        traffic_light_IMode_Direction1Green | traffic_light_IMode_Direction2Yellow,
        traffic_light_IMode_Direction1Green | traffic_light_IMode_Direction2Green,
        0,
    };

    fprintf(stderr, "Hello I'm %s\n", EntityName);

    Handle handle = ServiceLocatorConnect("lights_gpio_connection");
    assert(handle != INVALID_HANDLE);

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    nk_iid_t riid = ServiceLocatorGetRiid(handle, "lightsGpio.mode");
    assert(riid != INVALID_RIID);

    traffic_light_IMode_proxy_init(&proxy, &transport.base, riid);

    traffic_light_IMode_FMode_req req;
    traffic_light_IMode_FMode_res res;

    for (i = 0; i < 5; i++) {
        req.value = tl_modes[i];
        nk_err_t err = traffic_light_IMode_FMode(&proxy.base, &req, NULL, &res, NULL);
        if (err == rcOk)
            fprintf(stderr, "result = %0x\n", (int) res.result);
        else if (NK_ELOGIC_CHECK(err))
            fprintf(stderr, "status %d\n", (int) NK_ELOGIC_GET(err));
        else
            fprintf(stderr, "Failed to call traffic_light.Mode.Mode(), error %s\n", err == NK_EPERM ? "denied" : "?");
    }

    traffic_light_IMode_Count_req creq;
    traffic_light_IMode_Count_res cres;
    if (traffic_light_IMode_Count(&proxy.base, &creq, NULL, &cres, NULL) == NK_EOK)
        fprintf(stderr, "%u changes\n", cres.changes);

    return EXIT_SUCCESS;
}
