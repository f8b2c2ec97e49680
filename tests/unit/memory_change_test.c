/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a space by several threads, step by step, and what other CPUs may see of them. */
#include "memory_space_fixture.h"

/* Four threads change the same window at once, each stopped after every step. Which of them wins does not matter; that
 * the list and the tree agree does, and that in the end nothing is left (teardown), nor freed too early (fake). */
static struct changer {
    u32 kind; /* 0: none is under way */
    vaddr address;
    u64 size;
    u32 flags;
    struct progress progress;
} changers[4];

static retcode changer_step(struct changer *changer)
{
    vaddr address = changer->address;
    switch (changer->kind) {
    case 1:
        return (space_allocate)(&space, &address, changer->size, changer->flags, &changer->progress);
    case 2:
        return (space_commit)(&space, address, changer->size, changer->flags & ~(u32)KOS_VMM_RESERVE,
                              &changer->progress);
    case 3:
        return (space_decommit)(&space, address, changer->size, &changer->progress);
    case 4:
        return (space_protect)(&space, address, changer->size, changer->flags & KOS_VMM_ACCESS, &changer->progress);
    default:
        return (space_free)(&space, address, changer->size, &changer->progress);
    }
}

static void regions_check(void)
{
    vaddr covered = 0;
    struct tree_node *node = space.tree.first;
    list_for_each(link, &space.regions)
    {
        const struct region *region = list_entry(link, struct region, link);
        assert_ptr_equal(node, &region->node);
        assert_true(region->start >= covered && region->end > region->start);
        covered = region->end;
        node = tree_next(node);
    }
    assert_null(node);
}

static void changes_at_once(void **state)
{
    (void)state;
    srand(7);
    fake_interrupt_every = 1;
    u64 preempted = 0;
    for (u32 i = 0; i < 200000; i++) {
        struct changer *changer = &changers[rand() % 4];
        if (changer->kind == 0) {
            static const u32 accesses[] = {0, R, R | W, R | X};
            *changer = (struct changer){.kind = rand() % 16 == 0 ? 5 : 1 + (u32)rand() % 4,
                                        .address = BASE + PAGES(rand() % 128),
                                        .size = PAGES(1 + (rand() % 4 == 0 ? rand() % 48 : rand() % 6)),
                                        .flags = KOS_VMM_RESERVE | accesses[rand() % 4] |
                                                 (rand() % 2 != 0 ? KOS_VMM_COMMIT : 0) |
                                                 (rand() % 2 != 0 ? KOS_VMM_LOCKED : 0) |
                                                 (rand() % 4 == 0 ? KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD : 0)};
        }
        retcode code = changer_step(changer);
        preempted += code == PREEMPTED;
        if (code != PREEMPTED) {
            changer->kind = 0;
            assert_memory_equal(&changer->progress, &(struct progress){}, sizeof(struct progress));
        }
        (void)at(BASE + PAGES(rand() % 128), HAL_ACCESS_WRITE);
        regions_check();
        if (i % 7 == 0)
            fake_epoch_run();
    }
    assert_true(preempted > 10000);
    for (u32 i = 0; i < 4; i++)
        while (changers[i].kind != 0)
            if (changer_step(&changers[i]) != PREEMPTED)
                changers[i].kind = 0;
    fake_interrupt_every = 0;
}

static u64 regions_told;

static void looking_shootdown(struct address_space *told, vaddr address, u64 count, bool locked)
{
    assert_false(locked);
    regions_told = region_count();
    fake_shootdown(told, address, count, locked);
}

/* Where other CPUs are to be told, the addresses are given back behind that. */
static void addresses_come_back_last(void **state)
{
    (void)state;
    space_shootdown = looking_shootdown;
    for (u32 others = 0; others < 2; others++) {
        space_shootdown_first = others != 0;
        regions_told = ~0ULL;
        assert_int_equal(allocate_at(BASE, PAGES(3), ALL_NOW | KOS_VMM_LOW_GUARD), rcOk);
        assert_int_equal(space_free(&space, BASE, PAGES(3)), rcOk);
        assert_int_equal(regions_told, others != 0 ? 2 : 0);
        assert_int_equal(region_count(), 0);
        assert_int_equal(fake_stale_there, 0);
    }
    space_shootdown_first = false;
    space_shootdown = fake_shootdown;
}

int main(void)
{
    machine_begin();
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(changes_at_once, setup, teardown),
                                       cmocka_unit_test_setup_teardown(addresses_come_back_last, setup, teardown)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
