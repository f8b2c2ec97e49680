/* SPDX-License-Identifier: Apache-2.0 */
/* The security interface: what a process asks, what it is told, and what the log says of it. */
#include <coresrv/nk/transport-kos-security.h>
#include <tests/audit/audit.h>

struct question {
    struct {
        struct nk_message base_;
        nk_uint64_t value;
        nk_ptr_t text;
    } req;
    struct {
        struct nk_message base_;
    } res;
};

static NkKosSecurityTransport transport;

static nk_err_t ask(unsigned riid, unsigned mid, nk_uint64_t value)
{
    struct question question = {.req.value = value};
    nk_req_reset(&question.req);
    nk_req_reset(&question.res);
    question.req.base_.iid = (nk_iid_t)riid;
    question.req.base_.mid = (nk_mid_t)mid;
    return nk_transport_call(&transport.base, &question.req.base_, NK_NULL, &question.res.base_, NK_NULL);
}

static nk_err_t tell(const char *text)
{
    struct question question = {.req.value = 0};
    static _Alignas(8) char buffer[64];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    nk_size_t size = strlen(text) + 1;
    nk_char_t *place = nk_arena_alloc(nk_char_t, &arena, &question.req.text, size);
    memcpy(place, text, size);
    nk_req_reset(&question.req);
    nk_req_reset(&question.res);
    question.req.base_.iid = 0;
    question.req.base_.mid = AUDIT_ASK_TEXT;
    return nk_transport_call(&transport.base, &question.req.base_, &arena, &question.res.base_, NK_NULL);
}

void security(void)
{
    struct nk_message idle = {0};
    drain();
    expect("security/connect", NkKosSecurityTransport_Init(&transport, NK_NULL, 0), rcOk);
    expect("security/granted", ask(0, AUDIT_ASK_SMALL, 7), NK_EOK);
    expect("security/granted/any_interface", ask(INVALID_RIID, AUDIT_ASK_SMALL, 7), NK_EOK);
    expect("security/no_request", nk_transport_recv(&transport.base, &idle, NK_NULL), NK_EINVAL);
    expect("security/no_answer", nk_transport_reply(&transport.base, &idle, NK_NULL), NK_EINVAL);
    expect("security/granted/record", next_record(RTL_NULL) == RTL_NULL, 1);
    expect("security/denied", ask(0, AUDIT_ASK_SMALL, 8), NK_EPERM);
    expect_text("security/denied/record", "denied security Einit (#), test.Guard.Small: base.deny denied at "
                                          "policy.psl:12:5");
    expect("security/no_rule", ask(0, AUDIT_ASK_NEVER, 1), NK_EPERM);
    expect_text("security/no_rule/record", "denied security Einit (#), test.Guard.Never: no rule");
    expect("security/no_method", ask(0, 9, 1), rcInvalidArgument);
    expect_text("security/no_method/record", "denied security Einit (#), test.Guard, method 9: malformed message (40 "
                                             "bytes, arena 0, handles 0)");
    expect("security/no_interface", ask(1, 0, 1), rcInvalidArgument);
    expect_text("security/no_interface/record", "denied security Einit (#), endpoint 1, method 0: malformed message "
                                                "(40 bytes, arena 0, handles 0)");
    expect("security/text/granted", tell("yes"), NK_EOK);
    expect("security/text/denied", tell("no"), NK_EPERM);
    drain();
    expect("security/text/without", ask(0, AUDIT_ASK_TEXT, 0), NK_EPERM);
    drain();
    Handle handle = transport.base.handle;
    NkKosSecurityTransport_Deinit(&transport);
    transport.base.handle = handle;
    expect("security/closed", ask(0, AUDIT_ASK_SMALL, 1), rcInvalidHandle);
    expect("security/closed/record", next_record(RTL_NULL) == RTL_NULL, 1);
}
