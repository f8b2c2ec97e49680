/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User page tables. The kernel half is the same in every space. The caller serializes changes to one space; the
 * hardware and hal_space_lookup() read concurrently. Page size 4 KiB.
 *
 * struct hal_space (arch) starts with: paddr root; and holds what the switch needs (CR3 value with PCID, or TTBR0 with
 * ASID).
 */
#pragma once

#include <hal/base.h>
#include <hal/boot.h>
#include <arch/paging.h>

#define HAL_PAGE_READ    1U
#define HAL_PAGE_WRITE   2U
#define HAL_PAGE_EXECUTE 4U
/* Kept for the kernel, no right: write access may go at any time, so who writes the page through the direct map holds
 * the space's lock. */
#define HAL_PAGE_SEALABLE 0x400U
/* Of a device: not cached. It is mapped for the user alone: hal_space_lookup() finds no right in it, so that the kernel
 * never looks for it in the direct map. */
#define HAL_PAGE_DEVICE 0x800U
#define HAL_PAGE_RIGHTS (HAL_PAGE_READ | HAL_PAGE_WRITE | HAL_PAGE_EXECUTE)

/* Page-table pages come from and go to these: zeroed page or PADDR_NONE. context is the caller's (quota). */
struct hal_page_allocator {
    paddr (*allocate)(void *context);
    void (*free)(void *context, paddr page);
    void *context;
};

retcode hal_space_init(struct hal_space *space, const struct hal_page_allocator *pages); /* rcOutOfMemory */

/* CPUs that have left the space may keep translations of it, which hal_space_destroy() does not reach: they are to
 * forget all (hal_space_invalidate) before its first step. */
static inline bool hal_space_keeps_translations(const struct hal_space *space)
{
    return arch_space_keeps_translations(space);
}

/* Frees all page-table pages (not the mapped pages) in steps of bounded length: true if that was the last. *position is
 * 0 at first. No CPU may have it active: hal_space_leave() first. */
bool hal_space_destroy(struct hal_space *space, const struct hal_page_allocator *pages, u64 *position);

/* If this CPU has the space active, switches to the kernel's own. */
void hal_space_leave(const struct hal_space *space);

/* Makes at most one of the page tables that a mapping at address needs: rcOk if none is missing, PREEMPTED if one was
 * made and it is to be called again. rcOutOfMemory. */
retcode hal_space_tables(struct hal_space *space, vaddr address, const struct hal_page_allocator *pages);

/* Maps one page with HAL_PAGE_* (user-accessible, cached); the tables are there. Replaces what was there; no
 * invalidation. */
void hal_space_map(const struct hal_space *space, vaddr address, paddr page, u32 access);

/* Gives the page mapped at address those rights; false if there is none. No invalidation. */
bool hal_space_protect(const struct hal_space *space, vaddr address, u32 access);
/* The same for pages that are all mapped: count of them at most, and no further than the page table of the first
 * reaches. Returns how many it was, at least 1. */
u64 hal_space_protect_run(const struct hal_space *space, vaddr address, u64 count, u32 access);

/* Removes one page's mapping; returns the page, or PADDR_NONE if none. No invalidation. */
paddr hal_space_unmap(struct hal_space *space, vaddr address);

/* Behind address, where no page is mapped: where the next one may be. Looks at HAL_PAGES_AT_ONCE places of a page table
 * at most, but passes in one go what a table that is not there would map. */
#define HAL_PAGES_AT_ONCE 16U
vaddr hal_space_next(const struct hal_space *space, vaddr address);

/* Page mapped at address and its HAL_PAGE_* in *access, or PADDR_NONE. Any CPU, no lock. */
paddr hal_space_lookup(const struct hal_space *space, vaddr address, u32 *access);

/* Makes this CPU (aarch64: all CPUs) forget translations of count pages from address in that space; count ~0 = all. */
void hal_space_invalidate(const struct hal_space *space, vaddr address, u64 count);

/* Does hal_space_invalidate reach all CPUs by itself? If not the kernel asks the others by IPI. */
#define HAL_INVALIDATE_BROADCASTS ARCH_INVALIDATE_BROADCASTS

/* Zeroes a page through the direct map by the fastest way. */
void hal_page_zero(paddr page);
