/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <math.h>
#include <errno.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <observatory/Dome.edl.h>

#include "motor.h"

static nk_err_t Turn_impl(struct observatory_Pointing *self, const struct observatory_Pointing_Turn_req *req,
                          const struct nk_arena *reqArena, struct observatory_Pointing_Turn_res *res, struct nk_arena *resArena)
{
    position_t to = {req->azimuth / 1e6, req->altitude / 1e6};
    log_line("to %8.4f %+8.4f", to.azimuth, to.altitude);
    res->ticket = motor_turn(to);
    return NK_EOK;
}

static nk_err_t Where_impl(struct observatory_Pointing *self, const struct observatory_Pointing_Where_req *req,
                           const struct nk_arena *reqArena, struct observatory_Pointing_Where_res *res, struct nk_arena *resArena)
{
    position_t at = motor_wait(req->ticket, &res->steps);
    res->azimuth = (nk_sint32_t)lround(at.azimuth * 1e6);
    res->altitude = (nk_sint32_t)lround(at.altitude * 1e6);
    return NK_EOK;
}

int main(int argc, char *argv[])
{
    static const struct observatory_Pointing_ops ops = {.Turn = Turn_impl, .Where = Where_impl};
    static struct observatory_Pointing pointing = {.ops = &ops};
    ServiceId iid;
    NkKosTransport transport;

    FILE *config = fopen("/etc/dome.conf", "r");
    if (config == NULL)
        log_line("no configuration: %s", errno == EIO ? "no file system" : "?");

    if (!motor_start())
        return EXIT_FAILURE;

    Handle handle = ServiceLocatorRegister("dome_connection", NULL, 0, &iid);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    observatory_Dome_entity entity;
    observatory_Dome_entity_req req;
    observatory_Dome_entity_res res;
    observatory_Dome_entity_init(&entity, &pointing);

    while (1) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NULL) != NK_EOK) {
            log_line("nk_transport_recv error");
            continue;
        }
        observatory_Dome_entity_dispatch(&entity, &req.base_, NULL, &res.base_, NULL);
        if (nk_transport_reply(&transport.base, &res.base_, NULL) != NK_EOK)
            log_line("nk_transport_reply error");
    }
}
