/* SPDX-License-Identifier: Apache-2.0 */
/* The policy compiler eats any bytes as a policy, behind them the classes and objects of its tests; run from the
 * project's root. With the first byte odd the preprocessor is on. */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>
#include <tools/nk-psl-gen-c/decision.h>

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Messages go nowhere; the tests' policies are seeds. */
int LLVMFuzzerInitialize(int *count, char ***words)
{
    static char *all[64], quiet[] = "-close_fd_mask=2", seeds[] = "tests/languages/psl/sources";
    int used = *count < 60 ? *count : 60;
    memcpy(all, *words, sizeof(char *) * (size_t)used);
    all[used++] = quiet;
    all[used++] = seeds;
    *count = used;
    *words = all;
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const char *const roots[] = {"tests/languages/psl/sources", "sdk"};
    static const struct psl_definition definition = {"BOARD", "RPI", nullptr};
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "psl_fuzz"};
    if (size == 0)
        return 0;
    struct psl_policy policy = {.pool = &pool,
                                .diagnostics = &diagnostics,
                                .roots = roots,
                                .root_count = 2,
                                .preprocess = data[0] % 2 != 0,
                                .definitions = &definition};
    const char *text = pool_print(&pool, "%.*s\nuse prelude._\n", (int)size - 1, (const char *)data + 1);
    struct source source = {.path = "tests/languages/psl/sources/fuzz.psl",
                            .file = "tests/languages/psl/sources/fuzz.psl",
                            .text = text,
                            .size = (uint32_t)strlen(text)};
    source_index(&pool, &source);
    psl_policy_load_source(&policy, &source);
    psl_check_policy(&policy);
    if (diagnostics.errors == 0)
        psl_warn(&policy, psl_analyze(&policy));
    pool_free(&pool);
    return 0;
}
