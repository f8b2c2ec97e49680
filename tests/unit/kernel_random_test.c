/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/random.c, over a source of the processor's that the test plays; and SipHash against the vectors of its
 * authors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <smp/cpu.h>
static struct cpu cpus[2], *playing = &cpus[0];
#define cpu_self() playing
#include <kernel/random.c>

static bool source;       /* the processor has one */
static u64 source_number; /* that it gives */

bool hal_entropy(u64 *value)
{
    if (source)
        *value = source_number;
    return source;
}

static void siphash_is_that_of_its_authors(void **state)
{
    (void)state;
    const u64 vector_key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908},
              words[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    assert_int_equal(siphash(vector_key, words, 0), 0x726fdb47dd0e0e31);
    assert_int_equal(siphash(vector_key, words, 1), 0x93f5f5799a932462);
    assert_int_equal(siphash(vector_key, words, 2), 0x3f2acc7f57c29bdb);
}

/* The first numbers after a boot at which these were given. */
static void boot(u64 seed, bool has_source, u64 number, u64 time, u64 numbers[4])
{
    static struct hal_boot_info info;
    info.seed[HAL_SEED_WORDS - 1] = seed;
    source = has_source;
    source_number = number;
    fake_time = time;
    for (u32 i = 0; i < 2; i++)
        cpus[i] = (struct cpu){.hal.index = i};
    playing = &cpus[0];
    kernel_random_init(&info);
    assert_int_equal(info.seed[HAL_SEED_WORDS - 1], 0);
    source = false; /* from here on it is the key that counts */
    for (u32 i = 0; i < 4; i++)
        numbers[i] = kernel_random();
}

static u32 same(const u64 *a, const u64 *b)
{
    u32 count = 0;
    for (u32 i = 0; i < 4; i++)
        count += a[i] == b[i];
    return count;
}

static void everything_that_is_given_is_in_the_key(void **state)
{
    (void)state;
    u64 first[4], again[4], other[4];
    boot(7, true, 9, 1000, first);
    boot(7, true, 9, 1000, again);
    assert_int_equal(same(first, again), 4);
    boot(8, true, 9, 1000, other);
    assert_int_equal(same(first, other), 0);
    boot(7, true, 10, 1000, other);
    assert_int_equal(same(first, other), 0);
    boot(7, false, 9, 1000, other);
    assert_int_equal(same(first, other), 0);
    boot(7, true, 9, 1001, other);
    assert_int_equal(same(first, other), 0);
}

static void no_number_comes_twice_at_one_time_on_two_cpus(void **state)
{
    (void)state;
    u64 numbers[64];
    boot(1, false, 0, 5, numbers);
    playing->random_given = 0;
    for (u32 i = 0; i < 64; i++) {
        playing = &cpus[i % 2];
        numbers[i] = kernel_random();
        for (u32 j = 0; j < i; j++)
            assert_int_not_equal(numbers[i], numbers[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_is_that_of_its_authors),
        cmocka_unit_test(everything_that_is_given_is_in_the_key),
        cmocka_unit_test(no_number_comes_twice_at_one_time_on_two_cpus),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
