/* SPDX-License-Identifier: Apache-2.0 */
/* Between the parts of the generator of random policies. All write to standard output. */
#pragma once
#include <tests/languages/psl/compare/random.h>

/* What may be used where a rule stands. */
struct place {
    const char *const *integers; /* parts of the message, null-terminated; null: none */
    const char *const *texts;
    bool has_destination, is_execute;
};

struct generator {
    struct random random;
    struct place place;
    bool full; /* audit everything, everywhere */
};
extern struct generator gen;

unsigned below(unsigned limit);
/* One of a null-terminated list. */
const char *pick(const char *const *list);

void generate_boolean(unsigned depth);
void generate_integer(unsigned depth);
void generate_text(void);
void generate_sid(void);
void generate_state(bool other);
void generate_level(bool labels);
/* Calls, sections and choices; depth: of sections. */
void generate_body(unsigned depth, bool may_match);
void generate_binding(void);
