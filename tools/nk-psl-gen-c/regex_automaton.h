/* SPDX-License-Identifier: Apache-2.0 */
/* Between regex.c, which makes nondeterministic automata, and regex_dfa.c. */
#pragma once
#include <tools/nk-psl-gen-c/regex.h>

#define REGEX_NFA_MAX 30000U
#define REGEX_NONE    (~0U)

struct regex_state {
    unsigned next[2]; /* REGEX_NONE: nowhere; a state that eats has one */
    bool eats;        /* one byte of [first, last]; else it goes on by itself */
    uint8_t first, last;
    unsigned accepts; /* 1 + the pattern's number, or 0 */
};

struct regex_automaton {
    struct pool *pool;
    struct regex_state *states;
    unsigned count, start;
    bool full; /* more states were needed than there may be */
};

/* The smallest deterministic automaton, in pool; null if it is too large. */
const struct psl_dfa *regex_determine(struct pool *pool, const struct regex_automaton *automaton);
