/* SPDX-License-Identifier: Apache-2.0 */
/* Audit profiles as read. */
#pragma once
#include <tools/nk-psl-gen-c/model.h>

#define PSL_AUDIT_GRANTED (1U << 0)
#define PSL_AUDIT_DENIED  (1U << 1)
#define PSL_AUDIT_MATCH   (1U << 0)
#define PSL_AUDIT_SELECT  (1U << 1)

struct psl_audit_entry {
    const struct psl_object *object;
    unsigned results;     /* PSL_AUDIT_GRANTED, PSL_AUDIT_DENIED */
    unsigned expressions; /* Regex: PSL_AUDIT_MATCH, PSL_AUDIT_SELECT */
    bool *omit;           /* Flow: by state; null if none */
};

struct psl_audit_level {
    uint32_t number;
    struct psl_audit_entry *entries;
    unsigned entry_count;
};

struct psl_audit_profile {
    const char *name;
    struct psl_audit_level *levels; /* as declared */
    unsigned level_count;
};

/* By name; null if there is none. */
const struct psl_audit_profile *psl_find_profile(const struct psl_policy *policy, const char *name);
