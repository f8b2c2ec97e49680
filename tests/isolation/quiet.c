/* SPDX-License-Identifier: Apache-2.0 */
/* What is alone on the last CPU. Everything else is kept busy by Einit. */
#include <coresrv/hal/hal_api.h>
#include <kos/time.h>
#include <tests/isolation/program.h>

#define SECOND 1000000000ULL

static unsigned cpu;
static unsigned long long length = SECOND; /* isolation.ms: of what is watched, in all ways */

static void length_get(void)
{
    char text[16];
    if (KnHalGetEnv("isolation.ms", text, sizeof(text)) != rcOk)
        return;
    length = 0;
    for (const char *at = text; *at >= '0' && *at <= '9'; at++)
        length = length * 10 + (unsigned long long)(*at - '0') * 1000000;
}

static unsigned long long interrupts(unsigned of)
{
    return KOS_CORE(PM, GetCpuInterrupts, of).w[0];
}

/* Own sleeps and moves are over: what they cause has come. */
static void settle(void)
{
    unsigned long long end = kos_time_ns() + SECOND / 20;
    while (kos_time_ns() < end)
        ;
}

/* In user mode for so long; how many interrupts that took. */
static unsigned long long spin(void)
{
    settle();
    unsigned long long before = interrupts(cpu), end = kos_time_ns() + length;
    while (kos_time_ns() < end)
        ;
    return interrupts(cpu) - before;
}

/* In and out of the kernel all the time: calls to a thread on the same CPU, and to the kernel. */
static unsigned long long talk(Handle client)
{
    settle();
    unsigned long long before = interrupts(cpu), end = kos_time_ns() + length;
    unsigned calls = 0, right = 0;
    while (kos_time_ns() < end || calls <= 1000) {
        right += (unsigned)call(client, calls);
        (void)KnHalGetCpuCount();
        (void)KnHandleClose(INVALID_HANDLE);
        calls++;
    }
    unsigned long long taken = interrupts(cpu) - before;
    expect("talk/answers", right, calls);
    expect("talk/many", calls > 1000, 1);
    return taken;
}

static unsigned long long idle(void)
{
    expect("idle/leave", KnThreadSetAffinityByHandle(CURRENT, 1), rcOk);
    (void)KnSleep(50);
    unsigned long long before = interrupts(cpu);
    (void)KnSleep((rtl_uint32_t)(length / 1000000));
    unsigned long long taken = interrupts(cpu) - before;
    expect("idle/return", KnThreadSetAffinityByHandle(CURRENT, 1ULL << cpu), rcOk);
    return taken;
}

int main(void)
{
    cpu = KnHalGetCpuCount() - 1;
    length_get();
    expect("self/priority", KOS_CORE(THREAD, SetPriority, CURRENT, FIFO(20)).rc, rcOk);
    expect("self/affinity", KnThreadSetAffinityByHandle(CURRENT, 1ULL << cpu), rcOk);
    Handle listener, server, client;
    expect("self/connect", KnHandleConnect(INVALID_HANDLE, &listener, &server, &client), rcOk);
    (void)start(FIFO(20), cpu, serve, (void *)(rtl_uintptr_t)listener);
    expect("self/answer", call(client, 1), 1);

    expect("isolated/spin", (long long)spin(), 0);
    expect("isolated/talk", (long long)talk(client), 0);
    expect("isolated/idle", (long long)idle(), 0);
    expect("isolated/spin_again", (long long)spin(), 0);
    expect("isolate/none", KOS_CORE(PM, SetIsolatedCpus, 0).rc, rcOk);
    expect("shared/spin_is_interrupted", spin() > 0, 1);
    expect("shared/talk_is_interrupted", talk(client) > 0, 1);
    expect("isolate/again", KOS_CORE(PM, SetIsolatedCpus, 1ULL << cpu).rc, rcOk);
    expect("isolated/once_more", (long long)spin(), 0);
    expect("interrupts/no_such_cpu", KOS_CORE(PM, GetCpuInterrupts, cpu + 1).rc, rcInvalidArgument);
    return 0;
}
