/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax tree of a pattern, between regex_parse.c and regex.c. */
#pragma once
#include <tools/nk-psl-gen-c/regex.h>

#define UNICODE_MAX 0x10ffffU

struct regex_range {
    uint32_t first, last; /* characters */
    struct regex_range *next;
};

struct regex_node {
    enum : unsigned { REGEX_EMPTY, REGEX_SET, REGEX_SEQUENCE, REGEX_EITHER, REGEX_REPEAT } kind;
    struct regex_range *ranges;      /* set: ascending, disjoint */
    struct regex_node *left, *right; /* repeat: left */
    unsigned least, most;            /* repeat; most: ~0U for no bound */
};

/* The reader of a pattern, between regex_parse.c and regex_set.c. */
struct regex_reader {
    struct pool *pool;
    const char *text;
    size_t at;
    bool block;
    unsigned depth;
    const char *error; /* the first one */
    size_t error_at;
};
void *regex_fail(struct regex_reader *reader, const char *error); /* null */
struct regex_node *regex_make(struct regex_reader *reader, unsigned kind, struct regex_node *left,
                              struct regex_node *right);
/* One character of UTF-8. */
uint32_t regex_character(struct regex_reader *reader);
/* Behind a backslash: a set (returned), or one character in *value. */
struct regex_range *regex_escape(struct regex_reader *reader, uint32_t *value);
/* Behind "[". */
struct regex_node *regex_set(struct regex_reader *reader);
/* Adds [first, last] to a list that is ascending and disjoint. */
struct regex_range *regex_add_range(struct regex_reader *reader, struct regex_range *list, uint32_t first,
                                    uint32_t last);

/* Null after an error: *error says what is wrong, *at is the offset in text. */
const struct regex_node *regex_parse(struct pool *pool, const char *text, bool block, const char **error, size_t *at);
