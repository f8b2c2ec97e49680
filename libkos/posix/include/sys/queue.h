/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists by macros, as BSD has them (queue(3)); musl has none. SLIST: a link each, from the front. LIST: two links, from
 * the front. STAILQ and SIMPLEQ: a link each, both ends. TAILQ: two links, both ends, both directions. A link back is
 * the address of the pointer that points here.
 */
#pragma once
#include <stddef.h>

/* ---- SLIST ---- */
#define SLIST_HEAD(name, type)                                                                                         \
    struct name {                                                                                                      \
        struct type *slh_first;                                                                                        \
    }
#define SLIST_HEAD_INITIALIZER(head) {NULL}
#define SLIST_ENTRY(type)                                                                                              \
    struct {                                                                                                           \
        struct type *sle_next;                                                                                         \
    }
#define SLIST_INIT(head)           ((void)((head)->slh_first = NULL))
#define SLIST_EMPTY(head)          ((head)->slh_first == NULL)
#define SLIST_FIRST(head)          ((head)->slh_first)
#define SLIST_NEXT(element, field) ((element)->field.sle_next)
#define SLIST_FOREACH(element, head, field)                                                                            \
    for ((element) = SLIST_FIRST(head); (element); (element) = SLIST_NEXT(element, field))
#define SLIST_FOREACH_SAFE(element, head, field, next)                                                                 \
    for ((element) = SLIST_FIRST(head); (element) && ((next) = SLIST_NEXT(element, field), 1); (element) = (next))
#define SLIST_INSERT_HEAD(head, element, field)                                                                        \
    do {                                                                                                               \
        SLIST_NEXT(element, field) = SLIST_FIRST(head);                                                                \
        SLIST_FIRST(head) = (element);                                                                                 \
    } while (0)
#define SLIST_INSERT_AFTER(before, element, field)                                                                     \
    do {                                                                                                               \
        SLIST_NEXT(element, field) = SLIST_NEXT(before, field);                                                        \
        SLIST_NEXT(before, field) = (element);                                                                         \
    } while (0)
#define SLIST_REMOVE_HEAD(head, field) ((void)(SLIST_FIRST(head) = SLIST_NEXT(SLIST_FIRST(head), field)))
#define SLIST_REMOVE_AFTER(before, field)                                                                              \
    ((void)(SLIST_NEXT(before, field) = SLIST_NEXT(SLIST_NEXT(before, field), field)))
#define SLIST_REMOVE(head, element, type, field)                                                                       \
    do {                                                                                                               \
        struct type **slist_at = &SLIST_FIRST(head);                                                                   \
        while (*slist_at != (element))                                                                                 \
            slist_at = &SLIST_NEXT(*slist_at, field);                                                                  \
        *slist_at = SLIST_NEXT(element, field);                                                                        \
    } while (0)

/* ---- LIST ---- */
#define LIST_HEAD(name, type)                                                                                          \
    struct name {                                                                                                      \
        struct type *lh_first;                                                                                         \
    }
#define LIST_HEAD_INITIALIZER(head) {NULL}
#define LIST_ENTRY(type)                                                                                               \
    struct {                                                                                                           \
        struct type *le_next, **le_prev;                                                                               \
    }
#define LIST_INIT(head)           ((void)((head)->lh_first = NULL))
#define LIST_EMPTY(head)          ((head)->lh_first == NULL)
#define LIST_FIRST(head)          ((head)->lh_first)
#define LIST_NEXT(element, field) ((element)->field.le_next)
#define LIST_FOREACH(element, head, field)                                                                             \
    for ((element) = LIST_FIRST(head); (element); (element) = LIST_NEXT(element, field))
#define LIST_FOREACH_SAFE(element, head, field, next)                                                                  \
    for ((element) = LIST_FIRST(head); (element) && ((next) = LIST_NEXT(element, field), 1); (element) = (next))
/* Into the place that the pointer `at` tells. */
#define LIST_PUT_(at, element, field)                                                                                  \
    do {                                                                                                               \
        (element)->field.le_prev = (at);                                                                               \
        LIST_NEXT(element, field) = *(at);                                                                             \
        if (LIST_NEXT(element, field) != NULL)                                                                         \
            LIST_NEXT(element, field)->field.le_prev = &LIST_NEXT(element, field);                                     \
        *(element)->field.le_prev = (element);                                                                         \
    } while (0)
#define LIST_INSERT_HEAD(head, element, field)    LIST_PUT_(&LIST_FIRST(head), element, field)
#define LIST_INSERT_AFTER(before, element, field) LIST_PUT_(&LIST_NEXT(before, field), element, field)
#define LIST_INSERT_BEFORE(after, element, field)                                                                      \
    do {                                                                                                               \
        (element)->field.le_prev = (after)->field.le_prev;                                                             \
        LIST_NEXT(element, field) = (after);                                                                           \
        *(after)->field.le_prev = (element);                                                                           \
        (after)->field.le_prev = &LIST_NEXT(element, field);                                                           \
    } while (0)
#define LIST_REMOVE(element, field)                                                                                    \
    do {                                                                                                               \
        if (LIST_NEXT(element, field) != NULL)                                                                         \
            LIST_NEXT(element, field)->field.le_prev = (element)->field.le_prev;                                       \
        *(element)->field.le_prev = LIST_NEXT(element, field);                                                         \
    } while (0)

/* ---- STAILQ, SIMPLEQ ---- */
#define STAILQ_HEAD(name, type)                                                                                        \
    struct name {                                                                                                      \
        struct type *stqh_first, **stqh_last;                                                                          \
    }
#define STAILQ_HEAD_INITIALIZER(head) {NULL, &(head).stqh_first}
#define STAILQ_ENTRY(type)                                                                                             \
    struct {                                                                                                           \
        struct type *stqe_next;                                                                                        \
    }
#define STAILQ_INIT(head)           ((void)((head)->stqh_first = NULL, (head)->stqh_last = &(head)->stqh_first))
#define STAILQ_EMPTY(head)          ((head)->stqh_first == NULL)
#define STAILQ_FIRST(head)          ((head)->stqh_first)
#define STAILQ_NEXT(element, field) ((element)->field.stqe_next)
#define STAILQ_FOREACH(element, head, field)                                                                           \
    for ((element) = STAILQ_FIRST(head); (element); (element) = STAILQ_NEXT(element, field))
#define STAILQ_FOREACH_SAFE(element, head, field, next)                                                                \
    for ((element) = STAILQ_FIRST(head); (element) && ((next) = STAILQ_NEXT(element, field), 1); (element) = (next))
#define STAILQ_INSERT_HEAD(head, element, field)                                                                       \
    do {                                                                                                               \
        if ((STAILQ_NEXT(element, field) = STAILQ_FIRST(head)) == NULL)                                                \
            (head)->stqh_last = &STAILQ_NEXT(element, field);                                                          \
        STAILQ_FIRST(head) = (element);                                                                                \
    } while (0)
#define STAILQ_INSERT_TAIL(head, element, field)                                                                       \
    do {                                                                                                               \
        STAILQ_NEXT(element, field) = NULL;                                                                            \
        *(head)->stqh_last = (element);                                                                                \
        (head)->stqh_last = &STAILQ_NEXT(element, field);                                                              \
    } while (0)
#define STAILQ_INSERT_AFTER(head, before, element, field)                                                              \
    do {                                                                                                               \
        if ((STAILQ_NEXT(element, field) = STAILQ_NEXT(before, field)) == NULL)                                        \
            (head)->stqh_last = &STAILQ_NEXT(element, field);                                                          \
        STAILQ_NEXT(before, field) = (element);                                                                        \
    } while (0)
#define STAILQ_REMOVE_HEAD(head, field)                                                                                \
    do {                                                                                                               \
        if ((STAILQ_FIRST(head) = STAILQ_NEXT(STAILQ_FIRST(head), field)) == NULL)                                     \
            (head)->stqh_last = &STAILQ_FIRST(head);                                                                   \
    } while (0)
#define STAILQ_REMOVE(head, element, type, field)                                                                      \
    do {                                                                                                               \
        struct type **stailq_at = &STAILQ_FIRST(head);                                                                 \
        while (*stailq_at != (element))                                                                                \
            stailq_at = &STAILQ_NEXT(*stailq_at, field);                                                               \
        if ((*stailq_at = STAILQ_NEXT(element, field)) == NULL)                                                        \
            (head)->stqh_last = stailq_at;                                                                             \
    } while (0)

#define SIMPLEQ_HEAD             STAILQ_HEAD
#define SIMPLEQ_HEAD_INITIALIZER STAILQ_HEAD_INITIALIZER
#define SIMPLEQ_ENTRY            STAILQ_ENTRY
#define SIMPLEQ_INIT             STAILQ_INIT
#define SIMPLEQ_EMPTY            STAILQ_EMPTY
#define SIMPLEQ_FIRST            STAILQ_FIRST
#define SIMPLEQ_NEXT             STAILQ_NEXT
#define SIMPLEQ_FOREACH          STAILQ_FOREACH
#define SIMPLEQ_FOREACH_SAFE     STAILQ_FOREACH_SAFE
#define SIMPLEQ_INSERT_HEAD      STAILQ_INSERT_HEAD
#define SIMPLEQ_INSERT_TAIL      STAILQ_INSERT_TAIL
#define SIMPLEQ_INSERT_AFTER     STAILQ_INSERT_AFTER
#define SIMPLEQ_REMOVE_HEAD      STAILQ_REMOVE_HEAD
#define SIMPLEQ_REMOVE           STAILQ_REMOVE

/* ---- TAILQ ---- */
#define TAILQ_HEAD(name, type)                                                                                         \
    struct name {                                                                                                      \
        struct type *tqh_first, **tqh_last;                                                                            \
    }
#define TAILQ_HEAD_INITIALIZER(head) {NULL, &(head).tqh_first}
#define TAILQ_ENTRY(type)                                                                                              \
    struct {                                                                                                           \
        struct type *tqe_next, **tqe_prev;                                                                             \
    }
#define TAILQ_INIT(head)           ((void)((head)->tqh_first = NULL, (head)->tqh_last = &(head)->tqh_first))
#define TAILQ_EMPTY(head)          ((head)->tqh_first == NULL)
#define TAILQ_FIRST(head)          ((head)->tqh_first)
#define TAILQ_NEXT(element, field) ((element)->field.tqe_next)
/* A link back tells where the pointer to this element is; an element and a head have theirs, and the pointer before it,
 * in the same places: so the pointer after that one tells of the one before. */
#define TAILQ_LAST(head, name)           (*(((struct name *)(void *)((head)->tqh_last))->tqh_last))
#define TAILQ_PREV(element, name, field) (*(((struct name *)(void *)((element)->field.tqe_prev))->tqh_last))
#define TAILQ_FOREACH(element, head, field)                                                                            \
    for ((element) = TAILQ_FIRST(head); (element); (element) = TAILQ_NEXT(element, field))
#define TAILQ_FOREACH_SAFE(element, head, field, next)                                                                 \
    for ((element) = TAILQ_FIRST(head); (element) && ((next) = TAILQ_NEXT(element, field), 1); (element) = (next))
#define TAILQ_FOREACH_REVERSE(element, head, name, field)                                                              \
    for ((element) = TAILQ_LAST(head, name); (element); (element) = TAILQ_PREV(element, name, field))
#define TAILQ_FOREACH_REVERSE_SAFE(element, head, name, field, next)                                                   \
    for ((element) = TAILQ_LAST(head, name); (element) && ((next) = TAILQ_PREV(element, name, field), 1);              \
         (element) = (next))
/* The link back of what comes after an element, or of the head's end. */
#define TAILQ_BACK_(head, element, field)                                                                              \
    (*(TAILQ_NEXT(element, field) != NULL ? &TAILQ_NEXT(element, field)->field.tqe_prev : &(head)->tqh_last))
#define TAILQ_PUT_(head, at, element, field)                                                                           \
    do {                                                                                                               \
        (element)->field.tqe_prev = (at);                                                                              \
        TAILQ_NEXT(element, field) = *(element)->field.tqe_prev;                                                       \
        TAILQ_BACK_(head, element, field) = &TAILQ_NEXT(element, field);                                               \
        *(element)->field.tqe_prev = (element);                                                                        \
    } while (0)
#define TAILQ_INSERT_HEAD(head, element, field)          TAILQ_PUT_(head, &TAILQ_FIRST(head), element, field)
#define TAILQ_INSERT_TAIL(head, element, field)          TAILQ_PUT_(head, (head)->tqh_last, element, field)
#define TAILQ_INSERT_AFTER(head, before, element, field) TAILQ_PUT_(head, &TAILQ_NEXT(before, field), element, field)
#define TAILQ_INSERT_BEFORE(after, element, field)                                                                     \
    do {                                                                                                               \
        (element)->field.tqe_prev = (after)->field.tqe_prev;                                                           \
        TAILQ_NEXT(element, field) = (after);                                                                          \
        *(after)->field.tqe_prev = (element);                                                                          \
        (after)->field.tqe_prev = &TAILQ_NEXT(element, field);                                                         \
    } while (0)
#define TAILQ_REMOVE(head, element, field)                                                                             \
    do {                                                                                                               \
        TAILQ_BACK_(head, element, field) = (element)->field.tqe_prev;                                                 \
        *(element)->field.tqe_prev = TAILQ_NEXT(element, field);                                                       \
    } while (0)
#define TAILQ_CONCAT(head, other, field)                                                                               \
    do {                                                                                                               \
        if (!TAILQ_EMPTY(other)) {                                                                                     \
            *(head)->tqh_last = TAILQ_FIRST(other);                                                                    \
            TAILQ_FIRST(other)->field.tqe_prev = (head)->tqh_last;                                                     \
            (head)->tqh_last = (other)->tqh_last;                                                                      \
            TAILQ_INIT(other);                                                                                         \
        }                                                                                                              \
    } while (0)
