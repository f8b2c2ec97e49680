/* SPDX-License-Identifier: Apache-2.0 */
#include <klog_storage/server.h>
#include <kss/audit.h>
#include <stdio.h>
#include <string.h>
#include <greenhouse/KlogStorage.edl.h>

/* only what is behind the colon, and the verdict */
static int klog_write(void *ctx, const kl_KlogStorage_Entry *entry)
{
    const char *text = strstr((const char *)entry->msg, "heat.Set");
    if (text != NULL)
        fprintf(stderr, "log: %s %.8s\n", entry->reason == KSS_AUDIT_POSITION_DENY ? "DENIED" : "granted", text);
    return 0;
}

static int klog_read(void *ctx, nk_uint32_t count, kl_KlogStorage_Entry *entries)
{
    return 0;
}

static int klog_range(void *ctx, nk_uint64_t first, nk_uint64_t last, kl_KlogStorage_Entry *entries)
{
    return 0;
}

int main(int argc, char *argv[])
{
    struct kl_KlogStorage *iklog =
        klog_storage_IKlog_storage_dispatcher(NULL, klog_write, klog_read, klog_range);
    struct kl_KlogStorage_component *comp = klog_storage_storage_component(iklog);

    return klog_storage_run(KLOG_STORAGE_SERVER_CONNECTION_ID,
                            greenhouse_KlogStorage_klogStorage_iidOffset,
                            greenhouse_KlogStorage_klogStorage_storage_iid, comp);
}
