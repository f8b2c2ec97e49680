/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of what lies in messages: those that would make the verification read elsewhere are refused at boot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <abi/ipc.h>
#include <ksm/verify.h>

static const struct ksm_chunk one_chunk[] = {{.offset = 0, .size_max = 9, .element_size = 1}};
static const struct ksm_content text[] = {{.text = true}};
static const struct ksm_part texts = {.chunk_count = 1, .chunks = one_chunk, .contents = text};

/* A message of one sequence of strings. */
static struct ksm_shape shape_of(const struct ksm_chunk *chunk, const struct ksm_content *content)
{
    return (struct ksm_shape){
        .size = 32, .arena_size = 100, .chunk_count = 1, .chunks = chunk, .contents = content, .deep = true};
}

static void nested_chunks_lie_in_their_element(void **state)
{
    (void)state;
    struct ksm_chunk chunk = {.offset = 24, .size_max = 80, .element_size = 8};
    struct ksm_content content = {.align_mask = 3, .element = &texts};
    struct ksm_shape shape = shape_of(&chunk, &content);
    assert_true(ksm_shape_well_formed(&shape));
    chunk.element_size = 4; /* a descriptor takes 8 */
    assert_false(ksm_shape_well_formed(&shape));
    chunk.element_size = 16;
    assert_true(ksm_shape_well_formed(&shape));

    struct ksm_chunk inner = {.offset = 8, .size_max = 9, .element_size = 1};
    struct ksm_part part = {.chunk_count = 1, .chunks = &inner};
    content.element = &part;
    assert_true(ksm_shape_well_formed(&shape));
    inner.offset = 12;
    assert_false(ksm_shape_well_formed(&shape));
    inner.offset = 2;
    assert_false(ksm_shape_well_formed(&shape));
    inner = (struct ksm_chunk){.offset = 8, .size_max = 9, .element_size = 0};
    assert_false(ksm_shape_well_formed(&shape));
    part.chunks = nullptr;
    assert_false(ksm_shape_well_formed(&shape));
}

static void unions_lie_in_their_value(void **state)
{
    (void)state;
    struct ksm_chunk inner = {.offset = 4, .size_max = 9, .element_size = 1};
    struct ksm_part part = {.chunk_count = 1, .chunks = &inner};
    const struct ksm_part *members[] = {nullptr, &part};
    struct ksm_union one = {.offset = 24, .member_count = 2, .members = members};
    struct ksm_shape shape = {.size = 40, .arena_size = 100, .union_count = 1, .unions = &one, .deep = true};
    assert_true(ksm_shape_well_formed(&shape));
    shape.deep = false; /* nobody would look at the tag */
    assert_false(ksm_shape_well_formed(&shape));
    shape.deep = true;
    inner.offset = 0; /* the tag is there */
    assert_false(ksm_shape_well_formed(&shape));
    inner.offset = 12;
    assert_false(ksm_shape_well_formed(&shape));
    inner.offset = 8;
    assert_true(ksm_shape_well_formed(&shape));
    one.offset = 20; /* in the header */
    assert_false(ksm_shape_well_formed(&shape));
    one.offset = 40;
    assert_false(ksm_shape_well_formed(&shape));
    one.offset = 36;
    assert_false(ksm_shape_well_formed(&shape));
    members[1] = nullptr;
    assert_true(ksm_shape_well_formed(&shape));
    shape.unions = nullptr;
    assert_false(ksm_shape_well_formed(&shape));
}

static void arrays_lie_in_their_value(void **state)
{
    (void)state;
    struct ksm_array array = {.offset = 8, .count = 2, .element_size = 8, .element = &texts};
    struct ksm_part part = {.array_count = 1, .arrays = &array};
    struct ksm_chunk chunk = {.offset = 24, .size_max = 96, .element_size = 24};
    struct ksm_content content = {.align_mask = 3, .element = &part};
    struct ksm_shape shape = shape_of(&chunk, &content);
    assert_true(ksm_shape_well_formed(&shape));
    array.count = 3;
    assert_false(ksm_shape_well_formed(&shape));
    array = (struct ksm_array){.offset = 8, .count = 0x20000001, .element_size = 8, .element = &texts};
    assert_false(ksm_shape_well_formed(&shape));
    array = (struct ksm_array){.offset = 8, .count = 2, .element_size = 8};
    assert_false(ksm_shape_well_formed(&shape));
}

/* Verification recurses as deep as tables nest. */
static void nesting_is_bounded(void **state)
{
    (void)state;
    struct ksm_part parts[KSM_DEPTH_MAX + 2];
    struct ksm_array arrays[KSM_DEPTH_MAX + 2];
    parts[0] = texts;
    for (unsigned i = 1; i < array_length(parts); i++) {
        arrays[i] = (struct ksm_array){.count = 1, .element_size = 8, .element = &parts[i - 1]};
        parts[i] = (struct ksm_part){.array_count = 1, .arrays = &arrays[i]};
    }
    struct ksm_chunk chunk = {.offset = 24, .size_max = 8, .element_size = 8};
    struct ksm_content content = {.align_mask = 3, .element = &parts[KSM_DEPTH_MAX - 1]};
    struct ksm_shape shape = shape_of(&chunk, &content);
    assert_true(ksm_shape_well_formed(&shape));
    content.element = &parts[KSM_DEPTH_MAX];
    assert_false(ksm_shape_well_formed(&shape));
    struct ksm_part itself = {.array_count = 1};
    struct ksm_array circle = {.count = 1, .element_size = 8, .element = &itself};
    itself.arrays = &circle;
    content.element = &itself;
    assert_false(ksm_shape_well_formed(&shape));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_chunks_lie_in_their_element),
        cmocka_unit_test(unions_lie_in_their_value),
        cmocka_unit_test(arrays_lie_in_their_value),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
