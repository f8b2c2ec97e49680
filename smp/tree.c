/* SPDX-License-Identifier: Apache-2.0 */
#include <smp/tree.h>

static s32 height_of(const struct tree_node *node)
{
    return node == nullptr ? 0 : node->height;
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

/* The child on `side` rises above node. Heights stay. */
static inline void rise(struct tree *tree, struct tree_node *node, u32 side)
{
    struct tree_node *riser = node->child[side], *middle = riser->child[!side];
    replace(tree, node, riser);
    node->child[side] = middle;
    if (middle != nullptr)
        middle->parent = node;
    riser->child[!side] = node;
    node->parent = riser;
}

/* node, at the bottom, may be as high as its parent. */
static inline void balance_inserted(struct tree *tree, struct tree_node *node)
{
    struct tree_node *parent = node->parent;
    while (parent != nullptr && parent->height == node->height) {
        u32 side = parent->child[1] == node;
        if (parent->height == height_of(parent->child[!side]) + 1) {
            parent->height++;
            node = parent;
            parent = node->parent;
            continue;
        }
        struct tree_node *inner = node->child[!side];
        parent->height--;
        if (inner != nullptr && node->height == inner->height + 1) {
            inner->height++;
            node->height--;
            rise(tree, node, !side);
        }
        rise(tree, parent, side);
        return;
    }
}

static bool is_leaf(const struct tree_node *node)
{
    return node->child[0] == nullptr && node->child[1] == nullptr;
}

/* The last steps of what follows: `low` is three below node, its sibling one. */
static void rotate_removed(struct tree *tree, struct tree_node *node, u32 sibling_side)
{
    struct tree_node *sibling = node->child[sibling_side];
    if (sibling->height == height_of(sibling->child[sibling_side]) + 1) {
        sibling->height++;
        node->height--;
        rise(tree, node, sibling_side);
        if (is_leaf(node))
            node->height = 1;
        return;
    }
    struct tree_node *inner = sibling->child[!sibling_side];
    inner->height += 2;
    sibling->height--;
    node->height -= 2;
    rise(tree, sibling, !sibling_side);
    rise(tree, node, sibling_side);
}

/* What is below node on one side, `low` or nothing, may be too low by now. */
static void balance_removed(struct tree *tree, struct tree_node *node, const struct tree_node *low)
{
    if (node != nullptr && is_leaf(node) && node->height == 2) {
        node->height = 1;
        low = node;
        node = node->parent;
    }
    while (node != nullptr && node->height == height_of(low) + 3) {
        u32 side = node->child[0] == low; /* of the sibling */
        struct tree_node *sibling = node->child[side];
        if (node->height == sibling->height + 1) {
            if (sibling->height != height_of(sibling->child[0]) + 2 ||
                sibling->height != height_of(sibling->child[1]) + 2) {
                rotate_removed(tree, node, side);
                return;
            }
            sibling->height--;
        }
        node->height--;
        low = node;
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
    balance_inserted(tree, node);
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
    balance_inserted(tree, node);
}

void tree_remove_between(struct tree *tree, struct tree_node *node)
{
    if (tree->first == node)
        tree->first = tree_next(node);
    struct tree_node *changed = node->parent,
                     *below; /* lowest whose subtree has changed; what has taken a place there */
    if (node->child[0] == nullptr || node->child[1] == nullptr) {
        below = node->child[node->child[0] == nullptr];
        replace(tree, node, below);
    } else {
        struct tree_node *next = tree_next(node); /* the least of the right subtree: has no left child */
        changed = next->parent == node ? next : next->parent;
        below = next->child[1];
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
    balance_removed(tree, changed, below);
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
