/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints hal.HAL and pm.PM. The command line is in scripts/test.sh. */
#include <coresrv/pm/pm_api.h>
#include <tests/endpoints/endpoints.h>

static char out[KOS_NAME_SIZE];

static struct kos_core_result environment(const char *name, rtl_size_t space)
{
    return CORE(REQUEST(HAL, GetEnv, CHUNK(0, strlen(name) + 1)), .arena = name, .arena_size = strlen(name) + 1,
                .response_count = 2, .out = out, .out_size = space);
}

static void environment_tests(void)
{
    const char *name = "hal/GetEnv";
    struct kos_core_result r = environment("endpoints.value", sizeof(out));
    expect(name, NK_NULL, r.rc, rcOk);
    expect(name, "value", strcmp(out, "a=b"), 0);
    expect(name, "chunk", (long long)r.w[0], CHUNK(0, 4));
    expect(name, "empty_value", environment("endpoints.empty", sizeof(out)).rc == rcOk && out[0] == '\0', 1);
    expect(name, "last", environment("endpoints.last", sizeof(out)).rc == rcOk && strcmp(out, "9") == 0, 1);
    expect(name, "without_equals", environment("endpoints.word", sizeof(out)).rc, rcResourceNotFound);
    expect(name, "part_of_a_name", environment("endpoints.val", sizeof(out)).rc, rcResourceNotFound);
    expect(name, "end_of_a_name", environment("value", sizeof(out)).rc, rcResourceNotFound);
    expect(name, "unknown", environment("unknown", sizeof(out)).rc, rcResourceNotFound);
    expect(name, "buffer_too_small", environment("endpoints.value", 3).rc, rcBufferTooSmall);
    struct core_request request = {REQUEST(HAL, GetEnv, CHUNK(0, 2)), STRING("x"), .response_count = 2, .out = out,
                                   .out_size = sizeof(out)};
    expect_string_errors(name, &request, 0);
}

static void write_tests(void)
{
    const char *name = "hal/DebugWrite";
    static char text[KOS_NAME_SIZE + 1];
    struct core_request request = {REQUEST(HAL, DebugWrite, CHUNK(0, 0)), STRING("12345678"), .response_count = 1};
    expect(name, "nothing", core_request(&request).rc, rcOk);
    expect(name, "nothing_in_registers", RC(HAL, DebugWrite, 0), rcOk);
    expect(name, "something_in_registers", RC(HAL, DebugWrite, CHUNK(0, 1)), rcInvalidArgument);
    request.words[0] = CHUNK(9, 1);
    expect(name, "outside_arena", core_request(&request).rc, rcInvalidArgument);
    request.words[0] = CHUNK(0xffffffffU, 0xffffffffU);
    expect(name, "far_outside", core_request(&request).rc, rcInvalidArgument);
    request.words[0] = CHUNK(9, 0);
    expect(name, "nothing_at_the_end", core_request(&request).rc, rcOk);
    request.arena = text;
    request.arena_size = sizeof(text);
    expect(name, "arena_too_large", core_request(&request).rc, rcInvalidArgument);
    request.arena_size = 64;
    request.arena = (const void *)KERNEL_ADDRESS; /* NOLINT */
    expect(name, "kernel_arena", core_request(&request).rc, rcSourceFault);
    request.arena = (const void *)PAGE; /* NOLINT */
    expect(name, "unmapped_arena", core_request(&request).rc, rcSourceFault);
    request.arena = (const void *)(rtl_uintptr_t)(KOS_USER_LIMIT - 8); /* NOLINT */
    expect(name, "arena_across_the_limit", core_request(&request).rc, rcSourceFault);
    request.arena = (const void *)(rtl_uintptr_t)~7ULL; /* NOLINT */
    expect(name, "arena_wraps", core_request(&request).rc, rcSourceFault);
}

static void entropy_tests(void)
{
    const char *name = "hal/GetEntropy";
    static char first[KOS_NAME_SIZE];
    struct core_request request = {REQUEST(HAL, GetEntropy, KOS_NAME_SIZE), .response_count = 2, .out = out,
                                   .out_size = sizeof(out)};
    struct kos_core_result r = core_request(&request);
    expect(name, NK_NULL, r.rc, rcOk);
    expect(name, "chunk", (long long)r.w[0], CHUNK(0, KOS_NAME_SIZE));
    memcpy(first, out, sizeof(first));
    expect(name, "again", core_request(&request).rc, rcOk);
    unsigned same = 0;
    for (unsigned i = 0; i < KOS_NAME_SIZE; i += 8)
        same += memcmp(first + i, out + i, 8) == 0;
    expect(name, "words_that_repeat", same, 0);
    request.words[0] = KOS_NAME_SIZE + 1;
    expect(name, "too_much", core_request(&request).rc, rcInvalidArgument);
    request.words[0] = ~0ULL;
    expect(name, "all_bits", core_request(&request).rc, rcInvalidArgument);
    memset(out, 'x', sizeof(out));
    request.words[0] = 13;
    expect(name, "odd_size", (long long)core_request(&request).w[0], CHUNK(0, 13));
    expect(name, "no_more_than_wanted", out[13] == 'x' && out[14] == 'x', 1);
    request.out_size = 12;
    expect(name, "buffer_too_small", core_request(&request).rc, rcBufferTooSmall);
    request.words[0] = 0;
    expect(name, "nothing", core_request(&request).rc, rcOk);
    expect(name, "no_buffer", RC(HAL, GetEntropy, 8), rcBufferTooSmall);
}

void hal_tests(unsigned cpus)
{
    environment_tests();
    write_tests();
    entropy_tests();
    struct kos_core_result r = KOS_CORE0(HAL, GetCpuCount);
    expect("hal/GetCpuCount", NK_NULL, r.rc, rcOk);
    expect("hal/GetCpuCount", "value", (long long)r.w[0], cpus);
    expect("hal/GetCpuCount", "the_rest_is_zero", (long long)(r.w[1] | r.w[2] | r.w[3] | r.w[4] | r.w[5] | r.w[6]), 0);
}

void pm_tests(unsigned cpus)
{
    expect("pm/Request", "unknown_mode", RC(PM, Request, 2), rcInvalidArgument);
    expect("pm/Request", "all_bits", RC(PM, Request, ~0ULL), rcInvalidArgument);
    expect("pm/Request", "high_bits", RC(PM, Request, 1ULL << 32), rcInvalidArgument);
    struct kos_core_result r = KOS_CORE0(PM, GetCpusOnline);
    expect("pm/GetCpusOnline", NK_NULL, r.rc, rcOk);
    expect("pm/GetCpusOnline", "mask", (long long)r.w[0], cpus == 64 ? -1LL : (1LL << cpus) - 1);
    RtlCpuSet all = r.w[0], now = 0;
    expect("pm/SetCpusOnline", "as_they_are", KnPmSetCpusOnline(all, 0), rcOk);
    expect("pm/SetCpusOnline", "none", KnPmSetCpusOnline(RTL_CPU_SET_EMPTY, 0), rcInvalidArgument);
    expect("pm/SetCpusOnline", "without_bootstrap", KnPmSetCpusOnline(RTL_CPU_SET_WITHOUT(all, 0), 0),
           rcInvalidArgument);
    expect("pm/SetCpusOnline", "no_such_cpu",
           cpus == 64 ? rcInvalidArgument : KnPmSetCpusOnline(RTL_CPU_SET_WITH(all, cpus), 0), rcInvalidArgument);
    expect("pm/SetCpusOnline", "timeout_too_wide", RC(PM, SetCpusOnline, all, 1ULL << 32), rcInvalidArgument);
    expect("pm/SetCpusOnline", "bootstrap_alone", KnPmSetCpusOnline(RTL_CPU_SET_ONE(KnPmGetBootstrapCpuNum()), 100),
           rcOk);
    expect("pm/GetCpusOnline", "bootstrap_alone", KnPmGetCpusOnline(&now) == rcOk && now == RTL_CPU_SET_ONE(0), 1);
    expect("pm/SetCpusOnline", "all_again", KnPmSetCpusOnline(all, INFINITE_TIMEOUT), rcOk);
    expect("pm/GetCpusOnline", "all_again", KnPmGetCpusOnline(&now) == rcOk && now == all, 1);
}
