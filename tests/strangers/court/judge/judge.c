/* SPDX-License-Identifier: Apache-2.0 */
#define NK_USE_UNQUALIFIED_NAMES
#include <court/Judge.edl.h>
#include <court/Oath.idl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/sl/sl_api.h>
#include <stdio.h>
#include <string.h>
static nk_err_t File_impl(struct Docket *self, const Docket_File_req *req, const struct nk_arena *ra, Docket_File_res *res, struct nk_arena *sa)
{
    nk_uint32_t n = 0, k = 0;
    const court_Types_Page *pages = nk_arena_get(court_Types_Page, ra, &req->pages, &n);
    for (nk_uint32_t i = 0; i < n; i++) {
        const nk_char_t *s = nk_arena_get(nk_char_t, ra, &pages[i].author.name, &k);
        fprintf(stderr, "judge: page %u of %u by %s, mark %u\n", i + 1, pages[i].number, s ? s : "nobody", pages[i].marks[3]);
    }
    if (n == 0) { nk_err_reset(res); res->err_.status = 404; return NK_EOK; }
    res->receipt = req->number == 66 ? 0 : n * 100 + req->number;
    return NK_EOK;
}
static nk_err_t Hear_impl(struct Docket *self, const Docket_Hear_req *req, const struct nk_arena *ra, Docket_Hear_res *res, struct nk_arena *sa)
{ res->opinion = -req->weight; return NK_EOK; }
static nk_err_t Close_impl(struct Docket *self, const Docket_Close_req *req, const struct nk_arena *ra, Docket_Close_res *res, struct nk_arena *sa)
{ fprintf(stderr, "judge: case %u closed\n", req->number); return NK_EOK; }
static nk_err_t Adjourn_impl(struct Docket *self, const Docket_Adjourn_req *req, const struct nk_arena *ra, Docket_Adjourn_res *res, struct nk_arena *sa)
{ nk_err_reset(res); res->err_.reason = (nk_sint16_t)-req->days; return NK_EOK; }

int main(void)
{
    static const struct Docket_ops ops = {File_impl, Hear_impl, Close_impl, Adjourn_impl};
    static struct Docket d = {&ops};
    static Bench_component bench;
    static Judge_entity entity;
    static Judge_entity_req req; static Judge_entity_res res;
    static char a[Judge_entity_req_arena_size];
    NkKosTransport t; ServiceId id;
    NkKosSecurityTransport st;
    Oath_proxy oath;
    if (NkKosSecurityTransport_Init(&st) == NK_EOK) {
        Oath_Break_req q; Oath_Break_res s; char n[8]; struct nk_arena qa = NK_ARENA_INITIALIZER(n, n + sizeof n);
        Oath_proxy_init(&oath, &st.base, Judge_bench_securityIid);
        nk_arena_store(nk_char_t, &qa, &q.who, "me", 3);
        fprintf(stderr, "judge: broken %d\n", Oath_Break(&oath.base, &q, &qa, &s, NULL) == NK_EOK);
    }
    NkKosTransport_Init(&t, ServiceLocatorRegister("court", NULL, 0, &id), NK_NULL, 0);
    Bench_component_init(&bench, &d, &d);
    Judge_entity_init(&entity, &d, &bench);
    struct nk_arena ra = NK_ARENA_INITIALIZER(a, a + sizeof(a));
    for (;;) {
        nk_req_reset(&req); nk_arena_reset(&ra);
        if (nk_transport_recv(&t.base, &req.base_, &ra) == NK_EOK) Judge_entity_dispatch(&entity, &req.base_, &ra, &res.base_, RTL_NULL);
        else fputs("judge: recv\n", stderr);
        if (nk_transport_reply(&t.base, &res.base_, RTL_NULL) != NK_EOK) fputs("judge: answer refused\n", stderr);
    }
}
