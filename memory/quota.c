/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/quota.h>

void quota_init(struct quota *quota, u64 pages_limit, u64 objects_limit)
{
    atomic_store_explicit(&quota->pages, 0, memory_order_relaxed);
    atomic_store_explicit(&quota->objects, 0, memory_order_relaxed);
    quota->pages_limit = pages_limit;
    quota->objects_limit = objects_limit;
}

/* relaxed everywhere: the counters order nothing else */
static retcode charge(_Atomic u64 *used, u64 limit, u64 count)
{
    u64 before = atomic_fetch_add_explicit(used, count, memory_order_relaxed);
    if (likely(before + count <= limit && before + count >= before))
        return rcOk;
    atomic_fetch_sub_explicit(used, count, memory_order_relaxed);
    return rcQuotaExceeded;
}

retcode quota_charge_pages(struct quota *quota, u64 count)
{
    return quota == nullptr ? rcOk : charge(&quota->pages, quota->pages_limit, count);
}

void quota_release_pages(struct quota *quota, u64 count)
{
    if (quota != nullptr)
        atomic_fetch_sub_explicit(&quota->pages, count, memory_order_relaxed);
}

retcode quota_charge_object(struct quota *quota)
{
    return quota == nullptr ? rcOk : charge(&quota->objects, quota->objects_limit, 1);
}

void quota_release_object(struct quota *quota)
{
    if (quota != nullptr)
        atomic_fetch_sub_explicit(&quota->objects, 1, memory_order_relaxed);
}
