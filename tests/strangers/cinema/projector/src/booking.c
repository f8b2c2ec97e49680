/* SPDX-License-Identifier: Apache-2.0 */
#include "room.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <kos/mutex.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

typedef struct {
    cinema_seats_Booking base;
    KosMutex lock;
    struct { cinema_Types_Seat seat; char name[cinema_Types_MaxTitle + 1]; nk_uint8_t age; } taken[cinema_Types_TooMany];
    size_t count;
} Booking;

static nk_err_t fail(cinema_seats_Booking_Book_res *res, struct nk_arena *arena, nk_sint32_t code, const char *reason)
{
    nk_err_reset(res);
    nk_arena_reset(arena);
    res->err_.code = code;
    nk_arena_store(nk_char_t, arena, &res->err_.reason, reason, strlen(reason) + 1);
    cinema_Types_Range *free = nk_arena_alloc(cinema_Types_Range, arena, &res->err_.free, 1);
    if (free == NK_NULL)
        return NK_ENOMEM;
    free[0] = (cinema_Types_Range){ .from = 9, .to = cinema_Types_SeatCount };
    return NK_EOK;
}

static nk_err_t Book(struct cinema_seats_Booking *self, const cinema_seats_Booking_Book_req *req,
                     const struct nk_arena *reqArena, cinema_seats_Booking_Book_res *res, struct nk_arena *resArena)
{
    Booking *b = (Booking *)self;
    nk_size_t n = 0, wishCount = 0, placeCount = 0;
    const nk_char_t *name = nk_arena_get(nk_char_t, reqArena, &req->viewer.name, &n);
    const cinema_Types_Seat *wishes = nk_arena_get(cinema_Types_Seat, reqArena, &req->viewer.wishes, &wishCount);
    const struct cinema_Types_Place *places = nk_arena_get(struct cinema_Types_Place, reqArena, &req->places, &placeCount);

    fprintf(stderr, ROOM_NAME ": %s (%u) wants %zu seats, %zu places\n", name, req->viewer.age, (size_t)wishCount, (size_t)placeCount);
    for (nk_size_t i = 0; i < placeCount; i++) {
        switch (places[i].tag) {
        case cinema_Types_Place_seat_tag:
            fprintf(stderr, "  seat %d\n", (int)places[i].v.seat);
            break;
        case cinema_Types_Place_range_tag:
            fprintf(stderr, "  from %u to %u\n", places[i].v.range.from, places[i].v.range.to);
            break;
        case cinema_Types_Place_anywhere_tag: {
            nk_size_t size;
            fprintf(stderr, "  anywhere: %s\n", nk_arena_get(nk_char_t, reqArena, &places[i].v.anywhere, &size));
            break;
        }
        case cinema_Types_Place_bits_tag:
            fprintf(stderr, "  bits %d..%d\n", places[i].v.bits[0], places[i].v.bits[ARRAY_SIZE(places[i].v.bits) - 1]);
            break;
        }
    }
    KosMutexLock(&b->lock);
    if (b->count == cinema_Types_TooMany) {
        KosMutexUnlock(&b->lock);
        return fail(res, resArena, rcQuotaExceeded, "house full");
    }
    for (size_t i = 0; i < b->count; i++)
        if (b->taken[i].seat == wishes[0]) {
            KosMutexUnlock(&b->lock);
            return fail(res, resArena, rcBusy, "seat taken");
        }
    b->taken[b->count].seat = wishes[0];
    b->taken[b->count].age = req->viewer.age;
    strcpy(b->taken[b->count].name, name);
    b->count++;
    KosMutexUnlock(&b->lock);

    cinema_Types_Seat *seats = nk_arena_alloc(cinema_Types_Seat, resArena, &res->seats, wishCount);
    memcpy(seats, wishes, wishCount * sizeof *seats);
    res->price = 10 * wishCount;
    return NK_EOK;
}

static nk_err_t cancel(struct cinema_seats_Booking *self, const cinema_seats_Booking_cancel_req *req,
                       const struct nk_arena *reqArena, cinema_seats_Booking_cancel_res *res, struct nk_arena *resArena)
{
    Booking *b = (Booking *)self;
    KosMutexLock(&b->lock);
    size_t i = 0;
    while (i < b->count && b->taken[i].seat != req->seat)
        i++;
    if (i < b->count)
        b->taken[i] = b->taken[--b->count];
    else {
        nk_err_reset(res);
        res->err_.code = rcResourceNotFound;
        static const nk_char_t text[] = "not booked";
        nk_arena_store(nk_char_t, resArena, &res->err_.reason, text, sizeof text);
    }
    KosMutexUnlock(&b->lock);
    return NK_EOK;
}

static nk_err_t list(struct cinema_seats_Booking *self, const cinema_seats_Booking_list_req *req,
                     const struct nk_arena *reqArena, cinema_seats_Booking_list_res *res, struct nk_arena *resArena)
{
    Booking *b = (Booking *)self;
    KosMutexLock(&b->lock);
    cinema_Types_Viewer *viewers = nk_arena_alloc(cinema_Types_Viewer, resArena, &res->viewers, b->count);
    for (size_t i = 0; i < b->count; i++) {
        viewers[i].age = b->taken[i].age;
        nk_arena_store(nk_char_t, resArena, &viewers[i].name, b->taken[i].name, strlen(b->taken[i].name) + 1);
        nk_arena_store(cinema_Types_Seat, resArena, &viewers[i].wishes, &b->taken[i].seat, 1);
    }
    KosMutexUnlock(&b->lock);
    return NK_EOK;
}

static nk_err_t Poster(struct cinema_seats_Booking *self, const cinema_seats_Booking_Poster_req *req,
                       const struct nk_arena *reqArena, cinema_seats_Booking_Poster_res *res, struct nk_arena *resArena)
{
    nk_uint8_t *p = nk_arena_alloc(nk_uint8_t, resArena, &res->picture, cinema_seats_Booking_Poster_res_picture_size);
    if (!p)
        return NK_ENOMEM;
    for (int i = 0; i < cinema_seats_Booking_Poster_res_picture_size; i++)
        p[i] = (nk_uint8_t)(i * (req->index + 1));
    res->corners[0].from = 1, res->corners[0].to = 2;
    res->corners[1].from = 3, res->corners[1].to = UINT16_MAX;
    return NK_EOK;
}

struct cinema_seats_Booking *booking_create(void)
{
    static const struct cinema_seats_Booking_ops ops = { .Book = Book, .cancel = cancel, .list = list, .Poster = Poster };
    static Booking b = { .base = { .ops = &ops } };
    KosMutexInit(&b.lock);
    return &b.base;
}
