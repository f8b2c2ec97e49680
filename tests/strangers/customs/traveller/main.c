/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/thread.h>
#include <customs/Gate.idl.h>

static const char *me;
static struct customs_Gate_proxy red, green;

static void declare(struct customs_Gate *gate, unsigned weight, const char *name, const char *purpose, int seal)
{
    static char in[customs_Gate_Declare_req_arena_size];
    struct nk_arena arena;
    nk_arena_init(&arena, in, in + sizeof in);
    customs_Gate_Declare_req req = {0};
    customs_Gate_Declare_res res;
    customs_Types_Item *items = nk_arena_alloc(customs_Types_Item, &arena, &req.box.items, 2);
    memset(items, 0, 2 * sizeof *items);
    items[0].code = 7, items[0].weight = weight, items[0].value = -3;
    nk_arena_store(nk_char_t, &arena, &items[0].name, name, strlen(name) + 1);
    nk_arena_store(nk_char_t, &arena, &items[1].name, "small things", sizeof "small things");
    for (int i = 0; i < 3; i++) req.box.seals[i] = seal + i;
    req.box.key = nk_handle_desc(INVALID_HANDLE);
    if (weight % 2) {
        req.paper.tag = customs_Types_Paper_passport_tag;
        req.paper.v.passport = 0xabcdef0123;
    } else {
        req.paper.tag = customs_Types_Paper_visa_tag;
        nk_arena_store(nk_char_t, &arena, &req.paper.v.visa, "V-17", 5);
    }
    nk_arena_store(nk_char_t, &arena, &req.purpose, purpose, strlen(purpose) + 1);
    nk_err_t rc = customs_Gate_Declare(gate, &req, &arena, &res, NULL);
    if (rc != NK_EOK) fprintf(stderr, "%s: %s: %s\n", me, name, rc == NK_EPERM ? "denied" : "error");
    else if (nk_msg_check_err(&res)) fprintf(stderr, "%s: %s: code %d\n", me, name, res.err_.code);
    else fprintf(stderr, "%s: %s: fee %u\n", me, name, res.fee);
}

static void ask(struct customs_Gate *gate, unsigned mode, unsigned flags, long delta)
{
    char out[customs_Gate_Ask_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(out, out + sizeof out);
    customs_Gate_Ask_req req = { .mode = mode, .flags = flags, .delta = delta };
    customs_Gate_Ask_res res;
    nk_size_t n;
    nk_err_t rc = customs_Gate_Ask(gate, &req, NULL, &res, &arena);
    fprintf(stderr, "%s: ask %u: %s\n", me, mode, rc == NK_EOK ? nk_arena_get(nk_char_t, &arena, &res.answer, &n) : rc == NK_EPERM ? "denied" : "failed");
}

static void leave(struct customs_Gate *gate)
{
    customs_Gate_Leave_req req;
    customs_Gate_Leave_res res;
    fprintf(stderr, "%s: leave %s\n", me, customs_Gate_Leave(gate, &req, NULL, &res, NULL) == NK_EOK ? "ok" : "denied");
}

int main(int argc, char **argv)
{
    me = argv[1];
    Handle h = ServiceLocatorConnect("gate");
    NkKosTransport transport;
    NkKosTransport_Init(&transport, h, NK_NULL, 0);
    customs_Gate_proxy_init(&red, &transport.base, ServiceLocatorGetRiid(h, "red"));
    customs_Gate_proxy_init(&green, &transport.base, ServiceLocatorGetRiid(h, "customs.Officer.green"));
    if (strcmp(me, "tourist") == 0) {
        leave(&red.base);
        ask(&green.base, 0, 0, 0);
        ask(&red.base, 1, 3, 0);
        ask(&red.base, 3, 0, 0);
        declare(&red.base, 1001, "stone", "tourism", 1);
        declare(&red.base, 20, "parrot", "tourism", 1);
        declare(&green.base, 20, "tea", "tourism", 1);
        declare(&red.base, 20, "tea", "fun", 1);
        declare(&red.base, 20, "tea", "tourism 7", 1);
        leave(&green.base);
        leave(&green.base);
    } else {
        KosThreadSleep(500);
        ask(&red.base, 3, 1, 0);
        ask(&red.base, 2, 2, -5);
        declare(&red.base, 801, "whisky", "business", 7);
        leave(&red.base);
    }
    return 0;
}
