/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the policy says to every event that can be. Bindings and match sections are cut into blocks: runs of calls and
 * choices that apply under the same conditions, in source order. The blocks that apply to an event are its decision;
 * events with the same blocks share one.
 *
 * Events are found by server, endpoint and method (a row), then by client. For execute the started class is the server
 * and there is one method; security events have no client.
 */
#pragma once
#include <tools/nk-psl-gen-c/effects.h>

struct psl_block {
    struct psl_conditions conditions;
    const struct psl_statement *first, *end; /* end: behind the last, may be null */
    const struct psl_audit_profile *profile; /* in force, may be null */
    struct location at;                      /* of the first statement */
    unsigned index;                          /* in source order */
    struct psl_effects effects;
    unsigned uses, denied_uses;     /* decisions that hold it; those that others deny always */
    const struct psl_block *shadow; /* one that denies, in the last of these */
};

enum psl_verdict : unsigned { PSL_NO_RULE, PSL_DENIED, PSL_GRANTED, PSL_EVALUATED };

struct psl_decision {
    const struct psl_block **blocks; /* in source order */
    unsigned count, index;
    enum psl_verdict verdict;
    struct psl_effects effects;
    uint64_t hash;
    struct psl_decision *next; /* of the same hash bucket */
};

struct psl_exception {
    const struct psl_class *client;
    const struct psl_decision *decision;
};

/* One method of one endpoint: what it says to clients, all but the exceptions (ascending by class index). */
struct psl_row {
    const struct psl_endpoint *endpoint; /* null: execute */
    const struct method *method;         /* null: execute */
    const struct psl_decision *others;
    struct psl_exception *exceptions;
    unsigned exception_count;
};

/* All methods of one class as server, endpoint by endpoint. */
struct psl_table {
    struct psl_row *rows;
    unsigned row_count;
};

struct psl_analysis {
    struct psl_block **blocks;
    unsigned block_count;
    struct psl_decision **decisions; /* by index; 0 has no blocks */
    unsigned decision_count, decision_room;
    struct psl_decision **buckets;
    struct psl_table *tables[PSL_EVENTS]; /* by class index */
};

/* The policy was checked without errors. */
struct psl_analysis *psl_analyze(struct psl_policy *policy);
const struct psl_decision *psl_row_decision(const struct psl_row *row, const struct psl_class *client);
/* Warnings about rules that never matter and methods that nobody may call. */
void psl_warn(struct psl_policy *policy, struct psl_analysis *analysis);
