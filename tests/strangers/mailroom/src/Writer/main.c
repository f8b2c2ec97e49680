/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <mailroom/Counter.idl.h>
#include <services/ocap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mailroom_Counter_proxy post;

static Handle send(const char *text, const char *to, nk_uint32_t bytes)
{
    struct mailroom_Counter_Take_req req;
    struct mailroom_Counter_Take_res res;
    char buffer[mailroom_Counter_Take_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    Handle mdl = INVALID_HANDLE;
    void *memory = RTL_NULL;

    if (KnPmmMdlCreate(4096, VMM_FLAG_READ | VMM_FLAG_WRITE, &mdl) != rcOk ||
        KnPmmMdlMap(mdl, 0, 4096, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &memory) != rcOk)
        return INVALID_HANDLE;
    memcpy(memory, text, strlen(text));
    req.parcel.buffer = nk_handle_desc(mdl);
    req.parcel.bytes = bytes;
    nk_char_t *name = nk_arena_alloc(nk_char_t, &arena, &req.to, strlen(to) + 1);
    strcpy(name, to);
    nk_err_t err = mailroom_Counter_Take(&post.base, &req, &arena, &res, NULL);
    KnVmUnmap(memory, 4096);
    KnHandleClose(mdl);
    if (err != NK_EOK)
    {
        printf("Writer: '%s' is not taken\n", text);
        return INVALID_HANDLE;
    }
    printf("Writer: '%s', sum %u\n", text, (unsigned)res.sum);
    return nk_get_handle(&res.receipt);
}

static void ask(Handle receipt)
{
    struct mailroom_Counter_Ask_req req;
    struct mailroom_Counter_Ask_res res;

    req.receipt = nk_handle_desc(receipt);
    nk_err_t err = mailroom_Counter_Ask(&post.base, &req, NULL, &res, NULL);
    if (err == NK_EOK && nk_msg_check_err(&res))
        printf("Writer: error %d\n", (int)res.err_.rc);
    else if (err == NK_EOK)
        printf("Writer: number %u\n", (unsigned)res.number);
    else
        printf("Writer: may not ask\n");
}

int main(int argc, const char *argv[])
{
    NkKosTransport transport;
    Handle other;
    Handle connection = ServiceLocatorConnect("post");

    printf("Writer: %s, %d arguments\n", argv[0], argc - 1);
    NkKosTransport_Init(&transport, connection, NK_NULL, 0);
    mailroom_Counter_proxy_init(&post, &transport.base, ServiceLocatorGetRiid(connection, "mailroom.Post.counter"));
    Handle first = send("abc", "Berta", 3);
    Handle second = send("", "C\xc3\xa4sar", 4096);
    send("too much", "Dora", 4097);
    ask(first);
    ask(first);

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER, RTL_NULL, &other);
    ask(other);
    struct mailroom_Counter_Give_req req = {.receipts = {nk_handle_desc(second), nk_handle_desc(first)}};
    struct mailroom_Counter_Give_res res;
    printf("Writer: known %d\n",
           mailroom_Counter_Give(&post.base, &req, NULL, &res, NULL) == NK_EOK ? (int)res.known : -1);
    ask(second);
    req.receipts[0] = nk_handle_desc(first);
    req.receipts[1] = nk_handle_desc(second);
    printf("Writer: known %d\n",
           mailroom_Counter_Give(&post.base, &req, NULL, &res, NULL) == NK_EOK ? (int)res.known : -1);
    return 42;
}
