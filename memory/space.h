/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user address space: regions (reserved, committed), demand-zero pages, page tables through hal/paging.h.
 *
 * Serialized by space->lock on the slow side; the hardware reads page tables concurrently, so a page is freed only
 * after translations of it are gone everywhere (space_shootdown).
 */
#pragma once
#include <hal/paging.h>
#include <hal/context.h>
#include <memory/quota.h>
#include <smp/list.h>
#include <smp/spinlock.h>

/* Access and state bits are KOS_VMM_* of abi/core.h. */
struct region {
    struct list link; /* in space->regions, ascending, not overlapping; guarded by space->lock */
    vaddr start, end; /* page-aligned */
    u32 flags;        /* KOS_VMM_* access of committed pages, KOS_VMM_COMMIT if committed (else reserved only) */
    u32 kind;         /* REGION_* */
    paddr backing;    /* REGION_SHARED: physical start of read-only pages that the space does not own (ROMFS) */
};
#define REGION_ANONYMOUS 0U /* demand zero, pages owned by the space */
#define REGION_SHARED    1U /* mapped from backing, not freed with the space */
#define REGION_GUARD     2U /* never accessible */

struct address_space {
    struct hal_space hal; /* first */
    struct spinlock lock;
    struct list regions;
    struct quota *quota; /* pages and page tables are charged here */
    struct region *last; /* region found last; guarded by lock */
    vaddr hint;          /* where the next search for a hole starts (ASLR) */
    _Atomic u64
        cpus; /* CPUs on which threads of this space may have run; bits only get set, under the thread placement */
};

void space_room_init(void); /* boot */

retcode space_init(struct address_space *space, struct quota *quota, u64 random); /* rcOutOfMemory, rcQuotaExceeded */
/* Frees everything; no thread runs in it any more. */
void space_destroy(struct address_space *space);

/* VMM.Allocate: reserves size bytes (rounded up) at *address or where there is room (*address == 0); flags KOS_VMM_*:
 * RESERVE mandatory, COMMIT = usable, COMMIT|LOCKED = all pages now. LOW_GUARD/HIGH_GUARD add one inaccessible page
 * outside the range. W and X together: rcInvalidArgument. rcAlreadyExists if the range is taken; rcOutOfMemory,
 * rcQuotaExceeded. No partial effect. */
retcode space_allocate(struct address_space *space, vaddr *address, u64 size, u32 flags);
/* Parts of one or more adjacent regions; splits them as needed. rcInvalidArgument if any page is not reserved (guards
 * included). */
retcode space_commit(struct address_space *space, vaddr address, u64 size, u32 flags);
retcode space_decommit(struct address_space *space, vaddr address, u64 size);
retcode space_protect(struct address_space *space, vaddr address, u64 size, u32 access);
retcode space_free(struct address_space *space, vaddr address, u64 size);
/* Region around address: rcResourceNotFound if free. */
retcode space_query(struct address_space *space, vaddr address, vaddr *start, u64 *size, u32 *flags);
/* Maps physical pages that stay the kernel's (ROMFS text and rodata), read-only or read-execute, at a fixed address. */
retcode space_map_shared(struct address_space *space, vaddr address, u64 size, paddr backing, u32 flags);

/* Page fault of the user or of a copy: rcOk if the access is possible now. rcInvalidArgument: not mapped or not
 * allowed; rcOutOfMemory, rcQuotaExceeded. */
retcode space_fault(struct address_space *space, vaddr address, u32 hal_access);

/* Kernel pointer (direct map) to the byte at address of any space, faulting the page in; valid to the end of that page.
 * Null if not accessible so. The caller keeps the space from shrinking (its task is blocked or it holds the lock). */
void *space_resolve(struct address_space *space, vaddr address, u32 hal_access);

/* ---- between the files of this room; space->lock held ---- */
struct region *space_region(struct address_space *space, vaddr address);
retcode space_fault_locked(struct address_space *space, vaddr address, u32 hal_access);
void space_remove_locked(struct address_space *space, vaddr start, vaddr end); /* whole regions */
struct hal_page_allocator space_tables(struct address_space *space);

/* Called by the memory room when translations must go on other CPUs: set by smp at boot. cpus = space->cpus. */
extern void (*space_shootdown)(struct address_space *space, vaddr address, u64 count);
