/* SPDX-License-Identifier: Apache-2.0 */
/* What each program here begins and ends with: a line of its own for what does not hold, and one with the number of
 * checks for `expected`. */
#pragma once
#include <stdio.h>
#include <string.h>

static int checks, failures;

#define CHECK(holds)                                                                                                   \
    do {                                                                                                               \
        checks++;                                                                                                      \
        if (!(holds)) {                                                                                                \
            failures++;                                                                                                \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #holds);                                  \
        }                                                                                                              \
    } while (0)

/* What a format makes of its arguments. */
#define PRINTS(wanted, ...)                                                                                            \
    do {                                                                                                               \
        char printed[512];                                                                                             \
        int length = snprintf(printed, sizeof(printed), __VA_ARGS__);                                                  \
        checks++;                                                                                                      \
        if (strcmp(printed, wanted) != 0 || length != (int)strlen(wanted)) {                                           \
            failures++;                                                                                                \
            fprintf(stderr, "%s:%d: expected '%s', got '%s'\n", __FILE__, __LINE__, wanted, printed);                  \
        }                                                                                                              \
    } while (0)

static int done(const char *what)
{
    if (failures != 0)
        fprintf(stderr, "%s: %d of %d checks failed\n", what, failures, checks);
    else
        fprintf(stderr, "%s: ok\n", what);
    return failures != 0;
}
