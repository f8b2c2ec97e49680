/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"
#include <acme/hydro/Controller.edl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <plog/plog.h>
#include <stdlib.h>
#include <threads.h>

static struct acme_hydro_Controller_entity entity;
static Handle listener;

static int serve(void *arg)
{
    NkKosTransport transport;
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    acme_hydro_Controller_entity_req *req = malloc(sizeof *req);
    acme_hydro_Controller_entity_res *res = malloc(sizeof *res);
    char *buffers = malloc(acme_hydro_Controller_entity_req_arena_size + acme_hydro_Controller_entity_res_arena_size + 16);
    char *second = buffers + ((acme_hydro_Controller_entity_req_arena_size + 7) & ~7);
    struct nk_arena reqArena = NK_ARENA_INITIALIZER(buffers, buffers + acme_hydro_Controller_entity_req_arena_size);
    struct nk_arena resArena;
    nk_arena_init(&resArena, second, second + acme_hydro_Controller_entity_res_arena_size);
    LOG_I("server %d is up", (int) (intptr_t) arg);
    for (;;) {
        nk_req_reset(req);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        if (nk_transport_recv(&transport.base, &req->base_, &reqArena) != NK_EOK) {
            LOG_E("recv");
            continue;
        }
        nk_err_t rc = acme_hydro_Controller_entity_dispatch(&entity, &req->base_, &reqArena, &res->base_, &resArena);
        if (rc != NK_EOK)
            LOG_E("dispatch %d", (int) rc);
        if (nk_transport_reply(&transport.base, &res->base_, &resArena) != NK_EOK)
            LOG_E("reply");
    }
    return 0;
}

int main(int argc, const char *argv[], const char *envs[])
{
    (void) argc, (void) argv, (void) envs;
    static Probe north, south;
    static Pulse pulses[3];
    ServiceId iid;
    listener = ServiceLocatorRegister("hydro_controller", NULL, 0, &iid);
    if (listener == INVALID_HANDLE) {
        LOG_E("no channel");
        return EXIT_FAILURE;
    }
    struct acme_hydro_gauge_Gauge *n = probe_init(&north, "north gate", 1013), *s = probe_init(&south, "south gate", 987);
    static acme_hydro_parts_Probe_component pn, ps;
    static acme_hydro_parts_Cluster_component cluster;
    static acme_hydro_parts_Plant_component plant;
    acme_hydro_parts_Probe_component_init(&pn, n, pulse_init(&pulses[0], &north));
    acme_hydro_parts_Probe_component_init(&ps, s, pulse_init(&pulses[1], &south));
    acme_hydro_parts_Cluster_component_init(&cluster, &pn, &ps, summary_init(&north, &south));
    acme_hydro_parts_Plant_component_init(&plant, valve_init(), &cluster);
    acme_hydro_Controller_entity_init(&entity, &plant, pulse_init(&pulses[2], NULL));
    thrd_t t;
    if (thrd_create(&t, serve, (void *) 2) != thrd_success)
        return EXIT_FAILURE;
    return serve((void *) 1);
}
