/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slab is 2^order pages aligned to their size, so an object's address leads to its header. Objects are cut from it
 * one by one as they are needed. The first word of a free object links it: on the list of the CPU that freed it, or on
 * its slab's.
 */
#include <hal/boot.h>
#include <memory/object_cache.h>
#include <memory/page.h>
#include <smp/cpu.h>

#define BATCH_MAX   4U    /* at once, so that no allocation takes long */
#define BATCH_BYTES 8192U /* batches of large objects are smaller */
#define EMPTY_KEPT  1U    /* so that one object coming and going takes no page each time */
#ifdef KOS_DEBUG
#define POISON 0xdb
#endif

struct slab {         /* all guarded by the cache's lock */
    struct list link; /* in cache->partial unless all objects are in use */
    void *free;
    u32 cut;  /* objects cut so far */
    u32 used; /* objects in use or on a CPU's list */
};

static u32 fitting(const struct object_cache *cache)
{
    u64 bytes = (u64)PAGE_SIZE << cache->order;
    return bytes > cache->first ? (u32)((bytes - cache->first) / cache->size) : 0;
}

void object_cache_init(struct object_cache *cache, const char *name, size_t size, size_t alignment)
{
    memset(cache, 0, sizeof(*cache));
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    cache->name = name;
    cache->size = (u32)round_up(size == 0 ? 1 : size, alignment);
    cache->cleared = cache->size;
    cache->first = (u32)round_up(sizeof(struct slab), alignment);
    while ((fitting(cache) < 4 && cache->order < 3) || fitting(cache) == 0)
        cache->order++;
    cache->per_slab = fitting(cache);
    cache->batch = BATCH_BYTES / cache->size;
    cache->batch = cache->batch == 0 ? 1 : cache->batch > BATCH_MAX ? BATCH_MAX : cache->batch;
    list_init(&cache->partial);
    kassert(cache->order <= PAGE_ORDER_MAX);
}

void object_cache_clear_first(struct object_cache *cache, size_t bytes)
{
    u32 lines = (u32)round_up(bytes, KOS_CACHE_LINE); /* without a rest it is shorter */
    cache->cleared = lines <= cache->size ? lines : cache->size;
}

static void push(struct object_cache_cpu *cpu, void *object)
{
    *(void **)object = cpu->free;
    cpu->free = object;
    cpu->count++;
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
    for (u64 i = sizeof(void *); i < cache->size; i++)
        if (((const u8 *)object)[i] != POISON)
            kernel_panic("object cache %s: free object %p was written at +%lu", cache->name, object, (unsigned long)i);
#else
    (void)cache, (void)object;
#endif
}

static struct slab *slab_of(const struct object_cache *cache, const void *object)
{
    return hal_direct(round_down(hal_physical(object), (u64)PAGE_SIZE << cache->order));
}

/* lock held. */
static struct slab *slab_new(struct object_cache *cache)
{
    paddr page = page_allocate(cache->order);
    if (page == PADDR_NONE)
        return nullptr;
    struct slab *slab = hal_direct(page);
    *slab = (struct slab){};
    list_push_front(&cache->partial, &slab->link);
    cache->slabs++;
    cache->empty++;
    return slab;
}

/* lock held; the slab has a free object. */
static void *slab_take(struct object_cache *cache, struct slab *slab)
{
    void *object = slab->free;
    if (object != nullptr) {
        slab->free = *(void **)object;
    } else {
        object = (u8 *)slab + cache->first + (u64)slab->cut * cache->size;
        slab->cut++;
        poison(cache, object);
    }
    if (slab->used++ == 0)
        cache->empty--;
    if (slab->used == cache->per_slab)
        list_remove(&slab->link);
    return object;
}

/* lock held. */
static void slab_put(struct object_cache *cache, void *object)
{
    struct slab *slab = slab_of(cache, object);
    *(void **)object = slab->free;
    slab->free = object;
    if (slab->used-- == cache->per_slab)
        list_push_front(&cache->partial, &slab->link);
    if (slab->used != 0)
        return;
    if (cache->empty < EMPTY_KEPT) {
        cache->empty++;
        return;
    }
    list_remove(&slab->link);
    cache->slabs--;
    page_free(hal_physical(slab), cache->order);
}

/* So that `least` are there, if there is memory. */
static void refill(struct object_cache *cache, struct object_cache_cpu *cpu, u32 least)
{
    spinlock_lock(&cache->lock);
    while (cpu->count < cache->batch) {
        struct slab *slab = nullptr;
        if (!list_empty(&cache->partial))
            slab = list_entry(cache->partial.next, struct slab, link);
        else if (cpu->count < least) /* half a batch will do rather than a new slab */
            slab = slab_new(cache);
        if (slab == nullptr)
            break;
        push(cpu, slab_take(cache, slab));
    }
    spinlock_unlock(&cache->lock);
}

bool object_cache_fill(struct object_cache *cache, u32 count)
{
    struct object_cache_cpu *cpu = &cache->cpus[hal_cpu_self()->index];
    if (likely(cpu->count >= count))
        return false;
    u32 before = cpu->count;
    refill(cache, cpu, count);
    return cpu->count != before;
}

static void drain(struct object_cache *cache, struct object_cache_cpu *cpu)
{
    spinlock_lock(&cache->lock);
    while (cpu->count > cache->batch) {
        void *object = cpu->free;
        cpu->free = *(void **)object;
        cpu->count--;
        slab_put(cache, object);
    }
    spinlock_unlock(&cache->lock);
}

void *object_cache_allocate(struct object_cache *cache, struct quota *quota)
{
    if (quota_charge_object(quota) != rcOk)
        return nullptr;
    struct object_cache_cpu *cpu = &cache->cpus[hal_cpu_self()->index];
    if (unlikely(cpu->free == nullptr)) {
        refill(cache, cpu, 1);
        if (cpu->free == nullptr) {
            quota_release_object(quota);
            return nullptr;
        }
    }
    void *object = cpu->free;
    cpu->free = *(void **)object;
    cpu->count--;
    check_poison(cache, object);
    return memset(object, 0, cache->cleared);
}

void object_cache_free(struct object_cache *cache, void *object, struct quota *quota)
{
    struct object_cache_cpu *cpu = &cache->cpus[hal_cpu_self()->index];
    kassert((hal_physical(object) - hal_physical(slab_of(cache, object)) - cache->first) % cache->size == 0);
    poison(cache, object);
    push(cpu, object);
    quota_release_object(quota);
    if (unlikely(cpu->count > cache->batch * 2))
        drain(cache, cpu);
}
