/* SPDX-License-Identifier: Apache-2.0 */
/* The cost report: what deciding on each event takes; and what einit needs to know of the policy. */
#pragma once
#include <tools/nk-psl-gen-c/decision.h>

void psl_report(const struct psl_policy *policy, const struct psl_analysis *analysis, struct text *output);
/* A line for each rule that looks into the arena of a request: client, server, method, then the rule's place as path,
 * line and column, by tabs. */
void psl_report_arena_readers(const struct psl_policy *policy, const struct psl_analysis *analysis,
                              struct text *output);
