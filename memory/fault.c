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

void (*space_shootdown)(struct address_space *space, vaddr address, u64 count);

/* ---- pages on their way back ---- */

/* Pages of this CPU on their way back: current waits for the epoch, next came in meanwhile. Owned by its CPU. */
static struct deferral {
    cache_aligned struct epoch_entry entry;
    struct page_chain current, next;
} deferrals[KOS_CPUS_MAX];

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

static void deferral_end(struct epoch_entry *entry)
{
    struct deferral *deferral = container_of(entry, struct deferral, entry);
    for (u32 link = deferral->current.first; link != 0;) {
        paddr page = page_of(link);
        link = *page_link(page);
        page_free(page, 0);
    }
    deferral->current = (struct page_chain){};
    if (deferral->next.first != 0)
        deferral_start(deferral);
}

void page_chain_defer(struct page_chain *chain)
{
    if (chain->first == 0)
        return;
    struct deferral *deferral = &deferrals[hal_cpu_self()->index];
    *page_link(page_of(chain->last)) = deferral->next.first;
    if (deferral->next.first == 0)
        deferral->next.last = chain->last;
    deferral->next.first = chain->first;
    *chain = (struct page_chain){};
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

static retcode map(struct address_space *space, vaddr address, paddr page, u32 flags)
{
    const struct hal_page_allocator tables = {table_allocate, table_free, space};
    retcode code = hal_space_map(&space->hal, address, page, flags & KOS_VMM_ACCESS, &tables);
    return likely(code != rcOutOfMemory) ? code : space->shortage;
}

retcode space_init(struct address_space *space, struct quota *quota, u64 random)
{
    const struct hal_page_allocator tables = {table_allocate, table_free, space};
    *space = (struct address_space){.quota = quota};
    list_init(&space->regions);
    /* in [1 TiB, 65 TiB), 2 MiB steps so that page-table pages are few */
    space->base = space->hint = (1ULL << 40) + ((random << 21) & ((1ULL << 46) - 1));
    retcode code = hal_space_init(&space->hal, &tables);
    if (code == rcOk)
        return rcOk;
    space->hal.root = 0;
    return code == rcOutOfMemory ? space->shortage : code;
}

void space_destroy(struct address_space *space)
{
    if (space->hal.root == 0)
        return;
    spinlock_lock(&space->lock); /* an arena may be unsealed from outside */
    while (!list_empty(&space->regions)) {
        struct region *region = region_at(space, space->regions.next);
        region_drop_pages(space, region);
        region_delete(space, region);
    }
    spinlock_unlock(&space->lock);
    const struct hal_page_allocator tables = {table_allocate, table_free, space};
    hal_space_destroy(&space->hal, &tables);
    space->hal.root = 0;
}

/* ---- faults ---- */

static retcode fault_anonymous(struct address_space *space, const struct region *region, vaddr address)
{
    retcode code = quota_charge_pages(space->quota, 1);
    if (unlikely(code != rcOk))
        return code;
    paddr page = page_allocate(0);
    if (unlikely(page == PADDR_NONE)) {
        quota_release_pages(space->quota, 1);
        return rcOutOfMemory;
    }
    hal_page_zero(page);
    code = map(space, address, page, region->flags);
    if (unlikely(code != rcOk)) {
        page_free(page, 0);
        quota_release_pages(space->quota, 1);
    }
    return code;
}

static retcode fault_locked(struct address_space *space, vaddr address, u32 access)
{
    struct region *region = region_find(space, address);
    if (region == nullptr || (region->flags & KOS_VMM_COMMIT) == 0 || (region->flags & access) != access || access == 0)
        return rcInvalidArgument;
    address = round_down(address, PAGE_SIZE);
    u32 present;
    if (unlikely(hal_space_lookup(&space->hal, address, &present) != PADDR_NONE))
        /* Else another CPU was first, or the page is sealed, or a translation from then was found. */
        return (present & access) == access ? rcOk : region->owner != nullptr ? rcBusy : rcInvalidArgument;
    retcode code = likely(region->kind == REGION_ANONYMOUS)
                       ? fault_anonymous(space, region, address)
                       : map(space, address, region->backing + (address - region->start), region->flags);
    if (likely(code == rcOk))
        region_touch(region, address, address + PAGE_SIZE);
    return code;
}

retcode space_fault(struct address_space *space, vaddr address, u32 access)
{
    spinlock_lock(&space->lock);
    retcode code = fault_locked(space, address, access);
    spinlock_unlock(&space->lock);
    return code;
}

void *space_resolve(struct address_space *space, vaddr address, u32 access)
{
    if (unlikely(address >= KOS_USER_LIMIT)) /* the tables have the kernel's half too */
        return nullptr;
    u32 present;
    paddr page = hal_space_lookup(&space->hal, address, &present);
    if (unlikely(page == PADDR_NONE || (present & access) != access)) {
        if (space_fault(space, address, access) != rcOk)
            return nullptr;
        page = hal_space_lookup(&space->hal, address, &present);
        if (page == PADDR_NONE || (present & access) != access)
            return nullptr;
    }
    return (u8 *)hal_direct(round_down(page, PAGE_SIZE)) + (address & (PAGE_SIZE - 1));
}

/* ---- whole regions ---- */

retcode region_populate(struct address_space *space, struct region *region)
{
    u32 access = region->flags & KOS_VMM_ACCESS;
    if (access == 0)
        return rcOk;
    /* what is hopeless is refused before a long walk; if some pages are there already, the walk tells */
    retcode code = rcOk;
    if (region->touched_end == 0) {
        u64 count = (region->end - region->start) / PAGE_SIZE;
        code = quota_charge_pages(space->quota, count);
        if (code != rcOk)
            return code;
        quota_release_pages(space->quota, count);
    }
    for (vaddr address = region->start; code == rcOk && address < region->end; address += PAGE_SIZE)
        code = fault_locked(space, address, access & -access); /* any one right that it has */
    return code;
}

static void forget(struct address_space *space, vaddr start, vaddr end)
{
    u64 count = (end - start) / PAGE_SIZE;
    hal_space_invalidate(&space->hal, start, count);
    if (!HAL_INVALIDATE_BROADCASTS && space_shootdown != nullptr)
        space_shootdown(space, start, count);
}

/* Order: entries, translations on all CPUs (model: shootdown.pml ENTRY, LOCAL), and only then the pages. */
void region_drop_pages(struct address_space *space, struct region *region)
{
    struct page_chain chain = {};
    u64 owned = 0;
    vaddr first = 0, end = 0;
    for (vaddr address = region->touched_start; address < region->touched_end; address += PAGE_SIZE) {
        paddr page = hal_space_unmap(&space->hal, address);
        if (page == PADDR_NONE)
            continue;
        first = end == 0 ? address : first;
        end = address + PAGE_SIZE;
        if (region->kind == REGION_ANONYMOUS) {
            page_chain_add(&chain, page);
            owned++;
        }
    }
    region_untouch(region);
    if (end == 0)
        return;
    forget(space, first, end);
    quota_release_pages(space->quota, owned);
    page_chain_defer(&chain);
}

void region_protect_pages(struct address_space *space, const struct region *region)
{
    vaddr first = 0, end = 0;
    for (vaddr address = region->touched_start; address < region->touched_end; address += PAGE_SIZE) {
        u32 present;
        paddr page = hal_space_lookup(&space->hal, address, &present);
        if (page == PADDR_NONE)
            continue;
        first = end == 0 ? address : first;
        end = address + PAGE_SIZE;
        if (map(space, address, page, region->flags) != rcOk) /* its table exists, so this needs no memory */
            kernel_panic("page table of %lx is gone", address);
    }
    if (end != 0)
        forget(space, first, end);
}

void region_seal(struct address_space *space, const struct region *region, vaddr first, vaddr end, bool sealed)
{
    u32 flags = sealed ? region->flags & ~KOS_VMM_WRITE : region->flags;
    paddr page = region->backing + (first - region->start);
    for (vaddr address = first; address < end; address += PAGE_SIZE, page += PAGE_SIZE)
        if (map(space, address, page, flags) != rcOk) /* its table exists, so this needs no memory */
            kernel_panic("page table of %lx is gone", address);
    if (sealed)
        forget(space, first, end); /* model: shootdown.pml SEAL */
    else
        hal_space_invalidate(&space->hal, first, (end - first) / PAGE_SIZE); /* elsewhere a fault finds it allowed */
}
