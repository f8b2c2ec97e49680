/* SPDX-License-Identifier: Apache-2.0 */
/* Where threads run: affinity of running, waiting and serving threads, balancing, isolation, CPUs going offline. */
#include <kos/thread.h>
#include <tests/scheduling/scheduling.h>
#include <tests/patience.h>

static volatile unsigned counts[4], stop, word;

static void sleeper(void *count)
{
    volatile unsigned *steps = count;
    while (!stop) {
        (void)KnSleep(1);
        *steps = *steps + 1;
    }
}

static void sleep_long(void *unused)
{
    (void)unused;
    (void)KnSleep(INFINITE_TIMEOUT);
}

static int advances(const volatile unsigned *count)
{
    unsigned before = *count;
    for (int i = 0; i < PATIENCE_MS && *count == before; i++)
        (void)KnSleep(1);
    return *count != before;
}

static int reaches_cpu(Handle thread, unsigned cpu)
{
    for (int i = 0; i < PATIENCE_MS && cpu_of(thread) != cpu; i++)
        (void)KnSleep(1);
    return cpu_of(thread) == cpu;
}

static void affinity(void)
{
    Handle runs = start(STANDARD(5), 0, spin, (void *)(rtl_uintptr_t)&counts[0]);
    Handle sleeps = start(FIFO(5), 0, sleeper, (void *)(rtl_uintptr_t)&counts[1]);
    stop = 0;
    for (unsigned round = 0; round < 20; round++) {
        unsigned cpu = (round + 1) % 2;
        if (KnThreadSetAffinityByHandle(runs, 1ULL << cpu) != rcOk ||
            KnThreadSetAffinityByHandle(sleeps, 1ULL << cpu) != rcOk || !reaches_cpu(runs, cpu) ||
            !reaches_cpu(sleeps, cpu) || !advances(&counts[0]) || !advances(&counts[1]))
            expect("affinity/round", round, -1);
    }
    expect("affinity/self", KnThreadSetAffinityByHandle(CURRENT, 2), rcOk);
    expect("affinity/self_moved", cpu_of(CURRENT), 1);
    expect("affinity/self_back", KnThreadSetAffinityByHandle(CURRENT, 1), rcOk);
    expect("affinity/self_moved_back", cpu_of(CURRENT), 0);
    expect("affinity/end_on_the_way", KnThreadSetAffinityByHandle(runs, 1), rcOk);
    finish(runs);
    stop = 1;
    finish(sleeps);
}

/* ---- a server that moves to and fro while its client's time limit passes ---- */

struct message {
    struct nk_message base_;
    nk_uint64_t word;
};
static Handle listener, server_handle, client_handle;
static volatile unsigned calls, limits, answer;

/* Keeps each request until told, and runs all the time, so it moves at once. */
static void keep(void *unused)
{
    (void)unused;
    struct message message;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    while (Recv(listener, &header) == rcOk) {
        calls = calls + 1;
        while (answer != calls)
            ;
    }
}

static void caller(void *unused)
{
    (void)unused;
    for (;;) {
        struct message message = {.word = 0};
        *(nk_uint64_t *)&message = WORK_INFO;
        SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
        if (CallEx(client_handle, &header, &header, 1, INVALID_HANDLE) == rcTimeout)
            limits = limits + 1;
        answer = calls;
    }
}

static void moving_server(void)
{
    expect("moving/connect", KnHandleConnect(INVALID_HANDLE, &listener, &server_handle, &client_handle), rcOk);
    Handle server = start(STANDARD(5), 1, keep, RTL_NULL), client = start(FIFO(9), 0, caller, RTL_NULL);
    unsigned rounds = 0;
    for (; rounds < 200; rounds++) {
        unsigned before = limits;
        for (unsigned i = 0; i < PATIENCE_MS && limits == before; i++) {
            (void)KnThreadSetAffinityByHandle(server, 1ULL << (i % 2));
            (void)KnSleepUntilNs(kos_time_ns() + 200000 + 7919 * (i + rounds) % 300000);
        }
        if (limits == before)
            break;
    }
    expect("moving/limits_pass", rounds, 200);
    finish(client), finish(server);
    (void)KnHandleClose(listener), (void)KnHandleClose(server_handle), (void)KnHandleClose(client_handle);
}

static void balance(unsigned cpus)
{
    Handle threads[4];
    unsigned moved = 0;
    for (unsigned i = 0; i < cpus && i < 4; i++) {
        threads[i] = start(STANDARD(0), 1, spin, (void *)(rtl_uintptr_t)&counts[i]);
        (void)KnThreadSetAffinityByHandle(threads[i], ~0ULL);
    }
    for (int i = 0; i < PATIENCE_MS && moved == 0; i++) {
        (void)KnSleep(1);
        for (unsigned j = 0; j < cpus && j < 4; j++)
            moved += cpu_of(threads[j]) != 1;
    }
    expect("balance/moved", moved != 0, 1);
    for (unsigned i = 0; i < cpus && i < 4; i++)
        expect("balance/all_run", advances(&counts[i]), 1);
    for (unsigned i = 0; i < cpus && i < 4; i++)
        finish(threads[i]);
}

static void isolation(unsigned cpus)
{
    Handle threads[4];
    expect("isolate/all", KOS_CORE(PM, SetIsolatedCpus, ~0ULL).rc, rcInvalidArgument);
    expect("isolate/cpu_1", KOS_CORE(PM, SetIsolatedCpus, 2).rc, rcOk);
    for (unsigned i = 0; i < 4; i++) {
        threads[i] = start(STANDARD(0), 0, spin, (void *)(rtl_uintptr_t)&counts[i]);
        (void)KnThreadSetAffinityByHandle(threads[i], ~0ULL);
    }
    (void)KnSleep(200);
    for (unsigned i = 0; i < 4; i++)
        expect("isolate/nobody_comes", cpu_of(threads[i]) != 1, 1);
    expect("isolate/by_affinity", KnThreadSetAffinityByHandle(threads[0], 2), rcOk);
    expect("isolate/came", reaches_cpu(threads[0], 1), 1);
    expect("isolate/runs", advances(&counts[0]), 1);
    expect("isolate/none", KOS_CORE(PM, SetIsolatedCpus, 0).rc, rcOk);
    for (unsigned i = 0; i < 4; i++)
        finish(threads[i]);
    (void)cpus;
}

/* A reservation is time of its CPU: also while its thread has overrun it and goes on as a standard one; and there is
 * none of a CPU that is offline. */
static void offline_reservation(void)
{
    const nk_uint64_t budget = 1000000, period = 10000000;
    stop = 0;
    Handle greedy = start(STANDARD(5), 1, spin, (void *)(rtl_uintptr_t)&counts[0]),
           sleeps = start(STANDARD(5), 1, sleeper, (void *)(rtl_uintptr_t)&counts[1]);
    (void)KnThreadSetAffinityByHandle(sleeps, ~0ULL);
    expect("offline/reserve",
           KOS_CORE(THREAD, SetReservation, greedy, budget, period, period, KOS_RESERVATION_REPORT).rc, rcOk);
    unsigned refused = 0;
    for (unsigned i = 0; i < 40; i++) {
        (void)KnSleepUntilNs(kos_time_ns() + 700000);
        refused += KOS_CORE(PM, SetCpuOnline, 1, 0).rc == rcBusy;
    }
    expect("offline/reservation_stays", refused, 40);
    (void)KOS_CORE(PM, SetCpuOnline, 1, 1);
    finish(greedy);
    stop = 1;
    finish(sleeps);
    stop = 0;
    Handle waits = start(STANDARD(5), 1, sleep_long, RTL_NULL);
    (void)KnThreadSetAffinityByHandle(waits, ~0ULL);
    expect("offline/waits", reaches_state(waits, KOS_THREAD_STATE_SLEEPING), 1);
    expect("offline/waits_there", cpu_of(waits), 1);
    expect("offline/go_again", KOS_CORE(PM, SetCpuOnline, 1, 0).rc, rcOk);
    expect("offline/no_time_there",
           KOS_CORE(THREAD, SetReservation, waits, budget, period, period, KOS_RESERVATION_THROTTLE).rc, rcBusy);
    expect("offline/back_again", KOS_CORE(PM, SetCpuOnline, 1, 1).rc, rcOk);
    finish(waits);
}

/* All CPUs at once: one of them stays online. */
static volatile unsigned rounds_begun, rounds_done, last_out;

static void goes_offline(void *cpu_number)
{
    unsigned cpu = (unsigned)(rtl_uintptr_t)cpu_number;
    for (unsigned round = 1;; round++) {
        for (unsigned looks = 1; __atomic_load_n(&rounds_begun, __ATOMIC_ACQUIRE) < round; looks++)
            if (looks % 256 == 0)
                KosThreadYield(); /* the other may be waiting here, if its CPU went */
            else
                kos_cpu_relax();
        if (KOS_CORE(PM, SetCpuOnline, cpu, 0).rc != rcOk)
            __atomic_fetch_add(&last_out, 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&rounds_done, 1, __ATOMIC_RELEASE);
        while (__atomic_load_n(&rounds_done, __ATOMIC_ACQUIRE) < 2 * round)
            (void)KnSleep(1);
        (void)KOS_CORE(PM, SetCpuOnline, cpu, 1);
        (void)KnThreadSetAffinityByHandle(CURRENT, 1ULL << cpu);
        if (cpu == 0) {
            (void)KnSleep(2);
            __atomic_store_n(&rounds_begun, round + 1, __ATOMIC_RELEASE);
        }
    }
}

static void all_offline(void)
{
    (void)KnThreadSetAffinityByHandle(CURRENT, ~0ULL); /* this one must not be why CPU 0 stays online */
    rounds_begun = 1;
    Handle threads[2];
    for (unsigned cpu = 0; cpu < 2; cpu++)
        threads[cpu] = start(STANDARD(5), cpu, goes_offline, (void *)(rtl_uintptr_t)cpu);
    for (unsigned i = 0; i < PATIENCE_MS && rounds_begun < 200; i++)
        (void)KnSleep(1);
    expect("offline/rounds", rounds_begun >= 200, 1);
    expect("offline/one_stays", last_out >= 199, 1);
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        finish(threads[cpu]);
        (void)KOS_CORE(PM, SetCpuOnline, cpu, 1);
    }
    (void)KnThreadSetAffinityByHandle(CURRENT, 1);
}

static void offline(unsigned cpus)
{
    Handle runs = start(STANDARD(5), 1, spin, (void *)(rtl_uintptr_t)&counts[0]);
    Handle sleeps = start(STANDARD(5), 1, sleeper, (void *)(rtl_uintptr_t)&counts[1]);
    stop = 0;
    nk_uint64_t all = cpus == 64 ? ~0ULL : (1ULL << cpus) - 1;
    (void)KnThreadSetAffinityByHandle(runs, all), (void)KnThreadSetAffinityByHandle(sleeps, all);
    Handle fixed = start(FIFO(5), 1, sleeper, (void *)(rtl_uintptr_t)&counts[2]);
    expect("offline/no_such_cpu", KOS_CORE(PM, SetCpuOnline, cpus, 0).rc, rcInvalidArgument);
    expect("offline/real_time_thread_stays", KOS_CORE(PM, SetCpuOnline, 1, 0).rc, rcBusy);
    stop = 1;
    finish(fixed);
    stop = 0;
    finish(sleeps);
    sleeps = start(STANDARD(5), 1, sleeper, (void *)(rtl_uintptr_t)&counts[1]);
    (void)KnThreadSetAffinityByHandle(sleeps, all);
    expect("offline/go", KOS_CORE(PM, SetCpuOnline, 1, 0).rc, rcOk);
    expect("offline/mask", (long long)KOS_CORE0(PM, GetCpusOnline).w[0], (long long)(all & ~2ULL));
    for (int i = 0; i < PATIENCE_MS && cpu_of(runs) == 1; i++)
        (void)KnSleep(1);
    expect("offline/running_thread_left", cpu_of(runs) != 1, 1);
    expect("offline/it_runs", advances(&counts[0]), 1);
    expect("offline/sleeping_thread_runs", advances(&counts[1]), 1);
    expect("offline/and_left", cpu_of(sleeps) != 1, 1);
    expect("offline/back", KOS_CORE(PM, SetCpuOnline, 1, 1).rc, rcOk);
    expect("offline/whole_mask", (long long)KOS_CORE0(PM, GetCpusOnline).w[0], (long long)all);
    expect("offline/returns", KnThreadSetAffinityByHandle(runs, 2), rcOk);
    expect("offline/there", reaches_cpu(runs, 1), 1);
    stop = 1;
    finish(runs), finish(sleeps);
}

/* As many threads at home there as take several steps to look at, some of which wait to run; and two who ask at once:
 * the one is answered after the other, and finds it done. */
#define CROWD 120U
static volatile unsigned crowd_counts[CROWD], crowd_asked, crowd_answered, crowd_refused;

static void asks_too(void *unused)
{
    (void)unused;
    for (unsigned round = 1;; round++) {
        while (__atomic_load_n(&crowd_asked, __ATOMIC_ACQUIRE) < round)
            (void)KnSleep(1);
        if (KOS_CORE(PM, SetCpuOnline, 1, round % 2 == 0).rc != rcOk)
            __atomic_fetch_add(&crowd_refused, 1, __ATOMIC_RELAXED);
        __atomic_store_n(&crowd_answered, round, __ATOMIC_RELEASE);
    }
}

/* Two of them always want to run, the others now and then, or never. */
static void crowd_main(void *number)
{
    unsigned i = (unsigned)(rtl_uintptr_t)number;
    for (;;) {
        if (i > 1)
            (void)KnSleep(i % 3 == 2 ? INFINITE_TIMEOUT : 5);
        crowd_counts[i] = crowd_counts[i] + 1;
    }
}

/* Those that count are nowhere on CPU 1, and go on. */
static unsigned crowd_left(const Handle *crowd)
{
    unsigned left = 0;
    for (unsigned i = 0; i < CROWD; i++) {
        int sleeps = i > 1 && i % 3 == 2;
        for (int tries = 0; !sleeps && tries < PATIENCE_MS && cpu_of(crowd[i]) == 1; tries++)
            (void)KnSleep(1);
        left += sleeps || (cpu_of(crowd[i]) != 1 && (i > 3 || advances(&crowd_counts[i])));
    }
    return left;
}

static void crowd_offline(void)
{
    static Handle crowd[CROWD];
    for (unsigned i = 0; i < CROWD; i++) {
        crowd[i] = start(STANDARD(5), 1, crowd_main, (void *)(rtl_uintptr_t)i);
        (void)KnThreadSetAffinityByHandle(crowd[i], ~0ULL);
    }
    Handle other = start(STANDARD(5), 0, asks_too, RTL_NULL);
    unsigned wrong = 0;
    for (unsigned round = 1; round <= 4; round++) {
        __atomic_store_n(&crowd_asked, round, __ATOMIC_RELEASE);
        unsigned refused = KOS_CORE(PM, SetCpuOnline, 1, round % 2 == 0).rc != rcOk;
        expect("offline/crowd_answered", reached(&crowd_answered, round), 1);
        wrong += refused;
        wrong += ((KOS_CORE0(PM, GetCpusOnline).w[0] >> 1) & 1U) != (round % 2 == 0);
        if (round % 2 != 0)
            expect("offline/crowd_left", crowd_left(crowd), CROWD);
    }
    expect("offline/crowd_refused", crowd_refused, 0);
    expect("offline/crowd_wrong", wrong, 0);
    finish(other);
    for (unsigned i = 0; i < CROWD; i++)
        finish(crowd[i]);
}

void move_tests(unsigned cpus)
{
    expect("affinity/none", KnThreadSetAffinityByHandle(CURRENT, 0), rcInvalidArgument);
    if (cpus == 1) {
        expect("offline/last", KOS_CORE(PM, SetCpuOnline, 0, 0).rc, rcBusy);
        return;
    }
    affinity();
    balance(cpus);
    moving_server();
    isolation(cpus);
    offline(cpus);
    offline_reservation();
    crowd_offline();
    if (cpus == 2)
        all_offline();
    (void)word;
}
