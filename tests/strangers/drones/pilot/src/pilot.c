/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/time/time_api.h>
#include <services/ocap.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <drones/Tower.edl.h>
#include <drones/Telemetry.idl.h>
#include "tower/names.h"

static const char *who;
static void check(const char *what, nk_err_t err, int ok)
{
    printf("%s: %s: %s\n", who, what, err == NK_EPERM ? "denied" : err != NK_EOK ? "failed" : ok ? "ok" : "wrong");
}

static NkKosTransport transport;

static int worker(void *context)
{
    (void)context;
    printf("%s: worker %d\n", who, KosThreadCurrentId() != 0);
    return 3;
}

int main(int argc, char **argv)
{
    who = argv[0];
    Handle h = ServiceLocatorConnect("tower.channel");
    NkKosTransport_Init(&transport, h, NK_NULL, 0);
    struct drones_Telemetry_proxy radio, main_proxy, spare;
    drones_Telemetry_proxy_init(&radio, &transport.base, ServiceLocatorGetRiid(h, "drones.Radio.telemetry"));
    drones_Telemetry_proxy_init(&main_proxy, &transport.base, ServiceLocatorGetRiid(h, "drones.Tower.main"));
    drones_Telemetry_proxy_init(&spare, &transport.base, drones_Tower_spare_iid);

    static char qb[drones_Telemetry_req_arena_size], sb[drones_Telemetry_res_arena_size];
    struct nk_arena q = NK_ARENA_INITIALIZER(qb, qb + sizeof qb), s = NK_ARENA_INITIALIZER(sb, sb + sizeof sb);
    drones_Telemetry_Command_req cq;
    drones_Telemetry_Command_res cs;
    memset(&cq, 0, sizeof cq);
    cq.order.tag = drones_Types_Order_fly_tag;
    cq.order.v.fly.to.x = 42;
    nk_ptr_t *names = nk_arena_alloc(nk_ptr_t, &q, &cq.order.v.fly.names, 2);
    nk_arena_store(nk_char_t, &q, &names[0], "north", 6);
    nk_arena_store(nk_char_t, &q, &names[1], "", 1);
    nk_err_t err = drones_Telemetry_Command(&radio.base, &cq, &q, &cs, &s);
    nk_uint32_t n = 0, l = 0;
    nk_ptr_t *back = err ? NULL : nk_arena_get(nk_ptr_t, &s, &cs.echo.v.fly.names, &n);
    check("fly", err, err == 0 && n == 2 && cs.echo.v.fly.to.x == 42 && strcmp(nk_arena_get(nk_char_t, &s, &back[0], &l), "north") == 0);
    cq.order.tag = drones_Types_Order_land_tag;
    nk_arena_reset(&q);
    nk_arena_reset(&s);
    check("land", drones_Telemetry_Command(&radio.base, &cq, &q, &cs, &s), 0);

    Handle box = INVALID_HANDLE;
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_GET_SID, NULL, &box);
    drones_Telemetry_Report_req rq = {.where = {.x = -5, .y = 6, .speed = {1, 2}}};
    drones_Telemetry_Report_res rs;
    rq.box = nk_handle_desc(box);
    nk_arena_reset(&q);
    nk_arena_reset(&s);
    memset(nk_arena_alloc(nk_uint8_t, &q, &rq.raw, drones_Types_MaxRaw), 0x5a, drones_Types_MaxRaw);
    err = drones_Telemetry_Report(&main_proxy.base, &rq, &q, &rs, &s);
    check("report", err, !nk_msg_check_err(&rs) && rs.ack.ok == 1 && strcmp(nk_arena_get(nk_char_t, &s, &rs.ack.note, &l), "noted") == 0);
    rq.where.speed[1] = 9;
    check("fast", drones_Telemetry_Report(&main_proxy.base, &rq, &q, &rs, &s), 0);
    rq.where.speed[1] = 0;
    check("spare", drones_Telemetry_Report(&spare.base, &rq, &q, &rs, &s), 0);

    drones_Telemetry_Track_req tq = {.id = 1};
    drones_Telemetry_Track_res ts;
    nk_arena_reset(&s);
    err = drones_Telemetry_Track(&main_proxy.base, &tq, NULL, &ts, &s);
    drones_Types_Position *p = nk_arena_get(drones_Types_Position, &s, &ts.points, &n);
    check("track", err, n == drones_Types_MaxTrack && p[6].x == 6 && *nk_arena_get(nk_uint8_t, &s, &ts.marks[2], &l) == 9 && l == 1);
    tq.id = 200;
    nk_arena_reset(&s);
    err = drones_Telemetry_Track(&main_proxy.base, &tq, NULL, &ts, &s);
    check("no track", err, nk_msg_check_err(&ts) && ts.err_.status == rcResourceNotFound && *nk_arena_get(nk_uint8_t, &s, &ts.err_.details, &n) == 1 && n == 2);

    Tid tid;
    if (KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, worker, NULL, 0) == rcOk)
        check("thread", NK_EOK, KosThreadWait(tid, INFINITE_TIMEOUT) == 3);
    RtlTimeSpec now, later;
    KnGetUpTime(&now);
    KnSleep(20);
    KnGetUpTime(&later);
    check("time", NK_EOK, (later.sec - now.sec) * 1000000000LL + (long long)later.nsec - (long long)now.nsec >= 20000000);
    printf("%s: role %s, number %s\n", who, getenv("ROLE") ? getenv("ROLE") : "-", getenv("NUMBER") ? getenv("NUMBER") : "-");
    void *page = KnVmAllocate(RTL_NULL, 4096, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE | VMM_FLAG_WRITE_BACK);
    check("page", NK_EOK, page != RTL_NULL && KnVmUnmap(page, 4096) == rcOk && KnIoClose(box) == rcOk && KnIoClose(box) != rcOk);
    h = ServiceLocatorConnect(SPARE_CHANNEL);
    check("spare channel", NK_EOK, (h != INVALID_HANDLE) == (argv[1][0] == 'a'));
    return EXIT_SUCCESS;
}
