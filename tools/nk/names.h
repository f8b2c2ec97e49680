/* SPDX-License-Identifier: Apache-2.0 */
/* C identifiers: keywords, and those that one header defines at file scope. */
#pragma once
#include <tools/language/diagnostic.h>
#include <tools/language/table.h>

/* A keyword of C11. */
bool name_is_c_keyword(const char *name);
/* A keyword of C23 or C++17 only. */
bool name_is_new_keyword(const char *name);

struct c_name {
    const char *text;
    size_t stem; /* bytes of the package part with its '_', 0 if there is none */
    struct c_name *next;
};

/* File-scope identifiers in the order of their claims. Zero-initialized but for the pool. */
struct c_names {
    struct pool *pool;
    struct c_name *first, *last;
    struct table table;
};

/* Takes a name for one thing; an error at `at` if it is taken. stem: see above. */
void c_names_claim(struct c_names *names, struct diagnostics *diagnostics, struct location at, const char *name,
                   size_t stem);
