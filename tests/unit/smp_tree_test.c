/* SPDX-License-Identifier: Apache-2.0 */
/* Ordered tree: order, stability of equals, balance, against a plain sorted array, over random insertions and removals.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <smp/tree.h>

#define ITEMS 200

struct item {
    struct tree_node node;
    u32 key, serial;
};

static bool before(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct item, node)->key < tree_entry(b, struct item, node)->key;
}

static bool key_reached(const struct tree_node *node, const void *key)
{
    return tree_entry(node, struct item, node)->key >= *(const u32 *)key;
}

/* The node's height; fails if an invariant does not hold. */
static s32 check(const struct tree_node *node, const struct tree_node *parent)
{
    if (node == nullptr)
        return 0;
    assert_ptr_equal(node->parent, parent);
    s32 left = check(node->child[0], node), right = check(node->child[1], node);
    assert_in_range(node->height - left, 1, 2);
    assert_in_range(node->height - right, 1, 2);
    if (left == 0 && right == 0)
        assert_int_equal(node->height, 1);
    return node->height;
}

static void same_as(const struct tree *tree, struct item *const *sorted, u32 count)
{
    const struct tree_node *node = tree->first;
    for (u32 i = 0; i < count; i++) {
        assert_non_null(node);
        assert_ptr_equal(tree_entry(node, struct item, node), sorted[i]);
        node = tree_next(node);
    }
    assert_null(node);
    (void)check(tree->root, nullptr);
}

static void insert_sorted(struct item **sorted, u32 *count, struct item *item)
{
    u32 at = *count;
    while (at > 0 && sorted[at - 1]->key > item->key) {
        sorted[at] = sorted[at - 1];
        at--;
    }
    sorted[at] = item;
    (*count)++;
}

static void remove_sorted(struct item **sorted, u32 *count, const struct item *item)
{
    u32 at = 0;
    while (sorted[at] != item)
        at++;
    for (; at + 1 < *count; at++)
        sorted[at] = sorted[at + 1];
    (*count)--;
}

static void random_operations_agree_with_a_sorted_array(void **state)
{
    (void)state;
    static struct item items[ITEMS];
    struct item *sorted[ITEMS];
    u32 count = 0;
    u64 random = 88172645463325252ULL;
    struct tree tree;
    tree_init(&tree, before);
    for (u32 step = 0; step < 20000; step++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        struct item *item = &items[random % ITEMS];
        if (tree_contains(&item->node)) {
            tree_remove(&tree, &item->node);
            remove_sorted(sorted, &count, item);
        } else {
            item->key = (u32)(random >> 32) % 64; /* many equal ones */
            insert_sorted(sorted, &count, item);
            u32 at = 0;
            while (sorted[at] != item)
                at++;
            if ((random >> 20 & 1) != 0)
                tree_insert(&tree, &item->node);
            else
                tree_insert_before(&tree, at + 1 < count ? &sorted[at + 1]->node : nullptr, &item->node);
        }
        if (step % 2 == 0)
            same_as(&tree, sorted, count);
        u32 key = (u32)(random >> 40) % 64, at = 0;
        while (at < count && sorted[at]->key < key)
            at++;
        assert_ptr_equal(tree_find(&tree, key_reached, &key), at == count ? nullptr : &sorted[at]->node);
    }
}

static void removal_of_a_node_outside_changes_nothing(void **state)
{
    (void)state;
    struct item in = {.key = 1}, out = {.key = 1};
    struct tree tree;
    tree_init(&tree, before);
    tree_insert(&tree, &in.node);
    tree_remove(&tree, &out.node);
    assert_ptr_equal(tree.first, &in.node);
    tree_remove(&tree, &in.node);
    assert_true(tree_empty(&tree));
    assert_null(tree.root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_agree_with_a_sorted_array),
        cmocka_unit_test(removal_of_a_node_outside_changes_nothing),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
