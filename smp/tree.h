/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ordered intrusive set, so that every operation takes a number of steps that is logarithmic in the number of nodes, at
 * worst and not on average, and turns the tree round at most twice: a weak AVL tree (Haeupler, Sen, Tarjan,
 * "Rank-balanced trees", 2015). A node is one or two higher than each of its children, nothing has height 0, and a leaf
 * has 1. Equal nodes stay in the order of insertion. Not synchronized: whoever owns the tree, owns its nodes' links.
 */
#pragma once
#include <hal/base.h>

struct tree_node {
    struct tree_node *parent;
    struct tree_node *child[2]; /* [0] comes before, [1] after */
    s32 height;                 /* 0: in no tree */
};

struct tree {
    struct tree_node *root;
    struct tree_node *first; /* the least, or null */
    bool (*before)(const struct tree_node *a, const struct tree_node *b);
};

static inline void tree_init(struct tree *tree, bool (*before)(const struct tree_node *, const struct tree_node *))
{
    *tree = (struct tree){nullptr, nullptr, before};
}
static inline void tree_node_init(struct tree_node *node)
{
    node->height = 0;
}
static inline bool tree_contains(const struct tree_node *node)
{
    return node->height != 0;
}
static inline bool tree_empty(const struct tree *tree)
{
    return tree->first == nullptr;
}

/* The tree is not empty; node is in it. */
void tree_insert_below(struct tree *tree, struct tree_node *node);
void tree_remove_between(struct tree *tree, struct tree_node *node);

/* node is in no tree. */
static inline void tree_insert(struct tree *tree, struct tree_node *node)
{
    if (tree->root != nullptr) {
        tree_insert_below(tree, node);
        return;
    }
    *node = (struct tree_node){.height = 1};
    tree->root = tree->first = node;
}
/* node, in no tree, belongs right before next, which is known; null: behind all others. Compares nothing. */
void tree_insert_before(struct tree *tree, struct tree_node *next, struct tree_node *node);
/* No-op if node is in no tree. */
static inline void tree_remove(struct tree *tree, struct tree_node *node)
{
    if (!tree_contains(node))
        return;
    if (tree->root != node || node->height != 1) {
        tree_remove_between(tree, node);
        return;
    }
    node->height = 0;
    tree->root = tree->first = nullptr;
}
/* The node that follows, or null. */
struct tree_node *tree_next(const struct tree_node *node);
/* The first node for which reached(node, key) holds, where it holds for all that follow one for which it does. */
struct tree_node *tree_find(const struct tree *tree, bool (*reached)(const struct tree_node *, const void *),
                            const void *key);

/* Through an integer: comparisons see const nodes. */
#define tree_entry(node, type, member) ((type *)((u64)(node) - offsetof(type, member)))
