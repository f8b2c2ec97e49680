/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <memory/object_cache.h>
#include <memory/page.h>
#include <stdlib.h>

static struct object_cache cache;
static struct quota quota;
static void *objects[40000];

static void free_on_all_cpus(u64 count)
{
    for (u64 i = 0; i < count; i++) {
        fake_cpu_set((u32)(i % 4));
        object_cache_free(&cache, objects[i], &quota);
    }
    fake_cpu_set(0);
    assert_int_equal(quota.objects, 0);
}

static void every_size_and_alignment(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, 7, 8, 9, 64, 100, 500, 1024, 2000, 4095, 4096, 5000, 8191, 8192};
    quota_init(&quota, ~0ULL, ~0ULL);
    for (u32 s = 0; s < array_length(sizes); s++)
        for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
            object_cache_init(&cache, "test", sizes[s], alignment);
            assert_true(cache.size >= sizes[s] && cache.size % alignment == 0 && cache.per_slab > 0);
            u64 count = 3 * cache.per_slab + 5;
            for (u64 i = 0; i < count; i++) {
                objects[i] = object_cache_allocate(&cache, &quota);
                assert_non_null(objects[i]);
                assert_int_equal((u64)objects[i] % alignment, 0);
                for (u32 b = 0; b < cache.size; b++)
                    assert_int_equal(((u8 *)objects[i])[b], 0);
                memset(objects[i], (int)(i % 255) + 1, cache.size);
            }
            for (u64 i = 0; i < count; i++) /* nobody else's bytes */
                for (u32 b = 0; b < cache.size; b++)
                    assert_int_equal(((u8 *)objects[i])[b], (u8)(i % 255 + 1));
            free_on_all_cpus(count);
        }
}

static void quota_bounds_objects(void **state)
{
    (void)state;
    object_cache_init(&cache, "test", 48, 8);
    quota_init(&quota, 0, 3);
    for (u32 i = 0; i < 3; i++)
        assert_non_null(objects[i] = object_cache_allocate(&cache, &quota));
    assert_null(object_cache_allocate(&cache, &quota));
    assert_int_equal(quota.objects, 3);
    void *kernel = object_cache_allocate(&cache, nullptr); /* the kernel has no limit */
    assert_non_null(kernel);
    object_cache_free(&cache, kernel, nullptr);
    object_cache_free(&cache, objects[2], &quota);
    assert_non_null(objects[2] = object_cache_allocate(&cache, &quota));
    free_on_all_cpus(3);
}

static void quota_arithmetic_does_not_wrap(void **state)
{
    (void)state;
    quota_init(&quota, 10, 0);
    assert_int_equal(quota_charge_pages(&quota, ~0ULL), rcQuotaExceeded);
    assert_int_equal(quota_charge_pages(&quota, 4), rcOk);
    assert_int_equal(quota_charge_pages(&quota, ~0ULL - 3), rcQuotaExceeded); /* 4 + this = 0 */
    assert_int_equal(quota_charge_pages(&quota, 7), rcQuotaExceeded);
    assert_int_equal(quota_charge_pages(&quota, 6), rcOk);
    assert_int_equal(quota_charge_pages(&quota, 0), rcOk);
    assert_int_equal(quota_charge_pages(&quota, 1), rcQuotaExceeded);
    assert_int_equal(quota.pages, 10);
    assert_int_equal(quota_charge_object(&quota), rcQuotaExceeded);
    assert_int_equal(quota_charge_pages(nullptr, ~0ULL), rcOk);
    quota_release_pages(&quota, 10);
    expect_panic(quota_release_pages(&quota, 1));
}

static void out_of_memory_has_no_effect(void **state)
{
    (void)state;
    object_cache_init(&cache, "test", 2000, 64);
    quota_init(&quota, 0, ~0ULL);
    u64 count = 0;
    while ((objects[count] = object_cache_allocate(&cache, &quota)) != nullptr)
        count++;
    assert_int_equal(quota.objects, count);
    assert_int_equal(count, cache.slabs * cache.per_slab);
    assert_int_equal(page_allocate(cache.order), PADDR_NONE);
    assert_null(object_cache_allocate(&cache, &quota));
    object_cache_free(&cache, objects[--count], &quota);
    assert_non_null(objects[count] = object_cache_allocate(&cache, &quota));
    free_on_all_cpus(count + 1);
    /* slabs went back, but for those of objects on the CPUs' lists and one empty */
    assert_true(cache.slabs <= 4 * 2 * cache.batch + 1);
    assert_int_equal(page_count_free() + (cache.slabs << cache.order), page_count_total());
}

static void freed_on_another_cpu(void **state)
{
    (void)state;
    object_cache_init(&cache, "test", 512, 8);
    quota_init(&quota, 0, ~0ULL);
    u64 most = 0;
    for (u32 round = 0; round < 10000; round++) { /* producer and consumer: must not pile up on the consumer */
        fake_cpu_set(0);
        void *object = object_cache_allocate(&cache, &quota);
        assert_non_null(object);
        fake_cpu_set(1);
        object_cache_free(&cache, object, &quota);
        most = cache.slabs > most ? cache.slabs : most;
    }
    fake_cpu_set(0);
    assert_true(most * cache.per_slab <= 6 * cache.batch + 2 * cache.per_slab);
}

static void write_after_free_is_caught(void **state)
{
    (void)state;
    object_cache_init(&cache, "test", 64, 8);
    u8 *object = object_cache_allocate(&cache, nullptr);
    object_cache_free(&cache, object, nullptr);
    object[40] = 1;
    expect_panic((void)object_cache_allocate(&cache, nullptr));
}

static void random_against_model(void **state)
{
    (void)state;
    object_cache_init(&cache, "test", 200, 8);
    quota_init(&quota, 0, 3000);
    u64 count = 0;
    srand(2);
    for (u32 step = 0; step < 300000; step++) {
        fake_cpu_set((u32)rand() % 4);
        if (rand() % 100 < ((step / 20000) % 2 == 0 ? 70 : 30)) {
            u64 *object = object_cache_allocate(&cache, &quota);
            assert_int_equal(object == nullptr, count == 3000);
            if (object == nullptr)
                continue;
            assert_int_equal(object[0] | object[24], 0);
            object[0] = object[24] = (u64)object;
            objects[count++] = object;
        } else if (count != 0) {
            u64 i = (u64)rand() % count, *object = objects[i];
            assert_int_equal(object[0], (u64)object);
            assert_int_equal(object[24], (u64)object);
            object_cache_free(&cache, object, &quota);
            objects[i] = objects[--count];
        }
        assert_int_equal(quota.objects, count);
    }
    free_on_all_cpus(count);
}

int main(void)
{
    fake_arena(8192);
    fake_cpu_set(0);
    page_allocator_add(0, 8192ULL << PAGE_SHIFT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(out_of_memory_has_no_effect), cmocka_unit_test(every_size_and_alignment),
        cmocka_unit_test(quota_bounds_objects),        cmocka_unit_test(quota_arithmetic_does_not_wrap),
        cmocka_unit_test(freed_on_another_cpu),        cmocka_unit_test(random_against_model),
        cmocka_unit_test(write_after_free_is_caught),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
