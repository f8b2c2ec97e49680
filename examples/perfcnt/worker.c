/* SPDX-License-Identifier: Apache-2.0 */
/* Does what it is told to, and may not look at counters. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/stat/stat_api.h>
#include <coresrv/time/time_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <perfcnt/Worker.edl.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE  4096U
#define ROUND 100000U /* additions between two looks at the clock */

static nk_err_t work(struct perfcnt_Work *self, const struct perfcnt_Work_Do_req *req, const struct nk_arena *req_arena,
                     struct perfcnt_Work_Do_res *res, struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res_arena;
    rtl_size_t end = KnGetMSecSinceStart() + req->milliseconds;
    volatile char *pages = KnVmAllocate(RTL_NULL, (rtl_size_t)req->pages * PAGE,
                                        (int)(VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE));
    if (pages == RTL_NULL)
        return NK_ENOMEM;
    for (nk_uint32_t i = 0; i < req->pages; i++)
        pages[(rtl_size_t)i * PAGE] = 1;
    for (res->rounds = 0; KnGetMSecSinceStart() < end; res->rounds++)
        for (volatile nk_uint32_t i = 0; i < ROUND; i++)
            ;
    return NK_EOK;
}

int main(void)
{
    static const struct perfcnt_Work_ops ops = {.Do = work};
    struct perfcnt_Work implementation = {&ops};
    perfcnt_Load_component load;
    perfcnt_Worker_entity entity;
    perfcnt_Worker_entity_req req;
    perfcnt_Worker_entity_res res;
    NkKosTransport transport;
    ServiceId id;
    rtl_uint64_t value;
    Handle channel = ServiceLocatorRegister("worker", NULL, 0, &id);

    if (channel == INVALID_HANDLE) {
        fprintf(stderr, "perfcnt.Worker: there is no channel\n");
        return EXIT_FAILURE;
    }
    if (KnStatGetValueAsUInt64("time.user", &value) == rcSecurityDisallow)
        printf("Worker: I may not read counters\n");
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    perfcnt_Load_component_init(&load, &implementation);
    perfcnt_Worker_entity_init(&entity, &load);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        perfcnt_Worker_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
        if (nk_transport_reply(&transport.base, &res.base_, NK_NULL) != NK_EOK)
            fprintf(stderr, "perfcnt.Worker: an answer was refused\n");
    }
}
