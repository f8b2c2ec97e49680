/* SPDX-License-Identifier: Apache-2.0 */
/* The cost report: what deciding on each event takes. */
#pragma once
#include <tools/nk-psl-gen-c/decision.h>

void psl_report(const struct psl_policy *policy, const struct psl_analysis *analysis, struct text *output);
