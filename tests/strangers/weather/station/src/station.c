/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/sl/sl_api.h>
#include <weather/Station.edl.h>
#include <weather/Watch.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "probes.h"

static nk_err_t version(struct weather_Status *self, const struct weather_Status_version_req *req,
                        const struct nk_arena *reqArena, struct weather_Status_version_res *res,
                        struct nk_arena *resArena)
{
    static const char text[] = "station 1.4";
    return nk_arena_store(nk_char_t, resArena, &res->text, text, sizeof text) ? NK_ENOMEM : NK_EOK;
}

static nk_err_t stop(struct weather_Status *self, const struct weather_Status_stop_req *req,
                     const struct nk_arena *reqArena, struct weather_Status_stop_res *res, struct nk_arena *resArena)
{
    return NK_EOK;
}

static void beat(nk_iid_t iid, int probe)
{
    NkKosSecurityTransport transport;
    struct weather_Watch_proxy watch;
    struct weather_Watch_Beat_req req = {.probe = (nk_uint8_t)probe};
    struct weather_Watch_Beat_res res;
    NkKosSecurityTransport_Init(&transport);
    weather_Watch_proxy_init(&watch, &transport.base, iid);
    printf("station: interface %d, probe %d: %d\n", iid, probe,
           weather_Watch_Beat(&watch.base, &req, NULL, &res, NULL) == NK_EOK);
}

int main(void)
{
    static struct probe probes[4];
    static const struct weather_Status_ops ops = {.version = version, .stop = stop};
    struct weather_Status status = {&ops};
    weather_Mast_component mast, spare;
    weather_Station_entity entity;
    ServiceId id;

    weather_Mast_component_init(&mast, probe_init(&probes[0], 3), probe_init(&probes[1], 10));
    weather_Mast_component_init(&spare, probe_init(&probes[2], 4), probe_init(&probes[3], 11));
    weather_Station_entity_init(&entity, &status, &mast, &spare);
    beat(weather_Station_securityIid, 3);
    beat(weather_Station_spare_high_securityIid, 4);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(weather_Station, entity);
    NkKosDoDispatch(ServiceLocatorRegister("station", RTL_NULL, 0, &id), &info);
    return EXIT_FAILURE;
}
