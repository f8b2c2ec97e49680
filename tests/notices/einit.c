/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/pm/pm_api.h>
#include <string.h>
#include <tests/notices/notices.h>
#include <tests/patience.h>

void expect(const char *name, const char *part, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s/%s\n", name, part);
    else
        printf("FAIL %s/%s: expected %lld, got %lld\n", name, part, expected, got);
}

Handle child_start(const char *role, Handle given, rtl_uint32_t rights)
{
    static unsigned number;
    char name[] = "child-0000";
    const char *const args[] = {"child", role, RTL_NULL};
    Handle task = INVALID_HANDLE;
    unsigned id = number++;
    for (unsigned i = 0; i < 4; i++, id /= 10)
        name[9 - i] = (char)('0' + id % 10);
    Retcode rc = KnTaskCreate(name, "test.Child", "Child", KOS_CLASS_STANDARD, 15, &task);
    if (rc == rcOk)
        rc = KnTaskSetEnv(task, args, RTL_NULL);
    if (rc == rcOk && given != INVALID_HANDLE)
        rc = KnTaskAddResource(task, given, rights, "given");
    if (rc == rcOk)
        rc = KnTaskResume(task);
    if (rc != rcOk)
        expect(role, "start", rc, rcOk);
    return task;
}

long long child_end(Handle task)
{
    struct kos_core_result r = KOS_CORE(TASK, Wait, task, PATIENCE_MS);
    if (r.rc != rcOk)
        expect("child", "ends", r.rc, rcOk);
    (void)KnHandleClose(task);
    return r.w[1] == KOS_TASK_EXITED ? (long long)r.w[0] : -(long long)r.w[1];
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

Handle thread_start(unsigned cpu, void (*routine)(void *argument), void *argument)
{
    Handle thread = INVALID_HANDLE;
    Tid tid;
    Retcode rc = KnThreadCreateByHandle(&thread, &tid, 15, 16384, begin, (void *)(rtl_uintptr_t)routine, argument,
                                        KOS_THREAD_SUSPENDED);
    if (rc == rcOk)
        rc = KnThreadSetAffinityByHandle(thread, 1ULL << cpu);
    if (rc == rcOk)
        rc = KnThreadResumeByHandle(thread);
    if (rc != rcOk)
        expect("thread", "start", rc, rcOk);
    return thread;
}

long long thread_end(Handle thread)
{
    rtl_int32_t code = -1;
    Retcode rc = KnThreadWaitByHandle(thread, PATIENCE_MS, &code);
    if (rc != rcOk)
        expect("thread", "ends", rc, rcOk);
    (void)KnHandleClose(thread);
    return code;
}

int reaches_state(Handle thread, unsigned state)
{
    for (int i = 0; i < PATIENCE_MS && KOS_CORE(THREAD, GetInfo, thread).w[1] != state; i++)
        (void)KnSleep(1);
    return KOS_CORE(THREAD, GetInfo, thread).w[1] == state;
}

int main(void)
{
    unsigned cpus = KnHalGetCpuCount();
    memory_tests(cpus);
    notice_tests(cpus);
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
