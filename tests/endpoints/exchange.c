/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to another process: handles that may not be used, handles in messages, verdicts, servers that do not answer. */
#include <tests/endpoints/endpoints.h>

/* One register call; words in and out. */
static Retcode call(Handle handle, unsigned mid, unsigned payload, unsigned handles, nk_uint64_t words[8])
{
    struct kos_message_words m = {.selector = handle,
                                  .info = KOS_INFO(0, mid, KOS_MESSAGE_HEADER_SIZE + payload, handles)};
    memcpy(m.w, words, sizeof(m.w));
    Retcode rc = raw_call(&m);
    memcpy(words, m.w, sizeof(m.w));
    return rc;
}
#define CALL(handle, mid, payload, handles, ...) call(handle, mid, payload, handles, (nk_uint64_t[8]){__VA_ARGS__})

static Retcode operate(nk_uint64_t operation, nk_uint64_t flags, Handle handle)
{
    struct kos_message_words m = {.selector = operation << KOS_OPERATION_SHIFT | flags | handle,
                                  .info = KOS_INFO(0, PEER_Echo, KOS_REGISTER_MESSAGE_SIZE, 0)};
    return raw_call(&m);
}

/* A handle in Call and Recv. */
static void selector_tests(Handle client)
{
    Handle user = user_object(~0U), weak, listener, server, own, derived, revoked;
    expect("exchange/Connect", NK_NULL, KnHandleConnect(INVALID_HANDLE, &listener, &server, &own), rcOk);
    expect("exchange/Copy", "weak", KnHandleCopy(client, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    expect("exchange/Copy", "derived", KnHandleCopy(own, ~0U, INVALID_HANDLE, &derived), rcOk);
    expect("exchange/Copy", "revoked", KnHandleCopy(derived, ~0U, INVALID_HANDLE, &revoked), rcOk);
    expect("exchange/Revoke", NK_NULL, KnHandleRevoke(derived), rcOk);
    const struct {
        const char *part;
        Handle handle;
        Retcode call, receive;
    } cases[] = {{"zero", 0, rcInvalidHandle, rcInvalidHandle},
                 {"index_zero", 0x10000, rcInvalidHandle, rcInvalidHandle},
                 {"all_bits", INVALID_HANDLE, rcInvalidHandle, rcInvalidHandle},
                 {"forged", 0x17777, rcInvalidHandle, rcInvalidHandle},
                 {"other_generation", client + 0x10000, rcInvalidHandle, rcInvalidHandle},
                 {"stale", stale_handle(), rcInvalidHandle, rcInvalidHandle},
                 {"revoked", revoked, rcHandleRevoked, rcHandleRevoked},
                 {"without_right", weak, rcNoCapability, rcInvalidArgument},
                 {"wrong_type", user, rcInvalidArgument, rcInvalidArgument},
                 {"listener", listener, rcNoCapability, rcOk},
                 {"client", client, rcOk, rcInvalidArgument},
                 {"core", KOS_CORE_HANDLE, rcInvalidArgument, rcInvalidArgument}};
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].handle != KOS_CORE_HANDLE)
            expect("exchange/Call", cases[i].part, operate(KOS_OPERATION_CALL, 0, cases[i].handle), cases[i].call);
        if (cases[i].handle != listener)
            expect("exchange/Recv", cases[i].part, operate(KOS_OPERATION_RECV, 0, cases[i].handle), cases[i].receive);
        expect("exchange/Reply", cases[i].part, operate(KOS_OPERATION_REPLY, 0, cases[i].handle), rcNotConnected);
        expect("exchange/Reply_then_Recv", cases[i].part,
               operate(KOS_OPERATION_REPLY, KOS_CALL_THEN_RECV, cases[i].handle), rcNotConnected);
    }
    expect("exchange/Recv", "memory_flag", operate(KOS_OPERATION_RECV, KOS_CALL_MEMORY, listener), rcInvalidArgument);
    expect("exchange/Recv", "extended_without_buffer", operate(KOS_OPERATION_RECV, KOS_CALL_EXTENDED, listener),
           rcTargetFault);
    expect("exchange/Call", "extended_without_buffer", operate(KOS_OPERATION_CALL, KOS_CALL_EXTENDED, client),
           rcTargetFault);
    expect("exchange/Call", "listener_closed", KnHandleClose(listener), rcOk);
    expect("exchange/Call", "class_without_endpoints", operate(KOS_OPERATION_CALL, 0, own), rcInvalidArgument);
    const Handle all[] = {own, weak, user, revoked};
    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        expect("exchange/Close", "each", KnHandleClose(all[i]), rcOk);
}

/* A handle in a message: words[0] and words[1] are a struct kos_handle_descriptor. */
static void descriptor_tests(Handle client)
{
    Handle user = user_object(KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY), weak = user_object(~1U);
    Handle badge = (Handle)KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 99).w[0], derived, revoked;
    expect("exchange/Copy", "derived", KnHandleCopy(user, ~0U, INVALID_HANDLE, &derived), rcOk);
    expect("exchange/Copy", "revoked", KnHandleCopy(derived, ~0U, INVALID_HANDLE, &revoked), rcOk);
    expect("exchange/Revoke", NK_NULL, KnHandleRevoke(derived), rcOk);
    const nk_uint64_t all = ~0ULL << 32;
    const struct {
        const char *part;
        nk_uint64_t handle, badge;
        Retcode rc;
    } cases[] = {{"zero", 0, 0, rcInvalidHandle},
                 {"forged", 0x17777 | all, 0, rcInvalidHandle},
                 {"stale", stale_handle() | all, 0, rcInvalidHandle},
                 {"revoked", revoked | all, 0, rcHandleRevoked},
                 {"without_right", weak | all, 0, rcNoCapability},
                 {"core", KOS_CORE_HANDLE | all, 0, rcNoCapability},
                 {"badge_forged", user | all, 0x17777, rcInvalidHandle},
                 {"badge_wrong_type", user | all, user, rcInvalidArgument},
                 {"badge_stale", user | all, stale_handle(), rcInvalidHandle},
                 {"with_badge", user | all, badge, rcOk},
                 {"without_badge", user | all, 0, rcOk},
                 {"fewer_rights", user | (nk_uint64_t)KOS_RIGHT_GET_SID << 32, 0, rcOk},
                 {"no_rights", user, 0, rcOk},
                 {"none", INVALID_HANDLE, 0, rcOk}};
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        nk_uint64_t words[8] = {cases[i].handle, cases[i].badge};
        expect("exchange/Give", cases[i].part, call(client, PEER_Give, 16, 1, words), cases[i].rc);
        if (cases[i].rc != rcOk)
            continue;
        /* what came: code of GetSid, rights, badge */
        nk_uint64_t rights = cases[i].handle >> 32 & (KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY);
        int none = (Handle)cases[i].handle == INVALID_HANDLE;
        expect("exchange/Give/code", cases[i].part, (Retcode)words[0],
               none                                ? rcInvalidHandle
               : (rights & KOS_RIGHT_GET_SID) != 0 ? rcOk
                                                   : rcNoCapability);
        expect("exchange/Give/rights", cases[i].part, (long long)words[1], none ? 0 : (long long)rights);
        expect("exchange/Give/badge", cases[i].part, (long long)words[2], 0);
    }
    const Handle handles[] = {user, weak, badge, revoked};
    for (unsigned i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
        expect("exchange/Close", "each", KnHandleClose(handles[i]), rcOk);
}

/* The server's own object goes to the client and comes home: dereferenced. Context: what it is to be known by. */
static void home_tests(Handle client, nk_uint64_t context)
{
    nk_uint64_t words[8] = {context};
    Handle user = user_object(KOS_RIGHT_TRANSFER);
    expect("exchange/Own", NK_NULL, call(client, PEER_Own, 8, 0, words), rcOk);
    Handle theirs = (Handle)words[0];
    const nk_uint64_t all = ~0ULL << 32;
    expect("exchange/Own", "came", theirs != INVALID_HANDLE, 1);
    memcpy(words, (nk_uint64_t[8]){theirs | all, 0}, sizeof(words));
    expect("exchange/Give", "home", call(client, PEER_Give, 16, 1, words), rcOk);
    expect("exchange/Give", "home_code", (Retcode)words[0], rcOk);
    nk_handle_desc_t desc = nk_handle_desc_make(theirs, ~0U, 0);
    nk_badge_t seen = 1;
    desc.badge = words[2];
    expect("exchange/Give", "home_dereferenced", nk_is_handle_dereferenced(&desc), NK_TRUE);
    expect("exchange/Give", "home_context", nk_get_badge_op(&desc, 0, &seen) == NK_EOK ? (long long)seen : -1,
           (long long)context);
    memcpy(words, (nk_uint64_t[8]){user | all, words[2]}, sizeof(words));
    if (context == 0) /* what came out may go in again */
        expect("exchange/Give", "null_context", call(client, PEER_Give, 16, 1, words), rcOk);
    expect("exchange/Pair", "home_and_forged", CALL(client, PEER_Pair, 32, 2, theirs | all, 0, 0x17777 | all, 0),
           rcInvalidHandle);
    expect("exchange/Pair", "given_and_forged", CALL(client, PEER_Pair, 32, 2, user | all, 0, 0x17777 | all, 0),
           rcInvalidHandle);
    expect("exchange/Pair", "forged_and_given", CALL(client, PEER_Pair, 32, 2, 0x17777 | all, 0, user | all, 0),
           rcInvalidHandle);
    memset(words, 0, sizeof(words));
    expect("exchange/OwnAlive", NK_NULL, call(client, PEER_OwnAlive, 0, 0, words), rcOk);
    expect("exchange/OwnAlive", "not_closed_by_a_failed_message", (Retcode)words[0], rcOk);
    memcpy(words, (nk_uint64_t[8]){user | all, 0, user | all, 0}, sizeof(words));
    expect("exchange/Pair", NK_NULL, call(client, PEER_Pair, 32, 2, words), rcOk);
    expect("exchange/Pair", "came", (long long)words[0], 2);
    expect("exchange/Close", "theirs", KnHandleClose(theirs), rcOk);
    expect("exchange/Close", "user", KnHandleClose(user), rcOk);
}

static Retcode reply_code(Handle client)
{
    nk_uint64_t words[8] = {0};
    Retcode rc = call(client, PEER_LastReply, 0, 0, words);
    return rc == rcOk ? (Retcode)words[0] : rc;
}

static void verdict_tests(Handle client)
{
    nk_uint64_t words[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    expect("exchange/Echo", NK_NULL, call(client, PEER_Echo, 64, 0, words), rcOk);
    expect("exchange/Echo", "words", words[0] == 1 && words[3] == 4 && words[7] == 8, 1);
    expect("exchange/Denied", NK_NULL, CALL(client, PEER_Denied, 0, 0, 0), rcSecurityDisallow);
    expect("exchange/DeniedResponse", NK_NULL, CALL(client, PEER_DeniedResponse, 0, 0, 0), rcSecurityDisallow);
    expect("exchange/DeniedResponse", "server_is_told", reply_code(client), rcSecurityDisallow);
    for (nk_uint64_t value = 2; value <= 8; value += 2) {
        nk_uint64_t small[8] = {value};
        expect("exchange/Small",
               value <= 3   ? "granted"
               : value <= 7 ? "response_denied"
                            : "request_denied",
               call(client, PEER_Small, 8, 0, small), value <= 3 ? rcOk : rcSecurityDisallow);
        if (value <= 7)
            expect("exchange/Small", "server_is_told", reply_code(client), value <= 3 ? rcOk : rcSecurityDisallow);
    }
    memset(words, 0, sizeof(words));
    expect("exchange/Malformed", NK_NULL, call(client, PEER_Malformed, 8, 0, words), rcOk);
    expect("exchange/Malformed", "replies_of_another_code", (long long)words[0], 0);
    expect("exchange/BadReceive", NK_NULL, CALL(client, PEER_BadReceive, 0, 0, 0), rcOk);
    expect("exchange/BadReceive", "server_is_told", reply_code(client), rcInvalidHandle);
    expect("exchange/Silent", NK_NULL, CALL(client, PEER_Silent, 0, 0, 0), rcAbort);
}

static void limit_tests(Handle client)
{
    static nk_uint64_t constant[4] = {0, 0, 0, 40};
    const nk_uint64_t info = KOS_INFO(0, PEER_Slow, sizeof(constant), 0);
    SMsgHdr in = {.constant_part = ADDRESS(constant), .constant_size = 24, .timeout = 5, .sync_handle = INVALID_HANDLE};
    struct kos_message_words m;
    Retcode told = rcOk;
    /* If an emulator stands still until the limit has passed the request never comes: then once more. */
    for (unsigned i = 0; i < 8 && told != rcNotConnected; i++) {
        m = (struct kos_message_words){
            .selector = client | KOS_CALL_EXTENDED, .info = info, .receive = ADDRESS(&in), .w = {40}};
        expect("exchange/Slow", "timeout", raw_call(&m), rcTimeout);
        (void)KnSleep(60);
        told = reply_code(client);
    }
    expect("exchange/Slow", "server_is_told", told, rcNotConnected);
    in.timeout = INFINITE_TIMEOUT;
    m = (struct kos_message_words){
        .selector = client | KOS_CALL_EXTENDED, .info = info, .receive = ADDRESS(&in), .w = {1}};
    expect("exchange/Slow", "in_time", raw_call(&m), rcOk);
    in.sync_handle = client;
    m = (struct kos_message_words){
        .selector = client | KOS_CALL_EXTENDED, .info = info, .receive = ADDRESS(&in), .w = {1}};
    expect("exchange/Slow", "sync_wrong_type", raw_call(&m), rcInvalidArgument);
    in.sync_handle = 0;
    m = (struct kos_message_words){
        .selector = client | KOS_CALL_EXTENDED, .info = info, .receive = ADDRESS(&in), .w = {1}};
    expect("exchange/Slow", "sync_zero", raw_call(&m), rcInvalidHandle);
    m = (struct kos_message_words){
        .selector = client | KOS_CALL_EXTENDED, .info = info, .receive = KERNEL_ADDRESS, .w = {1}};
    expect("exchange/Slow", "kernel_buffer", raw_call(&m), rcTargetFault);
}

/* Ends the server. */
static void end_tests(Handle client)
{
    expect("exchange/Quit", NK_NULL, CALL(client, PEER_Quit, 0, 0, 0), rcNotConnected);
    expect("exchange/Quit", "afterwards", CALL(client, PEER_Echo, 64, 0, 0), rcNotConnected);
}

void exchange_tests(Handle client)
{
    selector_tests(client);
    descriptor_tests(client);
    home_tests(client, 4711);
    home_tests(client, 0);
    verdict_tests(client);
    limit_tests(client);
    end_tests(client);
}
