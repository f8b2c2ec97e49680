/* SPDX-License-Identifier: Apache-2.0 */
/* Closing and revoking while others do what they can: at the checkpoints between the steps, and while a lock is waited
 * for. */
#include "object_capability_fixture.h"

/* ---- what another CPU does while this one waits for an object's lock ---- */

static void (*other_cpu)(void);

/* We have the second ticket: the other CPU, which has the first, does what it does, and gives the lock on. */
static void other_finishes(void)
{
    void (*other)(void) = other_cpu;
    if (other == nullptr)
        return;
    other_cpu = nullptr;
    objects[0].lock.next = objects[0].lock.serving = 0;
    other();
    objects[0].lock.next = 2;
    objects[0].lock.serving = 1;
}

static void other_has_the_lock(void (*other)(void))
{
    objects[0].lock.serving = 0;
    objects[0].lock.next = 1;
    other_cpu = other;
    fake_poll = other_finishes;
}

static u32 victim;

static void closes_victim(void)
{
    assert_ok(handle_close(&tables[1], victim));
}

static u32 root_of_victim;

static void revokes_victim(void)
{
    assert_ok(handle_revoke_subtree(&tables[0], root_of_victim, &objects[4]));
}

static void who_is_closed_while_it_is_looked_at_has_no_badge_any_more(void **state)
{
    (void)state;
    struct handle_view view;
    u32 root = insert(0, 0, ALL), found;
    victim = derive(0, root, 1, ALL, TRANSFER, 4);
    assert_int_equal(objects[4].references, 2);
    other_has_the_lock(closes_victim);
    assert_code(handle_view(&tables[1], victim, &view), rcInvalidHandle);
    assert_int_equal(objects[4].references, 1);
    root_of_victim = root;
    victim = derive(0, root, 1, ALL, TRANSFER, 4);
    other_has_the_lock(revokes_victim);
    assert_code(handle_view(&tables[1], victim, &view), rcHandleRevoked);
    other_has_the_lock(closes_victim);
    assert_code(handle_ancestor_in(&tables[1], victim, &tables[0], &found), rcHandleRevoked);
    victim = derive(0, root, 1, ALL, TRANSFER, 4);
    other_has_the_lock(closes_victim);
    assert_code(handle_ancestor_in(&tables[1], victim, &tables[0], &found), rcInvalidHandle);
    fake_poll = nullptr;
}

static void a_badge_goes_without_a_lock(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), child = derive(0, root, 1, ALL, TRANSFER, 4);
    object_release(&objects[4]); /* the handle to it has gone: only the child keeps it */
    assert_int_equal(destroyed[4], 0);
    assert_ok(handle_close(&tables[1], child)); /* note_destroyed() looks */
    assert_int_equal(destroyed[4], 1);
    object_init(&objects[4], OBJECT_BADGE);
    destroyed[4] = 0;
}

/* ---- steps ---- */

#define MANY 600U

static u32 checkpoints;
static void (*at_checkpoint)(void);

static void checkpoint_comes(void)
{
    for (u32 o = 0; o < OBJECTS; o++)
        assert_true(unlocked(&objects[o].lock));
    checkpoints++;
    fake_checkpoint = nullptr; /* what happens there has none of its own */
    u64 every = fake_interrupt_every;
    fake_interrupt_every = 0;
    if (at_checkpoint != nullptr)
        at_checkpoint();
    fake_interrupt_every = every;
    fake_checkpoint = checkpoint_comes;
}

static void interrupts(void (*meanwhile_do)(void))
{
    at_checkpoint = meanwhile_do;
    checkpoints = 0;
    fake_checkpoint = checkpoint_comes;
    fake_interrupt_every = 1;
}

static void no_interrupts(void)
{
    fake_checkpoint = nullptr;
    fake_interrupt_every = 0;
}

static void revoking_many_children_has_steps(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), middle = derive(0, root, 1, ALL, COPY, 0), below[MANY];
    for (u32 i = 0; i < MANY; i++)
        below[i] = derive(1, middle, 2, ALL, COPY, 0);
    assert_ok(handle_close(&tables[1], middle));
    check_all();
    for (u32 i = 0; i < MANY; i++)
        assert_ok(look(2, below[i], 0, ALL));
    interrupts(nullptr);
    assert_ok(handle_revoke(&tables[0], root));
    no_interrupts();
    assert_in_range(checkpoints, MANY / 8, MANY);
    check_all();
    for (u32 i = 0; i < MANY; i++)
        assert_code(look(2, below[i], 0, ALL), rcHandleRevoked);
}

/* ---- what is closed while others are below it ---- */

static void another_badge_is_no_way_out_of_the_first(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), child = derive(0, root, 1, ALL, TRANSFER, 4);
    u32 other = derive(0, root, 1, ALL, TRANSFER, 5), mine = derive(1, child, 1, ALL, COPY, 5);
    assert_ok(handle_close(&tables[1], child));
    check_all();
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[4]));
    check_all();
    assert_code(look(1, mine, 0, 0), rcHandleRevoked);
    assert_ok(look(1, other, 0, ALL));
}

static void ghosts_are_no_more_than_twice_the_living(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), last = derive(0, root, 1, ALL, TRANSFER, 4), chain[8];
    s64 before = alive;
    for (u32 i = 0; i < MANY; i++) { /* chains that are closed from below, from above, in between */
        for (u32 k = 0; k < 8; k++)
            chain[k] = derive(1, k == 0 ? last : chain[k - 1], 1, ALL, COPY, 4 + (k + i) % 2);
        for (u32 k = 0; k < 7; k++)
            assert_ok(handle_close(&tables[1], chain[i % 3 == 0 ? k : i % 3 == 1 ? 6 - k : (k * 3 + i) % 7]));
        assert_ok(handle_close(&tables[1], last));
        last = chain[7];
        check_all();
        fake_epoch_run();
    }
    assert_in_range(alive, before, before + 1); /* the first one's place */
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[5]));
    assert_ok(look(1, last, 0, ALL));
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[4]));
    assert_code(look(1, last, 0, ALL), rcHandleRevoked);
    fake_epoch_run();
    assert_int_equal(alive, before);
}

static void ghosts_go_with_what_is_below_them(void **state)
{
    (void)state;
    struct capability pin = {};
    for (u32 round = 0; round < 3; round++) {
        fake_epoch_run();
        u32 root = insert(0, 0, ALL), child = derive(0, root, 1, ALL, TRANSFER, 4), below[3];
        s64 before = alive;
        for (u32 i = 0; i < 3; i++)
            below[i] = derive(1, child, 2, ALL, COPY, 5);
        assert_ok(handle_pin(&tables[1], child, OBJECT_USER, 0, &pin));
        assert_ok(handle_close(&tables[1], child));
        u32 further = derive(2, below[2], 2, ALL, COPY, 0);
        assert_ok(handle_close(&tables[2], below[2]));
        if (round == 0)
            assert_ok(handle_close(&tables[0], root));
        for (u32 i = 0; i < 2; i++)
            assert_ok(handle_close(&tables[2], below[i]));
        assert_ok(handle_close(&tables[2], further));
        handle_unpin(&pin);
        object_release(&objects[0]);
        pin = (struct capability){};
        check_all();
        fake_epoch_run();
        assert_int_equal(alive, before - 1 - (round == 0));
        if (round != 0)
            assert_ok(handle_close(&tables[0], root));
        assert_int_equal(objects[4].references, 1);
    }
}

/* ---- chains ---- */

static void revoking_a_chain_has_steps(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), chain[MANY], found;
    for (u32 i = 0; i < MANY; i++)
        chain[i] = derive(i == 0 ? 0 : 1, i == 0 ? root : chain[i - 1], 1, ALL, COPY, 0);
    assert_ok(handle_ancestor_in(&tables[1], chain[HANDLE_ANCESTORS_MAX - 1], &tables[0], &found));
    assert_code(handle_ancestor_in(&tables[1], chain[HANDLE_ANCESTORS_MAX], &tables[0], &found), rcResourceNotFound);
    interrupts(nullptr);
    assert_ok(handle_revoke(&tables[0], root));
    no_interrupts();
    assert_in_range(checkpoints, MANY / 4, 2 * MANY);
    check_all();
    for (u32 i = 0; i < MANY; i++)
        assert_code(look(1, chain[i], 0, ALL), rcHandleRevoked);
    assert_int_equal(abandoned[0], 1);
}

/* ---- who tries to escape ---- */

static u32 random_seed;
static u32 random_number(u32 below)
{
    random_seed = random_seed * 1664525U + 1013904223U;
    return (random_seed >> 8) % below;
}

static u32 fugitives[4 * MANY], fugitive_count; /* in table 1, all below what is revoked */
static u32 innocents[MANY], innocent_count;     /* in table 2, below the root too */

static void fugitive_derives(u32 from)
{
    u32 made = NO_HANDLE;
    struct object *badge = random_number(2) != 0 ? &objects[5] : nullptr;
    if (fugitive_count < 4 * MANY && handle_derive(&tables[1], from, &tables[1], ALL, COPY, badge, &made) == rcOk)
        fugitives[fugitive_count++] = made;
}

static void fugitive_tries(void)
{
    u32 one = fugitives[random_number(fugitive_count)];
    switch (random_number(4)) {
    case 0:
        (void)handle_close(&tables[1], one);
        break;
    case 1:
        (void)handle_revoke(&tables[1], one);
        break;
    default:
        fugitive_derives(one);
        break;
    }
}

static void fugitives_try(void)
{
    for (u32 i = 0; i < 2; i++)
        fugitive_tries();
}

static void fugitives_make(u32 first)
{
    fugitives[0] = first;
    fugitive_count = 1;
    while (fugitive_count < MANY)
        fugitive_derives(fugitives[random_number(fugitive_count)]);
}

static void fugitives_are_caught(void)
{
    for (u32 i = 0; i < fugitive_count; i++) {
        retcode code = look(1, fugitives[i], 0, 0);
        assert_true(code == rcHandleRevoked || code == rcInvalidHandle);
    }
    check_all();
}

static void nobody_escapes_a_revocation(void **state)
{
    (void)state;
    for (random_seed = 0; random_seed < 20; random_seed++) {
        u32 seed = random_seed, root = insert(0, 0, ALL), other = insert(0, 0, ALL);
        fugitives_make(derive(0, root, 1, ALL, COPY, 0));
        interrupts(fugitives_try);
        assert_ok(handle_revoke(&tables[0], root));
        no_interrupts();
        fugitives_are_caught();
        assert_ok(look(0, other, 0, ALL));
        for (u32 i = 0; i < fugitive_count; i++)
            (void)handle_close(&tables[1], fugitives[i]);
        assert_ok(handle_close(&tables[0], other));
        random_seed = seed;
    }
}

static u32 subtree_root;

static void others_come_and_go(void)
{
    fugitives_try();
    u32 *one = &innocents[random_number(innocent_count)];
    switch (random_number(3)) {
    case 0:
        assert_ok(handle_close(&tables[2], *one)); /* what is below moves up to the root */
        *one = derive(0, subtree_root, 2, ALL, COPY, 0);
        break;
    case 1:
        if (innocent_count < MANY)
            innocents[innocent_count++] = derive(2, *one, 2, ALL, COPY, 0);
        break;
    default:
        break;
    }
}

static void nobody_escapes_with_the_badge_and_nobody_else_goes(void **state)
{
    (void)state;
    for (random_seed = 0; random_seed < 20; random_seed++) {
        u32 seed = random_seed;
        subtree_root = insert(0, 0, ALL);
        for (innocent_count = 0; innocent_count < MANY / 2; innocent_count++)
            innocents[innocent_count] = derive(0, subtree_root, 2, ALL, COPY, innocent_count % 2 != 0 ? 5 : 0);
        fugitives_make(derive(0, subtree_root, 1, ALL, COPY, 4));
        interrupts(others_come_and_go);
        assert_ok(handle_revoke_subtree(&tables[0], subtree_root, &objects[4]));
        no_interrupts();
        fugitives_are_caught();
        for (u32 i = 0; i < innocent_count; i++)
            assert_ok(look(2, innocents[i], 0, ALL));
        assert_ok(handle_revoke(&tables[0], subtree_root));
        for (u32 i = 0; i < innocent_count; i++)
            assert_code(look(2, innocents[i], 0, ALL), rcHandleRevoked);
        for (u32 t = 1; t < 3; t++) {
            handle_table_destroy(&tables[t]);
            tables[t] = (struct handle_table){};
            assert_ok(handle_table_init(&tables[t], &quotas[t]));
        }
        random_seed = seed;
    }
}

/* ---- two walks ---- */

static void second_walk(void)
{
    at_checkpoint = nullptr;
    assert_ok(handle_revoke_subtree(&tables[0], subtree_root, &objects[5]));
}

static void a_second_walk_ends_the_first_one(void **state)
{
    (void)state;
    u32 child[MANY];
    subtree_root = insert(0, 0, ALL);
    for (u32 i = 0; i < MANY; i++)
        child[i] = derive(0, subtree_root, 1, ALL, COPY, i % 3 == 0 ? 0 : 4 + i % 2);
    interrupts(second_walk);
    assert_ok(handle_revoke_subtree(&tables[0], subtree_root, &objects[4]));
    no_interrupts();
    assert_int_equal(checkpoints, 1);
    check_all();
    for (u32 i = 0; i < MANY; i++)
        assert_code(look(1, child[i], 0, 0), i % 3 == 0 ? rcOk : rcHandleRevoked);
}

static void closes_root(void)
{
    at_checkpoint = nullptr;
    assert_ok(handle_close(&tables[0], subtree_root));
}

static void derives_from_root(void)
{
    u32 made = NO_HANDLE;
    assert_code(handle_close(&tables[0], subtree_root), rcInvalidHandle);
    assert_code(handle_revoke(&tables[0], subtree_root), rcInvalidHandle);
    assert_code(handle_revoke_subtree(&tables[0], subtree_root, &objects[4]), rcInvalidHandle);
    assert_code(handle_derive(&tables[0], subtree_root, &tables[1], ALL, COPY, nullptr, &made), rcHandleRevoked);
}

static void the_root_of_a_walk_may_be_closed_but_not_that_of_a_revocation(void **state)
{
    (void)state;
    u32 child[MANY];
    subtree_root = insert(0, 0, ALL);
    for (u32 i = 0; i < MANY; i++)
        child[i] = derive(0, subtree_root, 1, ALL, COPY, 4);
    interrupts(closes_root);
    assert_code(handle_revoke_subtree(&tables[0], subtree_root, &objects[4]), rcInvalidHandle);
    no_interrupts();
    check_all();
    subtree_root = insert(0, 0, ALL);
    for (u32 i = 0; i < MANY; i++) {
        (void)handle_close(&tables[1], child[i]);
        child[i] = derive(0, subtree_root, 1, ALL, COPY, 0);
    }
    interrupts(derives_from_root);
    assert_ok(handle_revoke(&tables[0], subtree_root));
    no_interrupts();
    check_all();
    for (u32 i = 0; i < MANY; i++)
        assert_code(look(1, child[i], 0, 0), rcHandleRevoked);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        test(who_is_closed_while_it_is_looked_at_has_no_badge_any_more),
        test(a_badge_goes_without_a_lock),
        test(revoking_many_children_has_steps),
        test(another_badge_is_no_way_out_of_the_first),
        test(ghosts_are_no_more_than_twice_the_living),
        test(ghosts_go_with_what_is_below_them),
        test(revoking_a_chain_has_steps),
        test(nobody_escapes_a_revocation),
        test(nobody_escapes_with_the_badge_and_nobody_else_goes),
        test(a_second_walk_ends_the_first_one),
        test(the_root_of_a_walk_may_be_closed_but_not_that_of_a_revocation),
    };
    return cmocka_run_group_tests(tests, machine_setup, nullptr);
}
