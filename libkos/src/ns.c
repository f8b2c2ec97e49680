/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/cm/cm_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/sl/sl_api.h>
#include <kl/core/NameServer.edl.h>
#include <kl/core/NameServer.idl.h>
#include <string.h>

Retcode NsCreate(const char *name, rtl_uint32_t msecs, NsHandle *ns)
{
    rtl_uint32_t riid;
    if (name == RTL_NULL)
        name = NS_SERVER_NAME;
    *ns = ServiceLocatorConnect(name);
    return *ns != INVALID_HANDLE ? rcOk : KnCmConnect(name, NS_SERVER_NAME, msecs, ns, &riid);
}

struct session {
    NkKosTransport transport;
    struct kl_core_NameServer_proxy proxy;
};

static void session_begin(struct session *session, NsHandle ns)
{
    NkKosTransport_Init(&session->transport, ns, NK_NULL, 0);
    kl_core_NameServer_proxy_init(&session->proxy, &session->transport.base, kl_core_NameServer_ns_iid);
}

static int text_put(struct nk_arena *arena, nk_ptr_t *chunk, const char *text)
{
    rtl_size_t size = strnlen(text, kl_core_Types_UCoreStringSize) + 1;
    if (size > kl_core_Types_UCoreStringSize)
        return 0;
    nk_char_t *to = nk_arena_alloc(nk_char_t, arena, chunk, size);
    if (to != NK_NULL)
        memcpy(to, text, size);
    return to != NK_NULL;
}

static Retcode text_get(struct nk_arena *arena, const nk_ptr_t *chunk, char *text, rtl_size_t size)
{
    nk_size_t length = 0;
    const nk_char_t *from = nk_arena_get(nk_char_t, arena, chunk, &length);
    if (from == NK_NULL || length == 0)
        return rcInternalError;
    if (length > size)
        return rcBufferTooSmall;
    memcpy(text, from, length);
    return rcOk;
}

Retcode NsPublishService(NsHandle ns, const char *interfaceName, const char *server, const char *endpoint)
{
    struct session session;
    char bytes[kl_core_NameServer_Publish_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(bytes, bytes + sizeof(bytes));
    struct kl_core_NameServer_Publish_req req;
    struct kl_core_NameServer_Publish_res res;
    if (!text_put(&arena, &req.interfaceName, interfaceName) || !text_put(&arena, &req.server, server) ||
        !text_put(&arena, &req.endpoint, endpoint))
        return rcInvalidArgument;
    session_begin(&session, ns);
    nk_err_t rc = kl_core_NameServer_Publish(&session.proxy.base, &req, &arena, &res, NK_NULL);
    return rc == NK_EOK ? res.rc : rc;
}

Retcode NsUnPublishService(NsHandle ns, const char *interfaceName, const char *server, const char *endpoint)
{
    struct session session;
    char bytes[kl_core_NameServer_UnPublish_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(bytes, bytes + sizeof(bytes));
    struct kl_core_NameServer_UnPublish_req req;
    struct kl_core_NameServer_UnPublish_res res;
    if (!text_put(&arena, &req.interfaceName, interfaceName) || !text_put(&arena, &req.server, server) ||
        !text_put(&arena, &req.endpoint, endpoint))
        return rcInvalidArgument;
    session_begin(&session, ns);
    nk_err_t rc = kl_core_NameServer_UnPublish(&session.proxy.base, &req, &arena, &res, NK_NULL);
    return rc == NK_EOK ? res.rc : rc;
}

Retcode NsEnumServices(NsHandle ns, const char *interfaceName, unsigned index, char *server, rtl_size_t serverSize,
                       char *service, rtl_size_t serviceSize)
{
    struct session session;
    char bytes[kl_core_NameServer_Enum_req_arena_size], answer[kl_core_NameServer_Enum_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(bytes, bytes + sizeof(bytes)),
                    answers = NK_ARENA_INITIALIZER(answer, answer + sizeof(answer));
    struct kl_core_NameServer_Enum_req req;
    struct kl_core_NameServer_Enum_res res;
    if (!text_put(&arena, &req.interfaceName, interfaceName))
        return rcInvalidArgument;
    req.index = index;
    session_begin(&session, ns);
    nk_err_t rc = kl_core_NameServer_Enum(&session.proxy.base, &req, &arena, &res, &answers);
    if (rc != NK_EOK || res.rc != rcOk)
        return rc != NK_EOK ? rc : res.rc;
    rc = text_get(&answers, &res.server, server, serverSize);
    return rc == rcOk ? text_get(&answers, &res.service, service, serviceSize) : rc;
}
