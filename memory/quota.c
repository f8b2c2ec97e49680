/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/quota.h>

void quota_init(struct quota *quota, u64 pages_limit, u64 objects_limit)
{
    atomic_store_explicit(&quota->pages, 0, memory_order_relaxed);
    atomic_store_explicit(&quota->objects, 0, memory_order_relaxed);
    quota->pages_limit = pages_limit;
    quota->objects_limit = objects_limit;
}

/*
 * relaxed everywhere: the counters order nothing else. Compare-exchange rather than add and take back: a charge that
 * fails must not make another CPU's fail, nor wrap the counter for it.
 */
static retcode charge(_Atomic u64 *used, u64 limit, u64 count)
{
    u64 before = atomic_load_explicit(used, memory_order_relaxed);
    do {
        if (unlikely(before > limit || count > limit - before))
            return rcQuotaExceeded;
    } while (!atomic_compare_exchange_weak_explicit(used, &before, before + count, memory_order_relaxed,
                                                    memory_order_relaxed));
    return rcOk;
}

static void release(_Atomic u64 *used, u64 count)
{
    [[maybe_unused]] u64 before = atomic_fetch_sub_explicit(used, count, memory_order_relaxed);
    kassert(before >= count);
}

retcode quota_charge_pages(struct quota *quota, u64 count)
{
    return quota == nullptr ? rcOk : charge(&quota->pages, quota->pages_limit, count);
}

void quota_release_pages(struct quota *quota, u64 count)
{
    if (quota != nullptr)
        release(&quota->pages, count);
}

retcode quota_charge_object(struct quota *quota)
{
    return quota == nullptr ? rcOk : charge(&quota->objects, quota->objects_limit, 1);
}

void quota_release_object(struct quota *quota)
{
    if (quota != nullptr)
        release(&quota->objects, 1);
}

retcode quota_refusal(const struct quota *quota, u64 pages)
{
    if (quota == nullptr)
        return rcOutOfMemory;
    u64 objects_used = atomic_load_explicit(&quota->objects, memory_order_relaxed);
    u64 pages_used = atomic_load_explicit(&quota->pages, memory_order_relaxed);
    bool full = objects_used >= quota->objects_limit || pages_used > quota->pages_limit ||
                pages > quota->pages_limit - pages_used;
    return full ? rcQuotaExceeded : rcOutOfMemory;
}
