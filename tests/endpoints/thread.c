/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint thread.Thread. */
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

#define ALL_CPUS (~0ULL)

static volatile nk_uint64_t seen[4];

static void idle_routine(void *argument)
{
    seen[0] = ADDRESS(argument);
}

static void forever(void *argument)
{
    (void)argument;
    for (;;)
        seen[1]++;
}

static unsigned state_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetInfo, thread).w[1];
}

static void create_errors(void)
{
    const char *name = "thread/Create";
    nk_uint64_t routine = ADDRESS(idle_routine);
    expect(name, "standard_16", RC(THREAD, Create, 16, 0, routine, 0, 0, 0), rcInvalidArgument);
    expect(name, "fifo_32", RC(THREAD, Create, 32, 0, routine, 0, 0, 1U << KOS_THREAD_CLASS_SHIFT), rcInvalidArgument);
    expect(name, "class_3", RC(THREAD, Create, 1, 0, routine, 0, 0, 3U << KOS_THREAD_CLASS_SHIFT), rcInvalidArgument);
    expect(name, "priority_all", RC(THREAD, Create, ~0ULL, 0, routine, 0, 0, 0), rcInvalidArgument);
    expect(name, "priority_wraps", RC(THREAD, Create, 1ULL << 32, 0, routine, 0, 0, 0), rcInvalidArgument);
    expect(name, "unknown_flag", RC(THREAD, Create, 1, 0, routine, 0, 0, 1U << 2), rcInvalidArgument);
    expect(name, "unknown_high_flag", RC(THREAD, Create, 1, 0, routine, 0, 0, 1ULL << 40), rcInvalidArgument);
    expect(name, "stack_above_64_MiB", RC(THREAD, Create, 1, (64ULL << 20) + 1, routine, 0, 0, 0), rcInvalidArgument);
    expect(name, "stack_all", RC(THREAD, Create, 1, ~0ULL, routine, 0, 0, 0), rcInvalidArgument);
    expect(name, "routine_null", RC(THREAD, Create, 1, 0, 0, 0, 0, 0), rcInvalidArgument);
    expect(name, "routine_kernel", RC(THREAD, Create, 1, 0, KERNEL_ADDRESS, 0, 0, 0), rcInvalidArgument);
    expect(name, "routine_at_limit", RC(THREAD, Create, 1, 0, KOS_USER_LIMIT, 0, 0, 0), rcInvalidArgument);
    expect(name, "routine_all", RC(THREAD, Create, 1, 0, ~0ULL, 0, 0, 0), rcInvalidArgument);
}

/* Runs, is waited for and closed, in every class and with its stack's size at both ends. */
static void life_tests(unsigned cpus)
{
    static const struct {
        const char *name;
        rtl_uint32_t priority, stack, flags;
    } kinds[] = {{"standard_0", 0, 0, 0},
                 {"standard_15", 15, 4096, 0},
                 {"fifo_0", 0, 64U << 20, KOS_CLASS_FIFO << KOS_THREAD_CLASS_SHIFT},
                 {"fifo_31", 31, 1, KOS_CLASS_FIFO << KOS_THREAD_CLASS_SHIFT},
                 {"round_robin_31", 31, 4097, KOS_CLASS_ROUND_ROBIN << KOS_THREAD_CLASS_SHIFT},
                 {"detached", 15, 0, KOS_THREAD_DETACHED}};
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct kos_core_result r = KOS_CORE(THREAD, Create, kinds[i].priority, kinds[i].stack, ADDRESS(thread_start),
                                            ADDRESS(idle_routine), 100 + i, kinds[i].flags);
        expect("thread/Create", kinds[i].name, r.rc, rcOk);
        thread_join("thread/Wait", (Handle)r.w[0], 0);
        expect("thread/Create", "second_argument", (long long)seen[0], 100 + i);
    }
    for (unsigned cpu = 0; cpu < cpus; cpu++)
        thread_join("thread/SetAffinity/ran", thread_on(cpu, idle_routine, RTL_NULL, 0), 0);
}

static void info_tests(void)
{
    struct kos_core_result own = KOS_CORE0(THREAD, OpenCurrent), info;
    Handle self = (Handle)own.w[0], weak;
    expect("thread/OpenCurrent", NK_NULL, own.rc, rcOk);
    expect("thread/OpenCurrent", "right_to_copy", KnHandleCopy(self, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    info = KOS_CORE(THREAD, GetInfo, self);
    expect("thread/GetInfo", NK_NULL, info.rc, rcOk);
    expect("thread/GetInfo", "tid", (long long)info.w[0], (long long)own.w[1]);
    expect("thread/GetInfo", "runs", (long long)info.w[1], KOS_THREAD_STATE_RUNNABLE);
    expect("thread/GetInfo", "class_and_priority", (long long)info.w[2], KOS_CLASS_STANDARD << 8 | 15);
    expect("thread/GetInfo", "affinity", info.w[3] != 0, 1);
    expect("thread/GetInfo", "invalid_is_self", (long long)KOS_CORE(THREAD, GetInfo, INVALID_HANDLE).w[0],
           (long long)own.w[1]);
    const struct core_request by_handle[] = {
        {REQUEST(THREAD, GetInfo, self)},         {REQUEST(THREAD, Resume, self)},
        {REQUEST(THREAD, Terminate, self, 1)},    {REQUEST(THREAD, Wait, self, 0)},
        {REQUEST(THREAD, SetPriority, self, 15)}, {REQUEST(THREAD, SetAffinity, self, ALL_CPUS)},
    };
    static const char *const names[] = {"thread/GetInfo", "thread/Resume",      "thread/Terminate",
                                        "thread/Wait",    "thread/SetPriority", "thread/SetAffinity"};
    for (unsigned i = 0; i < sizeof(by_handle) / sizeof(by_handle[0]); i++)
        expect_handle_errors(names[i], &by_handle[i], 0, KOS_CORE_HANDLE, weak);
    expect("thread/Resume", "running", RC(THREAD, Resume, self), rcInvalidThreadState);
    expect("thread/Wait", "self", RC(THREAD, Wait, self, 0), rcInvalidOperation);
    expect("thread/Wait", "timeout_too_wide", RC(THREAD, Wait, self, 1ULL << 32), rcInvalidArgument);
    expect("thread/Sleep", "delay_too_wide", RC(THREAD, Sleep, 1ULL << 32), rcInvalidArgument);
    expect("thread/Wait", "invalid_is_self", RC(THREAD, Wait, INVALID_HANDLE, 0), rcInvalidOperation);
    expect("thread/Close", "self", KnHandleClose(self), rcOk);
    expect("thread/Close", "weak", KnHandleClose(weak), rcOk);
}

static void setting_tests(unsigned cpus)
{
    nk_uint64_t before = KOS_CORE(THREAD, GetInfo, INVALID_HANDLE).w[3];
    expect("thread/SetPriority", "fifo_31", RC(THREAD, SetPriority, INVALID_HANDLE, 1U << 8 | 31), rcOk);
    expect("thread/SetPriority", "told_by_GetInfo", (long long)KOS_CORE(THREAD, GetInfo, INVALID_HANDLE).w[2],
           1U << 8 | 31);
    expect("thread/SetPriority", "round_robin_0", RC(THREAD, SetPriority, INVALID_HANDLE, 2U << 8), rcOk);
    expect("thread/SetPriority", "standard_15", RC(THREAD, SetPriority, INVALID_HANDLE, 15), rcOk);
    expect("thread/SetPriority", "standard_16", RC(THREAD, SetPriority, INVALID_HANDLE, 16), rcInvalidArgument);
    expect("thread/SetPriority", "fifo_32", RC(THREAD, SetPriority, INVALID_HANDLE, 1U << 8 | 32), rcInvalidArgument);
    expect("thread/SetPriority", "class_3", RC(THREAD, SetPriority, INVALID_HANDLE, 3U << 8), rcInvalidArgument);
    expect("thread/SetPriority", "high_bits", RC(THREAD, SetPriority, INVALID_HANDLE, 1ULL << 40), rcInvalidArgument);
    expect("thread/SetAffinity", "none", RC(THREAD, SetAffinity, INVALID_HANDLE, 0), rcInvalidArgument);
    expect("thread/SetAffinity", "all", RC(THREAD, SetAffinity, INVALID_HANDLE, ALL_CPUS), rcOk);
    if (cpus < 64)
        expect("thread/SetAffinity", "absent_cpu", RC(THREAD, SetAffinity, INVALID_HANDLE, 1ULL << cpus),
               rcInvalidArgument);
    if (cpus > 1)
        expect("thread/SetAffinity", "running_elsewhere", RC(THREAD, SetAffinity, INVALID_HANDLE, 2), rcOk);
    expect("thread/SetAffinity", "as_it_was", RC(THREAD, SetAffinity, INVALID_HANDLE, before), rcOk);
    expect("thread/SetTls", "kernel", RC(THREAD, SetTls, KERNEL_ADDRESS), rcInvalidArgument);
    expect("thread/SetTls", "at_limit", RC(THREAD, SetTls, KOS_USER_LIMIT), rcInvalidArgument);
    expect("thread/SetTls", "non_canonical", RC(THREAD, SetTls, 1ULL << 63), rcInvalidArgument);
    static void *block[2]; /* where the pointer is found through itself, its first word names it too */
    block[0] = (void *)block;
    expect("thread/SetTls", NK_NULL, RC(THREAD, SetTls, ADDRESS(block)), rcOk);
    expect("thread/SetTls", "found", __builtin_thread_pointer() == (void *)block, 1);
    expect("thread/SetTls", "kept_asleep", KnSleep(2) == rcOk && __builtin_thread_pointer() == (void *)block, 1);
}

static void sleep_tests(void)
{
    nk_uint64_t start = uptime_ms();
    expect("thread/Sleep", "yield", RC(THREAD, Sleep, 0), rcOk);
    expect("thread/Sleep", "20_ms", RC(THREAD, Sleep, 20), rcOk);
    expect("thread/Sleep", "not_shorter", uptime_ms() - start >= 20, 1);
}

static void suspender(void *argument)
{
    (void)argument;
    seen[2] = 1;
    seen[2] = (nk_uint64_t)(rtl_uint32_t)KnThreadSuspendCurrent();
    seen[3] = 1;
}

static void wait_until(const char *name, Handle thread, unsigned state)
{
    for (unsigned i = 0; i < PATIENCE_MS && state_of(thread) != state; i++)
        (void)KnSleep(1);
    expect(name, "reached", state_of(thread), state);
}

static void suspend_tests(unsigned cpu)
{
    rtl_int32_t code;
    seen[2] = seen[3] = 0;
    Handle thread = thread_on(cpu, suspender, RTL_NULL, 0);
    for (unsigned i = 0; i < PATIENCE_MS && seen[2] == 0; i++) /* it was suspended before it ran, too */
        (void)KnSleep(1);
    wait_until("thread/Suspend", thread, KOS_THREAD_STATE_SUSPENDED);
    expect("thread/Wait", "timeout", KnThreadWaitByHandle(thread, 5, &code), rcTimeout);
    expect("thread/Wait", "timeout_zero", KnThreadWaitByHandle(thread, 0, &code), rcTimeout);
    expect("thread/Suspend", "stays", (long long)seen[3], 0);
    expect("thread/Resume", NK_NULL, KnThreadResumeByHandle(thread), rcOk);
    expect("thread/Wait", NK_NULL, KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    expect("thread/Suspend", "code", (long long)seen[2], rcOk);
    expect("thread/Resume", "ended", KnThreadResumeByHandle(thread), rcInvalidThreadState);
    expect("thread/GetInfo", "ended", state_of(thread), KOS_THREAD_STATE_DEAD);
    expect("thread/SetPriority", "ended", KnThreadSetPriorityByHandle(thread, KOS_CLASS_STANDARD, 3),
           rcInvalidThreadState);
    expect("thread/Terminate", "ended", KnThreadTerminateByHandle(thread, 77), rcOk);
    thread_join("thread/Terminate/keeps_first_code", thread, 0);
}

static void terminate_tests(unsigned cpu)
{
    Handle thread = thread_on(cpu, forever, RTL_NULL, KOS_THREAD_SUSPENDED);
    expect("thread/Terminate", "suspended", KnThreadTerminateByHandle(thread, -5), rcOk);
    thread_join("thread/Terminate/suspended", thread, -5);
    thread = thread_on(cpu, forever, RTL_NULL, 0);
    (void)KnSleep(5);
    expect("thread/SetPriority", cpu != 0 ? "on_another_cpu" : "of_another",
           KnThreadSetPriorityByHandle(thread, KOS_CLASS_STANDARD, 3), rcOk);
    expect("thread/Terminate", "running", KnThreadTerminateByHandle(thread, 6), rcOk);
    thread_join("thread/Terminate/running", thread, 6);
}

static void exiter(void *argument)
{
    KnThreadExit((rtl_int32_t)(long)argument);
}

static void terminate_self(void *argument)
{
    (void)KnThreadTerminateByHandle(INVALID_HANDLE, (rtl_int32_t)(long)argument);
    KnThreadExit(1);
}

static void sleeper(void *argument)
{
    (void)KnSleep((rtl_uint32_t)(rtl_uintptr_t)argument);
}

static void joiner(void *argument)
{
    rtl_int32_t code = -1;
    Retcode rc = KnThreadWaitByHandle((Handle)(rtl_uintptr_t)argument, INFINITE_TIMEOUT, &code);
    KnThreadExit(rc == rcOk ? code : -1);
}

/* Several threads wait for one; each is told. A joiner that is terminated in its wait does not disturb the others. */
static void join_tests(unsigned cpus)
{
    Handle joiners[4], target = thread_on(cpus - 1, suspender, RTL_NULL, 0);
    for (unsigned i = 0; i < 4; i++) {
        joiners[i] = thread_on(i % cpus, joiner, (void *)(rtl_uintptr_t)target, 0);
        wait_until("thread/Wait/joins", joiners[i], KOS_THREAD_STATE_JOINING);
    }
    expect("thread/Terminate", "joining", KnThreadTerminateByHandle(joiners[1], 9), rcOk);
    thread_join("thread/Terminate/joining", joiners[1], 9);
    expect("thread/Terminate", "waited_for", KnThreadTerminateByHandle(target, 31), rcOk);
    for (unsigned i = 0; i < 4; i++)
        if (i != 1)
            thread_join("thread/Wait/several", joiners[i], 31);
    expect("thread/Wait", "target_closed", KnHandleClose(target), rcOk);
    Handle asleep = thread_on(0, sleeper, (void *)(rtl_uintptr_t)INFINITE_TIMEOUT, 0);
    wait_until("thread/Sleep", asleep, KOS_THREAD_STATE_SLEEPING);
    expect("thread/Resume", "sleeping", KnThreadResumeByHandle(asleep), rcInvalidThreadState);
    expect("thread/Terminate", "sleeping", KnThreadTerminateByHandle(asleep, 2), rcOk);
    thread_join("thread/Terminate/sleeping", asleep, 2);
}

void thread_tests(unsigned cpus)
{
    create_errors();
    life_tests(cpus);
    info_tests();
    setting_tests(cpus);
    sleep_tests();
    suspend_tests(0);
    suspend_tests(cpus - 1);
    terminate_tests(0);
    terminate_tests(cpus - 1);
    thread_join("thread/Exit", thread_on(0, exiter, (void *)(long)-123456, 0), -123456);
    thread_join("thread/Terminate/self", thread_on(cpus - 1, terminate_self, (void *)(long)12, 0), 12);
    join_tests(cpus);
}
