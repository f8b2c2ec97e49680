/* SPDX-License-Identifier: Apache-2.0 */
#include <court/Docket.idl.h>
#include <court/Clerk.edl.h>
#include <court/Oath.idl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/sl/sl_api.h>
#include <stdio.h>
#include <string.h>
static struct court_Docket_proxy p;
static char buf[court_Docket_req_arena_size];
static struct nk_arena a = NK_ARENA_INITIALIZER(buf, buf + sizeof buf);
static const char *who;
static void file(int no, const char *name, int pages)
{
    struct court_Docket_File_req req;
    struct court_Docket_File_res res;
    memset(&req, 0, sizeof req);
    nk_arena_reset(&a);
    req.number = no;
    req.plaintiff.age = 40;
    nk_arena_store(nk_char_t, &a, &req.plaintiff.name, name, strlen(name) + 1);
    if (pages) {
        court_Types_Page *pg = nk_arena_alloc(court_Types_Page, &a, &req.pages, pages);
        memset(pg, 0, pages * sizeof *pg);
        for (int i = 0; i < pages; i++) {
            pg[i].number = no;
            pg[i].marks[3] = i;
            nk_arena_store(nk_char_t, &a, &pg[i].author.name, "scribe", 7);
        }
    }
    nk_err_t rc = court_Docket_File(&p.base, &req, &a, &res, NULL);
    const char *what = rc == NK_EPERM ? "denied" : rc != NK_EOK ? "failed" : nk_msg_check_err(&res) ? "error" : "receipt";
    fprintf(stderr, "%s: file %d: %s %u\n", who, no, what, rc != NK_EOK ? 0 : nk_msg_check_err(&res) ? res.err_.status : res.receipt);
}
int main(int argc, char **argv)
{
    NkKosTransport t;
    Handle h = ServiceLocatorConnect("court");
    who = argv[0];
    NkKosTransport_Init(&t, h, NK_NULL, 0);
    NkKosSecurityTransport st;
    NkKosSecurityTransport_Init(&st);
    struct court_Oath_proxy oath;
    court_Oath_proxy_init(&oath, &st.base, court_Clerk_securityIid);
    court_Oath_Swear_req q; court_Oath_Swear_res s;
    nk_arena_store(nk_char_t, &a, &q.who, "clerk", 6);
    for (q.level = 3; q.level < 5; q.level++)
        fprintf(stderr, "%s: sworn %u %d\n", who, q.level, court_Oath_Swear(&oath.base, &q, &a, &s, NULL) == NK_EOK);
    if (argc > 1) {
        court_Docket_proxy_init(&p, &t.base, ServiceLocatorGetRiid(h, "appeal"));
        file(3, "x", 2);
        file(4, "x", 0);
        return 0;
    }
    court_Docket_proxy_init(&p, &t.base, ServiceLocatorGetRiid(h, "bench.civil"));
    file(66, "Nobody Here", 1);
    file(5, "Ada Lovelace", 3);
    file(5, "ada", 1);
    struct court_Docket_Adjourn_req ar = {.number = 5, .days = 60};
    struct court_Docket_Adjourn_res as;
    for (; ar.days < 141; ar.days += 40) {
        nk_err_t rc = court_Docket_Adjourn(&p.base, &ar, NULL, &as, NULL);
        fprintf(stderr, "%s: adjourn %u: %d %d\n", who, ar.days, rc == NK_EOK, rc == NK_EOK && nk_msg_check_err(&as) ? as.err_.reason : 0);
    }
    return 0;
}
