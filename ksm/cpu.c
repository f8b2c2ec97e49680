/* SPDX-License-Identifier: Apache-2.0 */
/* Per-CPU memory of decisions, and the filling of its cache. */
#include <hal/boot.h>
#include <ksm/cpu.h>
#include <memory/page.h>

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
    ksm_cache_clear(&cpu->cache);
    if (cpu->memory == nullptr)
        cpu->memory = allocate(sizeof(*cpu->memory));
    return cpu->memory != nullptr;
}

retcode ksm_cpus_init(u32 count)
{
    for (u32 i = 0; i < count; i++)
        if (!cpu_init(&ksm_cpus[i]))
            return rcOutOfMemory;
    return rcOk;
}

void ksm_cache_clear(struct ksm_cache *cache)
{
    struct ksm_cache_entry none = {.verdict = KSM_NO_RULE};
    ksm_seen_never(&none.seen);
    for (u32 i = 0; i < array_length(cache->sets); i++)
        for (u32 way = 0; way < KSM_CACHE_WAYS; way++)
            cache->sets[i][way] = none;
}

void ksm_cache_add(struct ksm_cache *cache, enum ksm_event event, struct ksm_cache_key key,
                   const struct ksm_cache_entry *entry)
{
    struct ksm_cache_entry *set = cache->sets[ksm_cache_set(event, key)];
    if (!ksm_cache_same(set[0].key, key))
        set[1] = set[0]; /* the older of two others goes */
    set[0] = *entry;
    set[0].key = key;
}
