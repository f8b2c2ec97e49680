/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_space_fixture.h"

static void bad_arguments(void **state)
{
    (void)state;
    vaddr start;
    u64 size;
    u32 flags;
    assert_int_equal(allocate_at(BASE, 0, USABLE), rcInvalidArgument);
    assert_int_equal(allocate_at(BASE + 1, PAGE_SIZE, USABLE), rcInvalidArgument);
    assert_int_equal(allocate_at(BASE, PAGE_SIZE, USABLE & ~KOS_VMM_RESERVE), rcInvalidArgument);
    assert_int_equal(allocate_at(BASE, PAGE_SIZE, USABLE | 1U << 31), rcInvalidArgument);
    assert_int_equal(allocate_at(PAGE_SIZE, PAGE_SIZE, USABLE), rcInvalidArgument); /* below the user's bounds */
    assert_int_equal(space_commit(&space, BASE, PAGE_SIZE, 1U << 31), rcInvalidArgument);
    assert_int_equal(space_protect(&space, BASE, PAGE_SIZE, KOS_VMM_COMMIT), rcInvalidArgument);
    assert_int_equal(space_free(&space, BASE, 0), rcInvalidArgument);
    assert_int_equal(space_free(&space, BASE, PAGE_SIZE), rcInvalidArgument); /* nothing there */
    assert_int_equal(space_query(&space, BASE, &start, &size, &flags), rcResourceNotFound);
    assert_int_equal(space_query(&space, ~0ULL, &start, &size, &flags), rcResourceNotFound);
    assert_int_equal(region_count(), 0);
}

static void addresses_that_wrap(void **state)
{
    (void)state;
    const u64 bad[][2] = {{KOS_USER_LIMIT - PAGE_SIZE, PAGE_SIZE},
                          {KOS_USER_LIMIT, PAGE_SIZE},
                          {BASE, ~0ULL},
                          {BASE, ~0ULL - BASE},
                          {BASE, 0 - BASE},
                          {0 - PAGES(1), PAGES(2)},
                          {0xffff800000000000, PAGES(1)},
                          {KOS_USER_LIMIT - PAGES(4), PAGES(4)},
                          {BASE, KOS_USER_LIMIT},
                          {1ULL << 63, 1ULL << 63}};
    assert_int_equal(allocate_at(BASE, PAGES(1), USABLE), rcOk);
    for (u32 i = 0; i < array_length(bad); i++) {
        if (bad[i][0] != BASE)
            assert_int_equal(allocate_at(bad[i][0], bad[i][1], USABLE), rcInvalidArgument);
        assert_int_equal(space_commit(&space, bad[i][0], bad[i][1], 0), rcInvalidArgument);
        assert_int_equal(space_decommit(&space, bad[i][0], bad[i][1]), rcInvalidArgument);
        assert_int_equal(space_protect(&space, bad[i][0], bad[i][1], R), rcInvalidArgument);
        assert_int_equal(space_free(&space, bad[i][0], bad[i][1]), rcInvalidArgument);
        assert_int_equal(space_map_shared(&space, bad[i][0], bad[i][1], 0, R),
                         i == 0 ? rcInvalidArgument : rcInvalidArgument);
    }
    vaddr any = 0;
    assert_int_equal(space_allocate(&space, &any, KOS_USER_LIMIT, USABLE), rcOutOfMemory);
    assert_int_equal(space_allocate(&space, &any, ~0ULL, USABLE), rcInvalidArgument);
    assert_int_equal(allocate_at(KOS_USER_LIMIT - PAGES(2), PAGES(1), USABLE), rcOk); /* the very last */
    assert_int_equal(allocate_at(KOS_USER_LIMIT - PAGES(4), PAGES(2), USABLE | KOS_VMM_HIGH_GUARD), rcAlreadyExists);
    assert_null(at(0xffff800000000000, HAL_ACCESS_READ));
    assert_null(at(BASE + (1ULL << 48), HAL_ACCESS_READ)); /* an alias by the tables' index */
    assert_null(at(~0ULL, HAL_ACCESS_READ));
}

static void write_and_execute_together(void **state)
{
    (void)state;
    assert_int_equal(allocate_at(BASE, PAGE_SIZE, USABLE | X), rcInvalidArgument);
    assert_int_equal(allocate_at(BASE, PAGE_SIZE, KOS_VMM_RESERVE | W | X), rcInvalidArgument);
    assert_int_equal(allocate_at(BASE, PAGE_SIZE, USABLE), rcOk);
    assert_int_equal(space_protect(&space, BASE, PAGE_SIZE, W | X), rcInvalidArgument);
    assert_int_equal(space_protect(&space, BASE, PAGE_SIZE, R | W | X), rcInvalidArgument);
    assert_int_equal(space_commit(&space, BASE, PAGE_SIZE, W | X), rcInvalidArgument);
    assert_int_equal(space_map_shared(&space, BASE + PAGES(1), PAGE_SIZE, 0, R | W), rcInvalidArgument);
    assert_int_equal(space_commit(&space, BASE, PAGE_SIZE, X), rcOk); /* has access of its own, so X is not added */
    assert_int_equal(flags_at(BASE) & KOS_VMM_ACCESS, R | W);
}

static void pages_come_zeroed_by_demand(void **state)
{
    (void)state;
    u64 tables = quota.pages;
    assert_int_equal(allocate_at(BASE, PAGES(100) - 5, USABLE), rcOk);
    assert_int_equal(size_at(BASE), PAGES(100));
    assert_int_equal(quota.pages, tables);
    for (u32 i = 0; i < 100; i++) {
        assert_int_equal(space_fault(&space, BASE + PAGES(i) + 123, HAL_ACCESS_WRITE), rcOk);
        assert_int_equal(space_fault(&space, BASE + PAGES(i), HAL_ACCESS_READ), rcOk); /* there already */
        u8 *page = at(BASE + PAGES(i), HAL_ACCESS_WRITE);
        for (u32 b = 0; b < PAGE_SIZE; b++)
            assert_int_equal(page[b], 0);
        memset(page, 0xaa, PAGE_SIZE);
    }
    assert_int_equal(quota.pages, tables + 100 + 3);
    assert_int_equal(space_fault(&space, BASE + PAGES(100), HAL_ACCESS_READ), rcInvalidArgument);
    assert_int_equal(space_fault(&space, BASE - 1, HAL_ACCESS_READ), rcInvalidArgument);
    assert_int_equal(space_fault(&space, BASE, HAL_ACCESS_EXECUTE), rcInvalidArgument);
    assert_int_equal(space_fault(&space, BASE, 0), rcInvalidArgument);
    assert_ptr_equal(at(BASE + 77, HAL_ACCESS_READ), at(BASE, HAL_ACCESS_READ) + 77);
    assert_null(at(BASE, HAL_ACCESS_EXECUTE));
}

static void reserved_is_not_usable(void **state)
{
    (void)state;
    assert_int_equal(allocate_at(BASE, PAGES(10), RESERVED), rcOk);
    assert_null(at(BASE, HAL_ACCESS_READ));
    assert_int_equal(space_commit(&space, BASE + PAGES(3), PAGES(2), 0), rcOk);
    assert_int_equal(region_count(), 3);
    assert_null(at(BASE + PAGES(2), HAL_ACCESS_READ));
    assert_non_null(at(BASE + PAGES(3), HAL_ACCESS_WRITE));
    assert_non_null(at(BASE + PAGES(4), HAL_ACCESS_WRITE));
    assert_null(at(BASE + PAGES(5), HAL_ACCESS_READ));
    assert_int_equal(space_decommit(&space, BASE, PAGES(10)), rcOk);
    assert_int_equal(region_count(), 1); /* merged again */
    assert_null(at(BASE + PAGES(3), HAL_ACCESS_READ));
    assert_int_equal(space_commit(&space, BASE, PAGES(10), KOS_VMM_LOCKED), rcOk);
    u64 pages = quota.pages;
    assert_int_equal(*at(BASE + PAGES(3), HAL_ACCESS_READ), 0); /* a new page */
    assert_int_equal(quota.pages, pages);
}

static void commit_gives_access_where_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(allocate_at(BASE, PAGES(4), KOS_VMM_RESERVE), rcOk);
    assert_int_equal(space_commit(&space, BASE, PAGES(4), R | W), rcOk);
    *at(BASE, HAL_ACCESS_WRITE) = 7;
    assert_int_equal(space_protect(&space, BASE, PAGES(4), 0), rcOk);
    assert_null(at(BASE, HAL_ACCESS_READ));
    assert_int_equal(space_commit(&space, BASE, PAGES(4), R), rcOk);
    assert_int_equal(*at(BASE, HAL_ACCESS_READ), 7);
    assert_null(at(BASE, HAL_ACCESS_WRITE));
}

static void protect_splits_and_merges(void **state)
{
    (void)state;
    assert_int_equal(allocate_at(BASE, PAGES(10), ALL_NOW), rcOk);
    assert_int_equal(allocate_at(BASE + PAGES(10), PAGES(1), ALL_NOW), rcOk); /* another allocation: never merges */
    assert_int_equal(region_count(), 2);
    *at(BASE + PAGES(5), HAL_ACCESS_WRITE) = 55;
    u64 invalidations = fake_invalidations, shootdowns = fake_shootdowns;
    assert_int_equal(space_protect(&space, BASE + PAGES(5), 1, R), rcOk);
    assert_int_equal(fake_invalidations, invalidations + 1);
    assert_int_equal(fake_shootdowns, shootdowns + 1);
    assert_int_equal(region_count(), 4);
    assert_null(at(BASE + PAGES(5), HAL_ACCESS_WRITE));
    assert_int_equal(*at(BASE + PAGES(5), HAL_ACCESS_READ), 55);
    assert_non_null(at(BASE + PAGES(6), HAL_ACCESS_WRITE));
    assert_int_equal(space_protect(&space, BASE + PAGES(5), PAGES(1), R | W), rcOk);
    assert_int_equal(region_count(), 2);
    assert_int_equal(space_protect(&space, BASE + PAGES(8), PAGES(3), R | X), rcOk); /* across both */
    assert_int_equal(region_count(), 3);
    assert_non_null(at(BASE + PAGES(10), HAL_ACCESS_EXECUTE));
    assert_int_equal(space_protect(&space, BASE + PAGES(8), PAGES(4), R), rcInvalidArgument); /* the last is a hole */
    assert_int_equal(region_count(), 3);
    assert_non_null(at(BASE + PAGES(9), HAL_ACCESS_EXECUTE));
    assert_int_equal(space_protect(&space, BASE, PAGES(11), R | W), rcOk);
    assert_int_equal(region_count(), 2);
    assert_int_equal(*at(BASE + PAGES(5), HAL_ACCESS_READ), 55);
}

static void guards_guard_and_go_with_their_region(void **state)
{
    (void)state;
    const u32 guards = KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD;
    vaddr first = 0, second = 0;
    assert_int_equal(space_allocate(&space, &first, PAGES(4), USABLE | guards), rcOk);
    assert_int_equal(space_allocate(&space, &second, PAGES(4), USABLE), rcOk);
    assert_int_equal(second, first + PAGES(5));
    assert_null(at(first - 1, HAL_ACCESS_READ));
    assert_null(at(first + PAGES(4), HAL_ACCESS_READ));
    assert_int_equal(space_commit(&space, first + PAGES(4), PAGES(1), R | W), rcInvalidArgument);
    assert_int_equal(space_protect(&space, first - PAGES(1), PAGES(2), R), rcInvalidArgument);
    assert_int_equal(space_free(&space, first, PAGES(9)), rcInvalidArgument); /* guard in between */
    assert_int_equal(region_count(), 4);
    assert_int_equal(space_free(&space, second, PAGES(4)), rcOk);
    assert_int_equal(region_count(), 3); /* the guard below was not second's */
    assert_null(at(first + PAGES(4), HAL_ACCESS_READ));
    assert_int_equal(space_free(&space, first, PAGES(1)), rcOk);
    assert_int_equal(flags_at(first - PAGES(1)), 0);
    assert_int_not_equal(flags_at(first + PAGES(4)), 0);
    assert_int_equal(space_free(&space, first + PAGES(1), PAGES(3)), rcOk);
    assert_int_equal(region_count(), 0);
    assert_int_equal(allocate_at(KOS_USER_BASE, PAGES(1), USABLE | KOS_VMM_LOW_GUARD), rcInvalidArgument);
    assert_int_equal(allocate_at(KOS_USER_LIMIT - PAGES(2), PAGES(1), USABLE | KOS_VMM_HIGH_GUARD), rcInvalidArgument);
}

static void taken_ranges_are_refused(void **state)
{
    (void)state;
    assert_int_equal(allocate_at(BASE, PAGES(4), USABLE | KOS_VMM_HIGH_GUARD), rcOk);
    for (s32 offset = -2; offset <= 5; offset++) {
        retcode code = allocate_at(BASE + (u64)offset * PAGE_SIZE, PAGES(2), USABLE);
        bool fits = offset <= -2 || offset >= 5;
        assert_int_equal(code, fits ? rcOk : rcAlreadyExists);
    }
    assert_int_equal(allocate_at(BASE - PAGES(100), PAGES(1000), USABLE), rcAlreadyExists);
    assert_int_equal(space_map_shared(&space, BASE, PAGES(1), 0, R), rcAlreadyExists);
    assert_int_equal(region_count(), 4);
}

static void addresses_are_random_and_holes_reused(void **state)
{
    (void)state;
    struct address_space other;
    struct quota other_quota;
    quota_init(&other_quota, 100, 100);
    assert_int_equal(space_init(&other, &other_quota, 99), rcOk);
    assert_int_not_equal(other.base, space.base);
    assert_in_range(other.base, 1ULL << 40, 65ULL << 40);
    space_destroy(&other);
    assert_int_equal(space_init(&other, &other_quota, ~0ULL), rcOk);
    assert_in_range(other.base, 1ULL << 40, 65ULL << 40);
    space_destroy(&other);

    vaddr a[10] = {}, hole = 0;
    for (u32 i = 0; i < 10; i++)
        assert_int_equal(space_allocate(&space, &a[i], PAGES(4), USABLE), rcOk);
    assert_int_equal(a[0], space.base);
    assert_int_equal(space_free(&space, a[3], PAGES(4)), rcOk);
    assert_int_equal(space_allocate(&space, &hole, PAGES(5), USABLE), rcOk); /* does not fit */
    assert_int_equal(hole, a[9] + PAGES(4));
    hole = 0;
    assert_int_equal(space_allocate(&space, &hole, PAGES(3), USABLE), rcOk);
    assert_int_equal(hole, a[3]);
}

static void coming_and_going_stays_in_the_quota(void **state)
{
    (void)state;
    u64 most = 0;
    for (u32 round = 0; round < 2000; round++) { /* page tables must not pile up as stacks come and go */
        vaddr stack = 0;
        assert_int_equal(space_allocate(&space, &stack, 1 << 20, USABLE | KOS_VMM_LOW_GUARD), rcOk);
        assert_non_null(at(stack + (1 << 20) - 8, HAL_ACCESS_WRITE));
        most = quota.pages > most ? quota.pages : most;
        assert_int_equal(space_free(&space, stack, 1 << 20), rcOk);
        fake_epoch_run();
    }
    assert_true(most <= 6);
}

static void shared_pages_stay_the_kernels(void **state)
{
    (void)state;
    paddr backing = page_allocate(1);
    ((u8 *)hal_direct(backing))[PAGE_SIZE + 9] = 42;
    assert_int_equal(space_map_shared(&space, BASE, PAGES(2), backing + 1, R), rcInvalidArgument);
    assert_int_equal(space_map_shared(&space, BASE, PAGES(2) - 1, backing, R), rcInvalidArgument);
    assert_int_equal(space_map_shared(&space, BASE, PAGES(2), backing, R | X), rcOk);
    assert_int_equal(*at(BASE + PAGE_SIZE + 9, HAL_ACCESS_READ), 42);
    assert_non_null(at(BASE, HAL_ACCESS_EXECUTE));
    assert_null(at(BASE, HAL_ACCESS_WRITE));
    assert_int_equal(space_protect(&space, BASE, PAGES(2), R | W), rcInvalidArgument);
    assert_int_equal(space_decommit(&space, BASE, PAGES(2)), rcInvalidArgument);
    assert_int_equal(space_free(&space, BASE, PAGES(2)), rcInvalidArgument);
    space_destroy(&space);
    fake_epoch_run();
    assert_int_equal(((u8 *)hal_direct(backing))[PAGE_SIZE + 9], 42);
    page_free(backing, 1);
}

static void huge_reservations_cost_nothing(void **state)
{
    (void)state;
    vaddr huge = 0;
    assert_int_equal(space_allocate(&space, &huge, 1ULL << 45, USABLE), rcOk);
    assert_int_equal(space_allocate(&space, &(vaddr){0}, 1ULL << 44, ALL_NOW), rcQuotaExceeded); /* at once */
    *at(huge + (1ULL << 44), HAL_ACCESS_WRITE) = 1;
    assert_int_equal(space_protect(&space, huge, 1ULL << 45, R), rcOk);
    assert_int_equal(space_decommit(&space, huge + PAGES(8), (1ULL << 45) - PAGES(8)), rcOk);
    assert_int_equal(space_free(&space, huge, 1ULL << 45), rcOk);
}

/* What lies between the pages that were touched is passed by whole page tables: all of this is some thousand steps, not
 * some thousand million. */
static void what_was_never_touched_is_not_walked(void **state)
{
    (void)state;
    static const u64 touched[] = {0, 1, 15, 16, 17, 511, 512, 1023, 1 << 18, (1 << 27) + 5, (1ULL << 33) - 1};
    const u64 size = 1ULL << 45;
    vaddr huge = 0;
    u64 free = page_count_free();
    for (u32 round = 0; round < 3; round++) {
        huge = 0;
        assert_int_equal(space_allocate(&space, &huge, size, USABLE), rcOk);
        for (u32 i = 0; i < sizeof(touched) / sizeof(touched[0]); i++)
            *at(huge + PAGES(touched[i]), HAL_ACCESS_WRITE) = (u8)(i + 1);
        assert_int_equal(space_protect(&space, huge, size, R), rcOk);
        for (u32 i = 0; i < sizeof(touched) / sizeof(touched[0]); i++) {
            u32 present = 0;
            assert_true(hal_space_lookup(&space.hal, huge + PAGES(touched[i]), &present) != PADDR_NONE);
            assert_int_equal(present, R);
        }
        assert_int_equal(round == 0 ? space_decommit(&space, huge, size) : space_protect(&space, huge, size, R | W),
                         rcOk);
        for (u32 i = 0; i < sizeof(touched) / sizeof(touched[0]); i++) {
            u32 present = 0;
            paddr page = hal_space_lookup(&space.hal, huge + PAGES(touched[i]), &present);
            assert_int_equal(page == PADDR_NONE, round == 0);
            assert_int_equal(present, round == 0 ? 0 : (R | W));
        }
        if (round < 2)
            assert_int_equal(space_free(&space, huge, size), rcOk);
    }
    space_destroy(&space); /* with all of them in place */
    fake_epoch_run();
    assert_true(page_count_free() >= free);
}

static void freed_pages_wait_for_copies(void **state)
{
    (void)state;
    assert_int_equal(allocate_at(BASE, PAGES(50), ALL_NOW), rcOk);
    u8 *late[50];
    for (u32 i = 0; i < 50; i++)
        late[i] = at(BASE + PAGES(i), HAL_ACCESS_WRITE); /* as a copy on another CPU */
    u64 count = page_count_free();
    assert_int_equal(space_free(&space, BASE, PAGES(50)), rcOk);
    assert_int_equal(page_count_free(), count);
    for (u32 i = 0; i < 50; i++)
        memset(late[i], 0x41, PAGE_SIZE); /* nothing that the kernel trusts lies there */
    fake_epoch_run();
    assert_int_equal(page_count_free(), count + 50);
}

static void chain_frees_after_the_epoch_only(void **state)
{
    (void)state;
    struct page_chain chain = {};
    page_chain_defer(&chain); /* empty: nothing */
    assert_int_equal(fake_epoch_count(), 0);
    u64 before = page_count_free();
    for (u32 i = 0; i < 1000; i++)
        hoard[i] = page_allocate(0);
    for (u32 i = 0; i < 500; i++) {
        memset(hal_direct(hoard[i]), 0xee, PAGE_SIZE);
        page_chain_add(&chain, hoard[i]);
    }
    page_chain_defer(&chain);
    assert_int_equal(chain.first, 0);
    for (u32 i = 0; i < 500; i++) /* a late writer cannot hurt */
        memset(hal_direct(hoard[i]), 0xff, PAGE_SIZE);
    for (u32 i = 500; i < 1000; i++) {
        page_chain_add(&chain, hoard[i]);
        page_chain_defer(&chain); /* comes in while the first waits */
    }
    assert_int_equal(fake_epoch_count(), 1);
    assert_int_equal(page_count_free(), before - 1000);
    fake_epoch_run();
    assert_int_equal(page_count_free(), before);
}

/* What an operation can fail at: pages of the quota, objects of the quota, pages of the machine. */
enum limit { LIMIT_PAGES, LIMIT_OBJECTS, LIMIT_MACHINE, LIMITS };

static void scenario_prepare(void)
{
    assert_int_equal(allocate_at(BASE, PAGES(12), RESERVED), rcOk);
    assert_int_equal(space_commit(&space, BASE + PAGES(4), PAGES(4), 0), rcOk);
    *at(BASE + PAGES(4), HAL_ACCESS_WRITE) = 44;
}

static retcode scenario_run(u32 which)
{
    switch (which) {
    case 0:
        return allocate_at(BASE + PAGES(2000), PAGES(20), ALL_NOW | KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD);
    case 1:
        return space_allocate(&space, &(vaddr){0}, PAGES(3), ALL_NOW | KOS_VMM_LOW_GUARD);
    case 2:
        return space_commit(&space, BASE + PAGES(1), PAGES(10), KOS_VMM_LOCKED);
    case 3:
        return space_protect(&space, BASE + PAGES(5), PAGES(1), R);
    case 4:
        return space_decommit(&space, BASE + PAGES(5), PAGES(1));
    case 5:
        return space_free(&space, BASE + PAGES(5), PAGES(1));
    case 6:
        return space_map_shared(&space, BASE + PAGES(3000), PAGES(1), 0, R);
    default:
        return space_fault(&space, BASE + PAGES(5), HAL_ACCESS_WRITE);
    }
}

struct picture { /* what a user can see */
    u64 regions, objects;
    u32 flags[16];
    u64 sizes[16];
    vaddr hint;
};

static struct picture picture_take(void)
{
    struct picture picture = {.regions = region_count(), .objects = quota.objects, .hint = space.hint};
    for (u32 i = 0; i < 16; i++) {
        picture.flags[i] = flags_at(BASE + PAGES(i));
        picture.sizes[i] = size_at(BASE + PAGES(i));
    }
    return picture;
}

static void failure_at_every_point(void **state)
{
    (void)state;
    for (u32 which = 0; which < 8; which++)
        for (enum limit limit = 0; limit < LIMITS; limit++)
            for (u64 room = 0;; room++) {
                space_destroy(&space);
                fake_epoch_run();
                quota_init(&quota, 100000, 100000);
                assert_int_equal(space_init(&space, &quota, 5), rcOk);
                scenario_prepare();
                struct picture before = picture_take();
                if (limit == LIMIT_PAGES)
                    quota.pages_limit = quota.pages + room;
                else if (limit == LIMIT_OBJECTS)
                    quota.objects_limit = quota.objects + room;
                else
                    hoard_all_but(room);
                retcode code = scenario_run(which);
                fake_epoch_run();
                quota.pages_limit = quota.objects_limit = 100000;
                hoard_give_back();
                assert_true(room < 100);
                if (code == rcOk)
                    break;
                assert_int_equal(code, limit == LIMIT_MACHINE ? rcOutOfMemory : rcQuotaExceeded);
                struct picture after = picture_take();
                assert_memory_equal(&before, &after, sizeof(before));
                assert_int_equal(*at(BASE + PAGES(4), HAL_ACCESS_READ), 44);
                assert_null(at(BASE + PAGES(3), HAL_ACCESS_READ));
                assert_int_equal(scenario_run(which), rcOk); /* and works when there is room */
            }
}

static void space_init_fails_cleanly(void **state)
{
    (void)state;
    struct address_space other;
    struct quota none;
    quota_init(&none, 0, 0);
    assert_int_equal(space_init(&other, &none, 0), rcQuotaExceeded);
    space_destroy(&other);
    assert_int_equal(none.pages, 0);
    quota_init(&none, 1, 1);
    hoard_all_but(0);
    assert_int_equal(space_init(&other, &none, 0), rcOutOfMemory);
    hoard_give_back();
    space_destroy(&other);
    assert_int_equal(none.pages, 0);
}

/* A window of pages against a model of each page. */
#define WINDOW 96U
static struct {
    bool taken, committed;
    u32 access;
    u8 value;
} model[WINDOW];

static bool model_all_taken(u32 first, u32 count)
{
    for (u32 i = first; i < first + count; i++)
        if (i >= WINDOW || !model[i].taken)
            return false;
    return true;
}

static void model_check(void)
{
    for (u32 i = 0; i < WINDOW; i++) {
        vaddr address = BASE + PAGES(i);
        u32 flags = flags_at(address);
        assert_int_equal(flags != 0, model[i].taken);
        if (!model[i].taken)
            continue;
        assert_int_equal(flags & KOS_VMM_ACCESS, model[i].access);
        assert_int_equal((flags & KOS_VMM_COMMIT) != 0, model[i].committed);
        const u8 *byte = at(address, HAL_ACCESS_READ);
        assert_int_equal(byte != nullptr, model[i].committed && (model[i].access & R) != 0);
        if (byte != nullptr)
            assert_int_equal(*byte, model[i].value);
    }
}

static void random_step(void)
{
    static const u32 accesses[] = {0, R, R | W, R | X};
    u32 first = (u32)rand() % WINDOW, count = 1 + (u32)rand() % 12, access = accesses[rand() % 4];
    if (first + count > WINDOW)
        count = WINDOW - first;
    vaddr address = BASE + PAGES(first);
    bool all = model_all_taken(first, count), none = true;
    for (u32 i = first; i < first + count; i++)
        none &= !model[i].taken;
    retcode code, expected = all ? rcOk : rcInvalidArgument;
    u32 what = (u32)rand() % 6, now = rand() % 2 == 0 ? KOS_VMM_LOCKED : 0,
        usable = rand() % 2 == 0 ? KOS_VMM_COMMIT : 0;
    switch (what) {
    case 0:
        code = allocate_at(address, PAGES(count), KOS_VMM_RESERVE | access | now | usable);
        expected = none ? rcOk : rcAlreadyExists;
        break;
    case 1:
        code = space_commit(&space, address, PAGES(count), access | now);
        break;
    case 2:
        code = space_decommit(&space, address, PAGES(count));
        break;
    case 3:
        code = space_protect(&space, address, PAGES(count), access);
        break;
    case 4:
        code = rand() % 3 == 0 ? space_free(&space, address, PAGES(count)) : (what = 6, expected = rcOk);
        break;
    default:
        code = expected = rcOk;
    }
    assert_int_equal(code, expected);
    for (u32 i = first; code == rcOk && i < first + count; i++) {
        u8 *byte;
        switch (what) {
        case 0:
            model[i].taken = true, model[i].committed = usable != 0, model[i].access = access, model[i].value = 0;
            break;
        case 1:
            model[i].committed = true, model[i].access = model[i].access != 0 ? model[i].access : access;
            break;
        case 2:
            model[i].committed = false, model[i].value = 0;
            break;
        case 3:
            model[i].access = access;
            break;
        case 4:
            model[i].taken = model[i].committed = false, model[i].value = 0;
            break;
        default:
            byte = at(BASE + PAGES(i), HAL_ACCESS_WRITE);
            assert_int_equal(byte != nullptr, model[i].committed && (model[i].access & W) != 0);
            if (byte != nullptr)
                *byte = model[i].value = (u8)rand();
        }
    }
}

static void random_against_model(void **state)
{
    (void)state;
    srand(3);
    memset(model, 0, sizeof(model));
    for (u32 step = 0; step < 30000; step++) {
        random_step();
        if (step % 8 == 0)
            model_check();
        if (step % 5 == 0)
            fake_epoch_run();
    }
    u64 taken = 0;
    for (u32 i = 0; i < WINDOW; i++)
        taken += model[i].taken;
    assert_true(region_count() <= taken);
}

int main(void)
{
    machine_begin();
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        test(bad_arguments),
        test(addresses_that_wrap),
        test(write_and_execute_together),
        test(pages_come_zeroed_by_demand),
        test(reserved_is_not_usable),
        test(commit_gives_access_where_there_is_none),
        test(protect_splits_and_merges),
        test(guards_guard_and_go_with_their_region),
        test(taken_ranges_are_refused),
        test(addresses_are_random_and_holes_reused),
        test(coming_and_going_stays_in_the_quota),
        test(shared_pages_stay_the_kernels),
        test(huge_reservations_cost_nothing),
        test(what_was_never_touched_is_not_walked),
        test(freed_pages_wait_for_copies),
        test(chain_frees_after_the_epoch_only),
        test(failure_at_every_point),
        test(space_init_fails_cleanly),
        test(random_against_model),
    };
    int failed = cmocka_run_group_tests(tests, nullptr, nullptr);
    fake_interrupt_every = 2; /* everything once more, with interrupts */
    return failed + cmocka_run_group_tests(tests, nullptr, nullptr);
}
