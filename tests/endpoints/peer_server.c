/* SPDX-License-Identifier: Apache-2.0 */
/* The peer as a server of endpoint "main" (protocol.h). */
#include <coresrv/handle/handle_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <string.h>
#include <tests/endpoints/fp.h>
#include <tests/endpoints/peer.h>
#include <tests/endpoints/protocol.h>

#define SIZE(name, request, arena, handles, response, response_arena, response_handles)                                \
    KOS_INFO(0, PEER_##name, KOS_MESSAGE_HEADER_SIZE + (response), response_handles),
static const nk_uint64_t response_info[] = {PEER_METHODS(SIZE)};

static struct {
    struct nk_message header;
    nk_uint64_t words[64];
} message;
static char arena[8192];
static SMsgHdr incoming, outgoing;
static Handle listener, own = INVALID_HANDLE;
static Retcode last_reply;

/* Reply on the listener; info and receive as told. */
static Retcode reply_raw(nk_uint64_t flags, nk_uint64_t info, nk_uint64_t first_word)
{
    struct kos_message_words m = {
        .selector = KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | flags | listener, .info = info, .w = {first_word}};
    kos_system_call(&m);
    return (Retcode)(rtl_uint32_t)m.selector;
}

/* Replies that must be refused and leave the exchange as it is; the bits of those that gave another code. */
static nk_uint64_t malformed_replies(void)
{
    const nk_uint64_t good = response_info[PEER_Malformed];
    static nk_uint64_t constant[4];
    const rtl_uint32_t size = KOS_MESSAGE_HEADER_SIZE + 8;
    static SMsgHdr descriptors[8];
    const SMsgHdr bad[8] = {
        {.constant_part = (rtl_uintptr_t)constant, .constant_size = size - 8},
        {.constant_part = (rtl_uintptr_t)constant, .constant_size = size + 8},
        {.constant_part = (rtl_uintptr_t)constant + 4, .constant_size = size},
        {.constant_part = (rtl_uintptr_t)constant,
         .constant_size = size,
         .arena = (rtl_uintptr_t)arena,
         .arena_size = 1},
        {.constant_part = 0xffff800000100000ULL, .constant_size = size},
        {.constant_part = 0, .constant_size = size},
        {.constant_part = KOS_USER_LIMIT, .constant_size = size},
        {.constant_part = ~7ULL, .constant_size = size},
    };
    memcpy(descriptors, bad, sizeof(bad));
    const struct {
        nk_uint64_t flags, info, word;
        Retcode rc;
    } cases[] = {
        {0, good + 1, 0, rcInvalidArgument},                                         /* another method */
        {0, good | 0xffff, 0, rcInvalidArgument},                                    /* no such method */
        {0, good + (1 << KOS_INFO_RIID_SHIFT), 0, rcInvalidArgument},                /* no such endpoint */
        {0, good + (8ULL << KOS_INFO_SIZE_SHIFT), 0, rcInvalidArgument},             /* too large */
        {0, good - (8ULL << KOS_INFO_SIZE_SHIFT), 0, rcInvalidArgument},             /* too small */
        {0, good - (1ULL << KOS_INFO_SIZE_SHIFT), 0, rcInvalidArgument},             /* not of words */
        {0, good & 0xffffffffU, 0, rcInvalidArgument},                               /* no size */
        {0, good | KOS_INFO_SIZE_MASK << KOS_INFO_SIZE_SHIFT, 0, rcInvalidArgument}, /* all of it */
        {0, good + (1ULL << KOS_INFO_HANDLES_SHIFT), 0, rcInvalidArgument},          /* a handle */
        {0, good | KOS_INFO_ERROR, 0, rcInvalidArgument},                            /* no error is declared */
        {KOS_CALL_MEMORY, good, 0, rcSourceFault},                                   /* descriptor at null */
        {KOS_CALL_MEMORY, good, 0xffff800000100000ULL, rcSourceFault},               /* of the kernel */
        {KOS_CALL_MEMORY, good, ~7ULL, rcSourceFault},                               /* nowhere */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[0], rcInvalidArgument},  /* sizes differ */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[1], rcInvalidArgument},  /* */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[2], rcInvalidArgument},  /* unaligned */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[3], rcInvalidArgument},  /* an arena */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[4], rcSourceFault},      /* of the kernel */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[5], rcSourceFault},      /* null */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[6], rcSourceFault},      /* beyond user memory */
        {KOS_CALL_MEMORY, good, (rtl_uintptr_t)&descriptors[7], rcSourceFault},      /* nowhere */
    };
    nk_uint64_t others = 0;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (unsigned then_receive = 0; then_receive < 2; then_receive++)
            if (reply_raw(cases[i].flags | (then_receive ? KOS_CALL_THEN_RECV : 0), cases[i].info, cases[i].word) !=
                cases[i].rc)
                others |= 1ULL << (2 * i + then_receive);
    return others;
}

static void give(void)
{
    Handle handle = (Handle)message.words[0];
    rtl_uint32_t rights = (rtl_uint32_t)(message.words[0] >> 32), sid = 0;
    nk_uint64_t badge = message.words[1];
    message.words[0] = (nk_uint64_t)(rtl_int64_t)KnHandleGetSidByHandle(handle, &sid);
    message.words[1] = rights;
    message.words[2] = badge;
    if (handle != own)
        (void)KnHandleClose(handle);
}

static void pair(void)
{
    nk_uint64_t came = 0;
    for (unsigned i = 0; i < 4; i += 2)
        came += (Handle)message.words[i] != INVALID_HANDLE && KnHandleClose((Handle)message.words[i]) == rcOk;
    message.words[0] = came;
}

static void own_object(void)
{
    (void)KnHandleClose(own);
    (void)KnHandleCreateUserObject(7, ~0U, (void *)(rtl_uintptr_t)message.words[0], &own);
    message.words[0] = own | ~0ULL << 32;
    message.words[1] = 0;
}

static void check_fp(void)
{
    static struct fp_state pattern, seen;
    static nk_uint64_t looked, lost;
    memcpy(&seen, &pattern, sizeof(seen));
    fp_store(&seen);
    lost += looked != 0 && memcmp(seen.bytes, pattern.bytes, FP_BYTES) != 0;
    fp_pattern(&pattern, (unsigned)++looked);
    fp_load(&pattern);
    message.words[5] = looked;
    message.words[6] = lost;
}

/* What the method does; true if it is answered. */
static int serve(unsigned mid, rtl_size_t used)
{
    rtl_uint32_t sid;
    outgoing.arena_size = 0;
    switch (mid) {
    case PEER_Echo:
        if (message.words[7] == PEER_CHECKS_FP)
            check_fp();
        return 1;
    case PEER_Text:
        outgoing.arena_size = (rtl_uint32_t)used;
        return 1;
    case PEER_Give:
        give();
        return 1;
    case PEER_Pair:
        pair();
        return 1;
    case PEER_Own:
        own_object();
        return 1;
    case PEER_OwnAlive:
        message.words[0] = (nk_uint64_t)(rtl_int64_t)KnHandleGetSidByHandle(own, &sid);
        return 1;
    case PEER_Malformed:
        message.words[0] = malformed_replies();
        return 1;
    case PEER_LastReply:
        message.words[0] = (nk_uint64_t)(rtl_int64_t)last_reply;
        return 1;
    case PEER_BadReceive:
        listener = 0x17777;
        last_reply = reply_raw(KOS_CALL_THEN_RECV, response_info[PEER_BadReceive], 0);
        (void)KnTaskLookupResource(KOS_RESOURCE_LISTENER, "main", &listener);
        return 0;
    case PEER_Slow:
        (void)KnSleep((rtl_uint32_t)message.words[0]);
        return 1;
    case PEER_Eat:
        peer_eat(message.words[0]);
        return 1;
    case PEER_Quit:
        KnTaskExit(7);
        return 0;
    default:
        return mid != PEER_Silent;
    }
}

static void serve_forever(void)
{
    rtl_size_t used = 0;
    for (;;) {
        incoming = (SMsgHdr){.constant_part = (rtl_uintptr_t)&message,
                             .constant_size = sizeof(message),
                             .arena = (rtl_uintptr_t)arena,
                             .arena_size = sizeof(arena)};
        outgoing = incoming;
        if (Recv(listener, &incoming) != rcOk)
            KnTaskExit(1);
        used = incoming.arena_size;
        unsigned mid = message.header.mid;
        if (!serve(mid, used))
            continue;
        nk_message_set_info(&message.header, response_info[mid]);
        outgoing.constant_size = (rtl_uint32_t)nk_message_size(&message.header);
        Retcode rc = Reply(listener, &outgoing);
        if (mid != PEER_LastReply)
            last_reply = rc;
    }
}

static void serve_thread(void *unused, void *unused2)
{
    (void)unused, (void)unused2;
    serve_forever();
}

int peer_serve(unsigned cpu)
{
    Handle thread;
    Tid tid;
    rtl_int32_t code;
    listener = ServiceLocatorRegister("main", RTL_NULL, 0, RTL_NULL);
    if (cpu == 0)
        serve_forever();
    if (KnThreadCreateByHandle(&thread, &tid, 15, 0, serve_thread, RTL_NULL, RTL_NULL, KOS_THREAD_SUSPENDED) != rcOk ||
        KnThreadSetAffinityByHandle(thread, 1ULL << cpu) != rcOk || KnThreadResumeByHandle(thread) != rcOk)
        return 1;
    return (int)KnThreadWaitByHandle(thread, INFINITE_TIMEOUT, &code);
}
