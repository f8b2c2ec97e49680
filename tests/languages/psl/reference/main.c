/* SPDX-License-Identifier: Apache-2.0 */
/* psl_reference [-I DIR]... [-D NAME=VALUE]... FILE: runs a policy's tests on the reference interpreter; with an event
 * behind the file, explains that. -D is a definition for the preprocessor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/reference/pal.h>

#define ROOTS_MAX 256

/* "NAME=VALUE" */
static void define(struct pool *pool, struct psl_policy *policy, const char *text)
{
    size_t length = strcspn(text, "=");
    struct psl_definition *definition = POOL_NEW(pool, struct psl_definition);
    *definition = (struct psl_definition){pool_copy(pool, text, length), text[length] == '=' ? text + length + 1 : "1",
                                          policy->definitions};
    policy->definitions = definition;
}

/* Options from words[1]; the number of the first word behind them. */
static int read_options(struct pool *pool, struct psl_policy *policy, const char **roots, int count, char **words)
{
    int i = 1;
    for (; i + 1 < count && policy->root_count < ROOTS_MAX; i += 2) {
        if (strcmp(words[i], "-I") == 0)
            roots[policy->root_count++] = words[i + 1];
        else if (strcmp(words[i], "-D") == 0)
            define(pool, policy, words[i + 1]);
        else
            break;
    }
    return i;
}

int main(int count, char **words)
{
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "psl_reference"};
    const char *roots[ROOTS_MAX];
    struct psl_policy policy = {.pool = &pool, .diagnostics = &diagnostics, .roots = roots, .preprocess = true};
    int i = read_options(&pool, &policy, roots, count, words);
    if (i == count) {
        fprintf(
            stderr,
            "usage: psl_reference [-I DIR]... [-D NAME=VALUE]... FILE [EVENT src=CLASS dst=CLASS [KEY=VALUE]...]\n");
        return EXIT_FAILURE;
    }
    unsigned failures = 1, tests = 0;
    bool loaded = psl_policy_load(&policy, words[i]);
    if (loaded && i + 1 < count) {
        failures = !reference_explain(&policy, words + i + 1, count - i - 1);
    } else if (loaded) {
        psl_check_policy(&policy);
        if (diagnostics.errors == 0) {
            failures = reference_run_tests(&policy, &tests);
            printf("%u tests, %u failed\n", tests, failures);
        }
    }
    pool_free(&pool);
    return failures == 0 && diagnostics.errors == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
