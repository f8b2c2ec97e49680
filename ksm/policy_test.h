/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of a policy (PAL), as nk-psl-gen-c writes them with --tests generate, and what runs them: on the host, or in a
 * kernel that runs nothing else. A test is three lists of cases, one after the other; all contexts go before and after.
 * The kernel has SID 1, processes get the next ones in the order of their starts.
 */
#pragma once
#include <ksm/policy.h>

enum ksm_expectation : u32 { KSM_EXPECT_GRANT, KSM_EXPECT_DENY, KSM_EXPECT_ANY };

/* A place in a message that gets the SID of a process. */
struct ksm_test_sid {
    enum : u32 { KSM_TEST_CONSTANT, KSM_TEST_ARENA, KSM_TEST_HANDLE } where;
    u32 place;    /* offset, behind the header; number of the handle */
    u32 size;     /* bytes */
    u32 variable; /* 0: none, the handle's SID is `value` */
    u32 value;
};

struct ksm_test_case {
    const char *name; /* may be null */
    const char *file;
    u32 line, column;
    enum ksm_event event;
    enum ksm_expectation expectation;
    u32 source_class, destination_class, riid, mid;
    u32 source, destination; /* variables; 0: the kernel. execute: destination gets the SID, 0: nothing does */
    const u8 *constant_part; /* behind the header */
    const u8 *arena;
    u32 constant_size, arena_size, handle_count;
    const struct ksm_test_sid *sids;
    u32 sid_count;
};

struct ksm_test_cases {
    const struct ksm_test_case *list;
    u32 count;
};

struct ksm_test {
    const char *set, *name;         /* may be null */
    struct ksm_test_cases parts[3]; /* setup, the sequence's own, finally */
};
#define KSM_TEST_VARIABLES  256U
#define KSM_TEST_KERNEL_SID 1U

extern const struct ksm_test ksm_tests[];
extern const u32 ksm_test_count;

/* What a case came to. KSM_TEST_ERROR: the message does not fit its shape, or the decision could not be asked for. */
enum ksm_test_result : u32 { KSM_TEST_GRANTED, KSM_TEST_DENIED, KSM_TEST_ERROR };
typedef void ksm_test_report(void *context, const struct ksm_test *test, const struct ksm_test_case *test_case,
                             enum ksm_test_result result);

static inline bool ksm_test_passed(const struct ksm_test_case *test_case, enum ksm_test_result result)
{
    return result != KSM_TEST_ERROR && (test_case->expectation == KSM_EXPECT_ANY ||
                                        (result == KSM_TEST_GRANTED) == (test_case->expectation == KSM_EXPECT_GRANT));
}

/* Runs one test on ksm_policy, whose models were initialized; calls report for every case. True if all passed. */
bool ksm_test_run(const struct ksm_test *test, ksm_test_report *report, void *context);
