/* SPDX-License-Identifier: Apache-2.0 */
/* KlogStorage as its clients see it. */
#pragma once
#include <nk/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Names of channels: to Klog, to KlogStorage. */
#define KLOG_SERVER_CONNECTION_ID         "klog.server"
#define KLOG_STORAGE_SERVER_CONNECTION_ID "klog.storage"

/* All below is ours. A storage, reached through a channel; one thread at a time. */
struct klog_storage_client {
    Handle channel;
    nk_iid_t riid;
};
/* rcNotConnected: no such channel; rcResourceNotFound: there is no kl.KlogStorage at its other end. */
nk_err_t klog_storage_client_init(struct klog_storage_client *client, const char *connection);
/* text is cut to what an entry holds. reason: KSS_AUDIT_POSITION_* of kss/audit.h. */
nk_err_t klog_storage_client_write(struct klog_storage_client *client, int reason, const char *text);
#ifdef __cplusplus
}
#endif
