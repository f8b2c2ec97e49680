/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/time/time_api.h>
#include <stdio.h>
#include <tests/libkos/check.h>
#include <tests/patience.h>

static const char *current;
static int failed;

void check_begin(const char *name)
{
    current = name;
    failed = 0;
}

void check_end(void)
{
    if (!failed)
        printf("PASS %s\n", current);
}

void check_that(int condition, const char *file, int line, const char *text)
{
    if (!condition && __atomic_exchange_n(&failed, 1, __ATOMIC_SEQ_CST) == 0)
        printf("FAIL %s: %s:%d: expected %s\n", current, file, line, text);
}

void check_same(long long got, long long expected, const char *file, int line, const char *text)
{
    if (got != expected && __atomic_exchange_n(&failed, 1, __ATOMIC_SEQ_CST) == 0)
        printf("FAIL %s: %s:%d: %s: expected %ld, got %ld\n", current, file, line, text, (long)expected, (long)got);
}

unsigned cpus(void)
{
    return KnHalGetCpuCount();
}

Tid spawn(unsigned cpu, ThreadRoutine routine, void *context)
{
    Tid tid = 0;
    CHECK_SAME(KosThreadCreate(&tid, ThreadPriorityNormal, 0, routine, context, 1), rcOk);
    CHECK_SAME(KnThreadSetAffinityByHandle(KosThreadGetHandle(tid), 1ULL << cpu % cpus()), rcOk);
    CHECK_SAME(KosThreadResume(tid), rcOk);
    return tid;
}

void join(Tid tid)
{
    CHECK_SAME(KosThreadWait(tid, PATIENCE_MS), 7);
}

long milliseconds(void)
{
    RtlTimeSpec now;
    CHECK_SAME(KnGetUpTime(&now), rcOk);
    return (long)(now.sec * 1000 + now.nsec / 1000000);
}

void until_blocked(Tid tid)
{
    Handle handle = KosThreadGetHandle(tid);
    for (int i = 0; i < PATIENCE_MS && KOS_CORE(THREAD, GetInfo, handle).w[1] != KOS_THREAD_STATE_FUTEX; i++)
        (void)KosThreadSleep(1);
    CHECK_SAME(KOS_CORE(THREAD, GetInfo, handle).w[1], KOS_THREAD_STATE_FUTEX);
}

static void works_in_cpp(void)
{
    CHECK_SAME(link_cpp(), 0);
}

int main(void)
{
    test_tls();
    test_alloc();
    test_thread();
    test_mutex();
    test_event();
    test_semaphore();
    test_condvar();
    test_rwlock();
    test_barrier();
    test_queue();
    test_dispatch();
    test_small();
    test_process();
    RUN(works_in_cpp);
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
