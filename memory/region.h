/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the memory room: the regions of a space as a list, and what space.c and fault.c do for each other. space->lock
 * held throughout. */
#pragma once
#include <abi/core.h>
#include <memory/page.h>
#include <memory/space.h>

#define SPACE_END (KOS_USER_LIMIT - PAGE_SIZE) /* the last page below the limit is never mapped */

enum region_kind : u32 {
    REGION_ANONYMOUS, /* demand zero, pages owned by the space */
    REGION_SHARED,    /* mapped from backing, not freed with the space; never split */
    REGION_GUARD,     /* never accessible; flags say which neighbour it guards, and it goes with that one */
};

/* Access and state bits are KOS_VMM_* of abi/core.h. */
struct region {
    struct list link; /* in space->regions, ascending, not overlapping */
    vaddr start, end; /* page-aligned */
    vaddr origin;     /* start of the allocation it was split from: only such parts merge again */
    vaddr touched_start,
        touched_end; /* no page outside was ever faulted in; empty: start > end. Keeps the walks short */
    u32 flags; /* access of committed pages, COMMIT, LOCKED. A guard: LOW_GUARD if the region above is guarded, else
                  HIGH_GUARD */
    u32 flags_before; /* during a commit: to undo it */
    enum region_kind kind;
    void *owner;   /* REGION_SHARED: object whose pages these are, told when the region goes; null: the kernel */
    paddr backing; /* REGION_SHARED: physical start of pages that the space does not own (ROMFS, arenas) */
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

/* Null at either end of the list. */
static inline struct region *region_at(const struct address_space *space, struct list *node)
{
    return node == &space->regions ? nullptr : list_entry(node, struct region, link);
}

/* Region around address, or null. */
static inline struct region *region_find(struct address_space *space, vaddr address)
{
    struct region *last = space->last;
    if (likely(last != nullptr && address >= last->start && address < last->end))
        return last;
    list_for_each(node, &space->regions)
    {
        struct region *region = list_entry(node, struct region, link);
        if (address >= region->end)
            continue;
        return address < region->start ? nullptr : (space->last = region);
    }
    return nullptr;
}

/* List node after which a region [start, end) belongs; null if part of it is taken. */
static inline struct list *region_place(struct address_space *space, vaddr start, vaddr end)
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

/* First hole of size bytes at or above from; 0 if none. */
static inline vaddr region_hole(const struct address_space *space, vaddr from, u64 size)
{
    list_for_each(node, &space->regions)
    {
        const struct region *region = list_entry(node, struct region, link);
        if (region->end <= from)
            continue;
        if (region->start >= from && region->start - from >= size)
            return from;
        from = region->end;
    }
    return from < SPACE_END && SPACE_END - from >= size ? from : 0;
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

/* ---- fault.c: the pages of a region ---- */
retcode region_populate(struct address_space *space, struct region *region); /* all pages now, as by faults */
void region_drop_pages(struct address_space *space, struct region *region);
void region_protect_pages(struct address_space *space, const struct region *region); /* pages get the region's access */

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
    region_touch_part(upper, &whole, address, whole.end);
    region_touch_part(region, &whole, whole.start, address);
    region->end = address;
    list_insert_after(&region->link, &upper->link);
    return rcOk;
}

/* Undoes splits that make no difference any more, from the region before start to the one at end. */
static inline void region_merge(struct address_space *space, vaddr start, vaddr end)
{
    struct region *lower = region_find(space, start - PAGE_SIZE);
    lower = lower != nullptr ? lower : region_find(space, start);
    while (lower != nullptr) {
        struct region *upper = region_at(space, lower->link.next);
        if (upper == nullptr || upper->start > end)
            return;
        if (lower->end != upper->start || lower->origin != upper->origin || lower->flags != upper->flags ||
            lower->kind != REGION_ANONYMOUS || upper->kind != REGION_ANONYMOUS) {
            lower = upper;
            continue;
        }
        region_touch(lower, upper->touched_start, upper->touched_end);
        lower->end = upper->end;
        region_delete(space, upper);
    }
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

/* With its pages and guards. A guard of that flag beside a region is always its own: it lies between the two. */
static inline void region_remove(struct address_space *space, struct region *region)
{
    region_drop_pages(space, region);
    region_hint_rewind(space, region);
    struct region *below = region_at(space, region->link.previous), *above = region_at(space, region->link.next);
    if (below != nullptr && below->end == region->start)
        region_guard_delete(space, &below->link, KOS_VMM_LOW_GUARD);
    if (above != nullptr && above->start == region->end)
        region_guard_delete(space, &above->link, KOS_VMM_HIGH_GUARD);
    region_delete(space, region);
}
