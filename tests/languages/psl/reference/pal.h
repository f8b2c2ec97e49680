/* SPDX-License-Identifier: Apache-2.0 */
/* PAL tests on the reference interpreter. The kernel has SID 1, processes get the next ones in order. */
#pragma once
#include <tests/languages/psl/reference/reference.h>

/* Runs all tests of the policy, which was checked without errors; prints each that fails, with what its rules said.
 * Returns the number of failures; *count: of tests. */
unsigned reference_run_tests(struct psl_policy *policy, unsigned *count);
/* Runs one sequence and prints the rules and the verdict of its last case. */
void reference_run_last(struct psl_policy *policy, const struct psl_sequence *sequence);
/* Explains an event: words[0] its kind, the others key=value. The policy was loaded, and not yet checked. False after
 * an error. */
bool reference_explain(struct psl_policy *policy, char *const *words, int count);
/* The value of a type that a test case gives, or zero; expression may be null. variable: SIDs by name. */
struct value reference_parameter(struct pool *pool, const struct type *type, const struct psl_expression *expression,
                                 uint32_t (*variable)(void *context, const char *name), void *context);
/* The message of a test case. */
struct value reference_message(struct pool *pool, const struct psl_test_case *test,
                               uint32_t (*variable)(void *context, const char *name), void *context);
