/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/ipc/ipc_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/syscalls.h>
#include <services/rtl/nk_msg.h>
#include <services/ocap.h>
#include <kos/thread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#define NK_USE_UNQUALIFIED_NAMES
#include <press/Press.idl.h>

static struct Press_proxy press;
static Handle channel;
static nk_iid_t riid;

static int open_book(const char *title, nk_handle_desc_t *book)
{
    char buffer[Press_Open_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    Press_Open_req req;
    Press_Open_res res;
    nk_char_t *t = nk_arena_alloc(nk_char_t, &arena, &req.title, strlen(title) + 1);
    strcpy(t, title);
    nk_err_t rc = Press_Open(&press.base, &req, &arena, &res, NULL);
    if (rc != NK_EOK) return rc == NK_EPERM ? -1 : -2;
    if (nk_msg_check_err(&res)) return (int)res.err_.reason;
    *book = res.book;
    return 0;
}

static void read_page(const nk_handle_desc_t *book, unsigned page)
{
    static char buffer[Press_Read_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    Press_Read_req req = { .book = *book, .page = page };
    Press_Read_res res;
    nk_err_t rc = Press_Read(&press.base, &req, NULL, &res, &arena);
    nk_size_t n = 0, m = 0;
    if (rc != NK_EOK) {
        fprintf(stderr, "page %u: %s\n", page, rc == NK_EPERM ? "forbidden" : rc == rcHandleRevoked ? "revoked" : "failed");
    } else if (nk_msg_check_err(&res)) {
        fprintf(stderr, "page %u: reason %u\n", page, res.err_.reason);
    } else {
        const nk_uint8_t *ink = nk_arena_get(nk_uint8_t, &arena, &res.sheet.ink, &n);
        fprintf(stderr, "page %u: %u of '%c', %s\n", res.sheet.number, (unsigned)n, ink[n - 1], nk_arena_get(nk_char_t, &arena, &res.sheet.headings[2], &m));
    }
}

/* by hand, with a time limit, and interrupted */
static Retcode slow(unsigned ms, rtl_uint32_t limit, Handle sync, nk_uint32_t *slept)
{
    Press_Slow_req req = { .milliseconds = ms };
    Press_Slow_res res;
    SMsgHdr out, in;
    nk_req_reset(&req);
    nk_msg_set_method_id(&req, riid, Press_Slow_mid);
    nk_msg_set_ncaps(&req, Press_Slow_req_handles);
    nk_req_reset(&res);
    PackOutMsg(&out, &req.base_, NULL);
    PackInMsg(&in, &res.base_, NULL);
    Retcode rc = CallEx(channel, &out, &in, limit, sync);
    *slept = res.slept;
    return rc;
}

static Handle sync_object;
static int disturb(void *context)
{
    KosThreadSleep(50);
    return KnIpcSetInterrupt(sync_object) == rcOk ? 3 : 4;
}

static int occupy(void *context)
{
    NkKosTransport mine;
    Press_proxy p;
    Press_Slow_req req = { .milliseconds = 400 };
    Press_Slow_res res;
    NkKosTransport_Init(&mine, channel, NK_NULL, 0);
    Press_proxy_init(&p, &mine.base, riid);
    return Press_Slow(&p.base, &req, NULL, &res, NULL) == NK_EOK ? (int)res.slept : 1;
}

int main(void)
{
    NkKosTransport transport;
    nk_handle_desc_t a, b, c;
    channel = ServiceLocatorConnect("press_channel");
    riid = ServiceLocatorGetRiid(channel, "press");
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    Press_proxy_init(&press, &transport.base, riid);

    fprintf(stderr, "no title: %d\n", open_book("", &a));
    fprintf(stderr, "open: %d %d %d\n", open_book("Wonderland", &a), open_book("Looking-glass", &b), open_book("Snark", &c));
    read_page(&a, 0);
    read_page(&b, 2);
    read_page(&b, 3);

    Press_Lend_req lreq;
    Press_Lend_res lres;
    Handle mine = INVALID_HANDLE;
    KnHandleCreateUserObject(HANDLE_TYPE_USER_LAST, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_SPEC(3), RTL_NULL, &mine);
    lreq.book = a;
    lreq.shelf = nk_handle_desc(mine);
    fprintf(stderr, "lend: %d", Press_Lend(&press.base, &lreq, NULL, &lres, NULL));
    fprintf(stderr, " kinds %d\n", lres.kinds);
    nk_handle_desc_t other = nk_handle_desc(mine);
    read_page(&other, 1);

    Press_Close_req creq = { .book = b };
    Press_Close_res cres;
    fprintf(stderr, "close: %d\n", Press_Close(&press.base, &creq, NULL, &cres, NULL) == NK_EOK && !nk_msg_check_err(&cres));
    read_page(&b, 0);
    fprintf(stderr, "open again: %d\n", open_book("Snark", &c));
    read_page(&c, 1);

    nk_uint32_t slept = 0;
    Retcode rc = slow(1, INFINITE_TIMEOUT, INVALID_HANDLE, &slept);
    fprintf(stderr, "slow: %d %u\n", rc, slept);
    rc = slow(501, INFINITE_TIMEOUT, INVALID_HANDLE, &slept);
    fprintf(stderr, "too slow: %d\n", rc == rcOk);

    /* the server is busy with another thread's call: this one waits for it, at most 100 ms; then until it is interrupted */
    Tid tids[2];
    KosThreadCreate(&tids[0], ThreadPriorityNormal, ThreadStackSizeDefault, occupy, NULL, 0);
    KosThreadSleep(50);
    rc = slow(1, 100, INVALID_HANDLE, &slept);
    fprintf(stderr, "in time: %d\n", rc != rcTimeout);
    KnIpcCreateSyncObject(&sync_object);
    KosThreadCreate(&tids[1], ThreadPriorityNormal, ThreadStackSizeDefault, disturb, NULL, 0);
    rc = slow(1, INFINITE_TIMEOUT, sync_object, &slept);
    fprintf(stderr, "interrupted: %d\n", rc == rcIpcInterrupt);
    fprintf(stderr, "still: %d\n", slow(1, INFINITE_TIMEOUT, sync_object, &slept) == rcIpcInterrupt);
    int codes[2] = { KosThreadWait(tids[0], INFINITE_TIMEOUT), KosThreadWait(tids[1], INFINITE_TIMEOUT) };
    KnIpcClearInterrupt(sync_object);
    fprintf(stderr, "cleared: %d\n", slow(1, 1000, sync_object, &slept));
    fprintf(stderr, "threads: %d %d\n", codes[0], codes[1]);
    KnHandleClose(sync_object);
    KnHandleClose(channel);
    fprintf(stderr, "after: %d\n", slow(1, 1000, INVALID_HANDLE, &slept) == rcOk);
    return EXIT_SUCCESS;
}
