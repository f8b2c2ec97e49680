/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slabs of 2^order pages are cut into objects once and never given back; free objects sit on the list of the CPU that
 * freed them, and in batches on a common list. The first word of a free object links it.
 */
#include <hal/boot.h>
#include <memory/object_cache.h>
#include <memory/page.h>
#include <smp/cpu.h>

#define CPU_FREE_MAX 64U
#define POISON       0xdb

void object_cache_init(struct object_cache *cache, const char *name, size_t size, size_t alignment)
{
    memset(cache, 0, sizeof(*cache));
    cache->name = name;
    cache->size = (u32)round_up(size < sizeof(void *) ? sizeof(void *) : size, alignment);
    while (((u64)PAGE_SIZE << cache->order) < (u64)cache->size * 4 && cache->order < 3)
        cache->order++;
    cache->per_slab = (u32)(((u64)PAGE_SIZE << cache->order) / cache->size);
    list_init(&cache->partial);
    kassert(cache->per_slab != 0);
}

static void push(struct object_cache_cpu *cpu, void *object)
{
    *(void **)object = cpu->free;
    cpu->free = object;
    cpu->count++;
}

static void *pop(struct object_cache_cpu *cpu)
{
    void *object = cpu->free;
    if (object != nullptr) {
        cpu->free = *(void **)object;
        cpu->count--;
    }
    return object;
}

static void poison(const struct object_cache *cache, void *object)
{
#ifdef KOS_DEBUG
    memset((u8 *)object + sizeof(void *), POISON, cache->size - sizeof(void *));
#else
    (void)cache, (void)object;
#endif
}

static void check_poison(const struct object_cache *cache, const void *object)
{
#ifdef KOS_DEBUG
    for (size_t i = sizeof(void *); i < cache->size; i++)
        if (((const u8 *)object)[i] != POISON)
            kernel_panic("object cache %s: free object %p was written at +%zu", cache->name, object, i);
#else
    (void)cache, (void)object;
#endif
}

/* Objects for this CPU: from the common list, else from a new slab. */
static void refill(struct object_cache *cache, struct object_cache_cpu *cpu)
{
    spinlock_lock(&cache->lock);
    while (cpu->count < CPU_FREE_MAX / 2 && !list_empty(&cache->partial)) {
        struct list *node = cache->partial.next;
        list_remove(node);
        poison(cache, node);
        push(cpu, node);
    }
    spinlock_unlock(&cache->lock);
    if (cpu->count != 0)
        return;
    paddr page = page_allocate(cache->order);
    if (page == PADDR_NONE)
        return;
    u8 *slab = hal_direct(page);
    for (u32 i = cache->per_slab; i-- > 0;) {
        poison(cache, slab + (u64)i * cache->size);
        push(cpu, slab + (u64)i * cache->size);
    }
}

void *object_cache_allocate(struct object_cache *cache, struct quota *quota)
{
    if (quota_charge_object(quota) != rcOk)
        return nullptr;
    struct object_cache_cpu *cpu = &cache->cpus[hal_cpu_self()->index];
    if (unlikely(cpu->free == nullptr))
        refill(cache, cpu);
    void *object = pop(cpu);
    if (object == nullptr) {
        quota_release_object(quota);
        return nullptr;
    }
    check_poison(cache, object);
    memset(object, 0, cache->size);
    return object;
}

void object_cache_free(struct object_cache *cache, void *object, struct quota *quota)
{
    struct object_cache_cpu *cpu = &cache->cpus[hal_cpu_self()->index];
    poison(cache, object);
    push(cpu, object);
    quota_release_object(quota);
    if (likely(cpu->count <= CPU_FREE_MAX || cache->size < sizeof(struct list)))
        return;
    spinlock_lock(&cache->lock);
    while (cpu->count > CPU_FREE_MAX / 2)
        list_push_front(&cache->partial, pop(cpu));
    spinlock_unlock(&cache->lock);
}
