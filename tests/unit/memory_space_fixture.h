/* SPDX-License-Identifier: Apache-2.0 */
/* What every test of address spaces starts from and uses: one space, its quota, a way to run out of pages. */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <abi/core.h>
#include <memory/region.h>

/* And the pages that were ready then are freed. */
[[maybe_unused]] static void epoch_run(void)
{
    fake_epoch_run();
    while (page_reclaim())
        ;
}
#define fake_epoch_run epoch_run

/* A change from its beginning to its end, whatever happens in between. */
static struct progress change_progress;
#define WHOLE(call)                                                                                                    \
    ({                                                                                                                 \
        retcode whole_;                                                                                                \
        do                                                                                                             \
            whole_ = call;                                                                                             \
        while (whole_ == PREEMPTED);                                                                                   \
        whole_;                                                                                                        \
    })
#define space_allocate(...) WHOLE((space_allocate)(__VA_ARGS__, &change_progress))
#define space_commit(...)   WHOLE((space_commit)(__VA_ARGS__, &change_progress))
#define space_decommit(...) WHOLE((space_decommit)(__VA_ARGS__, &change_progress))
#define space_protect(...)  WHOLE((space_protect)(__VA_ARGS__, &change_progress))
#define space_free(...)     WHOLE((space_free)(__VA_ARGS__, &change_progress))
#define space_destroy(...)  assert_int_equal(WHOLE((space_destroy)(__VA_ARGS__, &change_progress)), rcOk)
#include <stdlib.h>

#define PAGES(n) ((u64)(n) * PAGE_SIZE)
#define BASE     0x40000000ULL
#define R        KOS_VMM_READ
#define W        KOS_VMM_WRITE
#define X        KOS_VMM_EXECUTE
#define RESERVED (KOS_VMM_RESERVE | R | W)
#define USABLE   (RESERVED | KOS_VMM_COMMIT)
#define ALL_NOW  (USABLE | KOS_VMM_LOCKED)

static struct address_space space;
static struct quota quota;
static u64 free_before;
static paddr hoard[16384];
static u64 hoarded;

static int setup(void **state)
{
    (void)state;
    free_before = page_count_free();
    quota_init(&quota, 100000, 100000);
    assert_int_equal(space_init(&space, &quota, 12345), rcOk);
    return 0;
}

static int teardown(void **state) /* nothing is ever left */
{
    (void)state;
    space_destroy(&space);
    space_destroy(&space); /* again: no-op */
    fake_epoch_run();
    assert_int_equal(quota.pages, 0);
    assert_int_equal(quota.objects, 0);
    assert_in_range(page_count_free(), free_before - 4, free_before); /* the region cache keeps a slab or two */
    return 0;
}

/* Leaves only that many pages in the machine. */
[[maybe_unused]] static void hoard_all_but(u64 count)
{
    for (paddr page; (page = page_allocate(0)) != PADDR_NONE;)
        hoard[hoarded++] = page;
    while (count-- > 0)
        page_free(hoard[--hoarded], 0);
}
[[maybe_unused]] static void hoard_give_back(void)
{
    while (hoarded > 0)
        page_free(hoard[--hoarded], 0);
}

[[maybe_unused]] static retcode allocate_at(vaddr address, u64 size, u32 flags)
{
    return space_allocate(&space, &address, size, flags);
}

[[maybe_unused]] static u32 flags_at(vaddr address)
{
    vaddr start;
    u64 size;
    u32 flags;
    return space_query(&space, address, &start, &size, &flags) == rcOk ? flags : 0;
}
[[maybe_unused]] static u64 size_at(vaddr address)
{
    vaddr start;
    u64 size;
    u32 flags;
    return space_query(&space, address, &start, &size, &flags) == rcOk ? size : 0;
}
[[maybe_unused]] static u64 region_count(void)
{
    u64 count = 0;
    list_for_each(node, &space.regions) count++;
    return count;
}
/* In as many steps as it takes. */
[[maybe_unused]] static retcode space_fault(struct address_space *of, vaddr address, u32 access)
{
    retcode code;
    do
        code = space_fault_preemptible(of, address, access);
    while (code == PREEMPTED);
    return code;
}
/* Brought in if need be. */
[[maybe_unused]] static u8 *at(vaddr address, u32 access)
{
    if (space_resolve(&space, address, access) == nullptr)
        (void)space_fault(&space, address, access);
    return (u8 *)(u64)space_resolve(&space, address, access);
}

/* The machine of all tests: 16 MiB, one CPU. */
[[maybe_unused]] static void machine_begin(void)
{
    fake_arena(4096);
    fake_cpu_set(0);
    page_allocator_add(0, 4096ULL << PAGE_SHIFT);
    space_room_init();
    space_shootdown = fake_shootdown;
}
