/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that reach for what is not theirs: each is ended with a report, and what they reached for is as it was. */
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

static volatile nk_uint64_t treasure;

/* The peer with order "break HOW WHERE". */
static void attempt(const char *how, const char *where, rtl_int32_t code, rtl_uint32_t reason)
{
    static char name[96];
    Handle task;
    const char *const args[] = {"thief", "break", how, where, RTL_NULL};
    (void)snprintf(name, sizeof(name), "isolation/%s/%s", how, where);
    if (KnTaskCreate("thief", "test.Peer", "Peer", KOS_CLASS_STANDARD, 15, &task) != rcOk ||
        KnTaskSetEnv(task, args, RTL_NULL) != rcOk) {
        expect(name, "made", 0, 1);
        return;
    }
    rtl_int32_t got_code = 0;
    rtl_uint32_t got_reason = 99;
    expect(name, "ran", KnTaskResume(task), rcOk);
    expect(name, "ended", KnTaskWait(task, PATIENCE_MS, &got_code, &got_reason), rcOk);
    expect(name, "reason", got_reason, reason);
    if (reason == KOS_TASK_EXITED)
        expect(name, "code", got_code, code);
    expect(name, "closed", KnHandleClose(task), rcOk);
}

static void faults(const char *how, const char *where)
{
    attempt(how, where, 0, KOS_TASK_FAULTED);
}

static void number_faults(const char *how, nk_uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "0%llx", (unsigned long long)number);
    faults(how, text);
}

/* Not this process's memory at all, whatever is done to it. */
static void foreign_memory(void)
{
    static const nk_uint64_t nowhere[] = {0,
                                          8,
                                          4095,
                                          0x0000800000000000ULL,
                                          0x7fffffffffffffffULL,
                                          KERNEL_ADDRESS,
                                          0xffff800000000000ULL,
                                          0xffffffff80000000ULL,
                                          0xffffffff80100000ULL,
                                          0xffffffffc0000000ULL,
                                          0xffffffffc000c000ULL,
                                          ~0ULL,
                                          KOS_USER_LIMIT - 1,
                                          KOS_USER_LIMIT,
                                          ADDRESS(&treasure)};
    static const char *const ways[] = {"read", "write", "run"};
    nk_uint64_t at = pages_allocate(PAGE, KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_READ | KOS_VMM_WRITE);
    *(volatile nk_uint64_t *)(rtl_uintptr_t)at = treasure = 0x600d600d;
    for (unsigned way = 0; way < 3; way++) {
        for (unsigned i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
            number_faults(ways[way], nowhere[i]);
        number_faults(ways[way], at);
    }
    expect("isolation", "untouched", treasure == 0x600d600d && *(volatile nk_uint64_t *)(rtl_uintptr_t)at == 0x600d600d,
           1);
    expect("vmm/Free", "after_isolation", RC(VMM, Free, at, PAGE), rcOk);
}

static void own_memory(void)
{
    static const char *const allowed[][2] = {{"read", "text"},        {"read", "constant"}, {"read", "data"},
                                             {"write", "data"},       {"write", "stack"},   {"read", "read_only"},
                                             {"read", "execute_only"}};
    static const char *const refused[][2] = {
        {"write", "text"},     {"write", "constant"},       {"run", "data"},          {"run", "stack"},
        {"run", "constant"},   {"read", "reserved"},        {"write", "reserved"},    {"read", "no_access"},
        {"read", "guard"},     {"write", "guard"},          {"read", "high_guard"},   {"read", "freed"},
        {"write", "freed"},    {"read", "decommitted"},     {"write", "decommitted"}, {"write", "read_only"},
        {"run", "read_only"},  {"write", "execute_only"},   {"read", "nothing"},      {"write", "nothing"},
        {"stack", "overflow"}, {"thread_stack", "overflow"}};
    for (unsigned i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
        attempt(allowed[i][0], allowed[i][1], 1, KOS_TASK_EXITED);
    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        faults(refused[i][0], refused[i][1]);
}

/* A handle is a number: it means nothing in another process, even if the process knows it. */
static void foreign_handles(void)
{
    static Handle many[300];
    char text[24];
    for (unsigned i = 0; i < 300; i++)
        many[i] = user_object(~0U);
    (void)snprintf(text, sizeof(text), "0%x", many[299]);
    attempt("handle", text, 47, KOS_TASK_EXITED);
    for (unsigned i = 0; i < 300; i++)
        (void)KnHandleClose(many[i]);
}

void isolation_tests(void)
{
    foreign_memory();
    own_memory();
    foreign_handles();
    for (unsigned i = 0; i < 24; i++)
        number_faults("instruction", i);
    static const nk_uint64_t selectors[] = {3ULL << KOS_OPERATION_SHIFT,
                                            3ULL << KOS_OPERATION_SHIFT | KOS_CORE_HANDLE,
                                            1ULL << 35 | KOS_CORE_HANDLE,
                                            1ULL << 47 | KOS_CORE_HANDLE,
                                            1ULL << 48 | KOS_CORE_HANDLE,
                                            1ULL << 61 | KOS_CORE_HANDLE,
                                            KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | 1ULL << 40,
                                            KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | 1ULL << 60,
                                            ~0ULL};
    for (unsigned i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++)
        number_faults("selector", selectors[i]);
}
