/* SPDX-License-Identifier: Apache-2.0 */
/* The program Klog: takes the security audit's records from the kernel, and gives them as text to the program
 * KlogStorage. */
#pragma once
#include <klog_storage/client.h>
#ifdef __cplusplus
extern "C" {
#endif

/*
 * connections: KLOG_SERVER_CONNECTION_ID ":" KLOG_STORAGE_SERVER_CONNECTION_ID; iid: of the component kl.Klog's
 * endpoint audit, which has no methods, so nobody is listened to. Returns only if there is no channel to the storage or
 * the log cannot be read: 1, with the reason on stderr. Records that were lost become an entry that tells how many.
 */
int klog_system_audit_run(const char *connections, nk_iid_t iid);
#ifdef __cplusplus
}
#endif
