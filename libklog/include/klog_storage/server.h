/* SPDX-License-Identifier: Apache-2.0 */
/* The program KlogStorage: its server's loop around functions of the solution. */
#pragma once
#include <kl/KlogStorage.cdl.h>
#include <klog_storage/client.h>
#ifdef __cplusplus
extern "C" {
#endif

/* ctx is the dispatcher's. Negative: failed, as the client is told. entry has a number, and its text an end. */
typedef int (*kl_KlogStorage_write_func)(void *ctx, const struct kl_KlogStorage_Entry *entry);
/* Both fill entries and return how many: num_entries, last_id - first_id + 1, and kl_KlogStorage_EntriesMax at most. */
typedef int (*kl_KlogStorage_read_func)(void *ctx, nk_uint32_t num_entries, struct kl_KlogStorage_Entry *entries);
typedef int (*kl_KlogStorage_read_range_func)(void *ctx, nk_uint64_t first_id, nk_uint64_t last_id,
                                              struct kl_KlogStorage_Entry *entries);

/* There is one of each in a process. */
struct kl_KlogStorage *klog_storage_IKlog_storage_dispatcher(void *ctx, kl_KlogStorage_write_func write,
                                                             kl_KlogStorage_read_func read,
                                                             kl_KlogStorage_read_range_func read_range);
struct kl_KlogStorage_component *klog_storage_storage_component(struct kl_KlogStorage *storage);
/* Serves the channels of that name; iidOffset: of the component in its class. Returns 1 if there are none. */
int klog_storage_run(const char *connection, nk_iid_t iidOffset, nk_iid_t iid,
                     struct kl_KlogStorage_component *component);
#ifdef __cplusplus
}
#endif
