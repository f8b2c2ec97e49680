/* SPDX-License-Identifier: Apache-2.0 */
#include "cashier.h"
#include <cinema/channels.h>
#include <cinema/seats/Booking.idl.h>
#include <cinema/screens/Show.idl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/thread.h>
#include <rtl/retcode_hr.h>
#include <string.h>
#include <stdlib.h>

const char *who;
static struct cinema_seats_Booking_proxy booking;

static void book(const char *name, unsigned age, const cinema_Types_Seat *wishes, size_t n)
{
    static char in[cinema_seats_Booking_Book_req_arena_size], out[cinema_seats_Booking_Book_res_arena_size];
    struct nk_arena reqArena = NK_ARENA_INITIALIZER(in, in + sizeof in), resArena = NK_ARENA_INITIALIZER(out, out + sizeof out);
    cinema_seats_Booking_Book_req req;
    cinema_seats_Booking_Book_res res;
    memset(&req, 0, sizeof req);
    req.viewer.age = age;
    nk_arena_store(nk_char_t, &reqArena, &req.viewer.name, name, strlen(name) + 1);
    nk_arena_store(cinema_Types_Seat, &reqArena, &req.viewer.wishes, wishes, n);
    struct cinema_Types_Place *places = nk_arena_alloc(struct cinema_Types_Place, &reqArena, &req.places, 4);
    places[0].tag = cinema_Types_Place_seat_tag;
    places[0].v.seat = cinema_Types_NoSeat;
    places[1].tag = cinema_Types_Place_range_tag;
    places[1].v.range = (cinema_Types_Range){ 7, 8 };
    places[2].tag = cinema_Types_Place_anywhere_tag;
    nk_arena_store(nk_char_t, &reqArena, &places[2].v.anywhere, "back row", sizeof "back row");
    places[3].tag = cinema_Types_Place_bits_tag;
    for (int i = 0; i < 5; i++)
        places[3].v.bits[i] = i * i;
    nk_err_t rc = cinema_seats_Booking_Book(&booking.base, &req, &reqArena, &res, &resArena);
    nk_size_t count = 0, rlen = 0;
    if (rc != NK_EOK) {
        LOG("%s: %s", name, rc == NK_EPERM ? "not allowed" : "failed");
    } else if (nk_msg_check_err(&res)) {
        const cinema_Types_Range *r = nk_arena_get(cinema_Types_Range, &resArena, &res.err_.free, &count);
        LOG("%s: error %s, %s, free %u..%u", name, res.err_.code == rcBusy ? "busy" : "quota",
            nk_arena_get(nk_char_t, &resArena, &res.err_.reason, &rlen), r->from, r->to);
    } else {
        const cinema_Types_Seat *s = nk_arena_get(cinema_Types_Seat, &resArena, &res.seats, &count);
        LOG("%s: %zu seats from %d for %u", name, (size_t)count, s[0], res.price);
    }
}

static void start(cinema_screens_Show *show, const char *title)
{
    char buf[cinema_screens_Show_Start_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buf, buf + sizeof buf);
    cinema_screens_Show_Start_req req;
    cinema_screens_Show_Start_res res;
    nk_char_t *t = nk_arena_alloc(nk_char_t, &arena, &req.title, strlen(title) + 1);
    strcpy(t, title);
    nk_err_t rc = cinema_screens_Show_Start(show, &req, &arena, &res, NULL);
    if (rc == NK_EOK && nk_msg_check_err(&res))
        LOG("%s: %d", title, res.err_.code);
    else
        LOG("%s: %s", title, rc == rcOk ? "started" : rc == rcSecurityDisallow ? "not allowed" : "?");
}

static void second(Handle h, NkKosTransport *t)
{
    KosThreadSleep(1000);
    struct cinema_screens_Show_proxy night;
    cinema_screens_Show_proxy_init(&night, &t->base, ServiceLocatorGetRiid(h, "cinema.Projector.night"));
    cinema_screens_Show_State_req req;
    cinema_screens_Show_State_res res;
    cinema_screens_Show_Stop_req sreq;
    cinema_screens_Show_Stop_res sres;
    static char buffer[cinema_screens_Show_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    nk_uint32_t n;
    if (cinema_screens_Show_State(&night.base, &req, NULL, &res, &arena) == NK_EOK)
        LOG("night %d '%s'", res.running, nk_arena_get(nk_char_t, &arena, &res.title, &n));
    LOG("stop: %s", cinema_screens_Show_Stop(&night.base, &sreq, NULL, &sres, NULL) == NK_EPERM ? "not allowed" : "??");
}

int main(int argc, const char *argv[], const char *envs[])
{
    who = argv[0];
    Handle h = ServiceLocatorConnect(CINEMA_CHANNEL);
    NkKosTransport t;
    NkKosTransport_Init(&t, h, NK_NULL, 0);
    LOG("%d %s %s", argc, argv[1], argv[argc - 1]);
    nk_iid_t iid = ServiceLocatorGetRiid(h, "desk.booking");
    cinema_seats_Booking_proxy_init(&booking, &t.base, iid);
    if (strcmp(argv[1], "second") == 0) {
        second(h, &t);
        return 0;
    }
    for (int i = 0; envs[i]; i++)
        LOG("env %s", envs[i]);
    LOG("limit %d", atoi(getenv("CASHIER_LIMIT") ?: "0"));
    book("Eve", 17, (cinema_Types_Seat[]){ 1 }, 1);
    book("Eve", 18, (cinema_Types_Seat[]){ 1, 2, 3 }, 3);
    book("Mallory", 99, (cinema_Types_Seat[]){ 1 }, 1);
    book("Carol", 20, (cinema_Types_Seat[]){ 2 }, 1);
    book("Dan O", 20, (cinema_Types_Seat[]){ 3 }, 1);
    book("Erin", 20, (cinema_Types_Seat[]){ 4 }, 1);

    cinema_seats_Booking_cancel_req creq = { .seat = 4 };
    cinema_seats_Booking_cancel_res cres;
    static char out[cinema_seats_Booking_res_arena_size];
    struct nk_arena a = NK_ARENA_INITIALIZER(out, out + sizeof out);
    nk_uint32_t n, m;
    if (cinema_seats_Booking_cancel(&booking.base, &creq, NULL, &cres, &a) == NK_EOK && nk_msg_check_err(&cres))
        LOG("cancel: %s, %d", nk_arena_get(nk_char_t, &a, &cres.err_.reason, &n), cres.err_.code == rcResourceNotFound);
    creq.seat = 2;
    nk_arena_reset(&a);
    if (cinema_seats_Booking_cancel(&booking.base, &creq, NULL, &cres, &a) == NK_EOK && !nk_msg_check_err(&cres))
        LOG("cancelled");

    cinema_seats_Booking_list_req lreq;
    cinema_seats_Booking_list_res lres;
    nk_arena_reset(&a);
    if (cinema_seats_Booking_list(&booking.base, &lreq, NULL, &lres, &a) == NK_EOK) {
        const cinema_Types_Viewer *v = nk_arena_get(cinema_Types_Viewer, &a, &lres.viewers, &n);
        for (unsigned i = 0; i < n; i++) {
            const cinema_Types_Seat *s = nk_arena_get(cinema_Types_Seat, &a, &v[i].wishes, &m);
            LOG("list %s %u %d", nk_arena_get(nk_char_t, &a, &v[i].name, &m), v[i].age, *s);
        }
    }
    for (unsigned i = 1; i < 4; i += 2) {
        cinema_seats_Booking_Poster_req preq = { .index = i };
        cinema_seats_Booking_Poster_res pres;
        nk_arena_reset(&a);
        nk_err_t rc = cinema_seats_Booking_Poster(&booking.base, &preq, NULL, &pres, &a);
        if (rc == NK_EOK) {
            const nk_uint8_t *p = nk_arena_get(nk_uint8_t, &a, &pres.picture, &n);
            LOG("poster %u bytes, %u %u, corner %u", n, p[2], p[255], pres.corners[1].to);
        } else
            LOG("poster: " RETCODE_HR_FMT, RETCODE_HR_PARAMS(rc));
    }
    struct cinema_screens_Show_proxy big, small;
    cinema_screens_Show_proxy_init(&big, &t.base, ServiceLocatorGetRiid(h, "desk.screens.big"));
    cinema_screens_Show_proxy_init(&small, &t.base, ServiceLocatorGetRiid(h, "cinema.screens.Screens.small"));
    start(&big.base, "Alien 3");
    start(&big.base, "Bambi");
    start(&small.base, "The Thing");
    start(&small.base, "Bambi");
    LOG("none: %d", ServiceLocatorGetRiid(h, "desk.nothing") == INVALID_RIID);
    return EXIT_SUCCESS;
}
