/* SPDX-License-Identifier: Apache-2.0 */
/* The physical allocator against a map of who owns which page. */
#include <memory/page.h>
#include <hal/boot.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PAGES 4096U
#define BASE  0x400000ULL

extern unsigned long host_direct_map;
static u8 owner[PAGES];

static int set_up(void **state)
{
    (void)state;
    void *arena = aligned_alloc(4 << 20, (u64)PAGES * PAGE_SIZE);
    host_direct_map = (unsigned long)arena - BASE;
    page_allocator_add(BASE, BASE + (u64)PAGES * PAGE_SIZE);
    return arena == nullptr;
}

static void claim(paddr page, unsigned order)
{
    assert_true(page >= BASE && page + ((u64)PAGE_SIZE << order) <= BASE + (u64)PAGES * PAGE_SIZE);
    assert_int_equal(page % ((u64)PAGE_SIZE << order), 0);
    for (u64 i = 0; i < 1ULL << order; i++) {
        u64 index = (page - BASE) / PAGE_SIZE + i;
        assert_int_equal(owner[index], 0); /* expected: handed out once */
        owner[index] = 1;
    }
}

static void give_back(paddr page, unsigned order)
{
    for (u64 i = 0; i < 1ULL << order; i++)
        owner[(page - BASE) / PAGE_SIZE + i] = 0;
    page_free(page, order);
}

static void no_page_is_handed_out_twice(void **state)
{
    (void)state;
    static struct {
        paddr page;
        unsigned order;
    } held[512];
    srand(1);
    u64 before = page_count_free();
    for (u32 step = 0; step < 200000; step++) {
        u32 i = (u32)rand() % 512;
        if (held[i].page != 0) {
            give_back(held[i].page, held[i].order);
            held[i].page = 0;
            continue;
        }
        unsigned order = (unsigned)rand() % 6;
        paddr page = page_allocate(order);
        if (page == PADDR_NONE)
            continue;
        claim(page, order);
        memset(hal_direct(page), 0xa5, (u64)PAGE_SIZE << order);
        held[i].page = page;
        held[i].order = order;
    }
    for (u32 i = 0; i < 512; i++)
        if (held[i].page != 0)
            give_back(held[i].page, held[i].order);
    assert_int_equal(page_count_free(), before);
}

static void exhaustion_is_a_code_and_everything_comes_back(void **state)
{
    (void)state;
    static paddr pages[PAGES];
    u64 before = page_count_free(), count = 0;
    while (count < PAGES && (pages[count] = page_allocate(0)) != PADDR_NONE)
        claim(pages[count++], 0);
    assert_int_equal(count, before);
    assert_int_equal(page_allocate(0), PADDR_NONE);
    assert_int_equal(page_allocate(3), PADDR_NONE);
    while (count > 0)
        give_back(pages[--count], 0);
    assert_int_equal(page_count_free(), before);
}

static void free_buddies_merge_again(void **state)
{
    (void)state;
    paddr block = page_allocate(PAGE_ORDER_MAX);
    assert_int_not_equal(block, PADDR_NONE);
    page_free(block, PAGE_ORDER_MAX);
    paddr parts[4];
    for (u32 i = 0; i < 4; i++)
        parts[i] = page_allocate(PAGE_ORDER_MAX - 2);
    for (u32 i = 0; i < 4; i++)
        page_free(parts[i], PAGE_ORDER_MAX - 2);
    assert_int_not_equal(block = page_allocate(PAGE_ORDER_MAX), PADDR_NONE);
    page_free(block, PAGE_ORDER_MAX);
    assert_int_equal(page_allocate(PAGE_ORDER_MAX + 1), PADDR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(free_buddies_merge_again),
                                       cmocka_unit_test(no_page_is_handed_out_twice),
                                       cmocka_unit_test(exhaustion_is_a_code_and_everything_comes_back)};
    return cmocka_run_group_tests(tests, set_up, nullptr);
}
