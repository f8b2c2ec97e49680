/* SPDX-License-Identifier: Apache-2.0 */
/* The VMM operations: check everything, get what is needed, then change whole regions. */
#include <abi/core.h>
#include <memory/object_cache.h>
#include <memory/region.h>

#define ALLOCATE_FLAGS                                                                                                 \
    (KOS_VMM_ACCESS | KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_LOCKED | KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD |     \
     KOS_VMM_GROW_DOWN)
#define KEPT_FLAGS (KOS_VMM_ACCESS | KOS_VMM_COMMIT | KOS_VMM_LOCKED)

static struct object_cache regions;

void space_room_init(void)
{
    object_cache_init(&regions, "region", sizeof(struct region), KOS_CACHE_LINE); /* tasks share no line */
}

/* ---- regions ---- */

retcode region_new(struct address_space *space, vaddr start, vaddr end, u32 flags, enum region_kind kind,
                   struct region **result)
{
    /* charged apart from the allocation, to tell the two reasons of failure from each other */
    if (quota_charge_object(space->quota) != rcOk)
        return rcQuotaExceeded;
    struct region *region = object_cache_allocate(&regions, nullptr);
    if (region == nullptr) {
        quota_release_object(space->quota);
        return rcOutOfMemory;
    }
    list_init(&region->link);
    region->start = region->origin = start;
    region->end = end;
    region->flags = flags;
    region->kind = kind;
    region_untouch(region);
    *result = region;
    return rcOk;
}

void region_delete(struct address_space *space, struct region *region)
{
    if (space->last == region)
        space->last = nullptr;
    list_remove(&region->link);
    if (region->owner != nullptr)
        space_owner_release(region->owner);
    object_cache_free(&regions, region, space->quota);
}

/* ---- allocation ---- */

static bool range_valid(vaddr address, u64 size)
{
    return size != 0 && address % PAGE_SIZE == 0 && address >= KOS_USER_BASE && address < SPACE_END &&
           size <= SPACE_END - address;
}

static bool access_valid(u32 flags)
{
    return (flags & (KOS_VMM_WRITE | KOS_VMM_EXECUTE)) != (KOS_VMM_WRITE | KOS_VMM_EXECUTE);
}

static bool populates(u32 flags)
{
    return (flags & (KOS_VMM_COMMIT | KOS_VMM_LOCKED)) == (KOS_VMM_COMMIT | KOS_VMM_LOCKED);
}

struct layout { /* [low, start) guard, [start, end) region, [end, high) guard */
    vaddr low, start, end, high;
};

/* The region with its guards, all or nothing. */
static retcode insert(struct address_space *space, struct list *place, const struct layout *at, u32 flags,
                      enum region_kind kind, struct region **result)
{
    struct region *low = nullptr, *middle = nullptr, *high = nullptr;
    retcode code = region_new(space, at->start, at->end, flags, kind, &middle);
    if (code == rcOk && at->low != at->start)
        code = region_new(space, at->low, at->start, KOS_VMM_LOW_GUARD, REGION_GUARD, &low);
    if (code == rcOk && at->high != at->end)
        code = region_new(space, at->end, at->high, KOS_VMM_HIGH_GUARD, REGION_GUARD, &high);
    struct region *const parts[] = {high, middle, low};
    for (u32 i = 0; i < array_length(parts); i++) {
        if (parts[i] == nullptr)
            continue;
        if (code == rcOk)
            list_insert_after(place, &parts[i]->link);
        else
            region_delete(space, parts[i]);
    }
    *result = middle;
    return code;
}

/* Fills in where: at start, or in the first hole from the hint on, else from the bottom, if that is 0. */
static retcode lay_out(struct address_space *space, vaddr start, u64 size, u32 flags, struct layout *at)
{
    u64 low = (flags & KOS_VMM_LOW_GUARD) != 0 ? PAGE_SIZE : 0,
        high = (flags & KOS_VMM_HIGH_GUARD) != 0 ? PAGE_SIZE : 0;
    if (start == 0) {
        vaddr hole = region_hole(space, space->hint, size + low + high);
        if (hole == 0)
            hole = region_hole(space, KOS_USER_BASE, size + low + high);
        if (hole == 0)
            return rcOutOfMemory;
        if (hole == space->hint)
            space->hint += size + low + high;
        start = hole + low;
    } else if (!range_valid(start, size) || start - low < KOS_USER_BASE || high > SPACE_END - start - size) {
        return rcInvalidArgument;
    }
    *at = (struct layout){start - low, start, start + size, start + size + high};
    return rcOk;
}

static retcode allocate(struct address_space *space, vaddr *address, u64 size, u32 flags, enum region_kind kind,
                        paddr backing)
{
    struct layout at;
    vaddr hint = space->hint;
    retcode code = lay_out(space, *address, size, flags, &at);
    if (code != rcOk)
        return code;
    struct list *place = region_place(space, at.low, at.high);
    if (place == nullptr)
        return rcAlreadyExists;
    struct region *region;
    code = insert(space, place, &at, flags & KEPT_FLAGS, kind, &region);
    if (code != rcOk) {
        space->hint = hint;
        return code;
    }
    region->backing = backing;
    if (kind == REGION_ANONYMOUS && populates(flags) && (code = region_populate(space, region)) != rcOk) {
        region_remove(space, region);
        return code;
    }
    *address = at.start;
    return rcOk;
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
    if (size % PAGE_SIZE != 0 || !range_valid(address, size) || (flags & KOS_VMM_WRITE) != 0 ||
        backing % PAGE_SIZE != 0)
        return rcInvalidArgument;
    spinlock_lock(&space->lock);
    retcode code = allocate(space, &address, size, (flags & KOS_VMM_ACCESS) | KOS_VMM_COMMIT, REGION_SHARED, backing);
    spinlock_unlock(&space->lock);
    return code;
}

void (*space_owner_release)(void *owner);

retcode space_map_owned(struct address_space *space, vaddr *address, u64 size, paddr backing, u32 flags, void *owner)
{
    *address = 0;
    spinlock_lock(&space->lock);
    retcode code = allocate(space, address, size, (flags & KOS_VMM_ACCESS) | KOS_VMM_COMMIT, REGION_SHARED, backing);
    if (code == rcOk) {
        struct region *region = region_find(space, *address);
        code = region_populate(space, region);
        if (code != rcOk)
            region_remove(space, region);
        else
            region->owner = owner;
    }
    spinlock_unlock(&space->lock);
    return code;
}

void space_seal(struct address_space *space, vaddr start, const void *owner, vaddr address, u64 size, bool sealed)
{
    vaddr first = round_down(address, PAGE_SIZE), end = round_up(address + size, PAGE_SIZE);
    spinlock_lock(&space->lock);
    struct region *region = region_find(space, start);
    if (region != nullptr && region->owner == owner && region->start == start)
        region_seal(space, region, first, end, sealed);
    spinlock_unlock(&space->lock);
}

/* ---- parts of regions ---- */

/* The step of a loop over the regions of a selected range; null behind the last. */
static struct region *next_in(struct address_space *space, struct region *region, vaddr end)
{
    return region->end < end ? region_at(space, region->link.next) : nullptr;
}

/* Checks that [address, size) is all anonymous, splits at both ends; first is the first region of it. */
static retcode select(struct address_space *space, vaddr address, u64 *size, struct region **first)
{
    if (*size > KOS_USER_LIMIT)
        return rcInvalidArgument;
    *size = round_up(*size, PAGE_SIZE);
    if (!range_valid(address, *size))
        return rcInvalidArgument;
    vaddr end = address + *size, covered = address;
    for (struct region *region = region_find(space, address); covered < end;
         region = region_at(space, region->link.next)) {
        if (region == nullptr || region->kind != REGION_ANONYMOUS || (covered != address && region->start != covered))
            return rcInvalidArgument;
        covered = region->end;
    }
    retcode code = region_split(space, address);
    if (code == rcOk && (code = region_split(space, end)) != rcOk)
        region_merge(space, address, address);
    *first = region_find(space, address);
    return code;
}

static void commit_undo(struct address_space *space, struct region *region, vaddr end)
{
    for (; region != nullptr; region = next_in(space, region, end)) {
        if ((region->flags_before & KOS_VMM_COMMIT) == 0)
            region_drop_pages(space, region);
        bool changed = ((region->flags ^ region->flags_before) & KOS_VMM_ACCESS) != 0;
        region->flags = region->flags_before;
        if (changed)
            region_protect_pages(space, region);
    }
}

static retcode commit(struct address_space *space, struct region *first, vaddr end, u32 flags)
{
    for (struct region *region = first; region != nullptr; region = next_in(space, region, end)) {
        region->flags_before = region->flags;
        region->flags |= KOS_VMM_COMMIT | (flags & KOS_VMM_LOCKED);
        if ((region->flags & KOS_VMM_ACCESS) == 0 && (flags & KOS_VMM_ACCESS) != 0) {
            region->flags |= flags & KOS_VMM_ACCESS;
            region_protect_pages(space, region);
        }
    }
    retcode code = rcOk;
    for (struct region *region = first; region != nullptr && code == rcOk; region = next_in(space, region, end))
        if (populates(region->flags))
            code = region_populate(space, region);
    if (code != rcOk)
        commit_undo(space, first, end);
    return code;
}

retcode space_commit(struct address_space *space, vaddr address, u64 size, u32 flags)
{
    if ((flags & ~ALLOCATE_FLAGS) != 0 || !access_valid(flags))
        return rcInvalidArgument;
    struct region *first;
    spinlock_lock(&space->lock);
    retcode code = select(space, address, &size, &first);
    if (code == rcOk) {
        code = commit(space, first, address + size, flags);
        region_merge(space, address, address + size);
    }
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_decommit(struct address_space *space, vaddr address, u64 size)
{
    struct region *region;
    spinlock_lock(&space->lock);
    retcode code = select(space, address, &size, &region);
    if (code == rcOk) {
        for (; region != nullptr; region = next_in(space, region, address + size)) {
            region_drop_pages(space, region);
            region->flags &= ~(KOS_VMM_COMMIT | KOS_VMM_LOCKED);
        }
        region_merge(space, address, address + size);
    }
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_protect(struct address_space *space, vaddr address, u64 size, u32 access)
{
    if ((access & ~KOS_VMM_ACCESS) != 0 || !access_valid(access))
        return rcInvalidArgument;
    struct region *region;
    spinlock_lock(&space->lock);
    retcode code = select(space, address, &size, &region);
    if (code == rcOk) {
        for (; region != nullptr; region = next_in(space, region, address + size)) {
            region->flags = (region->flags & ~KOS_VMM_ACCESS) | access;
            region_protect_pages(space, region);
        }
        region_merge(space, address, address + size);
    }
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_free(struct address_space *space, vaddr address, u64 size)
{
    spinlock_lock(&space->lock);
    struct region *region = region_find(space, address);
    bool whole = region != nullptr && region->owner != nullptr && region->start == address &&
                 round_up(size, PAGE_SIZE) == region->end - address;
    if (whole) { /* an object's mapping goes as a whole or not at all */
        region_remove(space, region);
        spinlock_unlock(&space->lock);
        return rcOk;
    }
    retcode code = select(space, address, &size, &region);
    while (code == rcOk && region != nullptr) {
        struct region *next = next_in(space, region, address + size);
        region_remove(space, region);
        region = next;
    }
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_query(struct address_space *space, vaddr address, vaddr *start, u64 *size, u32 *flags)
{
    spinlock_lock(&space->lock);
    const struct region *region = region_find(space, address);
    if (region != nullptr) {
        *start = region->start;
        *size = region->end - region->start;
        *flags = region->flags | KOS_VMM_RESERVE;
    }
    spinlock_unlock(&space->lock);
    return region != nullptr ? rcOk : rcResourceNotFound;
}

bool space_is_region(struct address_space *space, vaddr address, u64 size, u32 flags)
{
    spinlock_lock(&space->lock);
    const struct region *region = region_find(space, address);
    bool is = region != nullptr && region->kind == REGION_ANONYMOUS && region->start == address &&
              region->end - address == size && region->flags == flags;
    spinlock_unlock(&space->lock);
    return is;
}
