/* SPDX-License-Identifier: Apache-2.0 */
/* Handle tables and inheritance trees: what each operation promises, one by one. */
#include "object_capability_fixture.h"

/* ---- lookups ---- */

static void what_was_never_given_out_is_no_handle(void **state)
{
    (void)state;
    u32 handle = insert(0, 0, ALL);
    const u32 wrong[] = {
        0,                   /* the slot that is never used */
        0xffffU << 16,       /* the same with a generation */
        1,                   /* generation 0 of the used slot */
        handle + (1U << 16), /* its next generation */
        handle + 1,          /* a free slot */
        (1U << 16) | 32,     /* just behind the table */
        (1U << 16) | 0xffff, /* the last index there can be */
        KOS_INVALID_HANDLE,
    };
    for (u32 i = 0; i < array_length(wrong); i++) {
        struct handle_view view;
        u32 other = NO_HANDLE;
        assert_code(look(0, wrong[i], 0, 0), rcInvalidHandle);
        assert_code(handle_view(&tables[0], wrong[i], &view), rcInvalidHandle);
        assert_code(handle_close(&tables[0], wrong[i]), rcInvalidHandle);
        assert_code(handle_revoke(&tables[0], wrong[i]), rcInvalidHandle);
        assert_code(handle_revoke_subtree(&tables[0], wrong[i], &objects[4]), rcInvalidHandle);
        assert_code(handle_derive(&tables[0], wrong[i], &tables[1], ALL, COPY, nullptr, &other), rcInvalidHandle);
        assert_code(handle_ancestor_in(&tables[0], wrong[i], &tables[0], &other), rcInvalidHandle);
        assert_int_equal(other, NO_HANDLE);
    }
    assert_ok(look(0, handle, 0, ALL));
    check_all();
}

static void a_handle_means_nothing_in_another_table(void **state)
{
    (void)state;
    u32 here = insert(0, 0, ALL);
    assert_code(look(1, here, 0, 0), rcInvalidHandle);
    u32 there = insert(1, 1, ALL);
    assert_int_equal(here, there); /* the same value: two objects */
    assert_ok(look(0, here, 0, ALL));
    assert_ok(look(1, there, 1, ALL));
}

static void type_and_all_asked_rights_are_demanded(void **state)
{
    (void)state;
    struct object *found = nullptr;
    u32 rights = COPY | KOS_RIGHT_GET_SID, handle = insert(0, 0, rights);
    for (u32 bit = 0; bit < 32; bit++)
        assert_code(look(0, handle, 0, 1U << bit), (rights >> bit & 1) != 0 ? rcOk : rcNoCapability);
    assert_ok(look(0, handle, 0, rights));
    assert_ok(look(0, handle, 0, 0));
    assert_code(look(0, handle, 0, rights | TRANSFER), rcNoCapability);
    for (u32 type = OBJECT_NONE + 1; type < OBJECT_TYPES; type++)
        if (type != OBJECT_USER)
            assert_code(handle_lookup(&tables[0], handle, type, 0, &found), rcInvalidArgument);
    assert_null(found);
    assert_ok(handle_lookup(&tables[0], handle, OBJECT_USER, rights, &found));
    assert_int_equal(objects[0].references, 3);
    object_release(found);
}

static void a_view_holds_object_and_badge(void **state)
{
    (void)state;
    struct handle_view view;
    u32 root = insert(0, 0, ALL), child = derive(0, root, 1, COPY, TRANSFER, 4);
    assert_ok(handle_view(&tables[0], root, &view));
    assert_null(view.badge);
    assert_int_equal(view.rights, ALL);
    handle_view_release(&view);
    assert_ok(handle_view(&tables[1], child, &view));
    assert_ptr_equal(view.object, &objects[0]);
    assert_ptr_equal(view.badge, &objects[4]);
    assert_int_equal(view.rights, COPY);
    assert_ok(handle_close(&tables[1], child)); /* the view does not mind */
    assert_int_equal(objects[4].references, 2);
    handle_view_release(&view);
    check_all();
}

/* ---- slots and generations ---- */

static void a_slot_used_again_has_another_handle(void **state)
{
    (void)state;
    u32 first = insert(0, 0, ALL);
    assert_ok(handle_close(&tables[0], first));
    assert_code(look(0, first, 0, 0), rcInvalidHandle);
    assert_code(handle_close(&tables[0], first), rcInvalidHandle);
    u32 second = insert(0, 1, ALL);
    assert_int_equal(INDEX(second), INDEX(first));
    assert_int_not_equal(second, first);
    assert_code(look(0, first, 1, 0), rcInvalidHandle);
    assert_ok(look(0, second, 1, ALL));
}

static void generations_wrap_around_zero_and_all_ones(void **state)
{
    (void)state;
    u32 before = insert(0, 0, 0), wraps = 0;
    for (u32 i = 0; i < 140000; i++) {
        assert_ok(handle_close(&tables[0], before));
        fake_epoch_run();
        u32 handle = insert(0, 0, 0), generation = handle >> 16;
        assert_int_equal(INDEX(handle), INDEX(before));
        assert_in_range(generation, 1, 0xfffe);
        assert_true(generation == (before >> 16) + 1 || (generation == 1 && before >> 16 == 0xfffe));
        wraps += generation == 1;
        before = handle;
    }
    assert_int_equal(wraps, 2);
}

static void a_closed_capability_waits_for_its_epoch(void **state)
{
    (void)state;
    u64 waiting = fake_epoch_count();
    u32 handle = insert(0, 0, ALL);
    s64 before = alive;
    assert_ok(handle_close(&tables[0], handle));
    assert_int_equal(alive, before); /* another CPU may be reading it */
    assert_int_equal(fake_epoch_count(), waiting + 1);
    assert_int_equal(quotas[0].objects, 1); /* the block; the task is not charged for waiting */
    fake_epoch_run();
    assert_int_equal(alive, before - 1);
}

static void tables_grow_to_65535_handles_and_no_further(void **state)
{
    (void)state;
    static u32 handles[HANDLE_TABLE_ENTRIES_MAX];
    for (u32 i = 1; i < HANDLE_TABLE_ENTRIES_MAX; i++) {
        u64 mask = tables[0].block->mask;
        handles[i] = insert(0, i % 2, ALL);
        assert_int_equal(INDEX(handles[i]), i); /* in order: each growth adds what lies behind */
        if (tables[0].block->mask != mask) {
            assert_int_equal(tables[0].block->mask, mask * 2 + 1);
            assert_ok(look(0, handles[1], 1, ALL));
            assert_ok(look(0, handles[i], i % 2, ALL));
        }
    }
    assert_int_equal(tables[0].block->mask, HANDLE_TABLE_ENTRIES_MAX - 1);
    check_all();
    u64 pages = quotas[0].pages, used = quotas[0].objects;
    u32 none = NO_HANDLE;
    assert_code(handle_insert(&tables[0], &objects[0], ALL, &none), rcOutOfMemory);
    assert_code(handle_derive(&tables[0], handles[7], &tables[0], ALL, COPY, nullptr, &none), rcOutOfMemory);
    assert_int_equal(none, NO_HANDLE);
    assert_true(quotas[0].pages == pages && quotas[0].objects == used);
    check_all();
    assert_ok(handle_close(&tables[0], handles[4711]));
    assert_int_equal(INDEX(insert(0, 0, ALL)), 4711);
    for (u32 i = 1; i < HANDLE_TABLE_ENTRIES_MAX; i++)
        assert_code(look(0, handles[i], i % 2, ALL), i == 4711 ? rcInvalidHandle : rcOk);
}

static void quotas_bound_capabilities_and_tables(void **state)
{
    (void)state;
    u32 none = NO_HANDLE;
    quotas[0].objects_limit = 1 + 3; /* the table's block is one */
    for (u32 i = 0; i < 3; i++)
        (void)insert(0, 0, ALL);
    assert_code(handle_insert(&tables[0], &objects[0], ALL, &none), rcQuotaExceeded);
    u32 there = insert(1, 0, ALL);
    assert_code(handle_derive(&tables[1], there, &tables[0], ALL, TRANSFER, nullptr, &none), rcQuotaExceeded);
    quotas[0].objects_limit = 1000, quotas[0].pages_limit = 0;
    for (u32 i = 4; i < HANDLE_TABLE_ENTRIES_FIRST * 3 / 4; i++)
        (void)insert(0, 0, ALL);
    /* the next block is a page, and is begun with the last quarter of this one */
    assert_code(handle_insert(&tables[0], &objects[0], ALL, &none), rcQuotaExceeded);
    check_all();
    quotas[0].pages_limit = 1;
    (void)insert(0, 0, ALL);
    assert_int_equal(none, NO_HANDLE);
    assert_int_equal(quotas[0].pages, 1);
}

/* ---- the word that the fast path compares ---- */

static const struct handle_entry *entry(u32 table, u32 handle)
{
    return &tables[table].block->entries[INDEX(handle)];
}

static void only_channels_with_the_right_to_call_are_callable(void **state)
{
    (void)state;
    u32 user = insert(0, 0, ALL), channel = insert(0, 2, ALL),
        weak = derive(0, channel, 0, ~KOS_RIGHT_IPC_CALL, COPY, 0);
    assert_int_equal(entry(0, user)->callable, 0);
    assert_int_equal(entry(0, weak)->callable, 0);
    assert_int_equal(entry(0, channel)->callable, channel);
    assert_ptr_equal(entry(0, channel)->channel, &objects[2]);
    assert_int_equal(entry(0, 0)->callable, ~0ULL); /* a Call on handle 0 must miss */
    u32 moved = derive(0, channel, 1, KOS_RIGHT_IPC_CALL, TRANSFER, 0);
    assert_int_equal(entry(1, moved)->callable, moved);
    assert_ok(handle_close(&tables[0], channel));
    assert_int_equal(entry(0, channel)->callable, 0);
    assert_int_equal(entry(1, moved)->callable, moved);
}

static void a_slot_keeps_its_channel_for_who_is_between_the_two_loads(void **state)
{
    (void)state;
    u32 channel = insert(0, 2, ALL);
    assert_ok(handle_close(&tables[0], channel));
    u32 user = insert(0, 0, ALL);
    assert_int_equal(INDEX(user), INDEX(channel));
    assert_ptr_equal(entry(0, user)->channel, &objects[2]);
    assert_int_equal(entry(0, user)->callable, 0);
}

static void growth_moves_callable_words_to_the_new_block(void **state)
{
    (void)state;
    u32 handles[HANDLE_TABLE_ENTRIES_FIRST];
    struct handle_block *old = tables[0].block;
    for (u32 i = 1; i < HANDLE_TABLE_ENTRIES_FIRST - 1; i++)
        handles[i] = insert(0, 2, ALL);
    assert_ptr_equal(tables[0].block, old);
    assert_int_equal(old->entries[5].callable, handles[5]);
    assert_ok(handle_close(&tables[0], handles[6])); /* before and behind what has moved */
    assert_ok(handle_close(&tables[0], handles[30]));
    check_all();
    handles[30] = insert(0, 2, ALL), handles[6] = insert(0, 3, ALL);
    handles[31] = insert(0, 2, ALL);
    assert_ptr_not_equal(tables[0].block, old);
    assert_ptr_equal(tables[0].block->outgrown, old);
    for (u32 i = 1; i < HANDLE_TABLE_ENTRIES_FIRST; i++)
        assert_int_equal(entry(0, handles[i])->callable, handles[i]);
    /* Threads that still use the old block find what is valid there; elsewhere they miss, and look again. */
    assert_int_equal(old->entries[5].callable, handles[5]);
    assert_ok(handle_close(&tables[0], handles[5]));
    assert_int_equal(old->entries[5].callable, 0);
    handles[5] = insert(0, 3, ALL);
    assert_int_equal(old->entries[5].callable, 0);
    u32 child = derive(0, handles[7], 0, ALL, COPY, 0), below = derive(0, child, 0, ALL, COPY, 0);
    assert_ok(handle_revoke(&tables[0], handles[7]));
    assert_int_equal(old->entries[7].callable, 0);
    assert_int_equal(entry(0, below)->callable, 0);
    assert_int_equal(old->entries[0].callable, ~0ULL);
    assert_int_equal(tables[0].block->entries[0].callable, ~0ULL);
}

/* Whatever is closed, revoked and taken while entries move, both blocks agree, and no step is large. */
static void what_changes_while_a_table_grows_changes_in_both_blocks(void **state)
{
    (void)state;
    static u32 handles[4096];
    u32 count = 0, random = 1;
    while (count < 2000) {
        random = random * 1664525U + 1013904223U;
        u64 mask = tables[0].block->mask;
        u32 moved = tables[0].moved, some = count == 0 ? 0 : (random >> 8) % count;
        if ((random >> 28) < 5 && count > 0) {
            assert_ok((random >> 24 & 1) != 0 ? handle_revoke(&tables[0], handles[some])
                                              : handle_close(&tables[0], handles[some]));
            handles[some] = handles[--count];
        } else {
            handles[count++] = insert(0, 2 + (random >> 20 & 1), ALL);
        }
        if (tables[0].block->mask == mask && tables[0].moved > 0)
            assert_in_range(tables[0].moved - (tables[0].moved > moved ? moved : tables[0].moved), 0, 8);
        if (count % 16 == 0)
            check_all();
    }
    for (u32 i = 0; i < count; i++)
        assert_int_equal(entry(0, handles[i])->callable, handles[i]);
}

/* Another CPU holds the table's lock and is copying its entries to a larger block: revocation must wait for it, or the
 * copy would stay callable. */
static u32 polls, revoked_handle;
static void grower_finishes(void)
{
    polls++;
    assert_int_equal(entry(1, revoked_handle)->callable, revoked_handle);
    spinlock_unlock(&tables[1].lock);
}
static void revocation_waits_for_a_table_that_grows(void **state)
{
    (void)state;
    u32 root = insert(0, 2, ALL);
    revoked_handle = derive(0, root, 1, ALL, TRANSFER, 0);
    polls = 0;
    fake_poll = grower_finishes;
    spinlock_lock(&tables[1].lock);
    assert_ok(handle_revoke(&tables[0], root));
    fake_poll = nullptr;
    assert_int_equal(polls, 1);
    assert_int_equal(entry(1, revoked_handle)->callable, 0);
}

/* ---- copy and transfer ---- */

static void derived_rights_are_a_subset(void **state)
{
    (void)state;
    u32 root = insert(0, 0, COPY | TRANSFER | KOS_RIGHT_GET_SID | KOS_RIGHT_SPECIAL(3)), none = NO_HANDLE;
    u32 copy = derive(0, root, 0, ALL, COPY, 0);
    assert_ok(look(0, copy, 0, COPY | TRANSFER | KOS_RIGHT_GET_SID | KOS_RIGHT_SPECIAL(3)));
    assert_code(look(0, copy, 0, KOS_RIGHT_SPECIAL(4)), rcNoCapability);
    u32 moved = derive(0, copy, 1, TRANSFER | KOS_RIGHT_SPECIAL(4), TRANSFER, 0);
    assert_ok(look(1, moved, 0, TRANSFER));
    assert_code(look(1, moved, 0, KOS_RIGHT_SPECIAL(4)), rcNoCapability); /* nothing is won on the way */
    assert_code(handle_derive(&tables[1], moved, &tables[1], ALL, COPY, nullptr, &none), rcNoCapability);
    u32 last = derive(1, moved, 2, 0, TRANSFER, 0);
    assert_ok(look(2, last, 0, 0));
    assert_code(handle_derive(&tables[2], last, &tables[0], ALL, TRANSFER, nullptr, &none), rcNoCapability);
    assert_int_equal(none, NO_HANDLE);
    check_all();
}

static u32 parents_parent, parent;
static void revoke_parent(void)
{
    assert_ok(handle_revoke(&tables[0], parents_parent));
}
static void close_parent(void)
{
    assert_ok(handle_close(&tables[1], parent));
}
static void a_parent_that_goes_meanwhile_has_no_child(void **state)
{
    (void)state;
    u32 none = NO_HANDLE, used = tables[2].count;
    parents_parent = insert(0, 0, ALL), parent = derive(0, parents_parent, 1, ALL, COPY, 0);
    meanwhile = revoke_parent;
    assert_code(handle_derive(&tables[1], parent, &tables[2], ALL, COPY, &objects[4], &none), rcHandleRevoked);
    parents_parent = insert(0, 0, ALL), parent = derive(0, parents_parent, 1, ALL, COPY, 0);
    meanwhile = close_parent;
    assert_code(handle_derive(&tables[1], parent, &tables[2], ALL, COPY, &objects[4], &none), rcInvalidHandle);
    assert_int_equal(none, NO_HANDLE);
    assert_int_equal(tables[2].count, used);
    check_all();
}

static void the_nearest_ancestor_of_a_table_is_found(void **state)
{
    (void)state;
    u32 found = NO_HANDLE, root = insert(0, 0, ALL), second = derive(0, root, 0, ALL, COPY, 0);
    u32 there = derive(0, second, 1, ALL, TRANSFER, 0), further = derive(1, there, 2, ALL, TRANSFER, 0);
    assert_code(handle_ancestor_in(&tables[0], root, &tables[0], &found), rcResourceNotFound);  /* itself excluded */
    assert_code(handle_ancestor_in(&tables[1], there, &tables[2], &found), rcResourceNotFound); /* a descendant */
    assert_int_equal(found, NO_HANDLE);
    assert_ok(handle_ancestor_in(&tables[2], further, &tables[0], &found));
    assert_int_equal(found, second);
    assert_ok(handle_ancestor_in(&tables[2], further, &tables[1], &found));
    assert_int_equal(found, there);
    assert_ok(handle_close(&tables[0], second));
    assert_ok(handle_ancestor_in(&tables[2], further, &tables[0], &found));
    assert_int_equal(found, root); /* the tree closed over the gap */
    assert_ok(handle_revoke(&tables[0], root));
    assert_code(handle_ancestor_in(&tables[2], further, &tables[1], &found), rcHandleRevoked);
}

/* ---- the end of handles ---- */

static void closing_concerns_one_handle_only(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), middle = derive(0, root, 1, ALL, TRANSFER, 0),
        leaf = derive(1, middle, 2, ALL, COPY, 0);
    assert_ok(handle_close(&tables[1], middle));
    assert_code(look(1, middle, 0, 0), rcInvalidHandle);
    assert_ok(look(0, root, 0, ALL));
    assert_ok(look(2, leaf, 0, ALL));
    check_all();
    assert_ok(handle_revoke(&tables[0], root)); /* the leaf still descends from the root */
    assert_code(look(2, leaf, 0, 0), rcHandleRevoked);
}

static void closing_a_root_leaves_its_children_as_roots(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), a = derive(0, root, 1, ALL, COPY, 0), b = derive(0, root, 2, ALL, COPY, 0);
    assert_ok(handle_close(&tables[0], root));
    assert_int_equal(abandoned[0], 0);
    assert_ok(handle_revoke(&tables[1], a));
    assert_ok(look(2, b, 0, ALL));
    assert_int_equal(abandoned[0], 0);
    assert_ok(handle_close(&tables[2], b));
    assert_int_equal(abandoned[0], 1);
}

static void revoked_handles_say_so_until_they_are_closed(void **state)
{
    (void)state;
    struct handle_view view;
    u32 other = NO_HANDLE, root = insert(0, 2, ALL), child = derive(0, root, 1, ALL, TRANSFER, 4);
    u32 used = tables[1].count;
    assert_ok(handle_revoke(&tables[0], root));
    assert_code(look(0, root, 2, 0), rcInvalidHandle); /* revoking closes what it was asked for */
    assert_code(look(1, child, 2, 0), rcHandleRevoked);
    assert_code(handle_view(&tables[1], child, &view), rcHandleRevoked);
    assert_code(handle_derive(&tables[1], child, &tables[1], ALL, COPY, nullptr, &other), rcHandleRevoked);
    assert_code(handle_revoke(&tables[1], child), rcHandleRevoked);
    assert_code(handle_revoke_subtree(&tables[1], child, &objects[4]), rcHandleRevoked);
    assert_int_equal(entry(1, child)->callable, 0);
    assert_int_equal(tables[1].count, used); /* the slot is not given to others */
    assert_int_equal(objects[4].references, 2);
    assert_int_equal(abandoned[2], 1);
    check_all();
    assert_ok(handle_close(&tables[1], child));
    assert_code(look(1, child, 2, 0), rcInvalidHandle);
    assert_int_equal(abandoned[2], 1); /* once */
    assert_int_equal(objects[4].references, 1);
}

static void revocation_takes_all_descendants_and_nothing_else(void **state)
{
    (void)state;
    enum { DEPTH = 60 };
    u32 chain[DEPTH], root = insert(0, 0, ALL), other = insert(0, 0, ALL);
    u32 middle = derive(0, root, 1, ALL, COPY, 0), brother = derive(0, root, 1, ALL, COPY, 0);
    chain[0] = derive(1, middle, 2, ALL, COPY, 0);
    for (u32 i = 1; i < DEPTH; i++)
        chain[i] = derive(2, chain[i - 1 - i % 3 * (i > 3)], 2, ALL, COPY, 0); /* deep, with branches */
    check_all();
    assert_ok(handle_revoke(&tables[1], middle));
    check_all();
    for (u32 i = 0; i < DEPTH; i++)
        assert_code(look(2, chain[i], 0, 0), rcHandleRevoked);
    assert_ok(look(0, root, 0, ALL));
    assert_ok(look(0, other, 0, ALL));
    assert_ok(look(1, brother, 0, ALL));
    assert_int_equal(abandoned[0], 0);
}

static void a_subtree_is_revoked_by_the_badge_of_its_root(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), child[4], below[4];
    static const u32 badges[4] = {4, 5, 0, 4};
    for (u32 i = 0; i < 4; i++) {
        child[i] = derive(0, root, 1, ALL, TRANSFER, badges[i]);
        below[i] = derive(1, child[i], 2, ALL, TRANSFER, i == 1 ? 4 : 0); /* not passed on from root itself */
    }
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[4]));
    check_all();
    for (u32 i = 0; i < 4; i++) {
        assert_code(look(1, child[i], 0, 0), badges[i] == 4 ? rcHandleRevoked : rcOk);
        assert_code(look(2, below[i], 0, 0), badges[i] == 4 ? rcHandleRevoked : rcOk);
    }
    assert_ok(look(0, root, 0, ALL));
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[4])); /* nothing left: no error */
    assert_code(look(1, child[2], 0, 0), rcOk);
    assert_int_equal(abandoned[0], 0);
}

static void what_is_made_from_a_badged_handle_belongs_to_the_badge(void **state)
{
    (void)state;
    struct handle_view view;
    u32 root = insert(0, 0, ALL), child = derive(0, root, 1, ALL, TRANSFER, 4),
        below = derive(1, child, 2, ALL, COPY, 0), deepest = derive(2, below, 2, ALL, COPY, 0);
    check_all();
    assert_int_equal(objects[4].badged, 3);
    assert_ok(handle_view(&tables[2], deepest, &view));
    assert_ptr_equal(view.badge, &objects[4]);
    handle_view_release(&view);
    /* not from there on, but from the child */
    assert_ok(handle_revoke_subtree(&tables[1], child, &objects[4]));
    assert_ok(look(2, below, 0, 0));
    assert_ok(handle_close(&tables[1], child)); /* the branches begin below now */
    assert_int_equal(objects[4].badged, 2);
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[4]));
    check_all();
    assert_int_equal(objects[4].badged, 0);
    assert_code(look(2, below, 0, 0), rcHandleRevoked);
    assert_code(look(2, deepest, 0, 0), rcHandleRevoked);
    assert_ok(handle_close(&tables[2], below));
    assert_int_equal(objects[4].badged, 0);
}

static struct capability *revoked_pins[4];
static u32 revoked_pin_count;
static void note_pin(struct capability *pin)
{
    revoked_pins[revoked_pin_count++] = pin;
}

static void a_pin_outlives_its_handle_but_not_what_that_was_made_from(void **state)
{
    (void)state;
    struct capability pins[4] = {};
    revoked_pin_count = 0;
    object_operations[OBJECT_USER].pin_revoked = note_pin;
    u32 root = insert(0, 0, ALL), child = derive(0, root, 1, ALL, TRANSFER, 0), weak = derive(0, root, 1, 0, COPY, 0);
    assert_code(handle_pin(&tables[1], weak, OBJECT_USER, KOS_RIGHT_SPECIAL(0), &pins[0]), rcNoCapability);
    assert_code(handle_pin(&tables[1], child, OBJECT_BADGE, 0, &pins[0]), rcInvalidArgument);
    assert_code(handle_pin(&tables[2], child, OBJECT_USER, 0, &pins[0]), rcInvalidHandle);
    assert_ok(handle_pin(&tables[0], root, OBJECT_USER, 0, &pins[0]));
    assert_ok(handle_pin(&tables[1], child, OBJECT_USER, KOS_RIGHT_SPECIAL(0), &pins[1]));
    assert_ok(handle_pin(&tables[1], child, OBJECT_USER, 0, &pins[2]));
    assert_int_equal(pins[1].rights, ALL);
    handle_unpin(&pins[2]);
    assert_ok(handle_close(&tables[1], child));
    assert_int_equal(revoked_pin_count, 0);
    u32 brother = derive(0, root, 1, ALL, TRANSFER, 0);
    assert_ok(handle_pin(&tables[1], brother, OBJECT_USER, 0, &pins[3]));
    assert_ok(handle_revoke(&tables[1], brother));
    assert_int_equal(revoked_pin_count, 1);
    assert_ptr_equal(revoked_pins[0], &pins[3]);
    assert_ok(handle_revoke(&tables[0], root));
    assert_int_equal(revoked_pin_count, 3);
    assert_true(pins[0].revoked && pins[1].revoked && !pins[2].revoked);
    assert_int_equal(abandoned[0], 1);          /* pins are no handles, */
    assert_int_equal(objects[0].references, 6); /* but keep the object: four, the revoked handle's, and its own */
    for (u32 i = 0; i < 4; i++) {
        handle_unpin(&pins[i]); /* those that were revoked, or unpinned before, are in no list */
        object_release(&objects[0]);
    }
    assert_ok(handle_close(&tables[1], weak));
    object_operations[OBJECT_USER].pin_revoked = nullptr;
    check_all();
}

static void an_object_is_abandoned_with_its_last_live_handle(void **state)
{
    (void)state;
    u32 a = insert(0, 0, ALL), b = insert(1, 0, ALL);
    assert_ok(handle_close(&tables[0], a));
    assert_int_equal(abandoned[0], 0);
    struct object *held;
    assert_ok(handle_lookup(&tables[1], b, OBJECT_USER, 0, &held));
    assert_ok(handle_close(&tables[1], b));
    assert_int_equal(abandoned[0], 1); /* though a reference is left */
    object_release(held);
}

static void a_table_that_goes_closes_what_it_holds(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), child = derive(0, root, 1, ALL, TRANSFER, 4),
        revoked = derive(0, root, 1, ALL, COPY, 5);
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[5]));
    assert_code(look(1, revoked, 0, 0), rcHandleRevoked);
    handle_table_destroy(&tables[0]);
    check_all();
    assert_ok(look(1, child, 0, ALL));
    handle_table_destroy(&tables[1]);
    check_all();
    assert_int_equal(abandoned[0], 1);
    assert_int_equal(objects[0].references, 1);
}

static void what_was_given_in_vain_is_taken_back_from_a_table_that_may_have_gone(void **state)
{
    (void)state;
    u32 root = insert(0, 0, ALL), references = objects[0].references, first = derive(0, root, 1, ALL, TRANSFER, 0),
        second = derive(0, root, 1, ALL, TRANSFER, 0);
    handle_take_back(&tables[1], first);
    handle_take_back(&tables[1], first); /* closed already */
    assert_int_equal(objects[0].references, references + 1);
    handle_table_destroy(&tables[1]);
    handle_take_back(&tables[1], second);
    assert_int_equal(objects[0].references, references);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        test(what_was_never_given_out_is_no_handle),
        test(a_handle_means_nothing_in_another_table),
        test(type_and_all_asked_rights_are_demanded),
        test(a_view_holds_object_and_badge),
        test(a_slot_used_again_has_another_handle),
        test(generations_wrap_around_zero_and_all_ones),
        test(a_closed_capability_waits_for_its_epoch),
        test(tables_grow_to_65535_handles_and_no_further),
        test(quotas_bound_capabilities_and_tables),
        test(only_channels_with_the_right_to_call_are_callable),
        test(a_slot_keeps_its_channel_for_who_is_between_the_two_loads),
        test(growth_moves_callable_words_to_the_new_block),
        test(what_changes_while_a_table_grows_changes_in_both_blocks),
        test(revocation_waits_for_a_table_that_grows),
        test(derived_rights_are_a_subset),
        test(a_parent_that_goes_meanwhile_has_no_child),
        test(the_nearest_ancestor_of_a_table_is_found),
        test(closing_concerns_one_handle_only),
        test(closing_a_root_leaves_its_children_as_roots),
        test(revoked_handles_say_so_until_they_are_closed),
        test(revocation_takes_all_descendants_and_nothing_else),
        test(a_subtree_is_revoked_by_the_badge_of_its_root),
        test(what_is_made_from_a_badged_handle_belongs_to_the_badge),
        test(a_pin_outlives_its_handle_but_not_what_that_was_made_from),
        test(an_object_is_abandoned_with_its_last_live_handle),
        test(a_table_that_goes_closes_what_it_holds),
        test(what_was_given_in_vain_is_taken_back_from_a_table_that_may_have_gone),
    };
    return cmocka_run_group_tests(tests, machine_setup, nullptr);
}
