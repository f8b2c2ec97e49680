/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>
#include <customs/Officer.edl.h>
#include <customs/Report.idl.h>

static struct customs_Report_proxy report;

static void tell(nk_uint16_t code, const char *text)
{
    customs_Report_Event_req req;
    customs_Report_Event_res res;
    char buffer[customs_Report_Event_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    req.code = code;
    strcpy(nk_arena_alloc(nk_char_t, &arena, &req.text, strlen(text) + 1), text);
    nk_err_t rc = customs_Report_Event(&report.base, &req, &arena, &res, NULL);
    fprintf(stderr, "officer: report %u %s: %s\n", code, text, rc == NK_EOK ? "ok" : rc == NK_EPERM ? "denied" : "error");
}

struct Gate { struct customs_Gate base; const char *colour; nk_uint32_t fee; };

static nk_err_t Declare(struct customs_Gate *self, const struct customs_Gate_Declare_req *req, const struct nk_arena *in, struct customs_Gate_Declare_res *res, struct nk_arena *out)
{
    struct Gate *gate = (struct Gate *)self;
    nk_uint32_t count = 0, n;
    const customs_Types_Item *items = nk_arena_get(customs_Types_Item, in, &req->box.items, &count);
    fprintf(stderr, "officer: %s %u items, %s", gate->colour, count, nk_arena_get(nk_char_t, in, &items[0].name, &n));
    if (req->paper.tag == customs_Types_Paper_visa_tag)
        fprintf(stderr, ", visa %s\n", nk_arena_get(nk_char_t, in, &req->paper.v.visa, &n));
    else
        fprintf(stderr, ", passport %llx\n", (unsigned long long)req->paper.v.passport);
    if (items[0].weight > 900) {
        nk_err_reset(res);
        res->err_.code = -900;
        return NK_EOK;
    }
    res->fee = gate->fee += items[0].weight;
    return NK_EOK;
}

static nk_err_t Ask(struct customs_Gate *self, const struct customs_Gate_Ask_req *req, const struct nk_arena *in, struct customs_Gate_Ask_res *res, struct nk_arena *out)
{
    static const char *answers[] = { "yes", "no", "maybe", "y" };
    const char *answer = answers[req->flags % 4];
    return nk_arena_store(nk_char_t, out, &res->answer, answer, strlen(answer) + 1) ? NK_ENOMEM : NK_EOK;
}

static nk_err_t Leave(struct customs_Gate *self, const struct customs_Gate_Leave_req *req, const struct nk_arena *in, struct customs_Gate_Leave_res *res, struct nk_arena *out)
{
    fprintf(stderr, "officer: good bye\n");
    return NK_EOK;
}

int main(void)
{
    NkKosSecurityTransport security;
    if (NkKosSecurityTransport_Init(&security, NK_NULL, 0) != NK_EOK)
        return 1;
    customs_Report_proxy_init(&report, &security.base, customs_Officer_securityIid);
    tell(1, "open");
    tell(0, "open");
    tell(1, "secret");

    static const struct customs_Gate_ops ops = { .Declare = Declare, .Ask = Ask, .Leave = Leave };
    struct Gate red = { { &ops }, "red", 0 }, green = { { &ops }, "green", 100 };
    customs_Officer_entity entity;
    customs_Officer_entity_init(&entity, &red.base, &green.base);
    ServiceId id;
    Handle h = ServiceLocatorRegister("gate", NULL, 0, &id);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(customs_Officer, entity);
    NkKosDoDispatch(h, &info);
    return 0;
}
