/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buddy allocator. A free block's links lie in the block itself; one byte per page tells the order of a free block that
 * starts there, else 0xff. The bytes of a range lie in its first pages, and behind them one page number per page, for
 * whoever has the page allocated; they are not initialized. The bytes go on to both sides as far as a largest block
 * could, so that the buddy of a page in the range has one too.
 */
#include <hal/boot.h>
#include <hal/paging.h>
#include <memory/page.h>
#include <smp/cpu.h>
#include <smp/spinlock.h>

#define ORDERS       (PAGE_ORDER_MAX + 1)
#define NOT_FREE     0xffU
#define REFILL_ORDER 4U   /* what a CPU without pages takes: a block, so that it costs little more than one page */
#define CACHE_PAGES  128U /* free pages that a CPU keeps at most ... */
#define CACHE_BATCH  1U   /* ... and how many of them it gives back then: each may merge up to the largest order */
#define LARGEST      ((u64)PAGE_SIZE << PAGE_ORDER_MAX)

/* One range of RAM; constant after boot but for the arrays. */
static struct zone {
    paddr start, end;
    paddr origin; /* start, rounded down to a largest block */
    u8 *orders;   /* per page from origin on; guarded by lock */
    u32 *links;   /* per page from start on; owned by who has the page */
} zones[HAL_MEMORY_RANGES_MAX];
static u32 zone_count;

static cache_aligned struct spinlock lock;
static struct list free_blocks[ORDERS]; /* guarded by lock */
static bool lists_ready;
static u64 pages_total, pages_free; /* guarded by lock */

static struct page_cache { /* owned by its CPU */
    cache_aligned u32 count;
    paddr pages[CACHE_PAGES]; /* the last comes first: its lines may still be near */
} caches[KOS_CPUS_MAX];

static struct zone *zone_of(paddr page)
{
    for (u32 i = 0; i < zone_count; i++)
        if (page >= zones[i].start && page < zones[i].end)
            return &zones[i];
    return nullptr;
}

static u8 *order_of(struct zone *zone, paddr page)
{
    return &zone->orders[(page - zone->origin) >> PAGE_SHIFT];
}

static void block_put(struct zone *zone, paddr page, unsigned order)
{
    kassert(*order_of(zone, page) == NOT_FREE); /* else freed twice */
    *order_of(zone, page) = (u8)order;
    list_push_front(&free_blocks[order], hal_direct(page));
}

static void block_take(struct zone *zone, paddr page)
{
    *order_of(zone, page) = NOT_FREE;
    list_remove(hal_direct(page));
}

/* lock held. Merges with the buddy as long as that is free and of the same order: up to PAGE_ORDER_MAX times, so each
 * has few instructions. A block that becomes part of a larger one needs no links. */
static void block_free(struct zone *zone, paddr page, unsigned order)
{
    u8 *orders = zone->orders;
    u64 at = (page - zone->origin) >> PAGE_SHIFT;
    for (; order < PAGE_ORDER_MAX; order++) {
        u64 buddy = at ^ (1ULL << order);
        if (orders[buddy] != order)
            break;
        orders[buddy] = NOT_FREE;
        const struct list *free = hal_direct(zone->origin + (buddy << PAGE_SHIFT));
        free->previous->next = free->next;
        free->next->previous = free->previous;
        at &= buddy;
    }
    block_put(zone, zone->origin + (at << PAGE_SHIFT), order);
}

static paddr block_allocate(unsigned order)
{
    unsigned from = order;
    while (lists_ready && from < ORDERS && list_empty(&free_blocks[from]))
        from++;
    if (!lists_ready || from == ORDERS)
        return PADDR_NONE;
    paddr page = hal_physical(free_blocks[from].next);
    struct zone *zone = zone_of(page);
    block_take(zone, page);
    while (from > order) {
        from--;
        block_put(zone, page + ((u64)PAGE_SIZE << from), from);
    }
    pages_free -= 1ULL << order;
    return page;
}

void page_allocator_add(paddr start, paddr end)
{
    if (!lists_ready)
        for (unsigned order = 0; order < ORDERS; order++)
            list_init(&free_blocks[order]);
    lists_ready = true;
    paddr origin = round_down(start, LARGEST);
    u64 pages = (end - start) >> PAGE_SHIFT, order_bytes = (round_up(end, LARGEST) - origin) >> PAGE_SHIFT;
    u64 bytes = round_up(order_bytes + pages * sizeof(u32), PAGE_SIZE);
    kassert(start % PAGE_SIZE == 0 && end % PAGE_SIZE == 0);
    if (zone_count == HAL_MEMORY_RANGES_MAX || end <= start + bytes)
        return;
    struct zone *zone = &zones[zone_count++];
    zone->start = start;
    zone->end = end;
    zone->origin = origin;
    zone->orders = hal_direct(start);
    zone->links = (u32 *)(void *)(zone->orders + order_bytes);
    memset(zone->orders, NOT_FREE, order_bytes);
    for (paddr page = start + bytes; page < end;) {
        unsigned order = PAGE_ORDER_MAX;
        while ((page & (((u64)PAGE_SIZE << order) - 1)) != 0 || page + ((u64)PAGE_SIZE << order) > end)
            order--;
        block_put(zone, page, order);
        pages_free += 1ULL << order;
        pages_total += 1ULL << order;
        page += (u64)PAGE_SIZE << order;
    }
}

static void cache_refill(struct page_cache *cache)
{
    unsigned order = REFILL_ORDER;
    spinlock_lock(&lock);
    paddr page = block_allocate(order);
    if (unlikely(page == PADDR_NONE)) {
        while (order > 0 && list_empty(&free_blocks[order - 1]))
            order--;
        if (order > 0)
            page = block_allocate(--order);
    }
    spinlock_unlock(&lock);
    if (page == PADDR_NONE)
        return;
    static_assert(1U << REFILL_ORDER <= CACHE_PAGES, "an empty cache holds it");
    cache->count = 1U << order;
    for (u32 i = 0; i < cache->count; i++)
        cache->pages[i] = page + (u64)i * PAGE_SIZE;
}

static void cache_drain(struct page_cache *cache, u32 keep)
{
    spinlock_lock(&lock);
    while (cache->count > keep) {
        paddr page = cache->pages[--cache->count];
        block_free(zone_of(page), page, 0);
        pages_free++;
    }
    spinlock_unlock(&lock);
}

static paddr block_allocate_locking(unsigned order)
{
    for (bool drained = false;; drained = true) {
        spinlock_lock(&lock);
        paddr page = block_allocate(order);
        spinlock_unlock(&lock);
        if (likely(page != PADDR_NONE) || drained)
            return page;
        cache_drain(&caches[hal_cpu_self()->index], 0); /* its pages may be what keeps buddies apart */
    }
}

paddr page_allocate(unsigned order)
{
    if (order == 0) {
        struct page_cache *cache = &caches[hal_cpu_self()->index];
        if (unlikely(cache->count == 0)) {
            cache_refill(cache);
            if (cache->count == 0)
                return PADDR_NONE;
        }
        return cache->pages[--cache->count];
    }
    if (order > PAGE_ORDER_MAX)
        return PADDR_NONE;
    return block_allocate_locking(order);
}

paddr page_take(void)
{
    struct page_cache *cache = &caches[hal_cpu_self()->index];
    return likely(cache->count != 0) ? cache->pages[--cache->count] : PADDR_NONE;
}

bool page_refill(void)
{
    struct page_cache *cache = &caches[hal_cpu_self()->index];
    if (cache->count == 0)
        cache_refill(cache);
    return cache->count != 0;
}

bool page_cache_full(void)
{
    return caches[hal_cpu_self()->index].count == CACHE_PAGES;
}

void page_free(paddr page, unsigned order)
{
    kassert(page % PAGE_SIZE == 0 && zone_of(page) != nullptr);
    if (order == 0) {
        struct page_cache *cache = &caches[hal_cpu_self()->index];
        if (unlikely(cache->count == CACHE_PAGES))
            cache_drain(cache, CACHE_PAGES - CACHE_BATCH);
        cache->pages[cache->count++] = page;
        return;
    }
    spinlock_lock(&lock);
    block_free(zone_of(page), page, order);
    pages_free += 1ULL << order;
    spinlock_unlock(&lock);
}

paddr page_allocate_zeroed(void)
{
    paddr page = page_allocate(0);
    if (page != PADDR_NONE)
        hal_page_zero(page);
    return page;
}

u32 *page_link(paddr page)
{
    struct zone *zone = zone_of(page);
    kassert(zone != nullptr);
    return &zone->links[(page - zone->start) >> PAGE_SHIFT];
}

u64 page_count_total(void)
{
    return pages_total;
}

u64 page_count_free(void)
{
    spinlock_lock(&lock);
    u64 count = pages_free;
    spinlock_unlock(&lock);
    for (u32 cpu = 0; cpu < KOS_CPUS_MAX; cpu++)
        count += caches[cpu].count;
    return count;
}
