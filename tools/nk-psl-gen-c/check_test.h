/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of test cases. */
#pragma once
#include <tools/nk-psl-gen-c/class.h>

/* Checks the case's parameters against its method; scope: for psl_test_variable. */
void psl_check_parameters(struct psl_policy *policy, const struct psl_test_case *test, void *scope);
/* True if a variable stands for a process here; an error otherwise. */
bool psl_test_variable(void *scope, struct name name);
