/* SPDX-License-Identifier: Apache-2.0 */
/* The load on all CPUs but the last, and a look at what becomes of what it frees. */
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <coresrv/time/time_api.h>
#include <tests/isolation/program.h>
#include <tests/patience.h>

#define ENOUGH 100U
static volatile unsigned calls, unmapped, threads, processes;

static void call_often(void *client)
{
    for (;;)
        calls += (unsigned)call((Handle)(rtl_uintptr_t)client, calls);
}

static void map_often(void *nothing)
{
    (void)nothing;
    for (;;) {
        volatile char *pages =
            KnVmAllocate(RTL_NULL, 16384, (int)(VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE));
        if (pages == RTL_NULL)
            return;
        for (unsigned i = 0; i < 4; i++)
            pages[i << 12] = 1;
        if (KnVmUnmap((void *)(rtl_uintptr_t)pages, 16384) != rcOk)
            return;
        unmapped++;
    }
}

static void end_at_once(void *nothing)
{
    (void)nothing;
}

static void start_often(void *cpu)
{
    for (;;) {
        rtl_int32_t code;
        Handle thread = start(STANDARD(5), (unsigned)(rtl_uintptr_t)cpu, end_at_once, RTL_NULL);
        if (KnThreadWaitByHandle(thread, INFINITE_TIMEOUT, &code) != rcOk || KnHandleClose(thread) != rcOk)
            return;
        threads++;
    }
}

static Handle run(const char *name, const char *class, const char *file)
{
    Handle task;
    Retcode rc = KnTaskCreate(name, class, file, KOS_CLASS_STANDARD, 15, &task);
    if (rc == rcOk)
        rc = KnTaskResume(task);
    if (rc != rcOk)
        expect("run", rc, rcOk);
    return task;
}

static int loaded(void)
{
    return calls > ENOUGH && unmapped > ENOUGH && threads > ENOUGH && processes > ENOUGH / 10;
}

static unsigned long long pages(void)
{
    return KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[2];
}

int main(void)
{
    unsigned cpus = KnHalGetCpuCount(), others = cpus - 1;
    rtl_int32_t code;
    rtl_uint32_t reason;
    expect("isolate/last", KOS_CORE(PM, SetIsolatedCpus, 1ULL << others).rc, rcOk);
    Handle listener, server, client;
    expect("connect", KnHandleConnect(INVALID_HANDLE, &listener, &server, &client), rcOk);
    (void)start(STANDARD(5), 1 % others, serve, (void *)(rtl_uintptr_t)listener);
    (void)start(STANDARD(5), 0, call_often, (void *)(rtl_uintptr_t)client);
    (void)start(STANDARD(5), 2 % others, map_often, RTL_NULL);
    (void)start(STANDARD(5), 1 % others, start_often, (void *)(rtl_uintptr_t)(2 % others));

    /* Until all of the load has met it: emulated CPUs share the host's few. */
    unsigned long long most = 0;
    for (unsigned i = 0; i < 20 && !(loaded() && i > 0); i++) {
        Handle quiet = run("quiet", "test.Quiet", "Quiet");
        while (KnTaskWait(quiet, 0, &code, &reason) == rcTimeout) {
            Handle child = run("child", "test.Child", "Child");
            if (KnTaskWait(child, PATIENCE_MS, &code, &reason) != rcOk || code != 7)
                break;
            (void)KnHandleClose(child);
            processes++;
            unsigned long long now = pages();
            most = now > most ? now : most;
        }
        expect("quiet/ended", KnTaskWait(quiet, PATIENCE_MS, &code, &reason), rcOk);
        expect("quiet/code", code, 0);
        (void)KnHandleClose(quiet);
    }
    printf("load: %u calls, %u times unmapped, %u threads, %u processes, %llu pages at most\n", calls, unmapped,
           threads, processes, most);
    expect("load/calls", calls > ENOUGH, 1);
    expect("load/unmapped", unmapped > ENOUGH, 1);
    expect("load/threads", threads > ENOUGH, 1);
    expect("load/processes", processes > ENOUGH / 10, 1);
    expect("load/is_freed", most < threads, 1);
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
