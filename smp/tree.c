/* SPDX-License-Identifier: Apache-2.0 */
#include <smp/tree.h>

static s32 height_of(const struct tree_node *node)
{
    return node == nullptr ? 0 : node->height;
}

static void height_update(struct tree_node *node)
{
    s32 left = height_of(node->child[0]), right = height_of(node->child[1]);
    node->height = 1 + (left > right ? left : right);
}

/* `with` takes the place of node below node's parent. */
static void replace(struct tree *tree, const struct tree_node *node, struct tree_node *with)
{
    struct tree_node *parent = node->parent;
    if (parent == nullptr)
        tree->root = with;
    else
        parent->child[parent->child[1] == node] = with;
    if (with != nullptr)
        with->parent = parent;
}

/* The child on `side` rises above node. */
static struct tree_node *rotate(struct tree *tree, struct tree_node *node, u32 side)
{
    struct tree_node *riser = node->child[side], *middle = riser->child[!side];
    replace(tree, node, riser);
    node->child[side] = middle;
    if (middle != nullptr)
        middle->parent = node;
    riser->child[!side] = node;
    node->parent = riser;
    height_update(node);
    height_update(riser);
    return riser;
}

/* Restores heights and balance from node upwards, until nothing changes any more. */
static void rebalance(struct tree *tree, struct tree_node *node)
{
    while (node != nullptr) {
        s32 before = node->height;
        s32 lean = height_of(node->child[1]) - height_of(node->child[0]);
        height_update(node);
        if (lean > 1 || lean < -1) {
            u32 side = lean > 0;
            struct tree_node *heavy = node->child[side];
            if (height_of(heavy->child[!side]) > height_of(heavy->child[side]))
                (void)rotate(tree, heavy, !side);
            node = rotate(tree, node, side);
        }
        if (node->height == before)
            return;
        node = node->parent;
    }
}

void tree_insert_below(struct tree *tree, struct tree_node *node)
{
    struct tree_node *parent = nullptr, *at = tree->root;
    bool least = true;
    u32 side = 0;
    while (at != nullptr) {
        parent = at;
        side = !tree->before(node, at);
        least = least && side == 0;
        at = at->child[side];
    }
    *node = (struct tree_node){.parent = parent, .height = 1};
    if (parent == nullptr)
        tree->root = node;
    else
        parent->child[side] = node;
    if (least)
        tree->first = node;
    rebalance(tree, parent);
}

void tree_insert_before(struct tree *tree, struct tree_node *next, struct tree_node *node)
{
    struct tree_node *parent = next;
    u32 side = 0;
    if (next == nullptr || next->child[0] != nullptr) { /* the last one, of all or of what comes before next */
        parent = next == nullptr ? tree->root : next->child[0];
        while (parent != nullptr && parent->child[1] != nullptr)
            parent = parent->child[1];
        side = 1;
    }
    *node = (struct tree_node){.parent = parent, .height = 1};
    if (parent == nullptr)
        tree->root = node;
    else
        parent->child[side] = node;
    if (tree->first == next)
        tree->first = node;
    rebalance(tree, parent);
}

void tree_remove_between(struct tree *tree, struct tree_node *node)
{
    if (tree->first == node)
        tree->first = tree_next(node);
    struct tree_node *changed = node->parent; /* lowest whose subtree has changed */
    if (node->child[0] == nullptr || node->child[1] == nullptr) {
        replace(tree, node, node->child[node->child[0] == nullptr]);
    } else {
        struct tree_node *next = tree_next(node); /* the least of the right subtree: has no left child */
        changed = next->parent == node ? next : next->parent;
        if (next->parent != node) {
            replace(tree, next, next->child[1]);
            next->child[1] = node->child[1];
            next->child[1]->parent = next;
        }
        replace(tree, node, next);
        next->child[0] = node->child[0];
        next->child[0]->parent = next;
        next->height = node->height;
    }
    node->height = 0;
    rebalance(tree, changed);
}

struct tree_node *tree_next(const struct tree_node *node)
{
    if (node->child[1] != nullptr) {
        struct tree_node *next = node->child[1];
        while (next->child[0] != nullptr)
            next = next->child[0];
        return next;
    }
    while (node->parent != nullptr && node->parent->child[1] == node)
        node = node->parent;
    return node->parent;
}

struct tree_node *tree_find(const struct tree *tree, bool (*reached)(const struct tree_node *, const void *),
                            const void *key)
{
    struct tree_node *found = nullptr, *at = tree->root;
    while (at != nullptr) {
        bool here = reached(at, key);
        if (here)
            found = at;
        at = at->child[!here];
    }
    return found;
}
