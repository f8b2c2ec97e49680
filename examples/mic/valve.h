/* SPDX-License-Identifier: Apache-2.0 */
/* The valve as its clients see it. */
#pragma once
#include <stdbool.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <mic/Actuator.idl.h>
#include <stdio.h>

struct valve_client {
    NkKosTransport transport;
    struct mic_Actuator_proxy proxy;
    const char *name;
};

static inline bool valve_connect(struct valve_client *valve, const char *name)
{
    Handle channel = ServiceLocatorConnect("valve");
    nk_iid_t riid = channel != INVALID_HANDLE ? ServiceLocatorGetRiid(channel, "actuator") : INVALID_RIID;
    valve->name = name;
    if (riid == INVALID_RIID) {
        fprintf(stderr, "%s: there is no valve\n", name);
        return false;
    }
    NkKosTransport_Init(&valve->transport, channel, NK_NULL, 0);
    mic_Actuator_proxy_init(&valve->proxy, &valve->transport.base, riid);
    return true;
}

/* Says what came of it. */
static inline void valve_set(struct valve_client *valve, nk_uint16_t percent)
{
    struct mic_Actuator_Set_req req;
    struct mic_Actuator_Set_res res;
    nk_req_reset(&req);
    req.percent = percent;
    nk_err_t code = mic_Actuator_Set(&valve->proxy.base, &req, NK_NULL, &res, NK_NULL);
    printf("%s: setting the valve to %u: %s\n", valve->name, (unsigned)percent,
           code == NK_EOK     ? "done"
           : code == NK_EPERM ? "denied"
                              : "failed");
}

static inline void valve_look(struct valve_client *valve)
{
    struct mic_Actuator_Get_req req;
    struct mic_Actuator_Get_res res;
    nk_req_reset(&req);
    if (mic_Actuator_Get(&valve->proxy.base, &req, NK_NULL, &res, NK_NULL) == NK_EOK)
        printf("%s: the valve is at %u\n", valve->name, (unsigned)res.percent);
    else
        printf("%s: the valve cannot be seen\n", valve->name);
}
