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
    assert_in_range(page_count_free(), free_before - 2, free_before); /* the region cache keeps a slab */
    return 0;
}

/* Leaves only that many pages in the machine. */
static void hoard_all_but(u64 count)
{
    for (paddr page; (page = page_allocate(0)) != PADDR_NONE;)
        hoard[hoarded++] = page;
    while (count-- > 0)
        page_free(hoard[--hoarded], 0);
}
static void hoard_give_back(void)
{
    while (hoarded > 0)
        page_free(hoard[--hoarded], 0);
}

static retcode allocate_at(vaddr address, u64 size, u32 flags)
{
    return space_allocate(&space, &address, size, flags);
}

static u32 flags_at(vaddr address)
{
    vaddr start;
    u64 size;
    u32 flags;
    return space_query(&space, address, &start, &size, &flags) == rcOk ? flags : 0;
}
static u64 size_at(vaddr address)
{
    vaddr start;
    u64 size;
    u32 flags;
    return space_query(&space, address, &start, &size, &flags) == rcOk ? size : 0;
}
static u64 region_count(void)
{
    u64 count = 0;
    list_for_each(node, &space.regions) count++;
    return count;
}
static u8 *at(vaddr address, u32 access)
{
    return space_resolve(&space, address, access);
}
