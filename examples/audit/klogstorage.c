/* SPDX-License-Identifier: Apache-2.0 */
/* Every entry goes to the console, and the last ones can be asked for again. */
#include <audit/KlogStorage.edl.h>
#include <klog_storage/server.h>
#include <kss/audit.h>
#include <stdio.h>

#define KEPT 64U
static struct kl_KlogStorage_Entry kept[KEPT];
static nk_uint64_t last_id;

static int write_entry(void *ctx, const struct kl_KlogStorage_Entry *entry)
{
    (void)ctx;
    last_id = entry->id;
    kept[entry->id % KEPT] = *entry;
    fprintf(stderr, "%s %s\n", entry->reason == KSS_AUDIT_POSITION_DENY ? "AUDIT(!)" : "AUDIT",
            (const char *)entry->msg);
    return 0;
}

static int read_entries(void *ctx, nk_uint64_t first_id, nk_uint64_t to_id, struct kl_KlogStorage_Entry *entries)
{
    int count = 0;
    (void)ctx;
    for (nk_uint64_t id = first_id; id <= to_id && id <= last_id; id++)
        if (id != 0 && id + KEPT > last_id)
            entries[count++] = kept[id % KEPT];
    return count;
}

static int read_newest(void *ctx, nk_uint32_t count, struct kl_KlogStorage_Entry *entries)
{
    return count == 0 ? 0 : read_entries(ctx, last_id >= count ? last_id - count + 1 : 1, last_id, entries);
}

int main(void)
{
    struct kl_KlogStorage *storage =
        klog_storage_IKlog_storage_dispatcher(NK_NULL, write_entry, read_newest, read_entries);
    return klog_storage_run(KLOG_STORAGE_SERVER_CONNECTION_ID, audit_KlogStorage_storage_iidOffset,
                            audit_KlogStorage_storage_storage_iid, klog_storage_storage_component(storage));
}
