/* SPDX-License-Identifier: Apache-2.0 */
/* Demand paging, and the kernel's view of user pages. */
#include <abi/core.h>
#include <memory/page.h>
#include <memory/space.h>

static_assert(KOS_VMM_READ == HAL_PAGE_READ && KOS_VMM_WRITE == HAL_PAGE_WRITE && KOS_VMM_EXECUTE == HAL_PAGE_EXECUTE,
              "region flags are page access bits");
static_assert(HAL_ACCESS_READ == HAL_PAGE_READ && HAL_ACCESS_WRITE == HAL_PAGE_WRITE &&
                  HAL_ACCESS_EXECUTE == HAL_PAGE_EXECUTE,
              "a fault's access is compared with a page's");

retcode space_fault_locked(struct address_space *space, vaddr address, u32 access)
{
    const struct region *region = space_region(space, address);
    if (region == nullptr || (region->flags & KOS_VMM_COMMIT) == 0 || (region->flags & access) != access ||
        region->kind == REGION_GUARD)
        return rcInvalidArgument;
    vaddr page_address = round_down(address, PAGE_SIZE);
    u32 present;
    if (unlikely(hal_space_lookup(&space->hal, page_address, &present) != PADDR_NONE))
        return (present & access) == access ? rcOk : rcInvalidArgument; /* another CPU was first */
    struct hal_page_allocator tables = space_tables(space);
    if (region->kind == REGION_SHARED)
        return hal_space_map(&space->hal, page_address, region->backing + (page_address - region->start),
                             region->flags & KOS_VMM_ACCESS, &tables);
    retcode code = quota_charge_pages(space->quota, 1);
    if (code != rcOk)
        return code;
    paddr page = page_allocate(0);
    if (page == PADDR_NONE) {
        quota_release_pages(space->quota, 1);
        return rcOutOfMemory;
    }
    hal_page_zero(page);
    code = hal_space_map(&space->hal, page_address, page, region->flags & KOS_VMM_ACCESS, &tables);
    if (code != rcOk) {
        page_free(page, 0);
        quota_release_pages(space->quota, 1);
    }
    return code;
}

retcode space_fault(struct address_space *space, vaddr address, u32 access)
{
    spinlock_lock(&space->lock);
    retcode code = space_fault_locked(space, address, access);
    spinlock_unlock(&space->lock);
    return code;
}

void *space_resolve(struct address_space *space, vaddr address, u32 access)
{
    u32 present;
    paddr page = hal_space_lookup(&space->hal, address, &present);
    if (unlikely(page == PADDR_NONE || (present & access) != access)) {
        if (space_fault(space, address, access) != rcOk)
            return nullptr;
        page = hal_space_lookup(&space->hal, address, &present);
        if (page == PADDR_NONE)
            return nullptr;
    }
    return (u8 *)hal_direct(round_down(page, PAGE_SIZE)) + (address & (PAGE_SIZE - 1));
}
