/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of a space: how they come (demand paging), change and go, and the kernel's view of them. */
#include <abi/core.h>
#include <memory/region.h>
#include <smp/cpu.h>
#include <smp/epoch.h>

static_assert(KOS_VMM_READ == HAL_PAGE_READ && KOS_VMM_WRITE == HAL_PAGE_WRITE && KOS_VMM_EXECUTE == HAL_PAGE_EXECUTE,
              "region flags are page access bits");
static_assert(HAL_ACCESS_READ == HAL_PAGE_READ && HAL_ACCESS_WRITE == HAL_PAGE_WRITE &&
                  HAL_ACCESS_EXECUTE == HAL_PAGE_EXECUTE,
              "a fault's access is compared with a page's");

void (*space_shootdown)(struct address_space *space, vaddr address, u64 count, bool locked);
bool space_shootdown_first, space_shootdown_in_steps;

/* ---- pages on their way back ---- */

/* Pages of this CPU on their way back: next came in since the epoch of current began; ready is what page_reclaim()
 * frees, a few at a time. Owned by its CPU. */
static struct deferral {
    cache_aligned struct epoch_entry entry;
    struct page_chain ready, current, next;
    u32 ends; /* how often current became ready */
} deferrals[KOS_CPUS_MAX];

#define RECLAIM_PAGES 4U /* at once; half as many if the CPU must give pages back for them */
#define RECLAIM_STEPS 4U
static_assert(RECLAIM_STEPS * (RECLAIM_PAGES / 2) > REGION_STEP_PAGES, "what waits to be freed would grow");

static paddr page_of(u32 link)
{
    return (u64)(link - 1) << PAGE_SHIFT;
}

void page_chain_add(struct page_chain *chain, paddr page)
{
    u32 link = (u32)(page >> PAGE_SHIFT) + 1;
    *page_link(page) = chain->first;
    if (chain->first == 0)
        chain->last = link;
    chain->first = link;
}

static void deferral_end(struct epoch_entry *entry);

static void deferral_start(struct deferral *deferral)
{
    deferral->current = deferral->next;
    deferral->next = (struct page_chain){};
    epoch_defer(&deferral->entry, deferral_end);
}

/* Moves all of one chain to the front of another. */
static void chain_join(struct page_chain *to, struct page_chain *from)
{
    if (from->first == 0)
        return;
    *page_link(page_of(from->last)) = to->first;
    if (to->first == 0)
        to->last = from->last;
    to->first = from->first;
    *from = (struct page_chain){};
}

static void deferral_end(struct epoch_entry *entry)
{
    struct deferral *deferral = container_of(entry, struct deferral, entry);
    chain_join(&deferral->ready, &deferral->current);
    deferral->ends++;
    if (deferral->next.first != 0)
        deferral_start(deferral);
}

bool page_reclaim_waits(void)
{
    return deferrals[hal_cpu_self()->index].ready.first != 0;
}

bool page_reclaim(void)
{
    struct page_chain *ready = &deferrals[hal_cpu_self()->index].ready;
    u32 link = ready->first;
    if (link == 0)
        return false;
    for (u32 cost = 0; cost < RECLAIM_PAGES && link != 0; cost++) {
        if (page_cache_full())
            cost += RECLAIM_PAGES / 2;
        paddr page = page_of(link);
        link = *page_link(page);
        page_free(page, 0);
    }
    ready->first = link;
    return true;
}

bool page_reclaim_interrupted(void)
{
    for (u32 i = 0; i < RECLAIM_STEPS && page_reclaim(); i++)
        if (preemption_point())
            return true;
    return false;
}

u32 page_return_ticket(void)
{
    const struct deferral *deferral = &deferrals[hal_cpu_self()->index];
    return deferral->ends + (deferral->next.first != 0 ? 2U : deferral->current.first != 0 ? 1U : 0U);
}

bool page_returned(u32 ticket)
{
    while (page_reclaim())
        if (preemption_point())
            return false;
    return (s32)(deferrals[hal_cpu_self()->index].ends - ticket) >= 0;
}

void page_chain_defer(struct page_chain *chain)
{
    if (chain->first == 0)
        return;
    struct deferral *deferral = &deferrals[hal_cpu_self()->index];
    chain_join(&deferral->next, chain);
    if (deferral->current.first == 0)
        deferral_start(deferral);
}

/* ---- page tables: charged like pages ---- */

static paddr table_allocate(void *context)
{
    struct address_space *space = context;
    space->shortage = quota_charge_pages(space->quota, 1);
    if (space->shortage != rcOk)
        return PADDR_NONE;
    paddr page = page_allocate_zeroed();
    if (unlikely(page == PADDR_NONE) && page_reclaim())
        page = page_allocate_zeroed();
    if (page == PADDR_NONE) {
        quota_release_pages(space->quota, 1);
        space->shortage = rcOutOfMemory;
    }
    return page;
}

static void table_free(void *context, paddr page)
{
    struct address_space *space = context;
    struct page_chain chain = {};
    page_chain_add(&chain, page); /* another CPU may be walking it: hal_space_lookup takes no lock */
    page_chain_defer(&chain);
    quota_release_pages(space->quota, 1);
}

/* What a page of region can be mapped with. Shared pages that are written are those of arenas. */
static u32 page_access(const struct region *region)
{
    if (unlikely((region->flags & KOS_VMM_CACHE_DISABLE) != 0))
        return (region->flags & KOS_VMM_ACCESS) | HAL_PAGE_DEVICE;
    return (region->flags & KOS_VMM_ACCESS) |
           (region->kind == REGION_SHARED && (region->flags & KOS_VMM_WRITE) != 0 ? HAL_PAGE_SEALABLE : 0);
}

/* One step towards having all page tables of address: PREEMPTED if there may be more to make. */
static retcode tables_make(struct address_space *space, vaddr address)
{
    const struct hal_page_allocator tables = {table_allocate, table_free, space};
    retcode code = hal_space_tables(&space->hal, address, &tables);
    return likely(code != rcOutOfMemory) ? code : space->shortage;
}

retcode space_init(struct address_space *space, struct quota *quota, u64 random)
{
    const struct hal_page_allocator tables = {table_allocate, table_free, space};
    *space = (struct address_space){.quota = quota, .shortage = rcOutOfMemory};
    list_init(&space->regions);
    tree_init(&space->tree, region_before);
    /* in [1 TiB, 65 TiB), 2 MiB steps so that page-table pages are few */
    space->base = space->hint = (1ULL << 40) + ((random << 21) & ((1ULL << 46) - 1));
    retcode code = hal_space_init(&space->hal, &tables);
    if (code == rcOk)
        return rcOk;
    space->hal.root = 0;
    return code == rcOutOfMemory ? space->shortage : code;
}

static void forget(struct address_space *space, vaddr address, u64 count, bool locked)
{
    hal_space_invalidate(&space->hal, address, count); /* model: shootdown.pml LOCAL */
    if (!HAL_INVALIDATE_BROADCASTS && space_shootdown != nullptr)
        space_shootdown(space, address, count, locked);
}

retcode space_destroy(struct address_space *space, struct progress *progress)
{
    const struct hal_page_allocator tables = {table_allocate, table_free, space};
    struct stale stale = {};
    bool more = space->hal.root != 0;
    while (more) {
        spinlock_lock(&space->lock); /* an arena may be unsealed from outside */
        bool pages = !list_empty(&space->regions);
        if (pages) {
            struct region *region = region_at(space, space->regions.next);
            if (region_drop_some(space, region, &stale))
                region_delete(space, region);
        }
        spinlock_unlock(&space->lock);
        if (!pages) {
            stale_end(space, &stale); /* before the tables that led to the pages */
            if (progress->position == 0 && hal_space_keeps_translations(&space->hal))
                forget(space, 0, ~0ULL, false); /* its identifier is given to others */
            more = !hal_space_destroy(&space->hal, &tables, &progress->position);
        }
        if (more && (preemption_point() || page_reclaim_interrupted()))
            break;
    }
    stale_end(space, &stale);
    if (more)
        return PREEMPTED;
    space->hal.root = 0;
    *progress = (struct progress){};
    return rcOk;
}

/* ---- faults ---- */

static retcode fault_anonymous(struct address_space *space, const struct region *region, vaddr address)
{
    retcode code = quota_charge_pages(space->quota, 1);
    if (unlikely(code != rcOk))
        return code;
    paddr page = page_take();
    if (unlikely(page == PADDR_NONE)) {
        quota_release_pages(space->quota, 1);
        return page_refill() || page_reclaim() ? PREEMPTED : rcOutOfMemory; /* a step of its own; then there is one */
    }
    hal_page_zero(page);
    hal_space_map(&space->hal, address, page, page_access(region));
    return rcOk;
}

static retcode fault_locked(struct address_space *space, vaddr address, u32 access)
{
    struct region *region = region_find(space, address);
    if (region == nullptr || (region->flags & KOS_VMM_COMMIT) == 0 || (region->flags & access) != access || access == 0)
        return rcInvalidArgument;
    address = round_down(address, PAGE_SIZE);
    u32 present;
    if (unlikely(hal_space_lookup(&space->hal, address, &present) != PADDR_NONE)) {
        if ((present & access) == access) /* another CPU was first, or a translation from then was found */
            return rcOk;
        bool sealed = region->mapping != nullptr && (present & HAL_PAGE_DEVICE) == 0;
        return sealed ? rcBusy : rcInvalidArgument; /* a device's page, by a copy of the kernel's, or denied */
    }
    retcode code = tables_make(space, address);
    if (unlikely(code != rcOk))
        return code;
    if (likely(region->kind == REGION_ANONYMOUS))
        code = fault_anonymous(space, region, address);
    else
        hal_space_map(&space->hal, address, region->backing + (address - region->start), page_access(region));
    if (likely(code == rcOk))
        region_touch(region, address, address + PAGE_SIZE);
    return code;
}

static retcode fault_step(struct address_space *space, vaddr address, u32 access)
{
    spinlock_lock(&space->lock);
    retcode code = fault_locked(space, address, access);
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_fault_preemptible(struct address_space *space, vaddr address, u32 access)
{
    retcode code;
    do
        code = fault_step(space, address, access);
    while (unlikely(code == PREEMPTED) && !preemption_point());
    return code;
}

bool space_device_there(struct address_space *space, vaddr address, u32 access)
{
    u32 present;
    return address < KOS_USER_LIMIT && /* the tables have the kernel's half too */
           hal_space_lookup(&space->hal, address, &present) != PADDR_NONE &&
           (present & (access | HAL_PAGE_DEVICE)) == (access | HAL_PAGE_DEVICE);
}

/* PADDR_NONE if it is not there, or not accessible so. */
static inline paddr page_of_access(struct address_space *space, vaddr address, u32 access, u32 *present)
{
    if (unlikely(address >= KOS_USER_LIMIT)) /* the tables have the kernel's half too */
        return PADDR_NONE;
    paddr page = hal_space_lookup(&space->hal, address, present);
    return likely(page != PADDR_NONE && (*present & access) == access) ? page : PADDR_NONE;
}

static u8 *byte_of(paddr page, vaddr address)
{
    return (u8 *)hal_direct(round_down(page, PAGE_SIZE)) + (address & (PAGE_SIZE - 1));
}

const void *space_resolve(struct address_space *space, vaddr address, u32 access)
{
    u32 present;
    paddr page = page_of_access(space, address, access, &present);
    return page == PADDR_NONE ? nullptr : byte_of(page, address);
}

/* model: shootdown.pml COPY */
bool space_write_sealable(struct address_space *space, vaddr address, const void *from, u64 size)
{
    u32 present = 0;
    spinlock_lock(&space->lock);
    paddr page = hal_space_lookup(&space->hal, address, &present);
    bool writable = page != PADDR_NONE && (present & HAL_PAGE_WRITE) != 0;
    if (writable)
        memcpy(byte_of(page, address), from, size);
    spinlock_unlock(&space->lock);
    return writable;
}

bool space_write(struct address_space *space, vaddr address, const void *from, u64 size)
{
    u32 present;
    paddr page = page_of_access(space, address, HAL_ACCESS_WRITE, &present);
    if (page == PADDR_NONE)
        return false;
    if (unlikely((present & HAL_PAGE_SEALABLE) != 0))
        return space_write_sealable(space, address, from, size);
    memcpy(byte_of(page, address), from, size);
    return true;
}

/* ---- regions, a few pages at a time ---- */

retcode region_populate(struct address_space *space, struct region *region, vaddr address)
{
    u32 access = region->flags & KOS_VMM_ACCESS;
    return fault_locked(space, address, access & -access); /* any one right that it has */
}

static void stale_add(struct stale *stale, vaddr address)
{
    if (stale->end == 0 || address < stale->first)
        stale->first = address;
    if (address + PAGE_SIZE > stale->end)
        stale->end = address + PAGE_SIZE;
}

static inline void stale_forget(struct address_space *space, struct stale *stale, bool locked)
{
    if (stale->end == 0)
        return;
    u64 count = (stale->end - stale->first) / PAGE_SIZE;
    forget(space, stale->first, count, locked);
    quota_release_pages(space->quota, stale->owned);
    page_chain_defer(&stale->chain);
    *stale = (struct stale){};
}

void stale_end(struct address_space *space, struct stale *stale)
{
    stale_forget(space, stale, false);
}

/* Order: entries (model: shootdown.pml ENTRY), translations on all CPUs and only then the pages: stale_end(). */
bool region_drop_some(struct address_space *space, struct region *region, struct stale *stale)
{
    vaddr address = region->touched_start;
    for (u32 seen = 0; address < region->touched_end && seen < REGION_STEP_PAGES; seen++) {
        paddr page = hal_space_unmap(&space->hal, address);
        if (page == PADDR_NONE) {
            address = hal_space_next(&space->hal, address);
            seen++; /* that takes twice as long as a page */
            continue;
        }
        stale_add(stale, address);
        if (region->kind == REGION_ANONYMOUS) {
            page_chain_add(&stale->chain, page);
            stale->owned++;
        }
        address += PAGE_SIZE;
    }
    if (address < region->touched_end) {
        region->touched_start = address;
        return false;
    }
    region_untouch(region);
    return true;
}

vaddr region_protect_some(struct address_space *space, const struct region *region, vaddr address, struct stale *stale)
{
    if (address < region->touched_start)
        address = region->touched_start;
    for (u32 seen = 0; seen < REGION_STEP_PAGES && address < region->touched_end; seen++) {
        if (hal_space_protect(&space->hal, address, page_access(region))) {
            stale_add(stale, address);
            address += PAGE_SIZE;
            if ((region->flags & KOS_VMM_EXECUTE) != 0) /* what was written to it becomes visible, line by line */
                break;
        } else {
            address = hal_space_next(&space->hal, address);
            seen++; /* that takes twice as long as a page */
        }
    }
    return address < region->touched_end ? address : region->end;
}

void region_seal(struct address_space *space, const struct region *region, vaddr first, vaddr end, bool sealed)
{
    u32 access = page_access(region) & (sealed ? ~(u32)KOS_VMM_WRITE : ~0U);
    struct stale stale = {};
    for (vaddr address = first; address < end;) /* the object's mapping has all its pages */
        address += PAGE_SIZE * hal_space_protect_run(&space->hal, address, (end - address) / PAGE_SIZE, access);
    stale.first = first, stale.end = end;
    if (sealed)
        stale_forget(space, &stale, true); /* model: shootdown.pml seal() */
    else
        hal_space_invalidate(&space->hal, first, (end - first) / PAGE_SIZE); /* elsewhere a fault finds it allowed */
}
