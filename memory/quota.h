/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a task may use of the kernel's memory: pages (its own and its page tables') and kernel objects. Everything that
 * a user can make the kernel allocate is charged here first (invariant I7).
 */
#pragma once
#include <hal/base.h>
#include <stdatomic.h>

struct quota {
    _Atomic u64 pages, objects;     /* in use; changed by any CPU, relaxed: only totals matter */
    u64 pages_limit, objects_limit; /* constant once the task runs */
};

void quota_init(struct quota *quota, u64 pages_limit, u64 objects_limit);
/* rcQuotaExceeded without effect if the limit would be passed. A null quota is the kernel itself: always granted. */
retcode quota_charge_pages(struct quota *quota, u64 count);
void quota_release_pages(struct quota *quota, u64 count);
retcode quota_charge_object(struct quota *quota);
void quota_release_object(struct quota *quota);
/* Why an object and so many pages, charged together, could just now not be had: rcQuotaExceeded if quota has no room
 * for them, else rcOutOfMemory. */
retcode quota_refusal(const struct quota *quota, u64 pages);
