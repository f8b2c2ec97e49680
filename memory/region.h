/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the memory room: the regions of a space as a list and as a tree, and what space.c and fault.c do for each
 * other. space->lock held throughout. */
#pragma once
#include <abi/core.h>
#include <memory/page.h>
#include <memory/space.h>

#define ALLOCATE_FLAGS                                                                                                 \
    (KOS_VMM_ACCESS | KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_LOCKED | KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD |     \
     KOS_VMM_GROW_DOWN)
#define SPACE_END (KOS_USER_LIMIT - PAGE_SIZE) /* the last page below the limit is never mapped */

#define REGIONS_AT_ONCE 8U /* looked at in one step */
#define HEIGHT_AT_ONCE  6  /* of the tree of regions, for searches, insertions and removals in one step */

enum region_kind : u32 {
    REGION_ANONYMOUS, /* demand zero, pages owned by the space */
    REGION_SHARED,    /* mapped from backing, not freed with the space; never split */
    REGION_GUARD,     /* never accessible; flags say which neighbour it guards, and it goes with that one */
};

/* Access and state bits are KOS_VMM_* of abi/core.h. */
struct region {
    struct list link;      /* in space->regions, ascending, not overlapping */
    struct tree_node node; /* the same in space->tree */
    vaddr start, end;      /* page-aligned */
    vaddr origin;          /* start of the allocation it was split from: only such parts merge again */
    vaddr touched_start,
        touched_end; /* no page outside was ever faulted in; empty: start > end. Keeps the walks short */
    u32 flags; /* access of committed pages, COMMIT, LOCKED. A guard: LOW_GUARD if the region above is guarded, else
                  HIGH_GUARD */
    u32 flags_before; /* during a commit: to undo it; of no meaning otherwise */
    enum region_kind kind;
    struct mapping *mapping; /* REGION_SHARED: of an object's pages, told when the region goes; null: the kernel's */
    paddr backing;           /* REGION_SHARED: physical start of pages that the space does not own (ROMFS, arenas) */
};

static inline void region_untouch(struct region *region)
{
    region->touched_start = ~0ULL, region->touched_end = 0;
}

static inline void region_touch(struct region *region, vaddr start, vaddr end)
{
    if (start < region->touched_start)
        region->touched_start = start;
    if (end > region->touched_end)
        region->touched_end = end;
}

/* Among so many regions each search and each change of the tree is a step. */
static inline bool region_many(const struct address_space *space)
{
    return space->tree.root != nullptr && space->tree.root->height > HEIGHT_AT_ONCE;
}

/* Null at either end of the list. */
static inline struct region *region_at(const struct address_space *space, struct list *node)
{
    return node == &space->regions ? nullptr : list_entry(node, struct region, link);
}

static inline bool region_before(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct region, node)->start < tree_entry(b, struct region, node)->start;
}

static inline bool region_ends_above(const struct tree_node *node, const void *address)
{
    return tree_entry(node, struct region, node)->end > *(const vaddr *)address;
}

/* The first region that ends above address, or null. */
static inline struct region *region_from(const struct address_space *space, vaddr address)
{
    struct tree_node *node = tree_find(&space->tree, region_ends_above, &address);
    return node == nullptr ? nullptr : tree_entry(node, struct region, node);
}

/* Region around address, or null. */
static inline struct region *region_find(struct address_space *space, vaddr address)
{
    struct region *last = space->last;
    if (likely(last != nullptr && address >= last->start && address < last->end))
        return last;
    struct region *region = region_from(space, address);
    return region == nullptr || address < region->start ? nullptr : (space->last = region);
}

/* List node after which a region [start, end) belongs; null if part of it is taken. */
static inline struct list *region_place(struct address_space *space, vaddr start, vaddr end)
{
    struct region *above = region_from(space, start);
    if (above == nullptr)
        return space->regions.previous;
    return above->start < end ? nullptr : above->link.previous;
}

static inline void region_link(struct address_space *space, struct list *place, struct region *region)
{
    struct region *next = region_at(space, place->next);
    list_insert_after(place, &region->link);
    tree_insert_before(&space->tree, next != nullptr ? &next->node : nullptr, &region->node);
}

/* One step on the way to the first hole of size bytes at or above *from: false if *from is now where to go on, else it
 * is the hole, behind *place; 0 if there is none. */
static inline bool region_hole(struct address_space *space, vaddr *from, u64 size, struct list **place)
{
    struct region *region = region_from(space, *from);
    for (u32 seen = 0; region != nullptr; region = region_at(space, region->link.next), seen++) {
        *place = region->link.previous;
        if (region->start >= *from && region->start - *from >= size)
            return true;
        if (seen == REGIONS_AT_ONCE)
            return false;
        *from = region->end;
    }
    *place = space->regions.previous;
    if (*from >= SPACE_END || SPACE_END - *from < size)
        *from = 0;
    return true;
}

/*
 * Pages that wait to be freed, linked outside the pages themselves: what is in them may still be read and written by
 * others, so nothing that the kernel trusts may lie there. Zero is the empty chain. Needs no memory, cannot fail.
 */
struct page_chain {
    u32 first, last; /* page numbers plus one; 0 = none */
};
void page_chain_add(struct page_chain *chain, paddr page);
/* Frees single pages once no CPU can hold a kernel pointer into them (smp/epoch.h); the chain is empty after. */
void page_chain_defer(struct page_chain *chain);

/* ---- fault.c: the pages of a region, a few at a time ---- */
#define REGION_STEP_PAGES 6U

/* What was changed in page tables and is not yet known to all CPUs, and pages taken out there. */
struct stale {
    struct page_chain chain;
    u64 owned; /* pages in chain: charged to the space */
    vaddr first, end;
};

/* The page of address, as by a fault that wants any right that the region has: rcOk, PREEMPTED (one page table was
 * missing and made: again), or why not. */
retcode region_populate(struct address_space *space, struct region *region, vaddr address);
/* Takes out some pages; true if none is left. */
bool region_drop_some(struct address_space *space, struct region *region, struct stale *stale);
/* Pages from address on get the region's access; returns where to go on, at last the region's end. */
vaddr region_protect_some(struct address_space *space, const struct region *region, vaddr address, struct stale *stale);
/* Order: entries, translations on all CPUs, and only then the pages. Lock not needed. */
void stale_end(struct address_space *space, struct stale *stale);
/* A region's pages are gone, it may not go before stale_end() has told so: else who gets its addresses next on another
 * CPU might meet old translations there, and lose what he writes. */
static inline bool stale_first(const struct stale *stale)
{
    return stale->end != 0 && unlikely(space_shootdown_first) && !HAL_INVALIDATE_BROADCASTS;
}

static inline bool range_valid(vaddr address, u64 size)
{
    return size != 0 && address % PAGE_SIZE == 0 && address >= KOS_USER_BASE && address < SPACE_END &&
           size <= SPACE_END - address;
}

static inline bool access_valid(u32 flags)
{
    return (flags & (KOS_VMM_WRITE | KOS_VMM_EXECUTE)) != (KOS_VMM_WRITE | KOS_VMM_EXECUTE);
}

/* ---- change.c ---- */
/* Populates [start, end), where a region was just made; undoes that if it fails. The lock is not held. */
retcode change_populate(struct address_space *space, vaddr start, vaddr end, struct progress *progress);

/* Write access of the pages in [first, end) goes or comes back; at the end no CPU has a translation that says other. */
void region_seal(struct address_space *space, const struct region *region, vaddr first, vaddr end, bool sealed);

/* ---- space.c ---- */
retcode region_new(struct address_space *space, vaddr start, vaddr end, u32 flags, enum region_kind kind,
                   struct region **result); /* not in the list yet; rcOutOfMemory, rcQuotaExceeded */
void region_delete(struct address_space *space, struct region *region); /* its pages are gone */

/* ---- parts, and the end ---- */

/* What region was touched in that lies in [start, end). */
static inline void region_touch_part(struct region *part, const struct region *region, vaddr start, vaddr end)
{
    vaddr low = region->touched_start > start ? region->touched_start : start;
    vaddr high = region->touched_end < end ? region->touched_end : end;
    region_untouch(part);
    if (low < high)
        region_touch(part, low, high);
}

/* Splits the region around address so that one starts there. */
static inline retcode region_split(struct address_space *space, vaddr address)
{
    struct region *region = region_find(space, address), *upper = nullptr;
    if (region == nullptr || region->start == address)
        return rcOk;
    retcode code = region_new(space, address, region->end, region->flags, region->kind, &upper);
    if (code != rcOk)
        return code;
    const struct region whole = *region;
    upper->origin = whole.origin;
    upper->flags_before = whole.flags_before;
    region_touch_part(upper, &whole, address, whole.end);
    region_touch_part(region, &whole, whole.start, address);
    region->end = address;
    region_link(space, &region->link, upper);
    return rcOk;
}

/* Undoes a split that makes no difference any more: the region around address and the one below it. False if there was
 * nothing to do. */
static inline bool region_merge(struct address_space *space, vaddr address)
{
    struct region *upper = region_find(space, address);
    if (upper == nullptr || upper->start != address)
        return false;
    struct region *lower = region_at(space, upper->link.previous);
    if (lower == nullptr || lower->end != upper->start || lower->origin != upper->origin ||
        lower->flags != upper->flags || lower->kind != REGION_ANONYMOUS || upper->kind != REGION_ANONYMOUS)
        return false;
    region_touch(lower, upper->touched_start, upper->touched_end);
    lower->end = upper->end;
    region_delete(space, upper);
    return true;
}

/* A region goes: what is free above base must not lie below the hint. */
static inline void region_hint_rewind(struct address_space *space, const struct region *region)
{
    vaddr from = region->start > space->base ? region->start : space->base;
    if (from < region->end && from < space->hint)
        space->hint = from;
}

static inline void region_guard_delete(struct address_space *space, struct list *node, u32 flag)
{
    struct region *guard = region_at(space, node);
    if (guard == nullptr || guard->kind != REGION_GUARD || guard->flags != flag)
        return;
    region_hint_rewind(space, guard);
    region_delete(space, guard);
}

/* With its guards; its pages are gone. A guard of that flag beside a region is always its own: it lies between the two.
 */
static inline void region_remove(struct address_space *space, struct region *region)
{
    region_hint_rewind(space, region);
    struct region *below = region_at(space, region->link.previous), *above = region_at(space, region->link.next);
    if (below != nullptr && below->end == region->start)
        region_guard_delete(space, &below->link, KOS_VMM_LOW_GUARD);
    if (above != nullptr && above->start == region->end)
        region_guard_delete(space, &above->link, KOS_VMM_HIGH_GUARD);
    region_delete(space, region);
}
