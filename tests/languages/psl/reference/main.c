/* SPDX-License-Identifier: Apache-2.0 */
/* psl_reference [-I DIR]... FILE: runs a policy's tests on the reference interpreter; with an event behind the file,
 * explains that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/reference/pal.h>

int main(int count, char **words)
{
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "psl_reference"};
    const char *roots[16];
    struct psl_policy policy = {.pool = &pool, .diagnostics = &diagnostics, .roots = roots};
    int i = 1;
    for (; i + 1 < count && strcmp(words[i], "-I") == 0 && policy.root_count < 16; i += 2)
        roots[policy.root_count++] = words[i + 1];
    if (i == count) {
        fprintf(stderr, "usage: psl_reference [-I DIR]... FILE [EVENT src=CLASS dst=CLASS [KEY=VALUE]...]\n");
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
