/* SPDX-License-Identifier: Apache-2.0 */
/* Verification of a message against its method's shape: sizes, handle count, places and sizes of chunks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ksm/ksm.h>
#include <stdlib.h>

/* Without a policy: these functions read the shape that they are given. */

#define HEADER KOS_MESSAGE_HEADER_SIZE

static void only_the_exact_size_fits(void **state)
{
    (void)state;
    struct ksm_shape shape = {.size = HEADER + 40};
    for (u64 size = 0; size <= KOS_INFO_SIZE_MASK; size += size < 4096 ? 1 : 4093)
        assert_int_equal(ksm_shape_fits(&shape, KOS_INFO(0, 0, size, 0), 0), size == shape.size);
    shape.size = KOS_INFO_SIZE_MASK;
    assert_true(ksm_shape_fits(&shape, KOS_INFO(0, 0, KOS_INFO_SIZE_MASK, 0), 0));
}

static void a_direction_that_does_not_exist_fits_nothing(void **state)
{
    (void)state;
    struct ksm_shape shape = {};
    assert_false(ksm_shape_fits(&shape, 0, 0));
    assert_false(ksm_shape_fits(&shape, KOS_INFO(0, 0, HEADER, 0), 0));
    assert_false(ksm_shape_fits(&shape, ~0ULL, 0));
}

static void only_the_exact_handle_count_fits(void **state)
{
    (void)state;
    for (u32 declared = 0; declared <= KOS_INFO_HANDLES_MASK; declared++) {
        struct ksm_shape shape = {.size = HEADER, .handle_count = declared};
        for (u64 count = 0; count <= KOS_INFO_HANDLES_MASK; count++)
            assert_int_equal(ksm_shape_fits(&shape, KOS_INFO(0, 0, HEADER, count), 0), count == declared);
    }
}

static void an_arena_may_be_smaller_but_not_larger(void **state)
{
    (void)state;
    struct ksm_shape shape = {.size = HEADER, .arena_size = 100};
    word info = KOS_INFO(0, 0, HEADER, 0);
    assert_true(ksm_shape_fits(&shape, info, 0));
    assert_true(ksm_shape_fits(&shape, info, 100));
    assert_false(ksm_shape_fits(&shape, info, 101));
    assert_false(ksm_shape_fits(&shape, info, (1ULL << 32) + 100)); /* not by its low bits */
    shape.arena_size = 0;
    assert_true(ksm_shape_fits(&shape, info, 0));
    assert_false(ksm_shape_fits(&shape, info, 1));
}

/* RIID and MID chose the shape, the error mark chose the direction: they are no matter here; every other bit is. */
static void every_bit_of_size_and_handle_count_counts(void **state)
{
    (void)state;
    struct ksm_shape shape = {.size = HEADER + 64, .handle_count = 2};
    word info = KOS_INFO(7, 9, shape.size, 2);
    assert_true(ksm_shape_fits(&shape, info, 0));
    for (u32 bit = 0; bit < 64; bit++)
        assert_int_equal(ksm_shape_fits(&shape, info ^ (1ULL << bit), 0), bit < KOS_INFO_SIZE_SHIFT || bit == 63);
}

/* A constant part with chunk descriptors at offset, +8, ...; allocated to the byte, so that ASan sees a read outside.
 */
static bool fits(const struct ksm_shape *shape, const struct kos_chunk *chunks, u64 arena_size)
{
    u8 *constant_part = malloc(shape->size - HEADER);
    assert_non_null(constant_part);
    memset(constant_part, 0xff, shape->size - HEADER);
    for (u32 i = 0; i < shape->chunk_count; i++)
        memcpy(constant_part + shape->chunks[i].offset - HEADER, &chunks[i], sizeof(chunks[i]));
    bool result = ksm_chunks_fit(shape, constant_part, arena_size);
    free(constant_part);
    return result;
}

static void one_chunk(void **state)
{
    (void)state;
    static const struct {
        u32 offset, size, size_max, element_size;
        u64 arena_size;
        bool fits;
    } cases[] = {
        {0, 0, 0, 1, 0, true}, /* absent */
        {0, 0, 64, 8, 0, true},
        {0, 1, 64, 1, 0, false}, /* no arena */
        {0, 64, 64, 1, 64, true},
        {0, 65, 64, 1, 128, false}, /* above its maximum */
        {0, 64, 64, 1, 63, false},  /* ends behind the arena */
        {1, 64, 64, 1, 64, false},
        {63, 1, 64, 1, 64, true}, /* the last byte */
        {64, 0, 64, 1, 64, true}, /* nothing, at the end */
        {64, 1, 64, 1, 64, false},
        {65, 0, 64, 1, 64, false}, /* nothing, but outside */
        {0, 1, 0, 1, 64, false},   /* a maximum of nothing */
        {0, 24, 64, 8, 64, true},
        {0, 25, 64, 8, 64, false}, /* no whole elements */
        {0, 23, 64, 8, 64, false},
        {8, 4, 64, 8, 64, false},
        {3, 12, 64, 12, 64, true}, /* an element size that is no power of two */
        {3, 13, 64, 12, 64, false},
        {0xffffffff, 0, 64, 1, 64, false},
        {0xffffffff, 1, 64, 1, 64, false}, /* the sum must not wrap */
        {0xffffffc0, 64, 64, 1, 64, false},
        {0xfffffff0, 0x10, 0xffffffff, 1, 0, false},
        {1, 0xffffffff, 0xffffffff, 1, 64, false},
        {0, 0xffffffff, 0xffffffff, 1, 0xffffffff, true},
        {1, 0xffffffff, 0xffffffff, 1, 0xffffffff, false},
        {1, 0xffffffff, 0xffffffff, 1, 1ULL << 32, true},
        {0, KOS_MESSAGE_SIZE_MAX, KOS_MESSAGE_SIZE_MAX, 4096, KOS_MESSAGE_SIZE_MAX, true},
    };
    for (u32 i = 0; i < array_length(cases); i++) {
        /* at the beginning of the constant part, at an odd place, at its end */
        for (u32 place = HEADER; place <= HEADER + 24; place += 12) {
            struct ksm_chunk chunk = {
                .offset = place, .size_max = cases[i].size_max, .element_size = cases[i].element_size};
            struct ksm_shape shape = {.size = HEADER + 32, .chunk_count = 1, .chunks = &chunk};
            struct kos_chunk value = {cases[i].offset, cases[i].size};
            if (fits(&shape, &value, cases[i].arena_size) != cases[i].fits)
                fail_msg("case %u at %u: expected %d", i, place, cases[i].fits);
        }
    }
}

/* Each chunk is measured against its own maximum and element size. Two may overlap: what each names is the sender's to
 * choose, and lies in the arena either way. */
static void each_of_several_chunks_counts(void **state)
{
    (void)state;
    static const struct ksm_chunk chunks[] = {{.offset = HEADER, .size_max = 16, .element_size = 1},
                                              {.offset = HEADER + 16, .size_max = 64, .element_size = 8},
                                              {.offset = HEADER + 8, .size_max = 4, .element_size = 4}};
    static const struct ksm_shape shape = {.size = HEADER + 24, .chunk_count = 3, .chunks = chunks};
    static const struct kos_chunk good[] = {{0, 16}, {16, 64}, {80, 4}};
    assert_true(fits(&shape, good, 84));
    assert_false(fits(&shape, good, 83));
    for (u32 i = 0; i < array_length(good); i++) {
        struct kos_chunk values[3];
        memcpy(values, good, sizeof(values));
        values[i].size += chunks[i].element_size;
        assert_false(fits(&shape, values, 1000)); /* too large for this one */
        memcpy(values, good, sizeof(values));
        values[i].offset = 1000;
        assert_false(fits(&shape, values, 1000));
        memcpy(values, good, sizeof(values));
        values[i].offset = 80,
        values[i].size = 4; /* the same bytes as another, and for the first two unaligned sizes */
        assert_int_equal(fits(&shape, values, 84), i != 1);
    }
}

static void a_shape_without_chunks_reads_nothing(void **state)
{
    (void)state;
    struct ksm_shape shape = {.size = HEADER + 64};
    assert_true(ksm_chunks_fit(&shape, nullptr, 0));
    assert_true(ksm_chunks_fit(&shape, nullptr, 4096));
}

/* Against the same rule in wider arithmetic, near all the boundaries. */
static void random_chunks_against_the_rule(void **state)
{
    (void)state;
    static const u32 edges[] = {0, 1, 7, 8, 63, 64, 4095, 4096, 0x7fffffff, 0x80000000, 0xffffffff};
    srand(5);
#define EDGE() (edges[(u32)rand() % array_length(edges)] + (u32)(rand() % 5) - 2)
    u32 fitting = 0;
    for (u32 step = 0; step < 300000; step++) {
        struct ksm_chunk chunk = {.offset = HEADER + 4 * ((u32)rand() % 7), .size_max = EDGE(), .element_size = 1};
        chunk.element_size = rand() % 2 == 0 ? 1 : 1 + (u32)rand() % 9;
        struct ksm_shape shape = {.size = HEADER + 32, .chunk_count = 1, .chunks = &chunk};
        struct kos_chunk value = {EDGE(), EDGE()};
        u64 arena_size = rand() % 4 == 0 ? (u64)value.offset + value.size + (u64)(rand() % 3) - 1 : EDGE();
        __int128 end = (__int128)value.offset + value.size;
        bool expected = value.size <= chunk.size_max && end <= (__int128)arena_size &&
                        value.size / chunk.element_size * chunk.element_size == value.size;
        assert_int_equal(fits(&shape, &value, arena_size), expected);
        fitting += expected;
    }
    assert_in_range(fitting, 10000, 290000); /* both answers were asked for */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_exact_size_fits),
        cmocka_unit_test(a_direction_that_does_not_exist_fits_nothing),
        cmocka_unit_test(only_the_exact_handle_count_fits),
        cmocka_unit_test(an_arena_may_be_smaller_but_not_larger),
        cmocka_unit_test(every_bit_of_size_and_handle_count_counts),
        cmocka_unit_test(one_chunk),
        cmocka_unit_test(each_of_several_chunks_counts),
        cmocka_unit_test(a_shape_without_chunks_reads_nothing),
        cmocka_unit_test(random_chunks_against_the_rule),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
