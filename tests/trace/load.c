/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread per CPU writes events with numbers in a row, as fast as it can: scripts/trace_tests.sh counts them. With
 * "windows" on the command line nothing is recorded at first, and the program starts and stops the trace itself, twice:
 * what it writes then has ids from 100 on.
 */
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/stat/trace_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>

#define CPUS_MOST 64U
#define STACK     16384U

static unsigned long events = 50000;

static int failed_events(rtl_uint32_t id)
{
    int failed = 0;
    for (unsigned long i = 0; i < events; i++)
        failed |= KosTraceEvent(id, i, ~i) != rcOk;
    return failed;
}

static int windows(void)
{
    int failed = 0;
    for (rtl_uint32_t window = 0; window < 2; window++) {
        failed |= failed_events(window);
        failed |= KosTraceSetEvents(KOS_TRACE(user) | KOS_TRACE_LIFE) != rcOk;
        failed |= failed_events(100 + window);
        failed |= KosTraceSetEvents(0) != rcOk;
    }
    return failed | failed_events(2);
}

static void count(void *context, void *context2)
{
    (void)context2;
    KnThreadExit(failed_events((rtl_uint32_t)(rtl_size_t)context));
}

static int start(Handle *thread, rtl_uint32_t cpu)
{
    Tid tid;
    return KnThreadCreateByHandle(thread, &tid, 0, STACK, count, (void *)(rtl_size_t)cpu, RTL_NULL,
                                  KOS_THREAD_SUSPENDED) == rcOk &&
           KnThreadSetAffinityByHandle(*thread, 1ULL << cpu) == rcOk && KnThreadResumeByHandle(*thread) == rcOk;
}

int main(void)
{
    static Handle threads[CPUS_MOST];
    char wanted[16];
    if (KnHalGetEnv("events", wanted, sizeof(wanted)) == rcOk)
        events = strtoul(wanted, RTL_NULL, 10);
    rtl_uint32_t cpus = KnHalGetCpuCount();
    int failed = 0;
    if (KnHalGetEnv("windows", wanted, sizeof(wanted)) == rcOk) {
        failed = windows();
        cpus = 0;
    }
    for (rtl_uint32_t cpu = 0; cpu < cpus; cpu++)
        failed |= !start(&threads[cpu], cpu);
    for (rtl_uint32_t cpu = 0; cpu < cpus && !failed; cpu++)
        failed |= KnThreadWaitByHandle(threads[cpu], INFINITE_TIMEOUT, &failed) != rcOk;
    printf("TRACE %s cpus=%u events=%lu\n", failed ? "error" : "done", cpus, events);
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
