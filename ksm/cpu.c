/* SPDX-License-Identifier: Apache-2.0 */
/* Per-CPU memory of decisions, and the filling of its cache. */
#include <hal/boot.h>
#include <ksm/cpu.h>
#include <memory/page.h>

struct ksm_cpu *ksm_cpus[KOS_CPUS_MAX];

static void *allocate(u64 size)
{
    unsigned order = 0;
    while (((u64)PAGE_SIZE << order) < size)
        order++;
    paddr page = page_allocate(order);
    return page != PADDR_NONE ? memset(hal_direct(page), 0, (u64)PAGE_SIZE << order) : nullptr;
}

static bool cpu_init(struct ksm_cpu **place)
{
    struct ksm_cpu *cpu = *place != nullptr ? *place : allocate(sizeof(*cpu));
    if (cpu == nullptr)
        return false;
    *place = cpu;
    cpu->cache = (struct ksm_cache){};
    if (cpu->undo == nullptr)
        cpu->undo = allocate(sizeof(struct ksm_undo) * KSM_UNDO_MAX * KSM_UNDO_WORDS);
    return cpu->undo != nullptr;
}

retcode ksm_cpus_init(u32 count)
{
    for (u32 i = 0; i < count; i++)
        if (!cpu_init(&ksm_cpus[i]))
            return rcOutOfMemory;
    return rcOk;
}

void ksm_cache_add(struct ksm_cache *cache, u64 event, u64 sids, enum ksm_verdict verdict, const struct ksm_seen *seen)
{
    struct ksm_cache_entry *set = cache->sets[ksm_cache_set(event, sids)];
    bool known = set[0].event == event && (set[0].sids ^ sids) << (64 - KSM_CACHE_VERDICT_SHIFT) == 0;
    if (!known)
        set[1] = set[0]; /* the older of two others goes */
    set[0] = (struct ksm_cache_entry){event, sids | (u64)verdict << KSM_CACHE_VERDICT_SHIFT, *seen};
}
