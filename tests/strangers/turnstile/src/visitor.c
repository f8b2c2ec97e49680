/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#define NK_USE_UNQUALIFIED_NAMES
#include <turnstile/Gate.idl.h>

static struct Gate_proxy left, right;

static void insert(unsigned number, const char *name)
{
    char buffer[Gate_Insert_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    struct Gate_Insert_req req = { .card = { .number = number, .rights = { 1, 0, 0 } } };
    struct Gate_Insert_res res;
    nk_err_t rc;
    nk_char_t *holder = nk_arena_alloc(nk_char_t, &arena, &req.card.holder, strlen(name) + 1);
    if (holder == NULL) { fprintf(stderr, "no room for %s\n", name); return; }
    strcpy(holder, name);
    rc = Gate_Insert(&left.base, &req, &arena, &res, NULL);
    if (rc == NK_EOK)
        fprintf(stderr, "%s: credit %u\n", name, res.credit);
    else if (NK_ELOGIC_CHECK(rc))
        fprintf(stderr, "%s: error %#x\n", name, NK_ELOGIC_GET(rc));
    else if (rc == NK_EPERM)
        fprintf(stderr, "%s: refused\n", name);
    else
        fprintf(stderr, "%s: failed\n", name);
}

static void push(int force)
{
    Gate_Push_req req;
    Gate_Push_res res;
    req.force = force;
    fprintf(stderr, "push %d: %s\n", force, Gate_Push(&left.base, &req, NULL, &res, NULL) == rcOk ? "ok" : "refused");
}

static void slogan(struct Gate *gate)
{
    Gate_Slogan_req req;
    Gate_Slogan_res res;
    char buffer[Gate_Slogan_res_arena_size];
    struct nk_arena arena;
    nk_size_t size;
    nk_err_t rc;
    nk_arena_init(&arena, buffer, buffer + sizeof(buffer));
    rc = Gate_Slogan(gate, &req, NULL, &res, &arena);
    if (rc == NK_EOK)
        fprintf(stderr, "slogan: %s\n", nk_arena_get(nk_char_t, &arena, &res.text, &size));
    else if (NK_ELOGIC_CHECK(rc))
        fprintf(stderr, "no slogan: %d\n", (int)NK_ELOGIC_GET(rc));
    else
        fprintf(stderr, "slogan: refused\n");
}

int main(int argc, const char *argv[])
{
    NkKosTransport transport;
    Handle hall = ServiceLocatorConnect("hall");
    if (hall == INVALID_HANDLE) return EXIT_FAILURE;
    NkKosTransport_Init(&transport, hall, NK_NULL, 0);
    nk_iid_t l = ServiceLocatorGetRiid(hall, "left.gate"), r = ServiceLocatorGetRiid(hall, "right.gate");
    if (l == INVALID_RIID || r == INVALID_RIID) return EXIT_FAILURE;
    Gate_proxy_init(&left, &transport.base, l);
    Gate_proxy_init(&right, &transport.base, r);

    fprintf(stderr, "%s %d\n", argv[0], argc);
    push(1);
    insert(5, "Poor");
    insert(5000, "Nobody");
    slogan(&left.base);
    insert(5000, "Ann");
    push(-100);
    push(-99);
    slogan(&left.base);
    insert(6000, "Thief");
    push(99);
    slogan(&left.base);
    slogan(&right.base);
    insert(6000, "A name that is much too long for a card of ours");

    struct Gate_Count_req creq = { .gate = 10 };
    struct Gate_Count_res cres;
    if (Gate_Count(&right.base, &creq, NULL, &cres, NULL) == NK_EOK)
        fprintf(stderr, "right: %llu, mood %d\n", (unsigned long long)cres.people, cres.mood);
    if (Gate_Count(&left.base, &creq, NULL, &cres, NULL) == NK_EOK)
        fprintf(stderr, "left: %llu, mood %d\n", (unsigned long long)cres.people, cres.mood);
    return EXIT_SUCCESS;
}
