/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/time/time_api.h>
#include <services/ocap.h>
#include <stdio.h>
#include <string.h>
#include <kos/thread.h>
#include <press/Office.edl.h>

#define BOOK_READ  OCAP_HANDLE_SPEC(1)
#define BOOK_WRITE OCAP_HANDLE_SPEC(2)

struct book {
    char title[33];
    int open;
    Handle handle;
};
static struct book books[2];
static Notice closed;

static nk_err_t fail(nk_uint32_t *reason, void *message, nk_uint32_t code)
{
    *reason = code;
    return NK_EOK;
}

static nk_err_t Open(struct press_Press *self, const press_Press_Open_req *req, const struct nk_arena *reqArena,
                     press_Press_Open_res *res, struct nk_arena *resArena)
{
    nk_size_t len;
    const nk_char_t *title = nk_arena_get(nk_char_t, reqArena, &req->title, &len);
    struct book *book = NULL;
    for (size_t i = 0; i < sizeof books / sizeof books[0] && !book; i++)
        if (!books[i].open) book = &books[i];
    if (!book) {
        nk_err_reset(res);
        res->err_.reason = 24;
        return NK_EOK;
    }
    strcpy(book->title, title);
    Handle badge;
    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_EVENT | BOOK_READ | BOOK_WRITE,
                                 book, &book->handle) != rcOk)
        return NK_ENOMEM;
    if (KnHandleCreateBadge(closed, (rtl_uintptr_t)(book - books) + 100, book, &badge) != rcOk)
        return NK_ENOMEM;
    book->open = 1;
    res->book = nk_handle_desc(book->handle, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | BOOK_READ, badge);
    return NK_EOK;
}

static nk_err_t Read(struct press_Press *self, const press_Press_Read_req *req, const struct nk_arena *reqArena,
                     press_Press_Read_res *res, struct nk_arena *resArena)
{
    nk_badge_t context;
    if (!nk_is_handle_dereferenced(&req->book) || nk_get_badge_op(&req->book, BOOK_READ, &context) != NK_EOK) {
        nk_err_reset(res);
        return fail(&res->err_.reason, res, 9);
    }
    const struct book *book = (const struct book *)(rtl_uintptr_t)context;
    if (nk_get_badge_op(&req->book, BOOK_READ | BOOK_WRITE, &context) == NK_EOK)
        fprintf(stderr, "press: too much right\n");
    if (req->page > 2) {
        nk_err_reset(res);
        return fail(&res->err_.reason, res, 33);
    }
    nk_uint32_t size = 10 * (req->page + 1);
    nk_uint8_t *ink = nk_arena_alloc(nk_uint8_t, resArena, &res->sheet.ink, size);
    memset(ink, 'a' + (int)req->page, size);
    res->sheet.number = (nk_uint16_t)req->page;
    for (int i = 0; i < press_Press_Columns; i++) {
        char text[17];
        snprintf(text, sizeof text, "%.10s-%d", book->title, i);
        nk_arena_store(nk_char_t, resArena, &res->sheet.headings[i], text, strlen(text) + 1);
    }
    return NK_EOK;
}

static nk_err_t Close(struct press_Press *self, const press_Press_Close_req *req, const struct nk_arena *reqArena,
                      press_Press_Close_res *res, struct nk_arena *resArena)
{
    nk_badge_t context;
    if (nk_get_badge_op(&req->book, 0, &context) != NK_EOK) {
        nk_err_reset(res);
        return fail(&res->err_.reason, res, 9);
    }
    struct book *book = (struct book *)(rtl_uintptr_t)context;
    book->open = 0;
    Retcode rc = KnHandleRevoke(book->handle);
    EventDesc events[4];
    rtl_size_t count = 0;
    Retcode got = KnNoticeGetEvent(closed, 1000, 4, events, &count);
    fprintf(stderr, "press: %s closed %d, event %d of %d, badge closed %d\n", book->title, rc, got, count ? (int)events[0].eventId : -1,
            count && (events[0].eventMask & (EVENT_BADGE_CLOSED | EVENT_OBJECT_DESTROYED)) != 0);
    return NK_EOK;
}

static nk_err_t Lend(struct press_Press *self, const press_Press_Lend_req *req, const struct nk_arena *reqArena,
                     press_Press_Lend_res *res, struct nk_arena *resArena)
{
    res->kinds = (nk_is_handle_dereferenced(&req->book) ? 1 : 0) | (nk_is_handle_dereferenced(&req->shelf) ? 2 : 0);
    fprintf(stderr, "press: shelf closes %d\n", KnHandleClose(nk_get_handle(&req->shelf)));
    return NK_EOK;
}

static nk_err_t Slow(struct press_Press *self, const press_Press_Slow_req *req, const struct nk_arena *reqArena,
                     press_Press_Slow_res *res, struct nk_arena *resArena)
{
    KnSleep(req->milliseconds);
    res->slept = req->milliseconds;
    return NK_EOK;
}

int main(void)
{
    static const press_Press_ops ops = { Open, Read, Close, Lend, Slow };
    static press_Press press = { &ops };
    press_Office_entity entity;
    press_Office_entity_init(&entity, &press);
    KnNoticeCreate(&closed);

    ServiceId id;
    NkKosTransport transport;
    NkKosTransport_Init(&transport, ServiceLocatorRegister("press_channel", NULL, 0, &id), NK_NULL, 0);
    static press_Office_entity_req req;
    static press_Office_entity_res res;
    static nk_uint8_t a[press_Office_entity_req_arena_size], b[press_Office_entity_res_arena_size];
    struct nk_arena in = NK_ARENA_INITIALIZER(a, a + sizeof a), out = NK_ARENA_INITIALIZER(b, b + sizeof b);
    while (1) {
        nk_req_reset(&req);
        nk_arena_reset(&in);
        nk_arena_reset(&out);
        nk_err_t rc = nk_transport_recv(&transport.base, &req.base_, &in);
        if (rc == NK_EOK)
            rc = press_Office_entity_dispatch(&entity, &req.base_, &in, &res.base_, &out);
        rc = nk_transport_reply(&transport.base, &res.base_, &out);
        if (rc != NK_EOK)
            fprintf(stderr, "press: reply %s\n", rc == NK_EPERM ? "forbidden" : rc == rcTimeout ? "timeout" : rc == rcNotConnected ? "nobody" : "gone");
    }
}
