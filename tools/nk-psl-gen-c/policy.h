/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the tool: the policy, its files, and the classes that it speaks of.
 *
 * "use a.b._" means a/b.psl below an -I directory (the first that has it), else beside the file that says it, else
 * beside the top file. A file is read once, however often it is used. The declarations of a file stand before those of
 * the files that it uses; nothing depends on the order of declarations but the order of rules within an event.
 */
#pragma once
#include <tools/nk/program.h>
#include <tools/nk-psl-gen-c/preprocess.h>
#include <tools/nk-psl-gen-c/syntax.h>

struct psl_file {
    const char *path; /* as found */
    const struct source *source;
    struct psl_text text;
    struct psl_file *next;
};

struct psl_policy {
    struct pool *pool;
    struct diagnostics *diagnostics;
    const char *const *roots; /* -I, in order */
    unsigned root_count;
    bool preprocess; /* --enable-preprocessor */
    const struct psl_definition *definitions;
    /* load */
    struct psl_file *files, *files_last; /* in the order in which they were first met; the top file first */
    struct psl_declarations declarations;
    struct program program; /* EDL, CDL and IDL files */
};

/* Reads the top file and all that it uses; false if it cannot be read. Errors are in diagnostics. */
bool psl_policy_load(struct psl_policy *policy, const char *path);
