/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of the language tools:
 *
 *   path:line:column: error: text
 *     the source line
 *     ^~~~
 *
 * A tool reports all it finds and looks at `errors` at the end. After DIAGNOSTIC_ERRORS_MAX errors the rest is only
 * counted. The same place is not reported twice with the same text.
 */
#pragma once
#include <stdio.h>
#include <tools/language/source.h>

#define DIAGNOSTIC_ERRORS_MAX 50U

struct diagnostics {
    const char *tool; /* named in messages without a place */
    FILE *stream;     /* null: standard error */
    unsigned errors, warnings;
    bool silent; /* the last error was not shown: its notes are not either */
    struct location last;
    uint64_t last_text;   /* hash */
    struct location said; /* a source is read again: nothing up to here is said again; source null: none is */
};

[[gnu::format(printf, 3, 4)]] void diagnostic_error(struct diagnostics *diagnostics, struct location at,
                                                    const char *format, ...);
[[gnu::format(printf, 3, 4)]] void diagnostic_warning(struct diagnostics *diagnostics, struct location at,
                                                      const char *format, ...);
/* Belongs to the error before it: where the other place is, or what to do. */
[[gnu::format(printf, 3, 4)]] void diagnostic_note(struct diagnostics *diagnostics, struct location at,
                                                   const char *format, ...);

/*
 * Search for a misspelt name: start with {.wanted = name}, offer every candidate; nearest is then the best one that
 * differs by at most a third of its letters (a transposition or a change of case counts one), or null.
 */
struct suggestion {
    const char *wanted, *nearest;
    unsigned distance;
};
void suggestion_offer(struct suggestion *suggestion, const char *candidate);
