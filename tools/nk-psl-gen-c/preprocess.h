/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The preprocessor of PSL (1.3 and later): {% if C %}, {% elif C %}, {% else %}, {% endif %}, {{ VARIABLE }} and
 * {# comment #}. What is not taken becomes spaces, line ends stay, so that places in the result are places in the
 * file; only after a {{ VARIABLE }} they differ, and then `origin` tells them.
 *
 *   condition = or ;  or = and { "or" and } ;  and = not { "and" not } ;  not = [ "not" ] test ;
 *   test = operand [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) operand | "is" [ "not" ] "defined" ] | "(" or ")" ;
 *   operand = VARIABLE | "text" | 'text' | integer ;
 *
 * Alone, an operand is true if it is defined, not empty, not 0 and not "false" (in any case). An undefined variable
 * equals nothing. Integers are compared as such if both sides look like one, else as texts; < needs integers.
 */
#pragma once
#include <tools/language/diagnostic.h>

struct psl_definition { /* -D of the command line */
    const char *name, *value;
    const struct psl_definition *next;
};

struct psl_text {
    const char *bytes; /* NUL-terminated, in pool */
    uint32_t size;
    const uint32_t *origin; /* of each byte, its offset in the source; null: the same offset */
};

/* True if source holds a directive. */
bool psl_has_directives(const struct source *source);

/* The text after preprocessing; errors are reported, and what remains is still fit to be parsed. */
struct psl_text psl_preprocess(struct pool *pool, struct diagnostics *diagnostics, const struct source *source,
                               const struct psl_definition *definitions);
