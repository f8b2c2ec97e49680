/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers of address spaces: none twice, none lost, all given again, by several threads at once. */
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hal/identifiers.h>

#define COUNT   256U
#define THREADS 4
#define ROUNDS  20000

static _Atomic u32 owners[COUNT];

static void each_once_then_none(void **state)
{
    (void)state;
    bool given[COUNT] = {true}; /* 0 is nobody's */
    for (u32 i = 1; i < COUNT; i++) {
        u64 number = hal_identifier_allocate();
        assert_in_range(number, 1, COUNT - 1);
        assert_false(given[number]);
        given[number] = true;
    }
    assert_int_equal(hal_identifier_allocate(), 0);
    hal_identifier_free(0); /* who shares it */
    assert_int_equal(hal_identifier_allocate(), 0);
    hal_identifier_free(77);
    assert_int_equal(hal_identifier_allocate(), 77);
    assert_int_equal(hal_identifier_allocate(), 0);
    for (u32 i = 1; i < COUNT; i++)
        hal_identifier_free(i);
}

static void *take_and_give(void *wrong)
{
    for (u32 round = 0; round < ROUNDS; round++) {
        u64 mine[COUNT / THREADS];
        u32 count = 1 + round % (COUNT / THREADS - 1);
        for (u32 i = 0; i < count; i++) {
            mine[i] = hal_identifier_allocate();
            if (mine[i] == 0 || owners[mine[i]]++ != 0)
                *(bool *)wrong = true;
        }
        for (u32 i = 0; i < count; i++) {
            owners[mine[i]]--;
            hal_identifier_free(mine[i]);
        }
    }
    return nullptr;
}

static void no_two_threads_have_one(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    bool wrong[THREADS] = {};
    for (u32 i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], nullptr, take_and_give, &wrong[i]), 0);
    for (u32 i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], nullptr), 0);
    for (u32 i = 0; i < THREADS; i++)
        assert_false(wrong[i]);
}

int main(void)
{
    hal_identifiers_init(COUNT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_once_then_none), cmocka_unit_test(no_two_threads_have_one),
        cmocka_unit_test(each_once_then_none), /* nothing was lost */
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
