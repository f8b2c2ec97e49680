/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of the preprocessor; the grammar is in preprocess.h. */
#pragma once
#include <tools/nk-psl-gen-c/preprocess.h>

const char *psl_definition_find(const struct psl_definition *definitions, const char *name, size_t length);

/* The value of the condition in bytes [at.offset, at.offset + at.length) of its source; false after an error. */
bool psl_condition(struct pool *pool, struct diagnostics *diagnostics, const struct psl_definition *definitions,
                   struct location at);

static inline bool psl_word_begins(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static inline bool psl_word_goes_on(char c)
{
    return psl_word_begins(c) || (c >= '0' && c <= '9');
}
static inline bool psl_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
