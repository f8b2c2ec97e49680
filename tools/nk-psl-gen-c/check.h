/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks: names, types, constants. They fill the "checked" fields of the syntax tree and fold constants in place.
 * Every expression that was checked has a type; psl_broken after an error, about which nothing more is said.
 */
#pragma once
#include <tools/nk-psl-gen-c/class.h>
#include <tools/nk-psl-gen-c/model.h>

/* Where an expression stands. */
struct psl_check {
    struct psl_policy *policy;
    const struct psl_conditions *conditions; /* of its section and those around it */
};

/* Loads classes and objects and checks all declarations. */
void psl_check_policy(struct psl_policy *policy);

const struct psl_type *psl_check_expression(struct psl_check *check, struct psl_expression *expression);
/* Operators of one or two operands, arithmetic and logic on constants. */
const struct psl_type *psl_check_operation(struct psl_check *check, struct psl_expression *expression);
/* A call of a rule (as a statement) or of an expression. chosen: as what a choice is on. */
const struct psl_type *psl_check_call(struct psl_check *check, struct psl_expression *call, bool as_rule, bool chosen);
/* A part of the message that is behind a sequence. */
bool psl_in_arena(const struct psl_expression *path);
/* One argument; false after an error. */
bool psl_check_argument(struct psl_check *check, struct psl_expression *call, enum psl_want want,
                        struct psl_expression **argument);
/* An error unless the checked expression fits; points at the innermost literal that does not. */
bool psl_check_fits(struct psl_check *check, const struct psl_type *wanted, const struct psl_expression *expression);
/* A level of a Mic object; false after an error. */
bool psl_check_level(struct psl_check *check, const struct psl_object *object, struct psl_expression *level);
/* The condition of a choice on `chosen`. */
void psl_check_condition(struct psl_check *check, struct psl_expression *chosen, struct psl_expression *condition);

void psl_check_bindings(struct psl_policy *policy);
void psl_check_audit(struct psl_policy *policy);
void psl_check_tests(struct psl_policy *policy);

[[gnu::format(printf, 3, 4)]] const struct psl_type *psl_type_error(struct psl_check *check, struct location at,
                                                                    const char *format, ...);
void psl_suggest(struct psl_check *check, struct location at, const struct suggestion *suggestion);
