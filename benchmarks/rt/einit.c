/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The measuring task. Latencies of threads of class FIFO in nanoseconds (under exact counting: instructions), each case
 * first on an idle machine, then with the load. Options come from the kernel's command line (scripts/rt.sh):
 * rt.threads, rt.priority, rt.interval and rt.distance (us), rt.loops, rt.buckets, and rt.cross: wakes between
 * idle CPUs only. (Under exact counting a CPU that sends may wait for ever for its turn while another is busy.)
 */
#include <benchmarks/rt/protocol.h>
#include <benchmarks/sort.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/io/irq.h>
#include <coresrv/io/mmio.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <tests/devices/device.h>

#define WARM_UP      16U
#define THREADS_MAX  16U
#define LOAD_START   50000000ULL /* ns until every kind of load has begun */
#define SERVER_LEVEL 31U

static struct options {
    unsigned threads, priority, interval, distance, loops, buckets;
} options;
static rtl_uint32_t cpus;
static rtl_uint32_t *samples; /* options.threads * options.loops */

static void check(Retcode rc, const char *what)
{
    if (rc != rcOk) {
        printf("BENCH error %s %x\n", what, (unsigned)rc);
        (void)KnPmRequest(KOS_POWER_OFF);
    }
}

static unsigned option(const char *name, unsigned otherwise, unsigned least, unsigned most)
{
    char text[512];
    unsigned value = 0;
    if (KnHalGetEnv(name, text, sizeof(text)) != rcOk)
        return otherwise;
    for (const char *at = text; *at >= '0' && *at <= '9' && value <= most; at++)
        value = value * 10 + (unsigned)(*at - '0');
    check(value < least || value > most ? rcInvalidArgument : rcOk, name);
    return value;
}

/* ---- results ---- */

/* 1, 2, 5, 10, ... */
static rtl_uint32_t wider(rtl_uint32_t width)
{
    rtl_uint32_t digit = width;
    while (digit >= 10)
        digit /= 10;
    return digit == 2 ? width / 2 * 5 : width * 2;
}

/* Bucket of 1, 2 or 5 times a power of ten in which all but the last percent fit; what is beyond is one line more. */
static void histogram(const char *name, unsigned count)
{
    rtl_uint32_t least = samples[0], p99 = samples[(unsigned long)count * 99 / 100], width = 1;
    while ((p99 - least / width * width) / width >= options.buckets)
        width = wider(width);
    rtl_uint32_t lower = least / width * width, end = lower + width * options.buckets;
    unsigned at = 0;
    for (; lower < end && at < count; lower += width) {
        unsigned inside = 0;
        for (; at < count && samples[at] < lower + width; at++)
            inside++;
        if (inside != 0)
            printf("HIST %s %u %u %u\n", name, lower, width, inside);
    }
    if (at < count)
        printf("HIST %s %u 0 %u\n", name, end, count - at);
}

static void report(const char *name, const char *condition, unsigned count, unsigned overruns)
{
    char full[64];
    unsigned long long sum = 0;
    (void)snprintf(full, sizeof(full), "rt/%s/%s", name, condition);
    sort_values(samples, count);
    for (unsigned i = 0; i < count; i++)
        sum += samples[i];
    printf("BENCH %s rounds=%u min=%u p50=%u p99=%u max=%u avg=%llu overruns=%u\n", full, count, samples[0],
           samples[count / 2], samples[(unsigned long)count * 99 / 100], samples[count - 1], sum / count, overruns);
    if (options.buckets != 0)
        histogram(full, count);
}

static void sample(rtl_uint32_t *to, unsigned round, unsigned long long latency)
{
    if (round >= WARM_UP)
        to[round - WARM_UP] = latency > 0xffffffffU ? 0xffffffffU : (rtl_uint32_t)latency;
}

/* ---- threads ---- */

static Handle start(void (*routine)(void *, void *), void *context, unsigned cpu, unsigned priority)
{
    Handle thread;
    Tid tid;
    check(KnThreadCreateByHandle(&thread, &tid, priority, 16 << 10, routine, context, RTL_NULL,
                                 KOS_THREAD_SUSPENDED | KOS_CLASS_FIFO << KOS_THREAD_CLASS_SHIFT),
          "thread");
    check(KnThreadSetAffinityByHandle(thread, 1ULL << cpu), "affinity");
    return thread;
}

static void end(Handle thread)
{
    rtl_int32_t code;
    check(KnThreadWaitByHandle(thread, INFINITE_TIMEOUT, &code), "join");
    check(KnHandleClose(thread), "close");
}

/* Sleeps until the next point of the period that is still to come; how many were missed. */
static unsigned next_period(unsigned long long *next, unsigned interval)
{
    unsigned missed = 0;
    unsigned long long period = interval * 1000ULL, now = kos_time_ns();
    for (*next += period; *next <= now; *next += period)
        missed++;
    (void)KnSleepUntilNs(*next);
    return missed;
}

/* ---- cases ---- */

static struct timer_thread {
    unsigned long long start;
    rtl_uint32_t *samples;
    unsigned interval, overruns;
} timer_threads[THREADS_MAX];

static void timer_thread(void *context, void *context2)
{
    (void)context2;
    struct timer_thread *self = context;
    unsigned long long next = self->start;
    for (unsigned round = 0; round < options.loops + WARM_UP; round++) {
        self->overruns += next_period(&next, self->interval);
        unsigned long long now = kos_time_ns();
        sample(self->samples, round, now - next);
    }
    KnThreadExit(0);
}

static void timer_to_thread(const char *condition)
{
    Handle threads[THREADS_MAX];
    unsigned overruns = 0;
    unsigned long long base = kos_time_ns() + 1000000;
    for (unsigned i = 0; i < options.threads; i++) {
        timer_threads[i] = (struct timer_thread){.start = base + options.interval * 1000ULL * i / options.threads,
                                                 .interval = options.interval + i * options.distance,
                                                 .samples = samples + (unsigned long)i * options.loops};
        threads[i] = start(timer_thread, &timer_threads[i], i % cpus, options.priority);
    }
    for (unsigned i = 0; i < options.threads; i++)
        check(KnThreadResumeByHandle(threads[i]), "resume");
    for (unsigned i = 0; i < options.threads; i++) {
        end(threads[i]);
        overruns += timer_threads[i].overruns;
    }
    for (unsigned i = 0; i < options.threads; i++) {
        const rtl_uint32_t *mine = timer_threads[i].samples;
        rtl_uint32_t least = ~0U, most = 0;
        unsigned long long sum = 0;
        for (unsigned at = 0; at < options.loops; at++) {
            least = mine[at] < least ? mine[at] : least;
            most = mine[at] > most ? mine[at] : most;
            sum += mine[at];
        }
        printf("T:%2u (%s) P:%2u I:%u C:%7u Min:%7u Act:%7u Avg:%7llu Max:%8u\n", i, condition, options.priority,
               timer_threads[i].interval, options.loops, least, mine[options.loops - 1], sum / options.loops, most);
    }
    report("timer_to_thread", condition, options.threads * options.loops, overruns);
}

static rtl_uint32_t turn;       /* the round whose wake has been sent; atomic: releases `sent` */
static rtl_uint32_t taken;      /* the round that has been measured; atomic */
static unsigned long long sent; /* when it was */

static void woken(void *context, void *context2)
{
    (void)context, (void)context2;
    for (unsigned round = 0; round < options.loops + WARM_UP; round++) {
        unsigned long long now;
        do {
            (void)KnSyncWait(&turn, round, INFINITE_TIMEOUT);
            now = kos_time_ns();
        } while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) == round);
        sample(samples, round, now - sent);
        __atomic_store_n(&taken, round + 1, __ATOMIC_RELEASE);
    }
    KnThreadExit(0);
}

static void waker(void *context, void *context2)
{
    unsigned *overruns = context;
    (void)context2;
    unsigned long long next = kos_time_ns();
    rtl_uint32_t count;
    for (unsigned round = 0; round < options.loops + WARM_UP; round++) {
        do
            *overruns += next_period(&next, options.interval);
        while (__atomic_load_n(&taken, __ATOMIC_ACQUIRE) != round);
        sent = kos_time_ns();
        __atomic_store_n(&turn, round + 1, __ATOMIC_RELEASE);
        (void)KnSyncWake(&turn, 1, &count);
    }
    KnThreadExit(0);
}

static void wake_case(const char *name, const char *condition, unsigned waker_cpu)
{
    unsigned overruns = 0;
    turn = taken = 0;
    Handle to = start(woken, RTL_NULL, 0, options.priority + 1),
           from = start(waker, &overruns, waker_cpu, options.priority);
    check(KnThreadResumeByHandle(to), "resume");
    check(KnThreadResumeByHandle(from), "resume");
    end(from);
    end(to);
    report(name, condition, options.loops, overruns);
}

static Handle stamp_channel;

static void caller(void *context, void *context2)
{
    unsigned *overruns = context;
    (void)context2;
    NkKosTransport transport;
    struct {
        struct nk_message base_;
        nk_uint64_t word;
    } request, response;
    unsigned long long next = kos_time_ns();
    NkKosTransport_Init(&transport, stamp_channel, NK_NULL, 0);
    for (unsigned round = 0; round < options.loops + WARM_UP; round++) {
        *overruns += next_period(&next, options.interval);
        nk_req_reset(&request);
        nk_req_reset(&response);
        nk_msg_set_method_id(&request, 0, RT_Stamp);
        unsigned long long before = kos_time_ns();
        request.word = 0;
        check(nk_transport_call(&transport.base, &request.base_, NK_NULL, &response.base_, NK_NULL), "call");
        sample(samples, round, response.word - before);
    }
    KnThreadExit(0);
}

static void ipc_handover(const char *condition)
{
    unsigned overruns = 0;
    Handle from = start(caller, &overruns, 0, options.priority);
    check(KnThreadResumeByHandle(from), "resume");
    end(from);
    report("ipc_handover", condition, options.loops, overruns);
}

/* ---- an interrupt ---- */

#define RAISE_DELAY 20000U /* ns: time for the load to get on */

static volatile void *registers;
static Handle irq;

static void driver(void *context, void *context2)
{
    (void)context, (void)context2;
    Handle delivery;
    check(KnIoAttachIrq(irq, IRQ_LEVEL_HIGH, &delivery), "attach");
    for (unsigned round = 0; round < options.loops + WARM_UP; round++) {
        check(KnIoWaitIrq(delivery), "interrupt");
        unsigned long long now = kos_time_ns();
        device_quiet(registers);
        sample(samples, round, now - __atomic_load_n(&sent, __ATOMIC_ACQUIRE));
        __atomic_store_n(&taken, round + 1, __ATOMIC_RELEASE);
    }
    check(KnIoDetachIrq(irq), "detach");
    check(KnHandleClose(delivery), "close");
    KnThreadExit(0);
}

static void raiser(void *context, void *context2)
{
    unsigned *overruns = context;
    (void)context2;
    unsigned long long next = kos_time_ns();
    for (unsigned round = 0; round < options.loops + WARM_UP; round++) {
        do
            *overruns += next_period(&next, options.interval);
        while (__atomic_load_n(&taken, __ATOMIC_ACQUIRE) != round);
        device_raise_later(registers, RAISE_DELAY, &sent);
    }
    KnThreadExit(0);
}

static void interrupt_to_driver(const char *condition)
{
    unsigned overruns = 0;
    taken = 0;
    Handle to = start(driver, RTL_NULL, 0, options.priority + 1), from = start(raiser, &overruns, 0, options.priority);
    check(KnThreadResumeByHandle(to), "resume");
    check(KnThreadResumeByHandle(from), "resume");
    end(from);
    end(to);
    report("interrupt_to_driver", condition, options.loops, overruns);
}

static void device_begin(void)
{
    Handle memory, mapping;
    void *address;
    check(KnRegisterPhyMem(device_address, DEVICE_SIZE, &memory), "device");
    check(KnIoMapMem(memory, VMM_FLAG_READ | VMM_FLAG_WRITE, 0, &address, &mapping), "device's memory");
    registers = address;
    device_init(registers);
    check(KnRegisterIrq(device_line, &irq), "interrupt");
}

static void cases(const char *condition)
{
    timer_to_thread(condition);
    wake_case("futex_handover", condition, 0);
    ipc_handover(condition);
    interrupt_to_driver(condition);
    if (cpus > 1)
        wake_case("cross_cpu_wake", condition, 1);
}

static Handle task(const char *name, const char *class, const char *path, rtl_uint32_t scheduling,
                   rtl_uint32_t priority)
{
    Handle handle;
    check(KnTaskCreate(name, class, path, scheduling, priority, &handle), name);
    return handle;
}

int main(void)
{
    cpus = KnHalGetCpuCount();
    options.threads = option("rt.threads", 1, 1, THREADS_MAX);
    options.priority = option("rt.priority", 25, 0, SERVER_LEVEL - 1);
    options.interval = option("rt.interval", 200, 10, 10000000);
    options.distance = option("rt.distance", 0, 0, 1000000);
    options.loops = option("rt.loops", 5000, 1, 1000000);
    options.buckets = option("rt.buckets", 20, 0, 1000);
    rtl_size_t size = ((rtl_size_t)options.threads * options.loops * sizeof(*samples) + 4095) / 4096 * 4096;
    samples = KnVmAllocate(RTL_NULL, size, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    check(samples == RTL_NULL ? rcOutOfMemory : rcOk, "samples");
    for (rtl_size_t i = 0; i < size / sizeof(*samples); i++) /* no page fault while measuring */
        samples[i] = 0;

    if (option("rt.cross", 0, 0, 1) != 0) {
        check(cpus > 1 ? rcOk : rcInvalidOperation, "CPUs");
        wake_case("cross_cpu_wake", "idle", 1);
        printf("BENCH done\n");
        return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    Handle stamper = task("stamper", "rt.Server", "Server", KOS_CLASS_FIFO, SERVER_LEVEL),
           server = task("server", "rt.Server", "Server", KOS_CLASS_STANDARD, 0),
           load = task("load", "rt.Load", "Load", KOS_CLASS_STANDARD, 0);
    check(KnTaskConnect(INVALID_HANDLE, stamper, "echo"), "connect");
    check(KnTaskConnect(load, server, "echo"), "connect");
    stamp_channel = ServiceLocatorConnect("echo");
    check(KnTaskResume(stamper), "stamper");
    device_begin();
    cases("idle");
    if (option("rt.idle", 0, 0, 1) == 0) {
        check(KnTaskResume(server), "server");
        check(KnTaskResume(load), "load");
        (void)KnSleepUntilNs(kos_time_ns() + LOAD_START);
        cases("load");
    }
    printf("BENCH done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
