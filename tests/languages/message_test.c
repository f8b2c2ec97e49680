/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel accepts as a message: built by generated structs, verified by generated tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <all/Class.edl.h>
#include <tests/languages/verify.h>

#define RIID all_Class_component_iid

static _Alignas(8) char arena_bytes[all_Class_entity_arena_size];
static struct nk_arena arena = NK_ARENA_INITIALIZER(arena_bytes, arena_bytes + sizeof(arena_bytes));

static int begin(void **state)
{
    (void)state;
    memset(arena_bytes, 0, sizeof(arena_bytes));
    nk_arena_reset(&arena);
    return 0;
}

static void put(nk_ptr_t *chunk, const char *text, nk_size_t size)
{
    char *to = nk_arena_alloc(char, &arena, chunk, size);
    assert_non_null(to);
    memcpy(to, text, size);
}

static bool accepted(const struct nk_message *message, enum verify_direction direction)
{
    nk_size_t used = (nk_size_t)(arena.unused - arena.start);
    bool whole = verify(message->iid, message->mid, direction, message, arena.start, used);
    for (nk_size_t piece = 1; piece < 20; piece += 6)
        assert_int_equal(verify_in_pieces(message->iid, message->mid, direction, message, arena.start, used, piece),
                         whole);
    return whole;
}

#define BEGIN(type, method)                                                                                            \
    struct type message;                                                                                               \
    memset(&message, 0, sizeof(message));                                                                              \
    nk_req_reset(&message);                                                                                            \
    nk_msg_set_method_id(&message, RIID, all_Everything_##method##_mid)
#define ACCEPTED accepted(&message.base_, VERIFY_REQUEST)

static void only_the_exact_header(void **state)
{
    (void)state;
    BEGIN(all_Everything_Integers_req, Integers);
    assert_true(ACCEPTED);
    nk_message_set_size(&message.base_, sizeof(message) - 8);
    assert_false(ACCEPTED);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_msg_set_ncaps(&message, 1);
    assert_false(ACCEPTED);
    nk_msg_set_ncaps(&message, 0);
    message.base_.tag |= 0x80000000U;
    assert_false(ACCEPTED);
    nk_req_reset(&message);
    message.base_.mid = all_Everything_mid_max;
    assert_false(ACCEPTED);
}

static void chunks_lie_in_the_arena(void **state)
{
    (void)state;
    BEGIN(all_Everything_Chunks_req, Chunks);
    assert_true(ACCEPTED); /* all empty */
    put(&message.b, "1234567", 7);
    assert_true(ACCEPTED);
    message.b.size = 8; /* beyond what is used */
    assert_false(ACCEPTED);
    nk_arena_alloc(char, &arena, &(nk_ptr_t){0}, 1);
    assert_false(ACCEPTED); /* beyond its maximum */
    message.b = (nk_ptr_t){.offset = 0xfffffffe, .size = 4};
    assert_false(ACCEPTED);
    message.b = (nk_ptr_t){.offset = 9, .size = 0};
    assert_false(ACCEPTED);
    message.b = (nk_ptr_t){.offset = 8, .size = 0};
    assert_true(ACCEPTED);
}

static void sequences_are_aligned_and_whole(void **state)
{
    (void)state;
    BEGIN(all_Everything_Chunks_req, Chunks);
    assert_non_null(nk_arena_alloc(nk_uint64_t, &arena, &message.q, 9));
    assert_true(ACCEPTED);
    message.q = (nk_ptr_t){8, 60};
    assert_false(ACCEPTED);
    message.q = (nk_ptr_t){4, 64};
    assert_false(ACCEPTED);
    message.q = (nk_ptr_t){8, 64};
    assert_true(ACCEPTED);
    assert_null(nk_arena_alloc(nk_uint64_t, &arena, &message.q, 100000));
    message.q = (nk_ptr_t){0, 72};
    nk_arena_alloc(char, &arena, &(nk_ptr_t){0}, 25);
    assert_false(ACCEPTED); /* the arena is larger than any message of this method has it */
}

static bool text_accepted(const char *text, nk_size_t size)
{
    BEGIN(all_Everything_Chunks_req, Chunks);
    begin(NULL);
    put(&message.s, text, size);
    return ACCEPTED;
}

static void strings_are_terminated_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        nk_size_t size;
        bool good;
    } cases[] = {
        {"", 0, true},
        {"", 1, true},
        {"abc", 4, true},
        {"abc", 3, false},
        {"12345678", 9, true},
        {"a\0zz", 5, true},
        {"a\0\xff\xff", 4, true},
        {"\x80", 2, false},
        {"\xc3\xa4", 3, true},
        {"\xc3", 2, false},
        {"\xc3\xa4", 2, false},
        {"\xc0\xaf", 3, false},
        {"\xc1\xbf", 3, false},
        {"\xc2\x80", 3, true},
        {"\xe0\x9f\xbf", 4, false},
        {"\xe0\xa0\x80", 4, true},
        {"\xed\x9f\xbf", 4, true},
        {"\xed\xa0\x80", 4, false},
        {"\xe2\x82\xac", 4, true},
        {"\xe2\x28\xa1", 4, false},
        {"\xf0\x8f\xbf\xbf", 5, false},
        {"\xf0\x90\x80\x80", 5, true},
        {"\xf4\x8f\xbf\xbf", 5, true},
        {"\xf4\x90\x80\x80", 5, false},
        {"\xf5\x80\x80\x80", 5, false},
        {"\xff", 2, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (text_accepted(cases[i].text, cases[i].size) != cases[i].good)
            fail_msg("case %zu: expected %s", i, cases[i].good ? "accepted" : "refused");
}

/* A whole message of the richest method. */
static void fill(struct all_Everything_Composite_req *message)
{
    put(&message->pair.left.name, "left", 5);
    put(&message->pair.left.data, "data", 4);
    nk_ptr_t *names = nk_arena_alloc(nk_ptr_t, &arena, &message->pair.left.names, 2);
    put(&names[0], "one", 4);
    put(&names[1], "two", 4);
    assert_non_null(nk_arena_alloc(all_Types_Point, &arena, &message->pair.right.points, 2));
    message->choice.tag = all_Types_Choice_name_tag;
    put(&message->choice.v.name, "chosen", 7);
    message->choices[0].tag = all_Types_Choice_point_tag;
    message->choices[1].tag = all_Types_Choice_small_tag;
    all_Types_Item *items = nk_arena_alloc(all_Types_Item, &arena, &message->items, 2);
    memset(items, 0, 2 * sizeof(*items));
    put(&items[1].name, "item", 5);
    nk_ptr_t *inner = nk_arena_alloc(nk_ptr_t, &arena, &items[1].names, 1);
    put(&inner[0], "deep", 5);
}

static void nested_chunks(void **state)
{
    (void)state;
    BEGIN(all_Everything_Composite_req, Composite);
    fill(&message);
    assert_true(ACCEPTED);
    all_Types_Item *items = (all_Types_Item *)(void *)(arena.start + message.items.offset);
    nk_ptr_t *inner = (nk_ptr_t *)(void *)(arena.start + items[1].names.offset);
    inner->size = 4; /* no NUL */
    assert_false(ACCEPTED);
    inner->size = 5;
    assert_true(ACCEPTED);
    inner->offset = (nk_uint32_t)(arena.unused - arena.start);
    assert_false(ACCEPTED);
}

static void tags_of_unions(void **state)
{
    (void)state;
    BEGIN(all_Everything_Composite_req, Composite);
    fill(&message);
    message.choices[1].tag = all_Types_Choice_tag_max;
    assert_false(ACCEPTED);
    message.choices[1].tag = all_Types_Choice_name_tag; /* zeros: an empty string */
    assert_true(ACCEPTED);
    message.choices[1].v.name = (nk_ptr_t){0, 17};
    assert_false(ACCEPTED);
    message.choices[1].tag = all_Types_Choice_large_tag; /* the same bytes as a number */
    assert_true(ACCEPTED);
}

/* One name for many chunks would make a small message cost much. */
static void chunks_together_fit_the_arena(void **state)
{
    (void)state;
    BEGIN(all_Everything_Composite_req, Composite);
    put(&message.pair.left.data, "0123456789", 10);
    message.pair.right.data = message.pair.left.data;
    assert_false(ACCEPTED);
    message.pair.right.data.size = 0;
    assert_true(ACCEPTED);
}

static void errors_have_a_shape_of_their_own(void **state)
{
    (void)state;
    struct all_Everything_Failing_res message;
    memset(&message, 0, sizeof(message));
    nk_err_reset(&message.err_);
    nk_msg_set_method_id(&message, RIID, all_Everything_Failing_mid);
    put(&message.err_.why, "because", 8);
    assert_true(accepted(&message.base_, VERIFY_ERROR));
    assert_false(accepted(&message.base_, VERIFY_RESPONSE));
    assert_int_equal(verify_size(RIID, all_Everything_nothing_mid, VERIFY_ERROR), 0);
}

static void handles_are_counted(void **state)
{
    (void)state;
    BEGIN(all_Everything_Handles_req, Handles);
    assert_false(ACCEPTED);
    nk_msg_set_ncaps(&message, all_Everything_Handles_req_handles);
    assert_int_equal(all_Everything_Handles_req_handles, 3);
    assert_true(ACCEPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_the_exact_header, begin),
        cmocka_unit_test_setup(chunks_lie_in_the_arena, begin),
        cmocka_unit_test_setup(sequences_are_aligned_and_whole, begin),
        cmocka_unit_test_setup(strings_are_terminated_utf8, begin),
        cmocka_unit_test_setup(nested_chunks, begin),
        cmocka_unit_test_setup(tags_of_unions, begin),
        cmocka_unit_test_setup(chunks_together_fit_the_arena, begin),
        cmocka_unit_test_setup(errors_have_a_shape_of_their_own, begin),
        cmocka_unit_test_setup(handles_are_counted, begin),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
