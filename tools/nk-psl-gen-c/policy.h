/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the tool: the policy, its files, and the classes that it speaks of.
 *
 * "use a.b._" means a/b.psl below an -I directory (the first that has it), else beside the file that says it, else
 * beside the top file. A file is read once, however often it is used. The order of declarations matters for one thing,
 * the order of rules within an event: those of a used file stand before those of the file that uses it.
 */
#pragma once
#include <tools/nk/program.h>
#include <tools/nk-psl-gen-c/preprocess.h>
#include <tools/nk-psl-gen-c/syntax.h>

struct psl_file {
    const char *path; /* as found */
    const struct source *source;
    struct psl_text text;
    unsigned rank; /* files that it uses come before it */
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
    unsigned ranks;                      /* given so far */
    struct psl_declarations declarations;
    struct program program; /* EDL, CDL and IDL files */
    bool incomplete;        /* an error in the syntax: what is missing may be there */
    bool undefined;         /* an error in the definitions of classes: so may what these lack */
    /* checked */
    struct psl_class **classes; /* class.h */
    unsigned class_count;
    struct psl_object **objects; /* model.h; in the order of their declarations */
    unsigned object_count;
    struct psl_audit_profile *profiles; /* audit.h */
    unsigned profile_count;
};

/* Reads the top file and all that it uses; false if it cannot be read. Errors are in diagnostics. */
bool psl_policy_load(struct psl_policy *policy, const char *path);
/* The same for a top file that is in memory, as source->path. */
void psl_policy_load_source(struct psl_policy *policy, const struct source *source);
/* The order of two places in the policy: negative, 0, positive. */
int psl_policy_order(const struct psl_policy *policy, struct location a, struct location b);
