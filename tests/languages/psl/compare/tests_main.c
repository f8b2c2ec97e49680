/* SPDX-License-Identifier: Apache-2.0 */
/* A compiled policy and its compiled tests, linked with the models of the host: runs them. */
#include <ksm/models/models.h>
#include <ksm/policy_test.h>
#include <stdio.h>
#include <stdlib.h>

static void report(void *context, const struct ksm_test *test, const struct ksm_test_case *test_case,
                   enum ksm_test_result result)
{
    static const char *const results[] = {"granted", "denied", "not a message that can be sent"};
    (void)context;
    if (!ksm_test_passed(test_case, result))
        printf("%s:%u:%u: %s / %s: expected %s, got %s\n", test_case->file, test_case->line, test_case->column,
               test->set != nullptr ? test->set : "assert", test->name != nullptr ? test->name : "sequence",
               test_case->expectation == KSM_EXPECT_GRANT  ? "granted"
               : test_case->expectation == KSM_EXPECT_DENY ? "denied"
                                                           : "a decision",
               results[result]);
}

int main(void)
{
    u32 failed = 0;
    if (ksm_models_init(ksm_policy->objects, ksm_policy->object_count) != rcOk)
        return EXIT_FAILURE;
    for (u32 i = 0; i < ksm_test_count; i++)
        failed += !ksm_test_run(&ksm_tests[i], report, nullptr);
    printf("%u tests, %u failed\n", ksm_test_count, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
