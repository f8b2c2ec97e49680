/* SPDX-License-Identifier: Apache-2.0 */
#include <bank/Account.idl.h>
#include <bank/Names.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ipc/ipc_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/thread.h>
#include <rtl/retcode_hr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALL(proxy, method, ...) bank_Account_##method(&(proxy)->base, __VA_ARGS__)

static char buffer[bank_Account_req_arena_size];
static struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));

static void limit(struct bank_Account_proxy *proxy, unsigned value, int yes)
{
    bank_Account_Limit_req req = {.value = value};
    bank_Account_Limit_res res;
    bank_Account_Confirm_req confirm = {.yes = (nk_uint8_t)yes};
    bank_Account_Confirm_res confirmed;
    nk_err_t set = CALL(proxy, Limit, &req, NULL, &res, NULL);
    nk_err_t done = CALL(proxy, Confirm, &confirm, NULL, &confirmed, NULL);
    printf("limit %u: %s, %s\n", value, set == NK_EOK ? "set" : "refused", done == NK_EOK ? "done" : "refused");
}

static void print(const char *what, nk_err_t err, const bank_Account_Apply_res *res)
{
    if (err != NK_EOK)
        printf("%s: refused\n", what);
    else if (nk_msg_check_err(res))
        printf("%s: code %u\n", what, res->err_.code);
    else
        printf("%s: balance %lld\n", what, (long long)res->balance);
}

static void transfer(struct bank_Account_proxy *proxy, long long amount, unsigned to, const char *memo)
{
    bank_Account_Apply_req req;
    bank_Account_Apply_res res;
    nk_arena_reset(&arena);
    req.operation.tag = bank_Account_Operation_transfer_tag;
    req.operation.v.transfer.amount = amount;
    req.operation.v.transfer.to = (nk_uint16_t)to;
    nk_arena_store(nk_char_t, &arena, &req.operation.v.transfer.memo, memo, strlen(memo) + 1);
    print(memo, CALL(proxy, Apply, &req, &arena, &res, NULL), &res);
}

static void batch(struct bank_Account_proxy *proxy, unsigned count)
{
    bank_Account_Apply_req req;
    bank_Account_Apply_res res;
    nk_arena_reset(&arena);
    req.operation.tag = bank_Account_Operation_batch_tag;
    bank_Account_Transfer *transfers = nk_arena_alloc(bank_Account_Transfer, &arena, &req.operation.v.batch, count);
    for (unsigned i = 0; i < count; i++)
    {
        transfers[i].amount = 10 + i;
        transfers[i].to = (nk_uint16_t)(17 + i);
        nk_arena_alloc(nk_char_t, &arena, &transfers[i].memo, 0);
    }
    print("batch", CALL(proxy, Apply, &req, &arena, &res, NULL), &res);
}

static void statement(struct bank_Account_proxy *proxy, unsigned account)
{
    static char text[bank_Account_Statement_res_arena_size];
    struct nk_arena in = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    bank_Account_Statement_req req = {.account = (nk_uint16_t)account};
    bank_Account_Statement_res res;
    nk_size_t size = 0;
    if (CALL(proxy, Statement, &req, NULL, &res, &in) == NK_EOK)
        printf("%s\n", nk_arena_get(nk_char_t, &in, &res.text, &size));
    else
        printf("no statement of %u\n", account);
}

/* A thread that waits for requests nobody sends, until it is interrupted. */
static Handle quiet, stop;

static int wait_for_nobody(void *context)
{
    NkKosTransport transport;
    bank_Account_Limit_req req;
    NkKosTransportSync_Init(&transport, quiet, INVALID_HANDLE, stop);
    nk_req_reset(&req);
    nk_err_t err = nk_transport_recv(&transport.base, &req.base_, NULL);
    *(int *)context = err == rcIpcInterrupt;
    return 5;
}

int main(void)
{
    NkKosTransport ledger, archive;
    struct bank_Account_proxy day, night, old;
    Handle handle = ServiceLocatorConnect(LEDGER_CONNECTION);
    Handle listener, server, client;
    Tid tid;
    int interrupted = 0;

    NkKosTransport_Init(&ledger, handle, NK_NULL, 0);
    bank_Account_proxy_init(&day, &ledger.base, ServiceLocatorGetRiid(handle, "main.account"));
    bank_Account_proxy_init(&night, &ledger.base, ServiceLocatorGetRiid(handle, "night.account"));
    handle = ServiceLocatorConnect(ARCHIVE_CONNECTION);
    NkKosTransport_Init(&archive, handle, NK_NULL, 0);
    bank_Account_proxy_init(&old, &archive.base, ServiceLocatorGetRiid(handle, "bank.Desk.account"));

    transfer(&day, 400, 1, "Rent 12");
    transfer(&day, 400, 1, "rent");
    limit(&day, 100, 1);
    limit(&day, 2000, 1);
    limit(&day, 900, 0);
    transfer(&day, 400, 1, "Rent");
    transfer(&day, -100, 1, "Back");
    transfer(&day, 1, 13, "Unlucky");
    transfer(&old, 1, 13, "Old");
    transfer(&old, 500, 1, "Older");
    batch(&night, 2);
    statement(&night, 3);
    statement(&night, 17);
    batch(&night, 2);
    batch(&night, 1);
    statement(&day, 17);
    statement(&old, 99);

    KnIpcCreateSyncObject(&stop);
    if (KnHandleConnect(INVALID_HANDLE, &listener, &server, &client) != rcOk)
        return EXIT_FAILURE;
    quiet = listener;
    if (KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, wait_for_nobody, &interrupted, 0) != rcOk)
        return EXIT_FAILURE;
    KnSleep(50);
    KnIpcSetInterrupt(stop);
    int code = KosThreadWait(tid, INFINITE_TIMEOUT);
    Retcode rc = KnHandleClose(client);
    printf("thread ended with %d, interrupted: %d, " RETCODE_HR_FMT "\n", code, interrupted, RETCODE_HR_PARAMS(rc));
    return EXIT_SUCCESS;
}
