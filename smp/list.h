/* SPDX-License-Identifier: Apache-2.0 */
/* Circular doubly linked intrusive list. A head is a node that carries no data; an unlinked node points to itself. */
#pragma once
#include <hal/base.h>

struct list {
    struct list *next, *previous;
};

static inline void list_init(struct list *node)
{
    node->next = node->previous = node;
}
static inline bool list_empty(const struct list *head)
{
    return head->next == head;
}
static inline void list_insert_after(struct list *where, struct list *node)
{
    node->next = where->next;
    node->previous = where;
    where->next->previous = node;
    where->next = node;
}
static inline void list_push_front(struct list *head, struct list *node)
{
    list_insert_after(head, node);
}
static inline void list_push_back(struct list *head, struct list *node)
{
    list_insert_after(head->previous, node);
}
/* Unlinking an unlinked node is a no-op. */
static inline void list_remove(struct list *node)
{
    node->previous->next = node->next;
    node->next->previous = node->previous;
    node->next = node->previous = node;
}
/* All of the second go to the end of the first. */
static inline void list_append(struct list *head, struct list *from)
{
    if (list_empty(from))
        return;
    from->next->previous = head->previous;
    head->previous->next = from->next;
    from->previous->next = head;
    head->previous = from->previous;
    list_init(from);
}
#define list_entry(node, type, member) container_of(node, type, member)
#define list_for_each(node, head)      for (struct list *node = (head)->next; node != (head); node = node->next)
#define list_for_each_safe(node, head)                                                                                 \
    for (struct list *node = (head)->next, *node##_next = node->next; node != (head);                                  \
         node = node##_next, node##_next = node->next)
