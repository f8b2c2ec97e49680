/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handle tables when memory runs out: every operation that allocates is repeated with its first, second, ... allocation
 * failing until none fails; a failure leaves everything as it was. And random operations against a model of the trees.
 */
#include "object_capability_fixture.h"

static u32 root, child, given; /* handles: root of object 2 in table 0, its descendant in table 1, result */

static retcode insert_one(void)
{
    return handle_insert(&tables[0], &objects[2], ALL, &given);
}
static retcode copy_one(void)
{
    return handle_derive(&tables[0], root, &tables[0], ALL, COPY, nullptr, &given);
}
static retcode transfer_one(void)
{
    return handle_derive(&tables[0], root, &tables[1], ALL, TRANSFER, &objects[4], &given);
}
static retcode table_make(void)
{
    return handle_table_init(&tables[2], &quotas[2]);
}

/* All that a failure must not change. */
struct snapshot {
    struct handle_table tables[TABLES];
    u64 pages[TABLES], objects[TABLES];
    s64 alive;
    u64 deferred;
};
static void snapshot_take(struct snapshot *snapshot)
{
    memset(snapshot, 0, sizeof(*snapshot));
    for (u32 t = 0; t < TABLES; t++) {
        snapshot->tables[t].free_first = tables[t].free_first;
        snapshot->tables[t].count = tables[t].count;
        snapshot->tables[t].fresh = tables[t].fresh;
        snapshot->tables[t].moved = tables[t].moved;
        snapshot->tables[t].successor = tables[t].successor;
        snapshot->tables[t].block = (struct handle_block *)tables[t].block;
        snapshot->pages[t] = quotas[t].pages;
        snapshot->objects[t] = quotas[t].objects;
    }
    snapshot->alive = alive;
    snapshot->deferred = fake_epoch_count();
}

/* Operation with its n-th allocation failing, for all n; how many there were. */
static u64 fail_each(retcode (*operation)(void))
{
    struct snapshot before, after;
    for (u64 n = 1;; n++) {
        assert_true(n < 100);
        check_all();
        snapshot_take(&before);
        given = NO_HANDLE, allocations = 0, failing = n;
        retcode code = operation();
        failing = 0;
        if (code == rcOk) {
            assert_int_equal(allocations, n - 1);
            check_all();
            return n - 1;
        }
        assert_true(code == rcQuotaExceeded || code == rcOutOfMemory);
        assert_int_equal(allocations, n); /* nothing is tried after a failure */
        assert_int_equal(given, NO_HANDLE);
        snapshot_take(&after);
        assert_memory_equal(&before, &after, sizeof(before));
    }
}

static void start(void)
{
    root = insert(0, 2, ALL);
    child = derive(0, root, 1, ALL, TRANSFER, 4);
}
static u64 entries_of(u32 table)
{
    return ((struct handle_block *)tables[table].block)->mask + 1;
}
/* So that the next handle begins a larger table. */
static void fill_up(u32 table)
{
    while (tables[table].successor != nullptr || tables[table].count < entries_of(table) * 3 / 4 - 1)
        (void)insert(table, 0, ALL);
}

static void every_allocation_of_a_new_table(void **state)
{
    (void)state;
    handle_table_destroy(&tables[2]);
    tables[2] = (struct handle_table){};
    assert_in_range(fail_each(table_make), 2, 4); /* quota, block */
}

static void every_allocation_of_a_new_handle(void **state)
{
    (void)state;
    start();
    assert_in_range(fail_each(insert_one), 2, 4); /* quota, capability */
    assert_in_range(fail_each(copy_one), 2, 4);
    assert_in_range(fail_each(transfer_one), 2, 4);
}

static void every_allocation_of_a_handle_that_makes_its_table_grow(void **state)
{
    (void)state;
    retcode (*const operations[])(void) = {insert_one, copy_one, transfer_one};
    start();
    for (u32 entries = HANDLE_TABLE_ENTRIES_FIRST; entries < 1024; entries *= 2)
        for (u32 i = 0; i < array_length(operations); i++) {
            u32 table = i == 2 ? 1 : 0;
            fill_up(table);
            assert_in_range(fail_each(operations[i]), 4, 6); /* besides: pages of the quota, pages */
            assert_int_equal(tables[table].successor->mask, 2 * entries_of(table) - 1);
            assert_ok(look(0, root, 2, ALL));
            assert_ok(look(1, child, 2, ALL));
        }
}

static void slabs_are_allocations_too(void **state)
{
    (void)state;
    start();
    u64 most = 0;
    for (u32 i = 0; i < 400; i++) { /* some of them need a new slab */
        u64 count = fail_each(copy_one);
        most = count > most ? count : most;
    }
    assert_in_range(most, 3, 6);
}

static void what_takes_away_allocates_nothing(void **state)
{
    (void)state;
    struct handle_view view;
    u32 ancestor;
    start();
    u32 other = insert(0, 3, ALL);
    allocations = 0, failing = 1;
    assert_ok(look(0, root, 2, ALL));
    assert_ok(handle_view(&tables[1], child, &view));
    handle_view_release(&view);
    assert_ok(handle_ancestor_in(&tables[1], child, &tables[0], &ancestor));
    assert_ok(handle_revoke_subtree(&tables[0], root, &objects[4]));
    assert_ok(handle_revoke(&tables[0], root));
    assert_ok(handle_close(&tables[1], child));
    assert_ok(handle_close(&tables[0], other));
    assert_int_equal(allocations, 0);
}

/* ---- random operations against a model ---- */

#define NODES  300U
#define PLACES (2 * NODES) /* ghosts, which are below live ones, stand behind the nodes */
static struct node {
    u32 table, object, handle, rights, badge, branch, parent; /* parent: node, PLACES = none */
    enum { NODE_FREE, NODE_LIVE, NODE_REVOKED, NODE_GHOST } state;
} nodes[PLACES];

static bool in_tree(u32 node)
{
    return nodes[node].state == NODE_LIVE || nodes[node].state == NODE_GHOST;
}

static bool below(u32 node, u32 ancestor)
{
    while (node != PLACES && node != ancestor)
        node = nodes[node].parent;
    return node == ancestor;
}
static void children_get(u32 node, u32 parent)
{
    for (u32 i = 0; i < PLACES; i++)
        if (in_tree(i) && nodes[i].parent == node && i != parent)
            nodes[i].parent = parent;
}
/* What is below stays below what the handle was made by. */
static void model_close(u32 node)
{
    u32 place = nodes[node].parent, ghost = NODES;
    if (nodes[node].state == NODE_LIVE && place != PLACES && nodes[place].state == NODE_LIVE) {
        while (nodes[ghost].state == NODE_GHOST)
            assert_true(++ghost < PLACES);
        nodes[ghost] = nodes[node];
        nodes[ghost].state = NODE_GHOST;
        place = ghost;
    }
    for (u32 i = NODES; i < PLACES; i++)
        if (nodes[i].state == NODE_GHOST && nodes[i].parent == node && i != place)
            nodes[i].state = NODE_FREE, children_get(i, place);
    children_get(node, place);
    nodes[node].state = NODE_FREE;
    for (u32 i = NODES; i < PLACES; i++) {
        u32 below_it = 0;
        for (u32 k = 0; k < NODES; k++)
            below_it += nodes[k].state == NODE_LIVE && nodes[k].parent == i;
        if (nodes[i].state == NODE_GHOST && below_it == 0)
            nodes[i].state = NODE_FREE;
    }
}
/* With badge: only the branches that begin with it. */
static void model_revoke_below(u32 node, u32 badge)
{
    bool hit[PLACES] = {};
    for (u32 i = 0; i < PLACES; i++) {
        if (!in_tree(i) || i == node || !below(i, node))
            continue;
        u32 branch = i;
        while (nodes[branch].parent != node)
            branch = nodes[branch].parent;
        hit[i] = badge == 0 || (nodes[branch].branch && nodes[branch].badge == badge);
    }
    for (u32 i = 0; i < PLACES; i++)
        if (hit[i])
            nodes[i].state = i < NODES ? NODE_REVOKED : NODE_FREE, nodes[i].parent = PLACES;
}
static u32 random_below(u32 bound)
{
    return (u32)rand() % bound;
}

static void random_birth(struct node *node)
{
    u32 from = random_below(NODES), rights = (u32)rand() << 1 | (u32)rand(), needed = rand() % 2 == 0 ? COPY : TRANSFER;
    u32 badge = random_below(3) == 0 ? 4 + random_below(2) : 0;
    *node = (struct node){.table = random_below(TABLES), .handle = NO_HANDLE};
    if (nodes[from].state == NODE_FREE) {
        node->object = random_below(4), node->rights = rights | COPY | TRANSFER, node->parent = PLACES;
        assert_ok(handle_insert(&tables[node->table], &objects[node->object], node->rights, &node->handle));
        node->state = NODE_LIVE;
        return;
    }
    retcode code = handle_derive(&tables[nodes[from].table], nodes[from].handle, &tables[node->table], rights, needed,
                                 badge != 0 ? &objects[badge] : nullptr, &node->handle);
    if (nodes[from].state == NODE_REVOKED) {
        assert_code(code, rcHandleRevoked);
    } else if ((nodes[from].rights & needed) == 0) {
        assert_code(code, rcNoCapability);
    } else {
        assert_ok(code);
        node->state = NODE_LIVE, node->object = nodes[from].object, node->parent = from;
        node->badge = badge != 0 ? badge : nodes[from].badge, node->branch = badge != 0;
        node->rights = rights & nodes[from].rights;
    }
}

static void random_end(u32 node)
{
    struct handle_table *table = &tables[nodes[node].table];
    bool live = nodes[node].state == NODE_LIVE;
    u32 badge = 4 + random_below(2), handle = nodes[node].handle;
    switch (random_below(6)) {
    case 0:
        assert_code(handle_revoke(table, handle), live ? rcOk : rcHandleRevoked);
        if (live) {
            model_revoke_below(node, 0);
            model_close(node);
            assert_code(look(nodes[node].table, handle, 0, 0), rcInvalidHandle);
        }
        break;
    case 1:
        assert_code(handle_revoke_subtree(table, handle, &objects[badge]), live ? rcOk : rcHandleRevoked);
        if (live)
            model_revoke_below(node, badge);
        break;
    default:
        assert_ok(handle_close(table, handle));
        model_close(node);
    }
}

static void model_check(void)
{
    check_all();
    for (u32 i = 0; i < NODES; i++)
        if (nodes[i].state == NODE_LIVE)
            assert_ok(look(nodes[i].table, nodes[i].handle, nodes[i].object, nodes[i].rights));
        else if (nodes[i].state == NODE_REVOKED)
            assert_code(look(nodes[i].table, nodes[i].handle, 0, 0), rcHandleRevoked);
}

static void random_operations_against_a_model(void **state)
{
    (void)state;
    srand(3);
    memset(nodes, 0, sizeof(nodes));
    for (u32 step = 0; step < 60000; step++) {
        u32 node = random_below(NODES);
        if (nodes[node].state == NODE_FREE)
            random_birth(&nodes[node]);
        else if (random_below(4) == 0)
            random_end(node);
        if (step % 16 == 0)
            fake_epoch_run();
        if (step % 64 == 0)
            model_check();
    }
    model_check();
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        test(every_allocation_of_a_new_table),
        test(every_allocation_of_a_new_handle),
        test(every_allocation_of_a_handle_that_makes_its_table_grow),
        test(slabs_are_allocations_too),
        test(what_takes_away_allocates_nothing),
        test(random_operations_against_a_model),
    };
    return cmocka_run_group_tests(tests, machine_setup, nullptr);
}
