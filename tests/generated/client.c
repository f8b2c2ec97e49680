/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/handle.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <guest/Words.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(const char *name, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", name);
    else
        printf("FAIL %s: expected %llx, got %llx\n", name, (unsigned long long)expected, (unsigned long long)got);
}

static NkKosTransport transport;
static struct guest_Words_proxy proxy;
static _Alignas(8) char reqBuffer[guest_Words_req_arena_size], resBuffer[guest_Words_res_arena_size];
static struct nk_arena reqArena, resArena;

static void begin(void)
{
    nk_arena_init(&reqArena, reqBuffer, reqBuffer + sizeof(reqBuffer));
    nk_arena_init(&resArena, resBuffer, resBuffer + sizeof(resBuffer));
}

static void put(nk_ptr_t *chunk, const char *text, nk_size_t size)
{
    nk_char_t *to = nk_arena_alloc(nk_char_t, &reqArena, chunk, size);
    if (to != NK_NULL)
        memcpy(to, text, size);
}

static nk_err_t reverse(const char *text, nk_size_t size, struct guest_Words_Reverse_res *res)
{
    struct guest_Words_Reverse_req req;
    begin();
    put(&req.text, text, size);
    return guest_Words_Reverse(&proxy.base, &req, &reqArena, res, &resArena);
}

static void texts(void)
{
    struct guest_Words_Reverse_res res;
    nk_size_t size = 0;
    expect("reverse", reverse("abc", 4, &res), rcOk);
    const nk_char_t *answer = nk_arena_get(nk_char_t, &resArena, &res.reversed, &size);
    expect("reverse/no_error", nk_msg_check_err(&res), 0);
    expect("reverse/text", size == 4 && strcmp(answer, "cba") == 0, 1);
    expect("reverse/error", reverse("", 1, &res), rcOk);
    expect("reverse/is_error", nk_msg_check_err(&res), 1);
    expect("reverse/code", res.err_.code, -7);
    answer = nk_arena_get(nk_char_t, &resArena, &res.err_.why, &size);
    expect("reverse/why", answer != NK_NULL && strcmp(answer, "nothing to reverse") == 0, 1);
    expect("reverse/no_terminator", reverse("abc", 3, &res), rcInvalidArgument);
    expect("reverse/not_utf8", reverse("a\xff", 3, &res), rcInvalidArgument);
    expect("reverse/utf8", reverse("\xc3\xa4", 3, &res), rcAbort); /* reversed it is none: the response is refused */
    expect("reverse/again", reverse("ab", 3, &res), rcOk);
}

static void sums(void)
{
    struct guest_Words_Sum_req req;
    struct guest_Words_Sum_res res;
    begin();
    guest_Words_Entry *entries = nk_arena_alloc(guest_Words_Entry, &reqArena, &req.entries, 3);
    for (nk_uint32_t i = 0; i < 3; i++) {
        entries[i].amount = 100 + i;
        put(&entries[i].name, "four", 5);
    }
    expect("sum", guest_Words_Sum(&proxy.base, &req, &reqArena, &res, NK_NULL), rcOk);
    expect("sum/total", (long long)res.total, 303);
    expect("sum/letters", res.letters, 12);
    entries[2].name.offset += 1; /* the NUL is no longer in the chunk, and its end is beyond the arena */
    expect("sum/beyond", guest_Words_Sum(&proxy.base, &req, &reqArena, &res, NK_NULL), rcInvalidArgument);
    entries[2].name.offset -= 1;
    entries[2].name.size -= 1;
    expect("sum/no_terminator", guest_Words_Sum(&proxy.base, &req, &reqArena, &res, NK_NULL), rcInvalidArgument);
    entries[2].name = entries[1].name; /* the same chunk twice, still within the arena's size */
    expect("sum/shared", guest_Words_Sum(&proxy.base, &req, &reqArena, &res, NK_NULL), rcOk);
    req.entries.offset = 2;
    expect("sum/misaligned", guest_Words_Sum(&proxy.base, &req, &reqArena, &res, NK_NULL), rcInvalidArgument);
}

static void unions(void)
{
    struct guest_Words_Pick_req req;
    struct guest_Words_Pick_res res;
    begin();
    req.choice.tag = guest_Words_Choice_large_tag;
    req.choice.v.large = ~0ULL;
    expect("pick/number", guest_Words_Pick(&proxy.base, &req, NK_NULL, &res, NK_NULL), rcOk);
    expect("pick/which", res.which, guest_Words_Choice_large_tag);
    req.choice.tag = guest_Words_Choice_word_tag;
    expect("pick/bad_chunk", guest_Words_Pick(&proxy.base, &req, NK_NULL, &res, NK_NULL), rcInvalidArgument);
    put(&req.choice.v.word, "word", 5);
    expect("pick/word", guest_Words_Pick(&proxy.base, &req, &reqArena, &res, NK_NULL), rcOk);
    req.choice.tag = guest_Words_Choice_tag_max;
    expect("pick/bad_tag", guest_Words_Pick(&proxy.base, &req, NK_NULL, &res, NK_NULL), rcInvalidArgument);
}

static void handles(void)
{
    struct guest_Words_Give_req req = {.kind = 1};
    struct guest_Words_Give_res res;
    Handle object = INVALID_HANDLE;
    expect("give/object", KnHandleCreateUserObject(0x10000, KOS_RIGHT_TRANSFER | KOS_RIGHT_COPY, NULL, &object), rcOk);
    req.door = nk_handle_desc(object);
    expect("give", guest_Words_Give(&proxy.base, &req, NK_NULL, &res, NK_NULL), rcOk);
    expect("give/rights", res.rights, KOS_RIGHT_TRANSFER | KOS_RIGHT_COPY);
}

int main(void)
{
    Handle handle = ServiceLocatorConnect("words");
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "part.words");
    struct guest_Words_Add_req req = {.a = 40, .b = 2};
    struct guest_Words_Add_res res;
    expect("connect", handle != INVALID_HANDLE, 1);
    expect("riid", riid, 0);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    guest_Words_proxy_init(&proxy, &transport.base, riid);
    expect("add", guest_Words_Add(&proxy.base, &req, NK_NULL, &res, NK_NULL), rcOk);
    expect("add/sum", res.sum, 42);
    texts();
    sums();
    unions();
    handles();
    return EXIT_SUCCESS;
}
