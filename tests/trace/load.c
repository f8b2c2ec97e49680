/* SPDX-License-Identifier: Apache-2.0 */
/* A thread per CPU writes events with numbers in a row, as fast as it can: scripts/trace_tests.sh counts them. */
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>

#define CPUS_MOST 64U
#define STACK     16384U

static unsigned long events = 50000;

static void count(void *context, void *context2)
{
    (void)context2;
    int failed = 0;
    for (unsigned long i = 0; i < events; i++)
        failed |= KosTraceEvent((rtl_uint32_t)(rtl_size_t)context, i, ~i) != rcOk;
    KnThreadExit(failed);
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
    for (rtl_uint32_t cpu = 0; cpu < cpus; cpu++)
        failed |= !start(&threads[cpu], cpu);
    for (rtl_uint32_t cpu = 0; cpu < cpus && !failed; cpu++)
        failed |= KnThreadWaitByHandle(threads[cpu], INFINITE_TIMEOUT, &failed) != rcOk;
    printf("TRACE %s cpus=%u events=%lu\n", failed ? "error" : "done", cpus, events);
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
