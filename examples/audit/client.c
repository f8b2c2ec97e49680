/* SPDX-License-Identifier: Apache-2.0 */
/* Stores and fetches, also what the policy forbids; the log shows it. */
#include <audit/Store.idl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>

static struct audit_Store_proxy proxy;

static void put(nk_uint32_t key)
{
    struct audit_Store_Put_req req;
    struct audit_Store_Put_res res;
    req.key = key;
    req.value = 10UL * key;
    nk_err_t rc = audit_Store_Put(&proxy.base, &req, NK_NULL, &res, NK_NULL);
    printf("put %u: %s\n", key, rc == NK_EOK ? "stored" : rc == NK_EPERM ? "denied" : "failed");
}

static void get(nk_uint32_t key)
{
    struct audit_Store_Get_req req;
    struct audit_Store_Get_res res;
    req.key = key;
    nk_err_t rc = audit_Store_Get(&proxy.base, &req, NK_NULL, &res, NK_NULL);
    if (rc == NK_EOK)
        printf("get %u: %llu\n", key, (unsigned long long)res.value);
    else
        printf("get %u: %s\n", key, rc == NK_EPERM ? "denied" : "failed");
}

int main(void)
{
    static NkKosTransport transport;
    Handle channel = ServiceLocatorConnect("store_channel");
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    audit_Store_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(channel, "part.store"));
    put(7);
    get(7);
    put(100);
    get(100);
    (void)KnSleep(300); /* so that all of the log is seen */
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
