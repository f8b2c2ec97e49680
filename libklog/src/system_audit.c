/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/vlog/vlog_api.h>
#include <klog/system_audit.h>
#include <kss/audit.h>
#include <stdio.h>
#include <string.h>

static AuditMessage message;
static char text[4096];

/* An entry that the storage does not take is lost: there is nobody to tell but the console. */
static void store(struct klog_storage_client *storage, int reason, const char *line)
{
    nk_err_t rc = klog_storage_client_write(storage, reason, line);
    if (rc != NK_EOK)
        fprintf(stderr, "klog: not stored (%d): %s\n", rc, line);
}

int klog_system_audit_run(const char *connections, nk_iid_t iid)
{
    struct klog_storage_client storage;
    Handle log = INVALID_HANDLE;
    rtl_size_t dropped;
    const char *colon = strchr(connections, ':');
    (void)iid;
    nk_err_t rc = klog_storage_client_init(&storage, colon != NK_NULL ? colon + 1 : connections);
    if (rc == NK_EOK)
        rc = KnAuOpen(KOS_AUDIT_LOG, &log);
    while (rc == NK_EOK && (rc = KnAuRead(log, &message, &dropped)) == rcOk) {
        if (dropped != 0) {
            (void)snprintf(text, sizeof(text), "%lu records were lost", (unsigned long)dropped);
            store(&storage, KSS_AUDIT_POSITION_DENY, text);
        }
        int reason = kss_audit_decode(message.data, message.size, text, sizeof(text));
        if (reason >= 0)
            store(&storage, reason, text);
    }
    fprintf(stderr, "klog: ended (%d)\n", rc);
    return 1;
}
