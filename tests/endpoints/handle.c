/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint handle.Handle. */
#include <tests/endpoints/endpoints.h>

static void copy_tests(void)
{
    const char *name = "handle/Copy";
    Handle user = user_object(KOS_RIGHT_COPY | KOS_RIGHT_GET_SID), copy, weak, badge;
    rtl_uint32_t sid, sid_of_copy;
    expect(name, NK_NULL, KnHandleCopy(user, ~0U, INVALID_HANDLE, &copy), rcOk);
    expect("handle/GetSid", NK_NULL, KnHandleGetSidByHandle(user, &sid), rcOk);
    expect("handle/GetSid", "of_copy", KnHandleGetSidByHandle(copy, &sid_of_copy), rcOk);
    expect("handle/GetSid", "same", sid, sid_of_copy);
    expect(name, "weaker", KnHandleCopy(user, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    expect(name, "never_stronger", KnHandleCopy(weak, ~0U, INVALID_HANDLE, &copy), rcOk);
    expect(name, "right_did_not_come_back", KnHandleGetSidByHandle(copy, &sid), rcNoCapability);
    struct core_request request = {REQUEST(HANDLE, Copy, user, ~0U, INVALID_HANDLE)};
    expect_handle_errors(name, &request, 0, INVALID_HANDLE, KOS_CORE_HANDLE);
    request.words[0] = user;
    expect_handle_errors("handle/Copy/badge", &request, 2, user, INVALID_HANDLE);
    badge = (Handle)KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 77).w[0];
    expect("handle/CreateBadge", NK_NULL, badge != INVALID_HANDLE, 1);
    expect(name, "with_badge", KnHandleCopy(user, ~0U, badge, &copy), rcOk);
    struct core_request subtree = {REQUEST(HANDLE, RevokeSubtree, user, badge)};
    expect_handle_errors("handle/RevokeSubtree", &subtree, 0, INVALID_HANDLE, INVALID_HANDLE);
    expect_handle_errors("handle/RevokeSubtree/badge", &subtree, 1, user, INVALID_HANDLE);
    expect("handle/RevokeSubtree", NK_NULL, core_request(&subtree).rc, rcOk);
    expect("handle/RevokeSubtree", "badged_is_revoked", KnHandleGetSidByHandle(copy, &sid), rcHandleRevoked);
    expect("handle/RevokeSubtree", "other_stays", KnHandleCopy(weak, ~0U, INVALID_HANDLE, &copy), rcOk);
    expect("handle/RevokeSubtree", "again", core_request(&subtree).rc, rcOk);
    expect("handle/RevokeSubtree", "self_stays", KnHandleGetSidByHandle(user, &sid), rcOk);
    expect("handle/Close", "badge", KnHandleClose(badge), rcOk);
    expect("handle/Revoke", NK_NULL, KnHandleRevoke(user), rcOk);
    expect("handle/Revoke", "grandchild", KnHandleRevoke(copy), rcHandleRevoked);
    expect("handle/Revoke", "closes", KnHandleClose(user), rcInvalidHandle);
    expect("handle/Close", "revoked", KnHandleClose(copy), rcOk);
    expect("handle/Close", "revoked_child", KnHandleClose(weak), rcOk);
}

/* Who was given a handle with a badge makes another with a badge of his own, and closes the first. */
static void escape_tests(void)
{
    Handle user = user_object(~0U), given, own, kept, last;
    Handle badge = (Handle)KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 1).w[0],
           other = (Handle)KOS_CORE(HANDLE, CreateBadge, INVALID_HANDLE, 0, 2).w[0];
    rtl_uint32_t sid;
    expect("handle/escape", "give", KnHandleCopy(user, ~0U, badge, &given), rcOk);
    expect("handle/escape", "own", KnHandleCopy(given, ~0U, other, &own), rcOk);
    expect("handle/escape", "kept", KnHandleCopy(user, ~0U, other, &kept), rcOk);
    expect("handle/escape", "close", KnHandleClose(given), rcOk);
    expect("handle/escape", "last", KnHandleCopy(own, ~0U, badge, &last), rcOk);
    expect("handle/escape", "close_own", KnHandleClose(own), rcOk);
    expect("handle/escape", "works", KnHandleGetSidByHandle(last, &sid), rcOk);
    expect("handle/escape", "not_his_subtree", KnHandleRevokeSubtree(user, other), rcOk);
    expect("handle/escape", "goes_on", KnHandleGetSidByHandle(last, &sid), rcOk);
    expect("handle/escape", "revoked_there", KnHandleGetSidByHandle(kept, &sid), rcHandleRevoked);
    expect("handle/escape", "revoke", KnHandleRevokeSubtree(user, badge), rcOk);
    expect("handle/escape", "no_way_out", KnHandleGetSidByHandle(last, &sid), rcHandleRevoked);
    const Handle all[] = {user, kept, last, badge, other};
    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        expect("handle/escape", "close_all", KnHandleClose(all[i]), rcOk);
}

/* More than one step of a walk takes, side by side and in a chain. */
static void crowd_tests(void)
{
    enum { CROWD = 200 };
    static Handle copies[CROWD];
    Handle user = user_object(~0U);
    rtl_uint32_t sid;
    unsigned revoked = 0;
    for (unsigned i = 0; i < CROWD; i++)
        (void)KnHandleCopy(i < CROWD / 2 ? user : copies[i - 1], ~0U, INVALID_HANDLE, &copies[i]);
    expect("handle/crowd", "close_in_the_chain", KnHandleClose(copies[CROWD * 3 / 4]), rcOk);
    expect("handle/crowd", "end_of_the_chain", KnHandleGetSidByHandle(copies[CROWD - 1], &sid), rcOk);
    expect("handle/crowd", "revoke", KnHandleRevoke(user), rcOk);
    for (unsigned i = 0; i < CROWD; i++)
        revoked += KnHandleClose(copies[i]) == rcOk && i != CROWD * 3 / 4;
    expect("handle/crowd", "all_are_there", revoked, CROWD - 1);
    expect("handle/crowd", "closed", KnHandleGetSidByHandle(copies[0], &sid), rcInvalidHandle);
}

static void error_tests(void)
{
    Handle user = user_object(0);
    struct core_request sid = {REQUEST(HANDLE, GetSidByHandle, user)}, revoke = {REQUEST(HANDLE, Revoke, user)};
    expect_handle_errors("handle/GetSid", &sid, 0, INVALID_HANDLE, user);
    expect_handle_errors("handle/Revoke", &revoke, 0, INVALID_HANDLE, INVALID_HANDLE);
    expect("handle/GetSid", "core", RC(HANDLE, GetSidByHandle, KOS_CORE_HANDLE), rcNoCapability);
    expect("handle/Revoke", "core", RC(HANDLE, Revoke, KOS_CORE_HANDLE), rcInvalidOperation);
    expect("handle/Close", "core", RC(HANDLE, Close, KOS_CORE_HANDLE), rcInvalidOperation);
    expect("handle/Close", NK_NULL, RC(HANDLE, Close, user), rcOk);
    expect("handle/Close", "stale", RC(HANDLE, Close, user), rcInvalidHandle);
    expect("handle/Close", "zero", RC(HANDLE, Close, 0), rcInvalidHandle);
    expect("handle/Close", "all_bits", RC(HANDLE, Close, ~0ULL), rcInvalidHandle);
    expect("handle/Close", "forged", RC(HANDLE, Close, 0x17777), rcInvalidHandle);
    expect("handle/CreateBadge", "context_all_bits", RC(HANDLE, CreateBadge, INVALID_HANDLE, 0, ~0ULL), rcOk);
}

static void channel_tests(void)
{
    Handle listener, same, server, client, second, weak, user = user_object(~0U), callable;
    expect("handle/Connect", NK_NULL, KnHandleConnect(INVALID_HANDLE, &listener, &server, &client), rcOk);
    expect("handle/Connect", "server_is_listener", server, listener);
    expect("handle/Connect", "existing_listener", KnHandleConnect(listener, &same, &server, &second), rcOk);
    expect("handle/Connect", "same_listener", same, listener);
    expect("handle/Connect", "another_client", second != client, 1);
    expect("handle/Connect", "weaken", KnHandleCopy(listener, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    struct core_request connect = {REQUEST(HANDLE, Connect, listener)};
    expect_handle_errors("handle/Connect", &connect, 0, client, weak);

    struct core_request create = {REQUEST(HANDLE, CreateUserObject, 1, ~0U, 5, listener, 0)};
    expect_handle_errors("handle/CreateUserObject", &create, 3, client, weak);
    struct kos_core_result made = core_request(&create);
    callable = (Handle)made.w[0];
    expect("handle/CreateUserObject", "callable", made.rc, rcOk);
    expect("handle/CreateUserObject", "close_callable", KnHandleClose(callable), rcOk);

    struct core_request riid = {REQUEST(HANDLE, GetRiid, client, CHUNK(0, 5)), STRING("none"), .response_count = 2};
    expect("handle/GetRiid", "unknown_endpoint", core_request(&riid).rc, rcResourceNotFound);
    expect_string_errors("handle/GetRiid", &riid, 1);
    expect_handle_errors("handle/GetRiid", &riid, 0, user, INVALID_HANDLE);
    riid.words[0] = KOS_CORE_HANDLE;
    expect("handle/GetRiid", "core", core_request(&riid).rc, rcInvalidArgument);
    riid.words[0] = listener;
    expect("handle/GetRiid", "listener", core_request(&riid).rc, rcInvalidArgument);
    const Handle all[] = {weak, second, client, listener, user};
    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        expect("handle/Close", "each_kind", KnHandleClose(all[i]), rcOk);
}

/* A slot that is used again must not answer to the handle it had before. */
static void generation_tests(void)
{
    int reused = 0, answered = 0;
    for (unsigned i = 0; i < 300; i++) {
        Handle first = stale_handle(), second = user_object(KOS_RIGHT_GET_SID);
        rtl_uint32_t sid;
        reused += (first & 0xffffU) == (second & 0xffffU);
        answered += KnHandleGetSidByHandle(first, &sid) != rcInvalidHandle;
        (void)KnHandleClose(second);
    }
    expect("handle/generation", "slots_are_reused", reused > 0, 1);
    expect("handle/generation", "stale_never_answers", answered, 0);
}

void handle_tests(void)
{
    copy_tests();
    escape_tests();
    crowd_tests();
    error_tests();
    channel_tests();
    generation_tests();
}
