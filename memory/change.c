/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of a range of a space, which may be long: in steps (smp/preemption.h), each under the lock.
 *
 *   stage      one step                                                                    position is the next
 *   CHECK      some regions: anonymous, no hole between them; at last splits at both ends  region
 *   SPLIT      the same splits, one at a time, if both are needed or regions are many      end to split at
 *   CHANGE     a region's flags, and some of its pages                                     page
 *   POPULATE   one page, or one page table                                                 page
 *   UNDO       as CHANGE, the other way round                                              page
 *   MERGE      some boundaries of regions that may no longer differ                        boundary
 *
 * CHECK, SPLIT and POPULATE are where a change fails, unless other threads change the same range meanwhile.
 */
#include <abi/core.h>
#include <memory/region.h>

enum stage : u32 { CHECK, SPLIT, CHANGE, POPULATE, UNDO, MERGE };

struct change {
    struct address_space *space;
    vaddr start, end;
    u32 flags;
    /* One step on region, which is inside the range: true if it is done, which does not look at the region again. */
    bool (*part)(struct change *change, struct region *region);
    bool (*undo)(struct change *change, struct region *region); /* or null */
    struct progress *progress;
    struct stale stale;
    bool tell; /* the other CPUs, before it goes on */
};

static bool populates(u32 flags)
{
    return (flags & (KOS_VMM_COMMIT | KOS_VMM_LOCKED)) == (KOS_VMM_COMMIT | KOS_VMM_LOCKED) &&
           (flags & KOS_VMM_ACCESS) != 0;
}

/* ---- what happens to a region ---- */

static bool drop_part(struct change *change, struct region *region)
{
    region->flags &= ~(KOS_VMM_COMMIT | KOS_VMM_LOCKED); /* no page comes back */
    return region_drop_some(change->space, region, &change->stale);
}

static bool free_part(struct change *change, struct region *region)
{
    if (!drop_part(change, region))
        return false;
    if (stale_first(&change->stale)) {
        change->tell = true;
        return false;
    }
    region_remove(change->space, region);
    return true;
}

static bool pages_follow(struct change *change, struct region *region)
{
    struct progress *progress = change->progress;
    progress->position = region_protect_some(change->space, region, progress->position, &change->stale);
    return progress->position == region->end;
}

static bool protect_part(struct change *change, struct region *region)
{
    region->flags = (region->flags & ~KOS_VMM_ACCESS) | change->flags;
    return pages_follow(change, region);
}

static bool commit_part(struct change *change, struct region *region)
{
    if (change->progress->position == region->start) {
        region->flags_before = region->flags;
        region->flags |= KOS_VMM_COMMIT | (change->flags & KOS_VMM_LOCKED);
        if ((region->flags & KOS_VMM_ACCESS) == 0)
            region->flags |= change->flags & KOS_VMM_ACCESS;
    }
    return ((region->flags ^ region->flags_before) & KOS_VMM_ACCESS) == 0 || pages_follow(change, region);
}

static bool commit_undo(struct change *change, struct region *region)
{
    region->flags = region->flags_before;
    return (region->flags & KOS_VMM_COMMIT) == 0 ? region_drop_some(change->space, region, &change->stale)
                                                 : pages_follow(change, region);
}

/* ---- stages ---- */

static retcode enter(struct change *change, enum stage stage, vaddr position)
{
    change->progress->stage = stage;
    change->progress->position = position;
    return PREEMPTED;
}

/* code is what the change returns once UNDO has gone over what lies below `until`. */
static retcode fail(struct change *change, retcode code, vaddr until)
{
    change->progress->code = code;
    change->progress->end = until;
    return enter(change, change->undo != nullptr ? UNDO : MERGE, change->start);
}

static retcode split_ends(struct change *change)
{
    retcode code = region_split(change->space, change->start);
    if (code == rcOk && (code = region_split(change->space, change->end)) != rcOk)
        (void)region_merge(change->space, change->start);
    return code == rcOk ? enter(change, CHANGE, change->start) : code;
}

/* As split_ends(): what others change meanwhile, CHANGE will see. */
static retcode split_one(struct change *change)
{
    vaddr at = change->progress->position;
    retcode code = region_split(change->space, at);
    if (code != rcOk) {
        (void)region_merge(change->space, change->start);
        return code;
    }
    return at == change->start ? enter(change, SPLIT, change->end) : enter(change, CHANGE, change->start);
}

/* What may be changed: the user's own memory; of an object's mapping all of it, and only to free it. */
static bool changeable(const struct change *change, const struct region *region)
{
    if (region->kind == REGION_ANONYMOUS)
        return true;
    return region->mapping != nullptr && change->part == free_part && region->start == change->start &&
           region->end == change->end;
}

static retcode check(struct change *change)
{
    struct progress *progress = change->progress;
    vaddr covered = progress->position != 0 ? progress->position : change->start;
    struct region *region = region_find(change->space, covered);
    bool cut = covered != change->start || (region != nullptr && region->start < change->start); /* perhaps */
    for (u32 i = 0; i < REGIONS_AT_ONCE; i++, region = region_at(change->space, region->link.next)) {
        if (region == nullptr || !changeable(change, region) || (covered != change->start && region->start != covered))
            return rcInvalidArgument;
        if (region->end >= change->end) {
            bool both = cut && region->end > change->end;
            return both || region_many(change->space) ? enter(change, SPLIT, change->start) : split_ends(change);
        }
        covered = region->end;
    }
    progress->position = covered;
    return PREEMPTED;
}

/* The region at position, cut to the range if others have merged it with what is outside. */
static retcode region_inside(struct change *change, struct region **result)
{
    struct region *region = region_find(change->space, change->progress->position);
    retcode code = region == nullptr || !changeable(change, region) ? rcInvalidArgument : rcOk;
    bool cut = code == rcOk && (region->start < change->start || region->end > change->end);
    if (unlikely(cut)) {
        code = region_split(change->space, change->start);
        if (code == rcOk)
            code = region_split(change->space, change->end);
        region = region_find(change->space, change->progress->position);
    }
    *result = region;
    return code;
}

static retcode change_part(struct change *change)
{
    struct region *region;
    retcode code = region_inside(change, &region);
    if (code != rcOk)
        return fail(change, code, change->progress->position);
    vaddr end = region->end;
    if (!change->part(change, region))
        return PREEMPTED;
    change->progress->position = end;
    return end < change->end ? PREEMPTED : enter(change, POPULATE, change->start);
}

/* What is hopeless is refused before a long walk; if some pages are there already, the walk tells. */
static retcode hopeless(const struct address_space *space, const struct region *region)
{
    if (region->touched_end != 0)
        return rcOk;
    u64 count = (region->end - region->start) / PAGE_SIZE;
    retcode code = quota_charge_pages(space->quota, count);
    if (code == rcOk)
        quota_release_pages(space->quota, count);
    return code;
}

static retcode populate(struct change *change)
{
    struct progress *progress = change->progress;
    if (progress->position >= change->end || (change->flags & KOS_VMM_LOCKED) == 0)
        return enter(change, MERGE, change->start);
    struct region *region = region_find(change->space, progress->position);
    if (region == nullptr)
        return fail(change, rcInvalidArgument, change->end);
    if (!populates(region->flags)) {
        progress->position = region->end;
        return PREEMPTED;
    }
    retcode code = progress->position == region->start ? hopeless(change->space, region) : rcOk;
    if (code == rcOk)
        code = region_populate(change->space, region, progress->position);
    if (code == rcOk)
        progress->position += PAGE_SIZE;
    return code == rcOk || code == PREEMPTED ? PREEMPTED : fail(change, code, change->end);
}

static retcode undo(struct change *change)
{
    struct progress *progress = change->progress;
    struct region *region = region_find(change->space, progress->position);
    if (region == nullptr || region->kind != REGION_ANONYMOUS || progress->position >= progress->end)
        return enter(change, MERGE, change->start);
    vaddr end = region->end;
    if (change->undo(change, region))
        progress->position = end;
    return PREEMPTED;
}

#define MERGES_AT_ONCE 2U

static retcode merge(struct change *change)
{
    struct progress *progress = change->progress;
    const u32 at_once = region_many(change->space) ? 1 : MERGES_AT_ONCE;
    for (u32 i = 0; i < at_once; i++) {
        (void)region_merge(change->space, progress->position);
        const struct region *region = region_find(change->space, progress->position);
        if (region == nullptr || region->end > change->end)
            return progress->code;
        progress->position = region->end;
    }
    return PREEMPTED;
}

static retcode step(struct change *change)
{
    switch (change->progress->stage) {
    case CHECK:
        return check(change);
    case SPLIT:
        return split_one(change);
    case CHANGE:
        return change_part(change);
    case POPULATE:
        return populate(change);
    case UNDO:
        return undo(change);
    default:
        return merge(change);
    }
}

static retcode run(struct change *change)
{
    retcode code;
    do {
        spinlock_lock(&change->space->lock);
        code = step(change);
        spinlock_unlock(&change->space->lock);
        if (!HAL_INVALIDATE_BROADCASTS && unlikely(change->tell)) {
            change->tell = false;
            stale_end(change->space, &change->stale);
        }
    } while (code == PREEMPTED && !preemption_point() && !page_reclaim_interrupted());
    stale_end(change->space, &change->stale);
    if (code != PREEMPTED)
        *change->progress = (struct progress){};
    return code;
}

/* Rounds the size; false if that is no range. */
static bool range(struct change *change, u64 size)
{
    if (size > KOS_USER_LIMIT)
        return false;
    size = round_up(size, PAGE_SIZE);
    change->end = change->start + size;
    return range_valid(change->start, size);
}

retcode space_commit(struct address_space *space, vaddr address, u64 size, u32 flags, struct progress *progress)
{
    struct change change = {.space = space,
                            .start = address,
                            .flags = flags,
                            .part = commit_part,
                            .undo = commit_undo,
                            .progress = progress};
    if ((flags & ~ALLOCATE_FLAGS) != 0 || !access_valid(flags) || !range(&change, size))
        return rcInvalidArgument;
    return run(&change);
}

retcode space_decommit(struct address_space *space, vaddr address, u64 size, struct progress *progress)
{
    struct change change = {.space = space, .start = address, .part = drop_part, .progress = progress};
    return range(&change, size) ? run(&change) : rcInvalidArgument;
}

retcode space_protect(struct address_space *space, vaddr address, u64 size, u32 access, struct progress *progress)
{
    struct change change = {
        .space = space, .start = address, .flags = access, .part = protect_part, .progress = progress};
    if ((access & ~KOS_VMM_ACCESS) != 0 || !access_valid(access) || !range(&change, size))
        return rcInvalidArgument;
    return run(&change);
}

retcode space_free(struct address_space *space, vaddr address, u64 size, struct progress *progress)
{
    struct change change = {.space = space, .start = address, .part = free_part, .progress = progress};
    return range(&change, size) ? run(&change) : rcInvalidArgument;
}

retcode change_populate(struct address_space *space, vaddr start, vaddr end, struct progress *progress)
{
    struct change change = {
        .space = space, .start = start, .end = end, .flags = KOS_VMM_LOCKED, .undo = free_part, .progress = progress};
    if (progress->stage == CHECK)
        (void)enter(&change, POPULATE, start);
    return run(&change);
}

retcode space_withdraw(struct address_space *space, vaddr start, const struct mapping *mapping)
{
    struct stale stale = {};
    bool done;
    do {
        spinlock_lock(&space->lock);
        struct region *region = region_find(space, start);
        done = region == nullptr || region->mapping != mapping;
        if (!done) {
            region->flags &= ~(KOS_VMM_COMMIT | KOS_VMM_LOCKED); /* no page comes back */
            done = region_drop_some(space, region, &stale);
        }
        spinlock_unlock(&space->lock);
    } while (!done && !preemption_point());
    stale_end(space, &stale);
    return done ? rcOk : PREEMPTED;
}
