/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the tool: the units it knows, found, parsed and checked on first use. */
#pragma once
#include <tools/nk/syntax.h>

struct program {
    struct pool *pool;
    struct diagnostics *diagnostics;
    const char *const *roots; /* -I, in order */
    unsigned root_count;
    const char *own_root; /* the main file's root by its name, or null; searched last */
    bool extended_errors;
    unsigned searches;
    struct unit *units, *units_last; /* in the order in which they were begun */
};

/* The file given on the command line, and all it needs; null after an error that leaves nothing to go on with. */
struct unit *program_load_main(struct program *program, const char *path);

/* The same for a source that is already read; it may lie anywhere. */
struct unit *program_load_source(struct program *program, struct source *source, enum language language);

/* The unit that a name means, loaded and checked: null after an error, which is reported at the name. */
struct unit *program_load(struct program *program, enum language language, struct name name);

/* A loaded package by its name, or null. */
struct unit *program_find(const struct program *program, enum language language, const char *name);
