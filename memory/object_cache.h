/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed object cache (slab): objects of one size cut from pages, with a free list per CPU in front of a locked list of
 * partial slabs. A slab whose objects are all free goes back to the page allocator, but for one. In debug kernels a
 * free object is filled with 0xdb, and checked when handed out.
 */
#pragma once
#include <hal/base.h>
#include <memory/quota.h>
#include <smp/list.h>
#include <smp/spinlock.h>

struct object_cache {
    const char *name;
    u32 size;  /* of an object, rounded to its alignment */
    u32 first; /* offset of a slab's first object */
    u32 per_slab;
    u32 order;   /* pages of a slab = 2^order */
    u32 cleared; /* bytes of an object that are zeroed when it is handed out */
    u32 batch;   /* objects moved at once; a CPU holds at most twice as many */
    struct spinlock lock;
    struct list partial; /* slabs with free objects; guarded by lock */
    u64 slabs;           /* guarded by lock */
    u64 empty;           /* slabs without objects in use; guarded by lock */
    struct object_cache_cpu {
        cache_aligned void *free;
        u32 count; /* owned by that CPU */
    } cpus[KOS_CPUS_MAX];
};

/* alignment: power of two, at most 4096; size up to 10 KiB. */
void object_cache_init(struct object_cache *cache, const char *name, size_t size, size_t alignment);
/* Only the first so many bytes of an object are zeroed from now on: what is behind is set before it is read. */
void object_cache_clear_first(struct object_cache *cache, size_t bytes);
/* A step of its own: if this CPU's list is short of `count` objects, it is filled as far as it can be; true if it has
 * more then. At most a batch, of objects up to 2 KiB four. */
bool object_cache_fill(struct object_cache *cache, u32 count);
/* Zeroed object charged to quota (null: the kernel); null if quota or memory is exhausted. */
void *object_cache_allocate(struct object_cache *cache, struct quota *quota);
void object_cache_free(struct object_cache *cache, void *object, struct quota *quota);
