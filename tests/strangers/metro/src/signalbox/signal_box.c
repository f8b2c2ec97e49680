/* SPDX-License-Identifier: Apache-2.0 */
#define NK_USE_UNQUALIFIED_NAMES
#include <metro/track/Switch.idl.h>
#include <metro/safety_core/Lock.idl.h>
#include <metro/Turnout.edl.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/nk/transport-kos.h>
#include <services/rtl/nk_msg.h>
#include <coresrv/time/time_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <getopt.h>
#include <metro.h>

/* no proxy, as in the relay days */
static Retcode rawThrow(Handle h, nk_iid_t riid, rtl_uint32_t to, int *refused)
{
    union { struct nk_message base_; struct metro_track_Switch_Throw_req r; } req;
    struct metro_track_Switch_Throw_res res;
    SMsgHdr out, in;
    memset(&req, 0, sizeof(req));
    req.r.to = to;
    req.r.ends[0].line = 7;
    req.r.ends[1] = (metro_track_Switch_Where){.line = 7, .switchNo = 2, .km = 1ULL << 33};
    nk_req_reset(&req.r);
    nk_msg_set_method_id(&req.r, riid, metro_track_Switch_Throw_mid);
    nk_msg_set_ncaps(&req.r, metro_track_Switch_Throw_req_handles);
    nk_req_reset(&res);
    nk_msg_set_method_id(&res, riid, metro_track_Switch_Throw_mid);
    nk_msg_set_ncaps(&res, metro_track_Switch_Throw_res_handles);
    PackOutMsg(&out, &req.base_, NULL);
    PackInMsg(&in, &res.base_, NULL);
    Retcode rc = Call(h, &out, &in);
    *refused = rc == rcOk && nk_msg_check_err(&res) ? res.err_.status : 0;
    return rc;
}

int main(int argc, char *argv[], char *envs[])
{
    int c, verbose = 0;
    while ((c = getopt(argc, argv, "v")) != -1)
        if (c == 'v')
            verbose = 1;
    SAY("box: verbose %d, %s, %s\n", verbose, optind < argc ? argv[optind] : "-", getenv("SHIFT") ? getenv("SHIFT") : "no shift");
    Handle dflt = ServiceLocatorConnect("metro.Turnout");
    SAY("box: default channel %s\n", dflt == INVALID_HANDLE ? "missing" : "there");
    Handle h = ServiceLocatorConnect(METRO_CHANNEL);
    nk_iid_t east = ServiceLocatorGetRiid(h, "east.drive"), west = ServiceLocatorGetRiid(h, "west.drive"), lock = ServiceLocatorGetRiid(h, "west.lock");
    SAY("box: riids %d %d %d (%d)\n", east, west, lock, metro_Turnout_west_lock_iid);
    int refused;
    Retcode rc = rawThrow(h, east, metro_track_Switch_Right, &refused);
    SAY("box: east %d %d\n", rc == rcOk, refused);
    rc = rawThrow(h, east, 9, &refused);
    SAY("box: east to nowhere: %s\n", rc == rcSecurityDisallow ? "policy" : "?");
    NkKosTransport t;
    NkKosTransport_Init(&t, h, NK_NULL, 0);
    Lock_proxy lockProxy;
    Lock_proxy_init(&lockProxy, &t.base, lock);
    Lock_Hold_req hreq = {.who = 5};
    Lock_Hold_res hres;
    if (Lock_Hold(&lockProxy.base, &hreq, NULL, &hres, NULL) != NK_EOK)
        SAY("box: hold failed\n");
    SAY("box: held %u\n", hres.success);
    rc = rawThrow(h, west, metro_track_Switch_Left, &refused);
    SAY("box: west while held: %d %d\n", rc == rcOk, refused);
    Lock_Leave_req lreq = {.who = 5};
    Lock_Leave_res lres;
    Lock_Leave(&lockProxy.base, &lreq, NULL, &lres, NULL);
    rc = rawThrow(h, west, metro_track_Switch_Left, &refused);
    SAY("box: west then: %d %d\n", rc == rcOk, refused);
    Switch_proxy p;
    Switch_proxy_init(&p, &t.base, east);
    Switch_Ask_req areq;
    Switch_Ask_res ares;
    char buf[Switch_Ask_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buf, buf + sizeof(buf));
    nk_uint32_t len;
    if (Switch_Ask(&p.base, &areq, NULL, &ares, &arena) == rcOk)
        SAY("box: %s is at %u of mask %llu, names %u\n", nk_arena_get(nk_char_t, &arena, &ares.name, &len), ares.position, (unsigned long long)Switch_Mask, Switch_Names);
    Switch_Beat_req breq; Switch_Beat_res bres;
    for (int i = 0; i < 3; i++)
        if (Switch_Beat(&p.base, &breq, NULL, &bres, NULL) != NK_EOK) { SAY("box: beat %d denied\n", i); }
    /* a method that is not there */
    nk_req_reset(&breq); nk_msg_set_method_id(&breq, east, Switch_mid_max); nk_msg_set_ncaps(&breq, 0); nk_req_reset(&bres); nk_msg_set_ncaps(&bres, 0);
    nk_err_t e = nk_transport_call(&t.base, &breq.base_, NULL, &bres.base_, NULL);
    SAY("box: unknown method %s\n", e == NK_EOK ? "went through" : "refused");
    return 42;
}
