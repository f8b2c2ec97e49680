/* SPDX-License-Identifier: Apache-2.0 */
/* What calling rules and computing values reads, changes and costs. */
#pragma once
#include <tools/nk-psl-gen-c/audit.h>
#include <tools/nk-psl-gen-c/class.h>

/* As in ksm/models/transaction.h. */
#define PSL_READS_MESSAGE (1U << 0)
#define PSL_READS_ARENA   (1U << 1)
#define PSL_READS_HANDLES (1U << 2)
#define PSL_READS_STATE   (1U << 3)
#define PSL_CHANGES_STATE (1U << 4)
#define PSL_READS_SIDS    (1U << 5)
#define PSL_AUDITED       (1U << 6)
#define PSL_UNDO_MAX      256U

struct psl_effects {
    unsigned flags;
    uint64_t *reads, *changes;        /* bits by object index: reads holds all that is changed too */
    unsigned least_rules, most_rules; /* called */
    bool denies;                      /* a rule that always denies is always called */
    bool constant;                    /* every rule that is called always grants or always denies */
    uint64_t undo, cost;
    unsigned handle_words; /* as in struct ksm_decision */
};

struct psl_effects psl_effects_none(const struct psl_policy *policy);
/* Both happen. */
void psl_effects_add(const struct psl_policy *policy, struct psl_effects *effects, const struct psl_effects *more);
/* Statements from first up to, not including, end; profile: in force there, may be null. */
struct psl_effects psl_effects_of(const struct psl_policy *policy, const struct psl_statement *first,
                                  const struct psl_statement *end, const struct psl_audit_profile *profile);
/* What the profile says of one object at any level: the union. */
struct psl_audit_entry psl_audit_of(const struct psl_audit_profile *profile, const struct psl_object *object);
/* True if some level records this call. */
bool psl_call_audited(const struct psl_audit_profile *profile, const struct psl_expression *call);
/* The profile of a body inside one with `outer`. */
const struct psl_audit_profile *psl_body_profile(const struct psl_policy *policy, const struct psl_body *body,
                                                 const struct psl_audit_profile *outer);
/* 0: always denies, 1: always grants, -1: depends. */
int psl_call_constant(const struct psl_expression *call);
