/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared memory (an MDL buffer): pages that whoever has a handle maps, with no more rights than the handle has. It is
 * charged to who made it and lives as long as a handle or a mapping. Words in it are waited for in its own bucket.
 *
 *   event                        a mapping made by a handle H of task T
 *   T frees it, or ends          goes
 *   H is closed                  stays; below H's ancestor from now on
 *   H or an ancestor is revoked  loses its pages: T faults there; its addresses stay taken until T frees them
 *
 * A mapping is a pin below H in the inheritance tree (object/capability.h). Revoking moves the pin to `withdrawn`,
 * under the object's lock; shared_memory_withdraw(), afterwards and in steps, takes the pages away.
 */
#pragma once
#include <object/domain.h>
#include <sched/futex.h>
#include <smp/inbox.h>

struct shared_memory {
    struct object object; /* OBJECT_MEMORY, or OBJECT_DEVICE: then none of it is RAM, and it has no words */
    paddr backing;        /* contiguous; constant */
    u64 size;             /* constant */
    struct quota *quota;
    struct list withdrawn; /* pins of revoked mappings, with a reference each; guarded by object.lock */
    struct epoch_entry epoch;
    u32 dma_flags, dma_order; /* of a DMA buffer: KOS_DMA_*, and the order that was asked for; constant */
    _Atomic bool dma_begun;
    struct list device_link;    /* among those of devices, which do not overlap; under a lock of theirs */
    struct futex_bucket bucket; /* who waits for words of it, by offset */
};

void shared_memory_room_init(void);
/* size is rounded up; 1 .. KOS_MDL_SIZE_MAX. rcInvalidArgument, rcOutOfMemory, rcQuotaExceeded. One reference. The
 * pages are what they were: shared_memory_zero() before anybody gets a handle. */
retcode shared_memory_create(struct quota *quota, u64 size, struct shared_memory **memory);
/* rcOk or PREEMPTED. */
retcode shared_memory_zero(struct shared_memory *memory, struct progress *progress);
/* Both, as the work of the running thread, in whose work.object the memory is meanwhile; below end, or rcOutOfMemory.
 * PREEMPTED: again with the same, not to be given up half way. */
retcode shared_memory_make(struct thread *thread, u64 size, paddr end, struct shared_memory **memory);
/* What lies in [address, address + size), pages as a whole. One reference. rcInvalidArgument: it may not be given to
 * anybody (hal/irq.h), or is larger than KOS_DEVICE_SIZE_MAX; rcAlreadyExists: some of it is somebody's already;
 * rcQuotaExceeded. */
retcode shared_memory_device(struct quota *quota, paddr address, u64 size, struct shared_memory **memory);
/* Maps all of it, as shared_memory_map(); with checkpoints. */
retcode shared_memory_map_device(struct domain *domain, u32 handle, u32 flags, vaddr *address);
/* Maps [offset, offset + size) of what handle names into domain, at *address if that is free, else anywhere. flags:
 * KOS_VMM_READ, and KOS_VMM_WRITE. Codes of handle_lookup; rcInvalidArgument, rcOutOfMemory, rcQuotaExceeded. */
retcode shared_memory_map(struct domain *domain, u32 handle, u64 offset, u64 size, u32 flags, vaddr *address);
/* Takes the pages of revoked mappings away: rcOk or PREEMPTED. */
retcode shared_memory_withdraw(struct shared_memory *memory);
/* rcInvalidArgument: no aligned word of the memory. */
static inline retcode shared_memory_word(struct shared_memory *memory, u64 offset, u32 value, struct futex_word *word)
{
    if (unlikely(offset % 4 != 0 || offset >= memory->size))
        return rcInvalidArgument;
    const u32 *at = (const u32 *)(const void *)((const u8 *)hal_direct(memory->backing) + offset);
    *word = (struct futex_word){&memory->bucket, offset, value, at};
    return rcOk;
}
