/* SPDX-License-Identifier: Apache-2.0 */
/* hal/string.c under other names, against the host's own functions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#define memcpy  kos_memcpy
#define memmove kos_memmove
#define memset  kos_memset
#define memcmp  kos_memcmp
#define strlen  kos_strlen
#define strcmp  kos_strcmp
#include <hal/string.c>
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp

#define SIZE 300
static u8 ours[SIZE], theirs[SIZE];

static void fill(void)
{
    for (u32 i = 0; i < SIZE; i++)
        ours[i] = theirs[i] = (u8)(i * 7 + i / 256);
}

static void moves_at_every_offset(void **state)
{
    (void)state;
    for (u32 to = 0; to < 80; to++)
        for (u32 from = 0; from < 80; from++)
            for (u32 size = 0; size < 160; size += size < 20 ? 1 : 13) {
                fill();
                assert_ptr_equal(kos_memmove(ours + to, ours + from, size), ours + to);
                memmove(theirs + to, theirs + from, size);
                assert_memory_equal(ours, theirs, SIZE);
            }
}

static void copies_and_sets(void **state)
{
    (void)state;
    static u8 source[SIZE];
    for (u32 i = 0; i < SIZE; i++)
        source[i] = (u8)(i * 13 + 1);
    for (u32 to = 0; to < 16; to++)
        for (u32 size = 0; size < 200; size++) {
            fill();
            assert_ptr_equal(kos_memcpy(ours + to, source + size % 9, size), ours + to);
            memcpy(theirs + to, source + size % 9, size);
            assert_memory_equal(ours, theirs, SIZE);
            assert_ptr_equal(kos_memset(ours + to, -3, size), ours + to);
            memset(theirs + to, -3, size);
            assert_memory_equal(ours, theirs, SIZE);
        }
}

static void compares_at_every_place(void **state)
{
    (void)state;
    for (u32 size = 0; size < 70; size++) {
        fill();
        assert_int_equal(kos_memcmp(ours, theirs, size), 0);
        for (u32 at = 0; at < size; at++) {
            fill();
            ours[at] = 0x7f, theirs[at] = 0x80;   /* bytes are unsigned */
            ours[at + 1] = 9, theirs[at + 1] = 0; /* the first difference counts */
            assert_true(kos_memcmp(ours, theirs, size) < 0);
            assert_true(kos_memcmp(theirs, ours, size) > 0);
        }
    }
}

static void strings(void **state)
{
    (void)state;
    assert_int_equal(kos_strlen(""), 0);
    assert_int_equal(kos_strlen("four"), 4);
    assert_int_equal(kos_strcmp("same", "same"), 0);
    assert_true(kos_strcmp("a", "b") < 0 && kos_strcmp("b", "a") > 0);
    assert_true(kos_strcmp("a", "aa") < 0 && kos_strcmp("", "a") < 0 && kos_strcmp("\xff", "a") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_at_every_offset),
        cmocka_unit_test(copies_and_sets),
        cmocka_unit_test(compares_at_every_place),
        cmocka_unit_test(strings),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
