/* SPDX-License-Identifier: Apache-2.0 */
/* Regions of a space and the VMM operations on them. */
#include <abi/core.h>
#include <memory/object_cache.h>
#include <memory/page.h>
#include <memory/space.h>
#include <smp/epoch.h>

void (*space_shootdown)(struct address_space *space, vaddr address, u64 count);

static struct object_cache regions;

void space_room_init(void)
{
    object_cache_init(&regions, "region", sizeof(struct region), 8);
}

static paddr table_allocate(void *context)
{
    if (quota_charge_pages(context, 1) != rcOk)
        return PADDR_NONE;
    paddr page = page_allocate_zeroed();
    if (page == PADDR_NONE)
        quota_release_pages(context, 1);
    return page;
}

static void table_free(void *context, paddr page)
{
    page_free(page, 0);
    quota_release_pages(context, 1);
}

struct hal_page_allocator space_tables(struct address_space *space)
{
    return (struct hal_page_allocator){table_allocate, table_free, space->quota};
}

retcode space_init(struct address_space *space, struct quota *quota, u64 random)
{
    space->quota = quota;
    list_init(&space->regions);
    /* automatic addresses start in [1 TiB, 65 TiB), page aligned */
    space->hint = (1ULL << 40) + ((random << 21) & ((1ULL << 46) - 1));
    struct hal_page_allocator tables = space_tables(space);
    return hal_space_init(&space->hal, &tables);
}

static struct region *region_at(struct address_space *space, vaddr address)
{
    if (space->last != nullptr && address >= space->last->start && address < space->last->end)
        return space->last;
    list_for_each(node, &space->regions)
    {
        struct region *region = list_entry(node, struct region, link);
        if (address < region->end) {
            if (address < region->start)
                return nullptr;
            space->last = region;
            return region;
        }
    }
    return nullptr;
}

struct region *space_region(struct address_space *space, vaddr address)
{
    return region_at(space, address);
}

static bool range_valid(vaddr address, u64 size)
{
    return size != 0 && address % PAGE_SIZE == 0 && address >= KOS_USER_BASE && address < KOS_USER_LIMIT &&
           size <= KOS_USER_LIMIT - address;
}

/* Region after which [start, end) fits, as a list place; null if it is taken. */
static struct list *place_for(struct address_space *space, vaddr start, vaddr end)
{
    struct list *place = &space->regions;
    list_for_each(node, &space->regions)
    {
        const struct region *region = list_entry(node, struct region, link);
        if (region->start >= end)
            break;
        if (region->end > start)
            return nullptr;
        place = node;
    }
    return place;
}

/* First hole of size from the hint on, else from the bottom. */
static vaddr find_hole(struct address_space *space, u64 size)
{
    for (u32 round = 0; round < 2; round++) {
        vaddr start = round == 0 ? space->hint : KOS_USER_BASE;
        list_for_each(node, &space->regions)
        {
            const struct region *region = list_entry(node, struct region, link);
            if (region->end <= start)
                continue;
            if (region->start >= start && region->start - start >= size)
                break;
            start = region->end;
        }
        if (start < KOS_USER_LIMIT && KOS_USER_LIMIT - start >= size)
            return start;
    }
    return 0;
}

static struct region *region_new(struct address_space *space, vaddr start, vaddr end, u32 flags, u32 kind)
{
    struct region *region = object_cache_allocate(&regions, space->quota);
    if (region != nullptr) {
        list_init(&region->link);
        region->start = start;
        region->end = end;
        region->flags = flags;
        region->kind = kind;
    }
    return region;
}

static void region_delete(struct address_space *space, struct region *region)
{
    if (space->last == region)
        space->last = nullptr;
    list_remove(&region->link);
    object_cache_free(&regions, region, space->quota);
}

static void page_reclaim(struct epoch_entry *entry)
{
    page_free(hal_physical(entry), 0);
}

/* Removes the translations of [start, end); pages that the space owns are freed when no CPU can use them any more. */
static void pages_drop(struct address_space *space, vaddr start, vaddr end, bool owned)
{
    struct epoch_entry *dropped = nullptr;
    bool any = false;
    for (vaddr address = start; address < end; address += PAGE_SIZE) {
        paddr page = hal_space_unmap(&space->hal, address);
        if (page == PADDR_NONE)
            continue;
        any = true;
        if (owned) {
            struct epoch_entry *entry = hal_direct(page);
            entry->next = dropped;
            dropped = entry;
        }
    }
    if (any) {
        hal_space_invalidate(&space->hal, start, (end - start) / PAGE_SIZE);
        if (!HAL_INVALIDATE_BROADCASTS && space_shootdown != nullptr)
            space_shootdown(space, start, (end - start) / PAGE_SIZE);
    }
    while (dropped != nullptr) {
        struct epoch_entry *entry = dropped;
        dropped = entry->next;
        quota_release_pages(space->quota, 1);
        epoch_defer(entry, page_reclaim); /* a copy on another CPU may still be reading it */
    }
}

void space_destroy(struct address_space *space)
{
    if (space->hal.root == 0)
        return;
    while (!list_empty(&space->regions)) {
        struct region *region = list_entry(space->regions.next, struct region, link);
        if (region->kind == REGION_ANONYMOUS)
            for (vaddr address = region->start; address < region->end; address += PAGE_SIZE) {
                paddr page = hal_space_unmap(&space->hal, address);
                if (page != PADDR_NONE) {
                    page_free(page, 0);
                    quota_release_pages(space->quota, 1);
                }
            }
        region_delete(space, region);
    }
    struct hal_page_allocator tables = space_tables(space);
    hal_space_destroy(&space->hal, &tables);
    space->hal.root = 0;
}

#define ALLOCATE_FLAGS                                                                                                 \
    (KOS_VMM_ACCESS | KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_LOCKED | KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD |     \
     KOS_VMM_GROW_DOWN)

static bool access_valid(u32 flags)
{
    u32 access = flags & KOS_VMM_ACCESS;
    return access != (KOS_VMM_WRITE | KOS_VMM_EXECUTE) && access != KOS_VMM_ACCESS; /* never W and X */
}

static retcode populate(struct address_space *space, vaddr start, vaddr end, u32 flags)
{
    u32 access = (flags & KOS_VMM_WRITE) != 0 ? HAL_ACCESS_WRITE : HAL_ACCESS_READ;
    retcode code = rcOk;
    if ((flags & (KOS_VMM_COMMIT | KOS_VMM_LOCKED)) == (KOS_VMM_COMMIT | KOS_VMM_LOCKED) &&
        (flags & KOS_VMM_ACCESS) != 0)
        for (vaddr address = start; code == rcOk && address < end; address += PAGE_SIZE)
            code = space_fault_locked(space, address, access);
    return code;
}

/* The region with its guards, all or nothing. */
static retcode insert(struct address_space *space, struct list *place, vaddr start, vaddr end, vaddr outer_start,
                      vaddr outer_end, u32 flags, u32 kind, paddr backing)
{
    struct region *parts[3] = {};
    bool failed = false;
    if (outer_start != start)
        failed |= (parts[0] = region_new(space, outer_start, start, 0, REGION_GUARD)) == nullptr;
    failed |= (parts[1] = region_new(space, start, end, flags, kind)) == nullptr;
    if (outer_end != end)
        failed |= (parts[2] = region_new(space, end, outer_end, 0, REGION_GUARD)) == nullptr;
    for (u32 i = 0; i < 3; i++) {
        if (parts[i] == nullptr)
            continue;
        if (failed) {
            object_cache_free(&regions, parts[i], space->quota);
            continue;
        }
        parts[i]->backing = backing;
        list_insert_after(place, &parts[i]->link);
        place = &parts[i]->link;
    }
    return failed ? rcQuotaExceeded : rcOk;
}

static retcode allocate(struct address_space *space, vaddr *address, u64 size, u32 flags, u32 kind, paddr backing)
{
    u64 low = (flags & KOS_VMM_LOW_GUARD) != 0 ? PAGE_SIZE : 0,
        high = (flags & KOS_VMM_HIGH_GUARD) != 0 ? PAGE_SIZE : 0;
    vaddr start = *address;
    if (start == 0) {
        vaddr hole = find_hole(space, size + low + high);
        if (hole == 0)
            return rcOutOfMemory;
        start = hole + low;
        space->hint = hole + size + low + high;
    } else if (!range_valid(start, size) || start - low < KOS_USER_BASE || size + high > KOS_USER_LIMIT - start) {
        return rcInvalidArgument;
    }
    struct list *place = place_for(space, start - low, start + size + high);
    if (place == nullptr)
        return rcAlreadyExists;
    retcode code = insert(space, place, start, start + size, start - low, start + size + high,
                          flags & (KOS_VMM_ACCESS | KOS_VMM_COMMIT | KOS_VMM_LOCKED), kind, backing);
    if (code != rcOk)
        return code;
    *address = start;
    if (kind == REGION_ANONYMOUS && (code = populate(space, start, start + size, flags)) != rcOk)
        space_remove_locked(space, start, start + size);
    return code;
}

retcode space_allocate(struct address_space *space, vaddr *address, u64 size, u32 flags)
{
    if (size == 0 || size > KOS_USER_LIMIT || *address % PAGE_SIZE != 0 || (flags & ~ALLOCATE_FLAGS) != 0 ||
        (flags & KOS_VMM_RESERVE) == 0 || !access_valid(flags))
        return rcInvalidArgument;
    spinlock_lock(&space->lock);
    retcode code = allocate(space, address, round_up(size, PAGE_SIZE), flags, REGION_ANONYMOUS, 0);
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_map_shared(struct address_space *space, vaddr address, u64 size, paddr backing, u32 flags)
{
    if (!range_valid(address, size) || size % PAGE_SIZE != 0 || (flags & KOS_VMM_WRITE) != 0 ||
        backing % PAGE_SIZE != 0)
        return rcInvalidArgument;
    spinlock_lock(&space->lock);
    retcode code = allocate(space, &address, size, (flags & KOS_VMM_ACCESS) | KOS_VMM_COMMIT, REGION_SHARED, backing);
    spinlock_unlock(&space->lock);
    return code;
}

/* ---- parts of regions ---- */

/* Splits the region around address so that one starts there. */
static retcode split(struct address_space *space, vaddr address)
{
    struct region *region = region_at(space, address);
    if (region == nullptr || region->start == address)
        return rcOk;
    struct region *upper = region_new(space, address, region->end, region->flags, region->kind);
    if (upper == nullptr)
        return rcQuotaExceeded;
    upper->backing = region->backing + (address - region->start);
    region->end = address;
    list_insert_after(&region->link, &upper->link);
    space->last = nullptr;
    return rcOk;
}

/* True if [start, end) is covered by regions of kind without holes. */
static bool covered(struct address_space *space, vaddr start, vaddr end, bool any_kind)
{
    while (start < end) {
        const struct region *region = region_at(space, start);
        if (region == nullptr || (!any_kind && region->kind != REGION_ANONYMOUS))
            return false;
        start = region->end;
    }
    return true;
}

/* Checks [address, size), splits at both ends; then the callers change whole regions. */
static retcode select_range(struct address_space *space, vaddr address, u64 *size, bool any_kind)
{
    if (*size == 0 || *size > KOS_USER_LIMIT)
        return rcInvalidArgument;
    *size = round_up(*size, PAGE_SIZE);
    if (!range_valid(address, *size) || !covered(space, address, address + *size, any_kind))
        return rcInvalidArgument;
    retcode code = split(space, address);
    return code == rcOk ? split(space, address + *size) : code;
}

retcode space_commit(struct address_space *space, vaddr address, u64 size, u32 flags)
{
    if ((flags & ~ALLOCATE_FLAGS) != 0 || !access_valid(flags))
        return rcInvalidArgument;
    spinlock_lock(&space->lock);
    retcode code = select_range(space, address, &size, false);
    for (vaddr at = address; code == rcOk && at < address + size;) {
        struct region *region = region_at(space, at);
        region->flags |= KOS_VMM_COMMIT;
        if ((flags & KOS_VMM_ACCESS) != 0 && (region->flags & KOS_VMM_ACCESS) == 0)
            region->flags |= flags & KOS_VMM_ACCESS;
        code = populate(space, region->start, region->end, region->flags | (flags & KOS_VMM_LOCKED));
        at = region->end;
    }
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_decommit(struct address_space *space, vaddr address, u64 size)
{
    spinlock_lock(&space->lock);
    retcode code = select_range(space, address, &size, false);
    for (vaddr at = address; code == rcOk && at < address + size;) {
        struct region *region = region_at(space, at);
        pages_drop(space, region->start, region->end, true);
        region->flags &= ~(KOS_VMM_COMMIT | KOS_VMM_LOCKED);
        at = region->end;
    }
    spinlock_unlock(&space->lock);
    return code;
}

static void protect_pages(struct address_space *space, const struct region *region)
{
    struct hal_page_allocator tables = space_tables(space);
    u32 access = region->flags & KOS_VMM_ACCESS;
    for (vaddr address = region->start; address < region->end; address += PAGE_SIZE) {
        u32 present;
        paddr page = hal_space_lookup(&space->hal, address, &present);
        /* the table exists already, so this cannot run out of memory */
        if (page != PADDR_NONE && hal_space_map(&space->hal, address, page, access, &tables) != rcOk)
            kernel_panic("page table of %lx is gone", address);
    }
    u64 count = (region->end - region->start) / PAGE_SIZE;
    hal_space_invalidate(&space->hal, region->start, count);
    if (!HAL_INVALIDATE_BROADCASTS && space_shootdown != nullptr)
        space_shootdown(space, region->start, count);
}

retcode space_protect(struct address_space *space, vaddr address, u64 size, u32 access)
{
    if ((access & ~KOS_VMM_ACCESS) != 0 || !access_valid(access))
        return rcInvalidArgument;
    spinlock_lock(&space->lock);
    retcode code = select_range(space, address, &size, false);
    for (vaddr at = address; code == rcOk && at < address + size;) {
        struct region *region = region_at(space, at);
        region->flags = (region->flags & ~KOS_VMM_ACCESS) | access;
        protect_pages(space, region);
        at = region->end;
    }
    spinlock_unlock(&space->lock);
    return code;
}

void space_remove_locked(struct address_space *space, vaddr start, vaddr end)
{
    while (start < end) {
        struct region *region = region_at(space, start);
        start = region->end;
        if (region->kind != REGION_GUARD)
            pages_drop(space, region->start, region->end, region->kind == REGION_ANONYMOUS);
        /* guards go with the region that they guard */
        struct list *before = region->link.previous, *after = region->link.next;
        if (before != &space->regions && list_entry(before, struct region, link)->kind == REGION_GUARD &&
            list_entry(before, struct region, link)->end == region->start)
            region_delete(space, list_entry(before, struct region, link));
        if (after != &space->regions && list_entry(after, struct region, link)->kind == REGION_GUARD &&
            list_entry(after, struct region, link)->start == region->end) {
            if (start == list_entry(after, struct region, link)->start && start < end)
                start = list_entry(after, struct region, link)->end;
            region_delete(space, list_entry(after, struct region, link));
        }
        region_delete(space, region);
    }
}

retcode space_free(struct address_space *space, vaddr address, u64 size)
{
    spinlock_lock(&space->lock);
    retcode code = select_range(space, address, &size, false);
    if (code == rcOk)
        space_remove_locked(space, address, address + size);
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_query(struct address_space *space, vaddr address, vaddr *start, u64 *size, u32 *flags)
{
    spinlock_lock(&space->lock);
    const struct region *region = region_at(space, address);
    if (region != nullptr) {
        *start = region->start;
        *size = region->end - region->start;
        *flags = region->flags | KOS_VMM_RESERVE;
    }
    spinlock_unlock(&space->lock);
    return region != nullptr ? rcOk : rcResourceNotFound;
}
