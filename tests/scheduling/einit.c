/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/pm/pm_api.h>
#include <tests/scheduling/scheduling.h>
#include <tests/patience.h>

void expect(const char *name, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", name);
    else
        printf("FAIL %s: expected %lld, got %lld\n", name, expected, got);
}

struct start {
    void (*routine)(void *argument);
    void *argument;
};

static void begin(void *context, void *context2)
{
    ((void (*)(void *))(rtl_uintptr_t)context)(context2);
    KnThreadExit(0);
}

Handle start(unsigned class_priority, unsigned cpu, void (*routine)(void *argument), void *argument)
{
    Handle thread = INVALID_HANDLE;
    Tid tid;
    Retcode rc =
        KnThreadCreateByHandle(&thread, &tid, class_priority & 0xff, 16384, begin, (void *)(rtl_uintptr_t)routine,
                               argument, KOS_THREAD_SUSPENDED | (class_priority >> 8) << KOS_THREAD_CLASS_SHIFT);
    if (rc == rcOk)
        rc = KnThreadSetAffinityByHandle(thread, 1ULL << cpu);
    if (rc == rcOk)
        rc = KnThreadResumeByHandle(thread);
    if (rc != rcOk)
        expect("start", rc, rcOk);
    return thread;
}

void finish(Handle thread)
{
    rtl_int32_t code;
    (void)KnThreadTerminateByHandle(thread, 9);
    expect("finish", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    (void)KnHandleClose(thread);
}

int reached(const volatile unsigned *word, unsigned value)
{
    for (int i = 0; i < PATIENCE_MS && *word != value; i++)
        (void)KnSleep(1);
    return *word == value;
}

unsigned state_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetInfo, thread).w[1];
}

int reaches_state(Handle thread, unsigned state)
{
    for (int i = 0; i < PATIENCE_MS && state_of(thread) != state; i++)
        (void)KnSleep(1);
    return state_of(thread) == state;
}

unsigned cpu_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetSchedule, thread).w[0];
}

unsigned level_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetSchedule, thread).w[1];
}

int reaches_level(Handle thread, unsigned level)
{
    for (int i = 0; i < PATIENCE_MS && level_of(thread) != level; i++)
        (void)KnSleep(1);
    return level_of(thread) == level;
}

void spin(void *word)
{
    volatile unsigned *count = word;
    for (;;)
        *count = *count + 1;
}

int main(void)
{
    unsigned cpus = KnHalGetCpuCount();
    /* more urgent than what it looks at, and always on the same CPU */
    expect("self/priority", KOS_CORE(THREAD, SetPriority, CURRENT, KOS_CLASS_FIFO << 8 | 31).rc, rcOk);
    expect("self/affinity", KnThreadSetAffinityByHandle(CURRENT, 1), rcOk);
    wait_tests();
    turn_tests();
    crowd_tests(cpus);
    lock_tests(cpus);
    donation_tests(cpus);
    apart_tests();
    inversion_tests(cpus);
    queue_tests(cpus);
    urgent_server_tests(cpus);
    reservation_tests();
    charge_tests(cpus);
    move_tests(cpus);
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
