/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what the parser expected, and its keywords. */
#pragma once
#include <tools/nk-psl-gen-c/parse.h>

/* Reports the token at `at`; words: the names of the tokens that could stand there. */
void psl_report_syntax(struct psl_parse *parse, struct location at, bool at_end, const char *const *words, int count);
