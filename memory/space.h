/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user address space: regions (reserved, committed), demand-zero pages, page tables through hal/paging.h.
 *
 * Serialized by space->lock on the slow side; the hardware reads page tables concurrently, so a page is freed only
 * after translations of it are gone everywhere (space_shootdown), and then only when no kernel copy can still use it
 * (page_chain_defer).
 */
#pragma once
#include <hal/paging.h>
#include <hal/context.h>
#include <memory/quota.h>
#include <smp/list.h>
#include <smp/preemption.h>
#include <smp/spinlock.h>
#include <smp/tree.h>

struct region; /* memory/region.h */

/* Of pages that an object owns into a space: told when it goes, with space->lock held. */
struct mapping {
    void (*gone)(struct mapping *mapping);
};

struct address_space {
    struct hal_space hal; /* first */
    struct spinlock lock;
    struct list regions; /* ascending; guarded by lock, like tree */
    struct tree tree;    /* the same */
    struct quota *quota; /* pages and page tables are charged here */
    struct region *last; /* region found last; guarded by lock */
    vaddr base;          /* where automatic addresses begin (ASLR); constant */
    vaddr hint;          /* no hole between base and here; guarded by lock */
    retcode shortage;    /* why the last page-table page was refused; guarded by lock */
    _Atomic u64
        cpus; /* CPUs on which threads of this space may have run; bits only get set, under the thread placement */
};

void space_room_init(void); /* boot */

retcode space_init(struct address_space *space, struct quota *quota, u64 random); /* rcOutOfMemory, rcQuotaExceeded */
/* Frees everything, in steps: rcOk or PREEMPTED; no thread runs in it any more, no CPU has it active. */
retcode space_destroy(struct address_space *space, struct progress *progress);

/*
 * What may take long is done in steps (smp/preemption.h), with the lock free in between: PREEMPTED. Of several threads
 * that change the same range at once each gets what the order of steps makes of it.
 */

/* All sizes are rounded up to pages; addresses are page-aligned and everything lies in [KOS_USER_BASE, KOS_USER_LIMIT -
 * one page). An operation that fails leaves regions and pages as they were; page tables made on the way may stay,
 * charged, until the space goes. */

/* VMM.Allocate: reserves size bytes (rounded up) at *address or where there is room (*address == 0); flags KOS_VMM_*:
 * RESERVE mandatory, COMMIT = usable, COMMIT|LOCKED = all pages now. LOW_GUARD/HIGH_GUARD add one inaccessible page
 * outside the range. W and X together: rcInvalidArgument. rcAlreadyExists if the range is taken; rcOutOfMemory,
 * rcQuotaExceeded. No partial effect. */
retcode space_allocate(struct address_space *space, vaddr *address, u64 size, u32 flags, struct progress *progress);
/* Parts of one or more adjacent regions; splits them as needed. rcInvalidArgument if any page is not reserved (guards
 * included). */
/* Commit: regions without access get that of flags, others keep theirs; LOCKED = all pages now. */
retcode space_commit(struct address_space *space, vaddr address, u64 size, u32 flags, struct progress *progress);
retcode space_decommit(struct address_space *space, vaddr address, u64 size, struct progress *progress);
retcode space_protect(struct address_space *space, vaddr address, u64 size, u32 access, struct progress *progress);
retcode space_free(struct address_space *space, vaddr address, u64 size, struct progress *progress);
/* Region around address: rcResourceNotFound if free. */
retcode space_query(struct address_space *space, vaddr address, vaddr *start, u64 *size, u32 *flags);
/* True if there is a region of the user's of exactly that range and those flags (access, COMMIT, LOCKED). */
bool space_is_region(struct address_space *space, vaddr address, u64 size, u32 flags);
/* Maps physical pages that stay the kernel's (ROMFS text and rodata), read-only or read-execute, at a fixed address. */
retcode space_map_shared(struct address_space *space, vaddr address, u64 size, paddr backing, u32 flags);

/* Makes room for the pages of an object; READ or READ and WRITE. rcOutOfMemory, rcQuotaExceeded, PREEMPTED. */
retcode space_map_owned(struct address_space *space, vaddr *address, u64 size, paddr backing, u32 flags,
                        struct mapping *mapping, struct progress *progress);
/* Maps the pages, so that no access to them faults, with checkpoints; rcOk also if the mapping has gone meanwhile. The
 * caller has a reference to what the space is in. rcOutOfMemory, rcQuotaExceeded. */
retcode space_populate_owned(struct address_space *space, vaddr address, const struct mapping *mapping);
/* Takes the mapping away, if it is still there. With checkpoints. */
void space_unmap_owned(struct address_space *space, vaddr address, const struct mapping *mapping);
/* As space_map_owned, with checkpoints, at *address if that is not 0 and free there; each page when it is first
 * touched. flags may have KOS_VMM_CACHE_DISABLE: memory of a device, which the kernel never reads or writes; then
 * space_populate_owned(), for a fault there is an error. */
retcode space_map_lazily(struct address_space *space, vaddr *address, u64 size, paddr backing, u32 flags,
                         struct mapping *mapping);
/* The mapping made at `start`, if it is still there, loses its pages for ever: an access faults, and the addresses stay
 * taken until they are freed. rcOk or PREEMPTED. */
retcode space_withdraw(struct address_space *space, vaddr start, const struct mapping *mapping);
/* The mapping that space_map_owned made at `start`, if it is still there: write access to [address, size) in it goes,
 * on all CPUs before the call returns, or comes back. */
void space_seal(struct address_space *space, vaddr start, const struct mapping *mapping, vaddr address, u64 size,
                bool sealed);

/* Page fault of the user, or before a copy: rcOk if the access is possible now. rcInvalidArgument: not mapped or not
 * allowed; rcBusy: sealed for now; rcOutOfMemory, rcQuotaExceeded. The first touch of a region may have to make page
 * tables: a step each; PREEMPTED if an interrupt waits between two. Behind it is room for a preemption point: it may
 * have been as long as a path may. */
retcode space_fault_preemptible(struct address_space *space, vaddr address, u32 hal_access);

/* A page of a device's is there, for that access: a copy of the kernel's that failed did so for another reason than a
 * missing page. It did not answer, or not at such an address; to try again makes it no better. */
bool space_device_there(struct address_space *space, vaddr address, u32 hal_access);

/* Kernel pointer (direct map) to read the byte at address of any space; valid to the end of that page. Null if it is
 * not there, or not accessible so. The caller keeps the space from shrinking (its task is blocked or it holds the
 * lock). */
const void *space_resolve(struct address_space *space, vaddr address, u32 hal_access);
/* Writes to one page of any space: false if it is not there or not writable. The lock is not held. */
bool space_write(struct address_space *space, vaddr address, const void *from, u64 size);
/* The same for a page that was found with HAL_PAGE_SEALABLE. A seal that comes meanwhile waits, or has come before. */
bool space_write_sealable(struct address_space *space, vaddr address, const void *from, u64 size);

/* There are such that page_reclaim() would free. */
bool page_reclaim_waits(void);
/* Frees a few pages that were taken out earlier and that no CPU can use any more; false if there was none. */
bool page_reclaim(void);
/* Behind every step that takes pages out: frees at least as many, with preemption points. True: one of them wants the
 * CPU. */
bool page_reclaim_interrupted(void);
/* The pages that are on their way back on this CPU now, and whether they have all arrived: asked on the same CPU, again
 * and again, with a way out of the kernel in between (epochs end there). Frees some, until an interrupt waits. */
u32 page_return_ticket(void);
bool page_returned(u32 ticket);

/* Called by the memory room when translations must go on other CPUs: set by smp at boot. cpus = space->cpus. locked:
 * by who holds a lock. */
extern void (*space_shootdown)(struct address_space *space, vaddr address, u64 count, bool locked);
/* There are other CPUs: addresses are given back behind that, not before. Set at boot. */
extern bool space_shootdown_first;
/* So many that it has checkpoints if no lock is held. */
extern bool space_shootdown_in_steps;
