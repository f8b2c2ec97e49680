/* SPDX-License-Identifier: Apache-2.0 */
/* Messages whose contents decide, through the kernel: what lies in arenas, whose SIDs the handles have. */
#include <abi/handle.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vlog/vlog_api.h>
#include <decisions/Rules.idl.h>
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
static struct decisions_Rules_proxy proxy;
static _Alignas(4096) char room[16384];
static struct nk_arena arena;

static void begin(void)
{
    nk_arena_init(&arena, room, room + sizeof(room));
}

static void put(nk_ptr_t *chunk, const char *text)
{
    nk_size_t size = strlen(text) + 1;
    nk_char_t *to = nk_arena_alloc(nk_char_t, &arena, chunk, size);
    if (to != NK_NULL)
        memcpy(to, text, size);
}

static nk_err_t named(const char *name)
{
    struct decisions_Rules_Named_req req;
    struct decisions_Rules_Named_res res;
    begin();
    put(&req.name, name);
    return decisions_Rules_Named(&proxy.base, &req, &arena, &res, NK_NULL);
}

static nk_err_t counted(unsigned count, nk_uint32_t third)
{
    struct decisions_Rules_Counted_req req;
    struct decisions_Rules_Counted_res res;
    begin();
    nk_uint32_t *numbers = nk_arena_alloc(nk_uint32_t, &arena, &req.numbers, count);
    for (unsigned i = 0; i < count; i++)
        numbers[i] = i == 2 ? third : 9;
    return decisions_Rules_Counted(&proxy.base, &req, &arena, &res, NK_NULL);
}

static nk_err_t listed(const char *second)
{
    struct decisions_Rules_Listed_req req;
    struct decisions_Rules_Listed_res res;
    begin();
    nk_ptr_t *names = nk_arena_alloc(nk_ptr_t, &arena, &req.names, 2);
    put(&names[0], "one");
    put(&names[1], second);
    return decisions_Rules_Listed(&proxy.base, &req, &arena, &res, NK_NULL);
}

/* A text over two page boundaries: of letters that match, but for the last. */
static nk_err_t long_text(char last, unsigned size)
{
    static char text[9000];
    struct decisions_Rules_Long_req req;
    struct decisions_Rules_Long_res res;
    memset(text, 'a', size);
    text[size - 1] = last;
    text[size] = 0;
    begin();
    put(&req.text, text);
    return decisions_Rules_Long(&proxy.base, &req, &arena, &res, NK_NULL);
}

/* A rule reads a word beside a load that it does not look at. */
static nk_err_t heavy(nk_size_t load, const char *word)
{
    static _Alignas(16) char large[(5 << 20) + 64];
    struct decisions_Rules_Heavy_req req;
    struct decisions_Rules_Heavy_res res;
    nk_arena_init(&arena, large, large + sizeof(large));
    nk_uint8_t *bytes = nk_arena_alloc(nk_uint8_t, &arena, &req.load, load);
    memset(bytes, 1, load);
    put(&req.word, word);
    return decisions_Rules_Heavy(&proxy.base, &req, &arena, &res, NK_NULL);
}

/* So many bytes, whatever they are, as the text. */
static nk_err_t named_bytes(const void *bytes, nk_size_t count)
{
    struct decisions_Rules_Named_req req;
    struct decisions_Rules_Named_res res;
    begin();
    nk_char_t *to = nk_arena_alloc(nk_char_t, &arena, &req.name, count);
    memcpy(to, bytes, count);
    return decisions_Rules_Named(&proxy.base, &req, &arena, &res, NK_NULL);
}

/* The arena ends before the text does; lies where no memory is; its descriptor is misaligned. */
static nk_err_t named_nowhere(nk_uint32_t size, nk_uint64_t start)
{
    struct decisions_Rules_Named_req req;
    struct decisions_Rules_Named_res res;
    begin();
    put(&req.name, "a.txt");
    req.name.size = size;
    struct nk_arena elsewhere = arena;
    if (start != 0) {
        elsewhere.start = (nk_uint8_t *)(rtl_uintptr_t)start;
        elsewhere.unused = elsewhere.end = elsewhere.start + 6;
    }
    return decisions_Rules_Named(&proxy.base, &req, &elsewhere, &res, NK_NULL);
}

/* The first of a kind goes the general way; from the second on ipc/judged_path.c knows what to do with small ones. */
static void arenas_once(void)
{
    expect("arena/text", named("readme.txt"), rcOk);
    expect("arena/text/other", named("readme.doc"), NK_EPERM);
    expect("arena/text/empty", named(""), NK_EPERM);
    expect("arena/text/again", named("a.txt"), rcOk);
    expect("arena/element", counted(4, 7), rcOk);
    expect("arena/element/other", counted(4, 8), NK_EPERM);
    expect("arena/element/absent", counted(2, 7), NK_EPERM);
    expect("arena/nested", listed("two"), rcOk);
    expect("arena/nested/other", listed("three"), NK_EPERM);
    expect("arena/pages", long_text('b', 8990), rcOk);
    expect("arena/pages/other", long_text('c', 8990), NK_EPERM);
    expect("arena/pages/small", long_text('b', 900), rcOk);
    expect("arena/pages/small/other", long_text('c', 900), NK_EPERM);
    expect("arena/heavy", heavy(1 << 20, "go"), rcOk);
    expect("arena/heavy/other", heavy(100000, "stop"), NK_EPERM);
    expect("arena/heavy/too_large", heavy(5 << 20, "go"), rcBufferTooLarge);
    expect("arena/bytes", named_bytes("aaaaaaaaaaaaaaaa.txt", 21), rcOk);
    expect("arena/bytes/behind", named_bytes("a.txt\0\xff\xff", 9), rcOk);
    expect("arena/bytes/no_end", named_bytes("aaaaaaaaaaaaaaaa.txt", 20), rcInvalidArgument);
    expect("arena/bytes/no_text", named_bytes("aaaaaaaaaaa\xc0\x80.txt", 18), rcInvalidArgument);
    expect("arena/size", named_nowhere(7, 0), rcInvalidArgument);
    expect("arena/nowhere", named_nowhere(6, 0x1000), rcSourceFault);
    expect("arena/kernel", named_nowhere(6, ~0ULL - 0xfff), rcSourceFault);
}

static void arenas(void)
{
    for (int i = 0; i < 3; i++)
        arenas_once();
}

/* Turns in an arena: the second of two equal ones is denied, so each is decided once, on whichever way. */
static nk_err_t turn(const char *to)
{
    struct decisions_Rules_Turn_req req;
    struct decisions_Rules_Turn_res res;
    begin();
    put(&req.to, to);
    return decisions_Rules_Turn(&proxy.base, &req, &arena, &res, NK_NULL);
}

static void turns(void)
{
    for (int i = 0; i < 4; i++) {
        expect("turn/on", turn("on"), rcOk);
        expect("turn/on/again", turn("on"), NK_EPERM);
        expect("turn/wrong", turn("aus"), NK_EPERM); /* the step before it is undone */
        expect("turn/off", turn("off"), rcOk);
    }
}

#define PLAIN(method)                                                                                                  \
    __extension__({                                                                                                    \
        struct decisions_Rules_##method##_req req_;                                                                    \
        struct decisions_Rules_##method##_res res_;                                                                    \
        decisions_Rules_##method(&proxy.base, &req_, NK_NULL, &res_, NK_NULL);                                         \
    })

/* In registers both ways. The answer of number 12 is denied: the machine stays where it was, until an answer is
 * granted; so the next question is denied, too. */
static nk_err_t ask(nk_uint32_t number, nk_uint32_t *answer)
{
    struct decisions_Rules_Ask_req req = {.number = number};
    struct decisions_Rules_Ask_res res = {.answer = 0};
    nk_err_t rc = decisions_Rules_Ask(&proxy.base, &req, NK_NULL, &res, NK_NULL);
    *answer = res.answer;
    return rc;
}

static void questions(void)
{
    nk_uint32_t answer = 0;
    for (nk_uint32_t i = 0; i < 10; i++) {
        expect("words/ask", ask(i, &answer), rcOk);
        expect("words/answer", answer, i + 1);
        expect("words/denied", ask(100 + i, &answer), NK_EPERM); /* the step before it is undone */
    }
    expect("words/wrong_method", ask(50, &answer), rcOk); /* refused to the server, who tries again */
    expect("words/wrong_method/answer", answer, 51);
    expect("words/other", PLAIN(Loud), rcOk);
    expect("words/ask/again", ask(7, &answer), rcOk);
    expect("words/answer/denied", ask(12, &answer), NK_EPERM);
    expect("words/answer/undone", ask(1, &answer), NK_EPERM);
    expect("words/server_lives", PLAIN(Loud), rcOk);
}

#define WITH(method, object_)                                                                                          \
    __extension__({                                                                                                    \
        struct decisions_Rules_##method##_req req_;                                                                    \
        struct decisions_Rules_##method##_res res_;                                                                    \
        req_.object = nk_handle_desc(object_);                                                                         \
        decisions_Rules_##method(&proxy.base, &req_, NK_NULL, &res_, NK_NULL);                                         \
    })

static void handles(void)
{
    Handle one = INVALID_HANDLE, two = INVALID_HANDLE;
    const rtl_uint32_t rights = KOS_RIGHT_TRANSFER | KOS_RIGHT_COPY;
    expect("handle/one", KnHandleCreateUserObject(0x10000, rights, RTL_NULL, &one), rcOk);
    expect("handle/two", KnHandleCreateUserObject(0x10000, rights, RTL_NULL, &two), rcOk);
    expect("handle/unmarked", WITH(Use, one), NK_EPERM);
    expect("handle/mark", WITH(Mark, one), rcOk);
    expect("handle/marked", WITH(Use, one), rcOk);
    expect("handle/mark/twice", WITH(Mark, one), NK_EPERM);
    expect("handle/other", WITH(Use, two), NK_EPERM);
    expect("handle/none", WITH(Use, INVALID_HANDLE), NK_EPERM);
    expect("handle/none/mark", WITH(Mark, INVALID_HANDLE), NK_EPERM);
    expect("handle/not_own", WITH(Own, one), NK_EPERM);
    expect("handle/close", KnHandleClose(one), rcOk);
    expect("handle/new", KnHandleCreateUserObject(0x10000, rights, RTL_NULL, &one), rcOk);
    expect("handle/new/unmarked", WITH(Use, one), NK_EPERM); /* its SID is another */
    expect("handle/still_other", WITH(Use, two), NK_EPERM);
}

/* The same handles in calls of the kernel, where they are numbers. */
static void core_handles(void)
{
    Handle one = INVALID_HANDLE, two = INVALID_HANDLE, copy = INVALID_HANDLE, none = INVALID_HANDLE;
    const rtl_uint32_t rights = KOS_RIGHT_TRANSFER | KOS_RIGHT_COPY | KOS_RIGHT_GET_EVENT;
    expect("core/one", KnHandleCreateUserObject(0x10000, rights, RTL_NULL, &one), rcOk);
    expect("core/two", KnHandleCreateUserObject(0x10000, rights, RTL_NULL, &two), rcOk);
    expect("core/close/rights", KnHandleClose(one), rcSecurityDisallow);
    expect("core/close/none", KnHandleClose(INVALID_HANDLE), rcInvalidHandle);
    expect("core/copy", KnHandleCopy(one, rights, INVALID_HANDLE, &copy), rcOk);
    expect("core/copy/answer", KnHandleCopy(one, KOS_RIGHT_TRANSFER, INVALID_HANDLE, &none), rcSecurityDisallow);
    expect("core/copy/failed", KnHandleCopy(INVALID_HANDLE, rights, INVALID_HANDLE, &none), rcInvalidHandle);
    expect("core/revoke/unmarked", KnHandleRevoke(one), rcSecurityDisallow);
    expect("core/mark", WITH(Mark, one), rcOk);
    expect("core/revoke/other", KnHandleRevoke(two), rcSecurityDisallow);
    expect("core/revoke/none", KnHandleRevoke(INVALID_HANDLE), rcSecurityDisallow);
    expect("core/two_handles", KnHandleRevokeSubtree(one, copy), rcSecurityDisallow);
    expect("core/two_handles/rights", KnHandleCopy(one, KOS_RIGHT_COPY, INVALID_HANDLE, &two), rcOk);
    expect("core/two_handles/no_badge", KnHandleRevokeSubtree(copy, two), rcInvalidArgument);
    expect("core/revoke/marked", KnHandleRevoke(one), rcOk);
    expect("core/revoked", KnHandleCopy(copy, rights, INVALID_HANDLE, &none), rcHandleRevoked);
    expect("core/close/revoked", KnHandleClose(copy), rcOk); /* it has no rights any more */
}

static Handle audit;

/* Records until there is none. */
static unsigned records(void)
{
    static AuditMessage record;
    rtl_size_t dropped;
    unsigned count = 0;
    while (KnAuReadTimeout(audit, &record, &dropped, 0) == rcOk)
        count++;
    return count;
}

static nk_err_t level(nk_uint32_t number)
{
    struct decisions_Rules_Level_req req = {.level = number};
    struct decisions_Rules_Level_res res;
    return decisions_Rules_Level(&proxy.base, &req, NK_NULL, &res, NK_NULL);
}

/* Level 0: turns, but nothing where the machine then is "quiet". Level 1: grants of base. Level 2: nothing. */
static void audits(void)
{
    expect("audit/open", KnAuOpen("kss", &audit), rcOk);
    (void)records();
    expect("audit/loud", PLAIN(Loud), rcOk);
    expect("audit/other_object", records(), 0);
    expect("audit/speak", PLAIN(Speak), rcOk);
    expect("audit/speak/recorded", records(), 1);
    expect("audit/speak/again", PLAIN(Speak), NK_EPERM);
    expect("audit/speak/again/recorded", records(), 1);
    expect("audit/hush", PLAIN(Hush), rcOk);
    expect("audit/hush/omitted", records(), 0);
    expect("audit/hush/again", PLAIN(Hush), NK_EPERM);
    expect("audit/hush/again/omitted", records(), 0);
    expect("audit/level/1", level(1), rcOk);
    expect("audit/level/1/loud", PLAIN(Loud), rcOk);
    expect("audit/level/1/recorded", records(), 1);
    expect("audit/level/1/speak", PLAIN(Speak), rcOk);
    expect("audit/level/1/speak/silent", records(), 0);
    expect("audit/level/2", level(2), rcOk);
    expect("audit/level/2/loud", PLAIN(Loud), rcOk);
    expect("audit/level/2/speak", PLAIN(Speak), NK_EPERM);
    expect("audit/level/2/silent", records(), 0);
    expect("audit/level/0", level(0), rcOk);
    expect("audit/level/0/speak", PLAIN(Speak), NK_EPERM);
    expect("audit/level/0/recorded", records(), 1);
}

int main(void)
{
    Handle channel = ServiceLocatorConnect("rules");
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    decisions_Rules_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(channel, "rules"));
    arenas();
    turns();
    handles();
    core_handles();
    audits();
    questions();
    printf("SUITE done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
