/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kl/KlogStorage.idl.h>
#include <klog_storage/client.h>
#include <string.h>

nk_err_t klog_storage_client_init(struct klog_storage_client *client, const char *connection)
{
    /* The component's names in the classes of the SDK's examples. */
    static const char *const names[] = {"storage.storage", "klogStorage.storage"};
    client->channel = ServiceLocatorConnect(connection);
    if (client->channel == INVALID_HANDLE)
        return rcNotConnected;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        client->riid = ServiceLocatorGetRiid(client->channel, names[i]);
        if (client->riid != INVALID_RIID)
            return NK_EOK;
    }
    return rcResourceNotFound;
}

nk_err_t klog_storage_client_write(struct klog_storage_client *client, int reason, const char *text)
{
    NkKosTransport transport;
    struct kl_KlogStorage_proxy proxy;
    struct kl_KlogStorage_write_req req;
    struct kl_KlogStorage_write_res res;
    nk_size_t length = strlen(text);
    if (length > sizeof(req.entry.msg) - 1)
        length = sizeof(req.entry.msg) - 1;
    memset(&req, 0, sizeof(req));
    req.entry.reason = reason;
    memcpy(req.entry.msg, text, length);
    NkKosTransport_Init(&transport, client->channel, NK_NULL, 0);
    kl_KlogStorage_proxy_init(&proxy, &transport.base, client->riid);
    nk_err_t rc = kl_KlogStorage_write(&proxy.base, &req, NK_NULL, &res, NK_NULL);
    return rc == NK_EOK && res.result < 0 ? rcFail : rc;
}
