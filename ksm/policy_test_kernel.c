/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy's tests in a kernel that runs nothing else: linked into a test image, where the linker (--wrap) leads the
 * boot here, once the policy has let the kernel start and before Einit.
 */
#include <hal/console.h>
#include <ksm/policy_test.h>

static const char *text_or(const char *text, const char *otherwise)
{
    return text != nullptr ? text : otherwise;
}

static void report(void *context, const struct ksm_test *test, const struct ksm_test_case *test_case,
                   enum ksm_test_result result)
{
    static const char *const results[] = {"granted", "denied", "not a message that can be sent"};
    static const char *const expectations[] = {"granted", "denied", "a decision"};
    (void)context;
    if (!ksm_test_passed(test_case, result))
        kernel_print("%s:%u:%u: %s / %s: expected %s, got %s\n", test_case->file, test_case->line, test_case->column,
                     text_or(test->set, "assert"), text_or(test->name, "sequence"),
                     expectations[test_case->expectation], results[result]);
}

void run_tests(void) __asm__("__wrap_core_call_init");
void run_tests(void)
{
    u32 failed = 0;
    for (u32 i = 0; i < ksm_test_count; i++)
        failed += !ksm_test_run(&ksm_tests[i], report, nullptr);
    kernel_print("%u tests, %u failed\n", ksm_test_count, failed);
    hal_power_off();
}
