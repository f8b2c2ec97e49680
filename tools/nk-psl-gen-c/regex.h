/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions, compiled to a DFA over the bytes of UTF-8: linear time, no backtracking. A pattern matches a
 * whole text.
 *
 *   alternatives = sequence { "|" sequence } ;    sequence = { item [ repeat ] } ;
 *   repeat = "*" | "+" | "?" | "{" n "}" | "{" n "," "}" | "{" n "," m "}" ;          n, m at most 1000
 *   item = character | "." | "(" alternatives ")" | "(?:" alternatives ")" | "[" [ "^" ] members "]" | escape ;
 *   escape = "\d" | "\D" | "\w" | "\W" | "\s" | "\S" | "\n" | "\r" | "\t" | "\f" | "\v" | "\xHH" | "\" punctuation ;
 *
 * "." and negated sets match any one character, line ends too. "^" at the start and "$" at the end of an alternative of
 * the whole pattern mean nothing more. In the block form (```regex) white space outside sets is nothing.
 */
#pragma once
#include <tools/nk-psl-gen-c/policy.h>

#define PSL_REGEX_REPEAT_MAX 1000U
#define PSL_DFA_STATES_MAX   2048U
#define PSL_DFA_BYTES_MAX    131072U

struct psl_dfa {
    uint8_t classes[256];
    unsigned class_count, state_count, start; /* state 0 is dead */
    uint16_t *next;                           /* [state * class_count + class] */
    uint16_t *accepts;                        /* 1 + the first pattern that matches, 0: none */
};

/* Compiles patterns (PSL_TEXT or PSL_REGEX) into one automaton; null after an error, which is reported at the pattern.
 */
const struct psl_dfa *psl_regex_compile(struct psl_policy *policy, const struct psl_expression *const *patterns,
                                        unsigned count);
/* Compiles one, to see that it can be. */
bool psl_regex_check(struct psl_policy *policy, const struct psl_expression *pattern);
