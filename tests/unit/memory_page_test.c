/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <memory/page.h>
#include <stdlib.h>

#define ARENA 8192U     /* pages: 32 MiB */
static u8 owner[ARENA]; /* the model: which test block has the page, 0 = none */
static paddr taken[ARENA];

static u64 take_all(unsigned order)
{
    u64 count = 0;
    for (paddr page; (page = page_allocate(order)) != PADDR_NONE; count++)
        taken[count] = page;
    return count;
}

static void give_all(u64 count, unsigned order)
{
    while (count-- > 0)
        page_free(taken[count], order);
}

/* All that was free in largest blocks at the start is free in largest blocks again. */
static u64 largest_at_start;
static void assert_merged(void)
{
    u64 count = take_all(PAGE_ORDER_MAX);
    assert_int_equal(count, largest_at_start);
    give_all(count, PAGE_ORDER_MAX);
    assert_int_equal(page_count_free(), page_count_total());
}

static void ranges_are_counted(void **state)
{
    (void)state;
    assert_int_equal(page_allocate(0), PADDR_NONE); /* before any memory */
    page_allocator_add(0, 5000ULL << PAGE_SHIFT);
    page_allocator_add(5001ULL << PAGE_SHIFT, 5002ULL << PAGE_SHIFT);    /* no room beside its bookkeeping: ignored */
    page_allocator_add(5003ULL << PAGE_SHIFT, (u64)ARENA << PAGE_SHIFT); /* not aligned to anything */
    u64 books = (5000 * 5 + 4095) / 4096 + ((ARENA - 5003) * 5 + 4095 + 8) / 4096;
    assert_in_range(page_count_total(), 5000 + ARENA - 5003 - books - 1, 5000 + ARENA - 5003 - books + 1);
    assert_int_equal(page_count_free(), page_count_total());
    largest_at_start = take_all(PAGE_ORDER_MAX);
    assert_in_range(largest_at_start, 4, 7);
    give_all(largest_at_start, PAGE_ORDER_MAX);
    assert_merged();
}

static void blocks_are_aligned_and_apart(void **state)
{
    (void)state;
    for (unsigned order = 0; order <= PAGE_ORDER_MAX; order++) {
        memset(owner, 0, sizeof(owner));
        u64 count = take_all(order);
        assert_true(count > 0);
        for (u64 i = 0; i < count; i++) {
            assert_int_equal(taken[i] & (((u64)PAGE_SIZE << order) - 1), 0);
            for (u64 page = taken[i] >> PAGE_SHIFT; page < (taken[i] >> PAGE_SHIFT) + (1ULL << order); page++) {
                assert_true(page < ARENA && page != 5000 && page != 5001 && page != 5002);
                assert_int_equal(owner[page]++, 0);
            }
            memset(hal_direct(taken[i]), 0x77, (u64)PAGE_SIZE << order);
        }
        give_all(count, order);
        assert_merged();
    }
}

static void too_large_order_is_refused(void **state)
{
    (void)state;
    assert_int_equal(page_allocate(PAGE_ORDER_MAX + 1), PADDR_NONE);
    assert_int_equal(page_allocate(~0U), PADDR_NONE);
}

static void exhaustion_and_back(void **state)
{
    (void)state;
    u64 count = take_all(0);
    assert_int_equal(count, page_count_total());
    assert_int_equal(page_count_free(), 0);
    for (unsigned order = 0; order <= PAGE_ORDER_MAX; order++)
        assert_int_equal(page_allocate(order), PADDR_NONE);
    page_free(taken[--count], 0);
    assert_int_equal(page_count_free(), 1);
    paddr page = page_allocate(0);
    assert_int_not_equal(page, PADDR_NONE);
    assert_int_equal(page_allocate(0), PADDR_NONE);
    page_free(page, 0);
    give_all(count, 0);
    assert_merged();
}

static void every_other_page_free_gives_no_pair(void **state)
{
    (void)state;
    u64 count = take_all(0), kept = 0;
    for (u64 i = 0; i < count; i++)
        if ((taken[i] >> PAGE_SHIFT) % 2 == 0)
            page_free(taken[i], 0);
        else
            taken[kept++] = taken[i];
    assert_int_equal(page_allocate(1), PADDR_NONE);
    assert_int_equal(page_count_free(), count - kept);
    give_all(kept, 0);
    assert_merged();
}

static void cpus_cache_apart(void **state)
{
    (void)state;
    paddr page = page_allocate(0);
    fake_cpu_set(1);
    page_free(page, 0); /* allocated here, freed there */
    paddr other = page_allocate(0);
    assert_int_equal(other, page); /* last in, first out: warm */
    fake_cpu_set(63);
    paddr third = page_allocate(0);
    assert_int_not_equal(third, other);
    page_free(other, 0);
    page_free(third, 0);
    assert_int_equal(page_count_free(), page_count_total());
    fake_cpu_set(0);
}

static void zeroed_page_is_zero(void **state)
{
    (void)state;
    paddr page = page_allocate(0);
    memset(hal_direct(page), 0xff, PAGE_SIZE);
    page_free(page, 0);
    assert_int_equal(page_allocate_zeroed(), page);
    for (u32 i = 0; i < PAGE_SIZE; i++)
        assert_int_equal(((u8 *)hal_direct(page))[i], 0);
    page_free(page, 0);
}

static void frees_of_no_page_are_caught(void **state)
{
    (void)state;
    paddr page = page_allocate(3);
    page_free(page, 3);
    expect_panic(page_free(1ULL << 40, 0)); /* not memory */
    expect_panic(page_free(page + 1, 0));   /* not a page */
}

static void random_against_model(void **state)
{
    (void)state;
    struct {
        paddr page;
        unsigned order;
        u8 mark;
    } blocks[600];
    u32 count = 0;
    memset(owner, 0, sizeof(owner));
    u64 used = 0;
    srand(1);
    for (u32 step = 0; step < 200000; step++) {
        fake_cpu_set((u32)rand() % 4);
        if (count < 600 && rand() % 100 < ((step / 5000) % 2 == 0 ? 70 : 30)) {
            unsigned order = rand() % 3 != 0 ? 0 : (unsigned)rand() % 7;
            paddr page = page_allocate(order);
            if (page == PADDR_NONE)
                continue;
            for (u64 i = 0; i < 1ULL << order; i++) {
                assert_int_equal(owner[(page >> PAGE_SHIFT) + i], 0);
                owner[(page >> PAGE_SHIFT) + i] = 1;
            }
            u8 mark = (u8)rand();
            memset(hal_direct(page), mark, 16);
            memset((u8 *)hal_direct(page) + ((u64)PAGE_SIZE << order) - 16, mark, 16);
            blocks[count].page = page, blocks[count].order = order, blocks[count++].mark = mark;
            used += 1ULL << order;
        } else if (count != 0) {
            u32 i = (u32)rand() % count;
            const u8 *bytes = hal_direct(blocks[i].page);
            assert_int_equal(bytes[0], blocks[i].mark);
            assert_int_equal(bytes[((u64)PAGE_SIZE << blocks[i].order) - 1], blocks[i].mark);
            for (u64 n = 0; n < 1ULL << blocks[i].order; n++)
                owner[(blocks[i].page >> PAGE_SHIFT) + n] = 0;
            page_free(blocks[i].page, blocks[i].order);
            used -= 1ULL << blocks[i].order;
            blocks[i] = blocks[--count];
        }
        assert_int_equal(page_count_free() + used, page_count_total());
    }
    while (count-- > 0)
        page_free(blocks[count].page, blocks[count].order);
    for (u32 cpu = 0; cpu < 4; cpu++) { /* a failing large allocation empties the cache of its CPU */
        fake_cpu_set(cpu);
        give_all(take_all(PAGE_ORDER_MAX), PAGE_ORDER_MAX);
    }
    fake_cpu_set(0);
    assert_merged();
}

int main(void)
{
    fake_arena(ARENA);
    fake_cpu_set(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_counted),
        cmocka_unit_test(blocks_are_aligned_and_apart),
        cmocka_unit_test(too_large_order_is_refused),
        cmocka_unit_test(exhaustion_and_back),
        cmocka_unit_test(every_other_page_free_gives_no_pair),
        cmocka_unit_test(zeroed_page_is_zero),
        cmocka_unit_test(random_against_model),
        cmocka_unit_test(cpus_cache_apart),
        cmocka_unit_test(frees_of_no_page_are_caught),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
