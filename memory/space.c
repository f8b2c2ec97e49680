/* SPDX-License-Identifier: Apache-2.0 */
/* Regions: where they are, how they are made and found. What changes them is in change.c. */
#include <abi/core.h>
#include <memory/object_cache.h>
#include <memory/region.h>
#include <smp/preemption.h>

#define POPULATE_STEP_PAGES 2U /* of an object's: page tables may be made on the way */
#define KEPT_FLAGS          (KOS_VMM_ACCESS | KOS_VMM_COMMIT | KOS_VMM_LOCKED | KOS_VMM_CACHE_DISABLE)

static struct object_cache regions;

void space_room_init(void)
{
    object_cache_init(&regions, "region", sizeof(struct region), KOS_CACHE_LINE); /* tasks share no line */
}

/* ---- regions ---- */

retcode region_new(struct address_space *space, vaddr start, vaddr end, u32 flags, enum region_kind kind,
                   struct region **result)
{
    struct region *region = object_cache_allocate(&regions, space->quota);
    if (region == nullptr)
        return quota_refusal(space->quota, 0);
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
    tree_remove(&space->tree, &region->node);
    if (region->mapping != nullptr)
        region->mapping->gone(region->mapping);
    object_cache_free(&regions, region, space->quota);
}

/* ---- allocation ---- */

struct layout { /* [low, start) guard, [start, end) region, [end, high) guard */
    vaddr low, start, end, high;
    struct list *place; /* behind it; null: something else is there */
};

/* The region with its guards, all or nothing. */
static retcode insert(struct address_space *space, const struct layout *at, u32 flags, enum region_kind kind,
                      struct region **result)
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
            region_link(space, at->place, parts[i]);
        else
            region_delete(space, parts[i]);
    }
    *result = middle;
    return code;
}

/* progress: stage 0 looks from the hint on, stage 1 from the bottom; position is where to go on, 0 at first; end: the
 * hole that was found, for among many regions the next step takes it, if it is still there. */
static retcode find_hole(struct address_space *space, u64 size, struct progress *progress, vaddr *hole,
                         struct list **place)
{
    if (progress->position == 0)
        progress->position = progress->stage == 0 ? space->hint : KOS_USER_BASE;
    if (!region_hole(space, &progress->position, size, place))
        return PREEMPTED;
    *hole = progress->position;
    if (*hole != 0 && *hole != progress->end && region_many(space)) {
        progress->end = *hole;
        return PREEMPTED;
    }
    progress->position = progress->end = 0;
    return *hole != 0 ? rcOk : progress->stage++ == 0 ? PREEMPTED : rcOutOfMemory;
}

/* Fills in where: at start, or in the first hole from the hint on, else from the bottom, if that is 0. */
static retcode lay_out(struct address_space *space, vaddr start, u64 size, u32 flags, struct layout *at,
                       struct progress *progress)
{
    u64 low = (flags & KOS_VMM_LOW_GUARD) != 0 ? PAGE_SIZE : 0,
        high = (flags & KOS_VMM_HIGH_GUARD) != 0 ? PAGE_SIZE : 0;
    struct list *place;
    if (start == 0) {
        vaddr hole;
        retcode code = find_hole(space, size + low + high, progress, &hole, &place);
        if (code != rcOk)
            return code;
        if (hole == space->hint)
            space->hint += size + low + high;
        start = hole + low;
    } else if (!range_valid(start, size) || start - low < KOS_USER_BASE || high > SPACE_END - start - size) {
        return rcInvalidArgument;
    } else {
        place = region_place(space, start - low, start + size + high);
    }
    *at = (struct layout){start - low, start, start + size, start + size + high, place};
    return rcOk;
}

/* In steps: PREEMPTED while it looks for a hole. */
static retcode allocate(struct address_space *space, vaddr *address, u64 size, u32 flags, enum region_kind kind,
                        paddr backing, struct progress *progress)
{
    struct layout at;
    vaddr hint = space->hint;
    retcode code = lay_out(space, *address, size, flags, &at, progress);
    if (code != rcOk)
        return code;
    if (at.place == nullptr)
        return rcAlreadyExists;
    struct region *region;
    code = insert(space, &at, flags & KEPT_FLAGS, kind, &region);
    if (code != rcOk) {
        space->hint = hint;
        return code;
    }
    region->backing = backing;
    *address = at.start;
    return rcOk;
}

/* Of a region that begins at start, the part from `end` on becomes its guard; unless others have changed it meanwhile.
 */
static retcode guard_split(struct address_space *space, vaddr start, vaddr end)
{
    retcode code = rcOk;
    spinlock_lock(&space->lock);
    struct region *region = region_find(space, start);
    if (region != nullptr && region->kind == REGION_ANONYMOUS && region->start == start &&
        region->end == end + PAGE_SIZE && region->touched_end == 0) {
        code = region_split(space, end);
        if (code == rcOk) {
            struct region *guard = region_at(space, region->link.next);
            guard->kind = REGION_GUARD;
            guard->flags = KOS_VMM_HIGH_GUARD;
            guard->origin = end;
        } else {
            region_remove(space, region);
        }
    }
    spinlock_unlock(&space->lock);
    return code;
}

/* progress->start: where the region is, once it has been made; end: where its upper guard is to be split off, for to
 * make three regions is too much for one step. */
retcode space_allocate(struct address_space *space, vaddr *address, u64 size, u32 flags, struct progress *progress)
{
    if (size == 0 || size > KOS_USER_LIMIT || *address % PAGE_SIZE != 0 || (flags & ~ALLOCATE_FLAGS) != 0 ||
        (flags & KOS_VMM_RESERVE) == 0 || !access_valid(flags))
        return rcInvalidArgument;
    size = round_up(size, PAGE_SIZE);
    retcode code = rcOk;
    const u32 guards = KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD;
    bool locked = (flags & KOS_VMM_LOCKED) != 0, many, later;
    if (progress->start == 0) {
        if (unlikely(object_cache_fill(&regions, 2)) && preemption_point())
            return PREEMPTED;
        do {
            spinlock_lock(&space->lock);
            many = region_many(space);
            later = (flags & guards) == guards;
            code = later ? allocate(space, address, size + PAGE_SIZE, flags & ~(u32)KOS_VMM_HIGH_GUARD,
                                    REGION_ANONYMOUS, 0, progress)
                         : allocate(space, address, size, flags, REGION_ANONYMOUS, 0, progress);
            spinlock_unlock(&space->lock);
        } while (code == PREEMPTED && !preemption_point());
        if (code == PREEMPTED)
            return code;
        *progress = (struct progress){};
        if (code != rcOk || (!locked && !many && !later))
            return code;
        progress->start = *address;
        progress->end = later ? *address + size : 0;
        if (preemption_point())
            return PREEMPTED;
    }
    vaddr start = progress->start;
    if (progress->end == start + size && progress->stage == 0) {
        code = guard_split(space, start, start + size);
        progress->end = 0;
        if (code != rcOk) {
            *progress = (struct progress){};
            return code;
        }
        if (preemption_point())
            return PREEMPTED;
    }
    if (!locked) {
        *progress = (struct progress){};
        *address = start;
        return rcOk;
    }
    code = change_populate(space, start, start + size, progress);
    if (code == rcOk)
        *address = start;
    return code;
}

retcode space_map_shared(struct address_space *space, vaddr address, u64 size, paddr backing, u32 flags)
{
    if (size % PAGE_SIZE != 0 || !range_valid(address, size) || (flags & KOS_VMM_WRITE) != 0 ||
        backing % PAGE_SIZE != 0)
        return rcInvalidArgument;
    struct progress progress = {}; /* none: it is said where */
    spinlock_lock(&space->lock);
    retcode code =
        allocate(space, &address, size, (flags & KOS_VMM_ACCESS) | KOS_VMM_COMMIT, REGION_SHARED, backing, &progress);
    spinlock_unlock(&space->lock);
    return code;
}

retcode space_map_owned(struct address_space *space, vaddr *address, u64 size, paddr backing, u32 flags,
                        struct mapping *mapping, struct progress *progress)
{
    *address = 0;
    spinlock_lock(&space->lock);
    retcode code =
        allocate(space, address, size, (flags & KOS_VMM_ACCESS) | KOS_VMM_COMMIT, REGION_SHARED, backing, progress);
    if (code == rcOk)
        region_find(space, *address)->mapping = mapping;
    spinlock_unlock(&space->lock);
    return code;
}

/* The mapping that space_map_owned made at start, or null. Lock held. */
static struct region *region_owned(struct address_space *space, vaddr start, const struct mapping *mapping)
{
    struct region *region = region_find(space, start);
    return region != nullptr && region->mapping == mapping && region->start == start ? region : nullptr;
}

retcode space_populate_owned(struct address_space *space, vaddr address, const struct mapping *mapping)
{
    bool more = true;
    retcode code = rcOk;
    for (vaddr at = address; more; checkpoint()) {
        spinlock_lock(&space->lock);
        struct region *region = region_owned(space, address, mapping);
        for (u32 i = 0; i < POPULATE_STEP_PAGES && region != nullptr && at < region->end && code == rcOk; i++)
            if ((code = region_populate(space, region, at)) == rcOk)
                at += PAGE_SIZE;
        more = region != nullptr && at < region->end && (code == rcOk || code == PREEMPTED);
        spinlock_unlock(&space->lock);
        code = code == PREEMPTED ? rcOk : code;
    }
    return code;
}

void space_unmap_owned(struct address_space *space, vaddr address, const struct mapping *mapping)
{
    struct stale stale = {};
    for (bool more = true; more; checkpoint()) {
        spinlock_lock(&space->lock);
        struct region *region = region_owned(space, address, mapping);
        more = region != nullptr && !region_drop_some(space, region, &stale);
        if (region != nullptr && !more && !(more = stale_first(&stale)))
            region_remove(space, region);
        spinlock_unlock(&space->lock);
        stale_end(space, &stale);
    }
}

retcode space_map_lazily(struct address_space *space, vaddr *address, u64 size, paddr backing, u32 flags,
                         struct mapping *mapping)
{
    u32 kept = (flags & (KOS_VMM_ACCESS | KOS_VMM_CACHE_DISABLE)) | KOS_VMM_COMMIT;
    struct progress progress = {};
    for (;;) {
        spinlock_lock(&space->lock);
        retcode code = allocate(space, address, size, kept, REGION_SHARED, backing, &progress);
        if (code == rcOk)
            region_find(space, *address)->mapping = mapping;
        spinlock_unlock(&space->lock);
        if (code != PREEMPTED && (code != rcAlreadyExists || *address == 0))
            return code;
        *address = 0; /* what was asked for is taken: anywhere */
        checkpoint();
    }
}

void space_seal(struct address_space *space, vaddr start, const struct mapping *mapping, vaddr address, u64 size,
                bool sealed)
{
    vaddr first = round_down(address, PAGE_SIZE), end = round_up(address + size, PAGE_SIZE);
    spinlock_lock(&space->lock);
    struct region *region = region_owned(space, start, mapping);
    if (region != nullptr)
        region_seal(space, region, first, end, sealed);
    spinlock_unlock(&space->lock);
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
