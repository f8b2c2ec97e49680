/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/alloc.h>
#include <stdlib.h>
#include <string.h>
#include <tests/libkos/check.h>

static nk_uint64_t next_random(nk_uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 33;
}

static void small_sizes(void)
{
    char *last = RTL_NULL;
    for (rtl_size_t size = 0; size <= 4096; size += size < 64 ? 1 : 61) {
        char *p = KosMemAlloc(size);
        CHECK(p != RTL_NULL && p != last);
        CHECK(((rtl_uintptr_t)p & 15U) == 0);
        CHECK(KosMemGetSize(p) >= size);
        memset(p, 0x5a, KosMemGetSize(p));
        KosMemFree(last);
        last = p;
    }
    KosMemFree(last);
    KosMemFree(RTL_NULL);
}

static void zeroed(void)
{
    for (rtl_size_t size = 1; size < 300000; size = size * 3 + 1) {
        unsigned char *p = KosMemAlloc(size);
        CHECK(p != RTL_NULL);
        memset(p, 0xff, size);
        KosMemFree(p);
        p = KosMemZalloc(size);
        CHECK(p != RTL_NULL);
        unsigned char sum = 0;
        for (rtl_size_t i = 0; i < size; i++)
            sum |= p[i];
        CHECK_SAME(sum, 0);
        KosMemFree(p);
    }
}

static void alignment(void)
{
    for (rtl_size_t align = 1; align <= 1UL << 20; align *= 2)
        for (rtl_size_t size = 0; size < 100000; size = size * 7 + 1) {
            char *p = KosMemAllocEx(size, align, 1);
            CHECK(p != RTL_NULL && ((rtl_uintptr_t)p & (align - 1)) == 0);
            CHECK(KosMemGetSize(p) >= size);
            memset(p, 1, size);
            KosMemFree(p);
        }
}

static void refused(void)
{
    CHECK(KosMemAllocEx(16, 0, 0) == RTL_NULL);
    CHECK(KosMemAllocEx(16, 3, 0) == RTL_NULL);
    CHECK(KosMemAlloc(~0UL) == RTL_NULL);
    CHECK(KosMemAlloc(1UL << 39) == RTL_NULL);
    CHECK(KosMemZalloc(1UL << 36) == RTL_NULL);
}

static void iso_c_names(void)
{
    char *p = malloc(10);
    CHECK(p != RTL_NULL);
    memcpy(p, "0123456789", 10);
    static const struct {
        rtl_size_t size, kept;
    } steps[] = {{5000, 10}, {100000, 10}, {5, 5}};
    for (unsigned i = 0; i < 3; i++) {
        char *moved = realloc(p, steps[i].size);
        CHECK(moved != RTL_NULL && memcmp(moved, "0123456789", steps[i].kept) == 0);
        p = moved;
    }
    CHECK(KosMemGetSize(p) < 100);
    CHECK(realloc(p, ~0UL) == RTL_NULL); /* p stays */
    free(p);
    CHECK((p = realloc(RTL_NULL, 3)) != RTL_NULL);
    free(p);
    CHECK((p = calloc(100, 10)) != RTL_NULL && p[0] == 0 && p[999] == 0);
    free(p);
    CHECK(calloc(~0UL / 2, 3) == RTL_NULL);
    CHECK((p = aligned_alloc(256, 512)) != RTL_NULL && ((rtl_uintptr_t)p & 255U) == 0);
    free(p);
}

static nk_uint64_t pages_used(void)
{
    return KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[2];
}

static void memory_comes_back(void)
{
    enum { BLOCKS = 2000 };
    static void *blocks[BLOCKS];
    nk_uint64_t before = 0;
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < BLOCKS; i++)
            CHECK((blocks[i] = KosMemAlloc(1 + (i * 37) % 1500)) != RTL_NULL);
        for (unsigned i = 0; i < BLOCKS; i++)
            KosMemFree(blocks[(i * 7) % BLOCKS]); /* 7 and BLOCKS have no common factor */
        if (round == 0)
            before = pages_used();
    }
    CHECK_SAME(pages_used(), before);
    for (unsigned i = 0; i < 50; i++) {
        void *large = KosMemAlloc(300000);
        CHECK(large != RTL_NULL);
        KosMemFree(large);
    }
    CHECK_SAME(pages_used(), before);
}

struct held {
    unsigned char *p;
    rtl_size_t size;
    unsigned char fill;
};

static int stress(void *context)
{
    enum { HELD = 64, ROUNDS = 1000 };
    struct held held[HELD] = {{0}};
    nk_uint64_t random = (rtl_uintptr_t)context;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct held *h = &held[next_random(&random) % HELD];
        if (h->p != RTL_NULL) {
            int intact = 1;
            for (rtl_size_t at = 0; at < h->size; at++)
                intact &= h->p[at] == h->fill;
            CHECK(intact);
            KosMemFree(h->p);
            h->p = RTL_NULL;
        } else {
            h->size = next_random(&random) % 2000;
            h->fill = (unsigned char)next_random(&random);
            h->p = KosMemAllocEx(h->size, (rtl_size_t)1 << next_random(&random) % 8, 0);
            CHECK(h->p != RTL_NULL);
            if (h->p != RTL_NULL)
                memset(h->p, h->fill, h->size);
        }
    }
    for (unsigned i = 0; i < HELD; i++)
        KosMemFree(held[i].p);
    return 7;
}

static void many_threads(void)
{
    Tid threads[8];
    for (unsigned i = 0; i < 8; i++)
        threads[i] = spawn(i, stress, (void *)(rtl_uintptr_t)(i + 1));
    for (unsigned i = 0; i < 8; i++)
        join(threads[i]);
}

void test_alloc(void)
{
    RUN(small_sizes);
    RUN(zeroed);
    RUN(alignment);
    RUN(refused);
    RUN(iso_c_names);
    RUN(memory_comes_back);
    RUN(many_threads);
}
