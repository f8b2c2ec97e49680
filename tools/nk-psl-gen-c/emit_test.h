/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of a policy as C, against ksm/policy_test.h. */
#pragma once
#include <tools/nk-psl-gen-c/class.h>

void psl_emit_tests(struct psl_policy *policy, const char *path, struct text *output);

/* ---- between emit_test.c and emit_message.c ---- */

struct test_variables {
    const char *names[256];
    unsigned count; /* numbers count from 1 */
};
/* The number of a variable, made on first use; 0 for none. */
unsigned test_variable(struct test_variables *variables, const char *name);

/* A message as bytes, and where SIDs go in it. */
struct test_message {
    struct text constant_part, arena;
    struct text sids; /* entries of struct ksm_test_sid */
    unsigned sid_count, handle_count;
};
void test_message_make(struct pool *pool, const struct psl_test_case *test, struct test_variables *variables,
                       struct test_message *message);
void test_message_free(struct test_message *message);
