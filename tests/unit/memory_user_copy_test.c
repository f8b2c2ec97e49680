/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of the kernel that meet pages which are not there: memory/user_copy.h. */
#include "memory_space_fixture.h"
#include <memory/user_copy.h>

static u32 refusals; /* copies that met a page that was not there */
static u64 longest;  /* bytes that one copy of the port was asked for */
static vaddr taken;  /* behind each copy another thread takes this page away; 0: none does */

/* The port's copies: as far as the pages go. */
static bool copy(u8 *kernel, vaddr user, size_t size, u32 access)
{
    longest = size > longest ? size : longest;
    for (size_t i = 0; i < size; i++) {
        u8 *byte = (u8 *)(u64)space_resolve(&space, user + i, access);
        if (byte == nullptr) {
            refusals++;
            return false;
        }
        *(access == HAL_ACCESS_READ ? &kernel[i] : byte) = *(access == HAL_ACCESS_READ ? byte : &kernel[i]);
    }
    return true;
}
bool hal_copy_from_user(void *to, vaddr from, size_t size)
{
    bool good = copy(to, from, size, HAL_ACCESS_READ);
    if (taken != 0)
        assert_int_equal(space_decommit(&space, taken, PAGES(1)), rcOk);
    return good;
}
bool hal_copy_to_user(vaddr to, const void *from, size_t size)
{
    return copy((u8 *)(u64)from, to, size, HAL_ACCESS_WRITE);
}

static void pages_come_as_needed(void **state)
{
    (void)state;
    static u8 bytes[3 * PAGE_SIZE], back[sizeof(bytes)];
    for (u64 i = 0; i < sizeof(bytes); i++)
        bytes[i] = (u8)(i * 7 + 1);
    assert_int_equal(allocate_at(BASE, PAGES(8), USABLE), rcOk);
    refusals = 0, longest = 0;
    assert_true(user_copy_out(&space, BASE + 100, bytes, sizeof(bytes)));
    assert_int_equal(refusals, 4); /* four pages */
    assert_true(longest <= USER_COPY_AT_ONCE);
    assert_true(user_copy_in(&space, back, BASE + 100, sizeof(back)));
    assert_int_equal(refusals, 4);
    assert_memory_equal(bytes, back, sizeof(bytes));
    assert_true(user_copy_in(&space, back, BASE + PAGES(5) - 10, 20)); /* two fresh ones at once */
    for (u32 i = 0; i < 20; i++)
        assert_int_equal(back[i], 0);
    assert_int_equal(refusals, 5); /* and both are brought in */
    assert_int_equal(space_free(&space, BASE, PAGES(8)), rcOk);
}

static void ends_of_memory(void **state)
{
    (void)state;
    u8 bytes[64] = {1};
    assert_int_equal(allocate_at(BASE, PAGES(2), USABLE), rcOk);
    assert_false(user_copy_out(&space, BASE + PAGES(2) - 32, bytes, 64));
    assert_false(user_copy_in(&space, bytes, BASE + PAGES(2) - 32, 64));
    assert_false(user_copy_in(&space, bytes, BASE - 1, 2));
    assert_int_equal(space_protect(&space, BASE, PAGES(1), R), rcOk);
    assert_false(user_copy_out(&space, BASE, bytes, 8));
    assert_true(user_copy_in(&space, bytes, BASE, 8));
    assert_false(user_bring(&space, ~0ULL - 15, 32, HAL_ACCESS_READ)); /* wraps */
    assert_false(user_bring(&space, KOS_USER_LIMIT, 1, HAL_ACCESS_READ));
    assert_true(user_bring(&space, BASE, PAGES(2), HAL_ACCESS_READ));
    assert_int_equal(space_free(&space, BASE, PAGES(2)), rcOk);
}

/* A page that goes again and again: it comes to an end. */
static void taken_away(void **state)
{
    (void)state;
    u8 bytes[16];
    assert_int_equal(allocate_at(BASE, PAGES(1), USABLE), rcOk);
    taken = BASE;
    refusals = 0;
    assert_false(user_copy_in(&space, bytes, BASE + 8, 16));
    taken = 0;
    assert_in_range(refusals, 1, USER_COPY_TRIES + 2);
    assert_int_equal(space_free(&space, BASE, PAGES(1)), rcOk);
}

static void no_page_left(void **state)
{
    (void)state;
    u8 bytes[16] = {};
    assert_int_equal(allocate_at(BASE, PAGES(1), USABLE), rcOk);
    hoard_all_but(0);
    assert_false(user_copy_out(&space, BASE, bytes, 16));
    hoard_give_back();
    assert_true(user_copy_out(&space, BASE, bytes, 16));
    assert_int_equal(space_free(&space, BASE, PAGES(1)), rcOk);
}

int main(void)
{
    machine_begin();
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(pages_come_as_needed, setup, teardown),
                                       cmocka_unit_test_setup_teardown(ends_of_memory, setup, teardown),
                                       cmocka_unit_test_setup_teardown(taken_away, setup, teardown),
                                       cmocka_unit_test_setup_teardown(no_page_left, setup, teardown)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
