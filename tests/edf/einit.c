/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random sets of periodic threads on reservations, on every CPU at once: none misses a deadline up to a utilization of
 * 0.95 of each CPU, for 200 ms; what is over-committed is refused; who wants more than its budget is throttled, and
 * nobody else notices. The sets are drawn as those of tests/simulation/edf.c are, which plays hundreds of them.
 *
 * Time is counted in instructions, and the emulator's CPUs take turns on it, which last until a timer is due, or the
 * CPU waits. So a job runs until the kernel has charged its thread for so much time, and passes the turn on all the
 * while.
 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/time.h>
#include <stdio.h>

#define MS           1000000ULL
#define CPUS         4U
#define THREADS      6U       /* on one CPU, at most */
#define WHOLE        1000000U /* utilization 1 */
#define BUDGET_LEAST MS

static struct job_source {
    Handle thread;
    nk_uint64_t budget, period, deadline, first, until;
    nk_uint64_t seed, latest; /* latest: how late a job was at worst */
    unsigned jobs, missed, overruns;
    int greedy; /* its first job never ends */
} sources[CPUS][THREADS];
static unsigned counts[CPUS];
static unsigned running;
static volatile rtl_uint32_t go;

static nk_uint64_t random_next(nk_uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static unsigned random_below(nk_uint64_t *state, unsigned bound)
{
    return (unsigned)((random_next(state) >> 16) % bound);
}

static nk_uint64_t remaining(void)
{
    return KOS_CORE(THREAD, GetReservation, INVALID_HANDLE).w[3];
}

static void job(struct job_source *source, nk_uint64_t release)
{
    nk_uint64_t length = source->budget * (400 + random_below(&source->seed, 400)) / 1000, begin = remaining();
    while (source->greedy ? kos_time_ns() < source->until : begin - remaining() < length)
        kos_cpu_relax();
    nk_uint64_t now = kos_time_ns(), due = release + source->deadline;
    source->jobs++;
    if (now > due && now - due > source->latest)
        source->latest = now - due;
    source->missed += now > due;
}

static void work(void *context, void *context2)
{
    struct job_source *source = context;
    (void)context2;
    (void)KnSyncWait(&go, 0, INFINITE_TIMEOUT);
    for (nk_uint64_t release = source->first; release + source->deadline <= source->until; release += source->period) {
        (void)KnSleepUntilNs(release);
        job(source, release);
    }
    source->overruns = (unsigned)KOS_CORE(THREAD, GetReservation, INVALID_HANDLE).w[4];
    __atomic_fetch_sub(&running, 1, __ATOMIC_RELEASE);
    KnThreadExit(0);
}

/* A set of `count` with this utilization in sum: two fifths shared equally, the rest evenly drawn, between sorted
 * random cuts. Budgets are longer than the turns of the emulator's CPUs. */
static void draw(struct job_source *set, unsigned count, unsigned utilization, nk_uint64_t *random)
{
    unsigned cuts[THREADS + 1] = {0}, equal = utilization * 2 / 5 / count, drawn = utilization * 3 / 5;
    int constrained = random_below(random, 2) == 0;
    for (unsigned i = 1; i < count; i++) {
        unsigned cut = random_below(random, drawn), at = i;
        for (; cuts[at - 1] > cut; at--)
            cuts[at] = cuts[at - 1];
        cuts[at] = cut;
    }
    cuts[count] = drawn;
    for (unsigned i = 0; i < count; i++) {
        unsigned share = equal + cuts[i + 1] - cuts[i];
        nk_uint64_t deadline = (4 * MS << random_below(random, 3)) * (1000 + random_below(random, 1000)) / 1000;
        if (deadline * share / WHOLE < BUDGET_LEAST)
            deadline = BUDGET_LEAST * WHOLE / share;
        nk_uint64_t period = constrained ? deadline * (1000 + random_below(random, 600)) / 1000 : deadline;
        set[i] = (struct job_source){.thread = INVALID_HANDLE,
                                     .budget = deadline * share / WHOLE,
                                     .period = period,
                                     .deadline = deadline,
                                     .seed = random_next(random) | 1};
    }
}

/* Where it is to have its reservation, waiting for `go`. */
static int waits_there(Handle thread, unsigned cpu)
{
    for (unsigned i = 0; i < 1000; i++) {
        if (KOS_CORE(THREAD, GetInfo, thread).w[1] == KOS_THREAD_STATE_FUTEX &&
            KOS_CORE(THREAD, GetSchedule, thread).w[0] == cpu)
            return 1;
        (void)KnSleep(1);
    }
    return 0;
}

/* Those of the set that are admitted, moved together; they wait for `go`. */
static unsigned admit(struct job_source *set, unsigned count, unsigned cpu)
{
    unsigned admitted = 0;
    for (unsigned i = 0; i < count; i++) {
        struct job_source *source = &set[admitted];
        Handle thread = INVALID_HANDLE;
        Tid tid;
        *source = set[i]; /* the thread of one that was refused is gone */
        Retcode rc = KnThreadCreateByHandle(&thread, &tid, 5, 8192, work, source, RTL_NULL, KOS_THREAD_SUSPENDED);
        if (rc == rcOk)
            rc = KnThreadSetAffinityByHandle(thread, 1ULL << cpu);
        if (rc == rcOk)
            rc = KnThreadResumeByHandle(thread);
        if (rc == rcOk && !waits_there(thread, cpu))
            rc = rcInvalidThreadState;
        if (rc == rcOk)
            rc = KOS_CORE(THREAD, SetReservation, thread, source->budget, source->period, source->deadline,
                          KOS_RESERVATION_THROTTLE)
                     .rc;
        source->thread = thread;
        if (rc == rcOk) {
            admitted++;
            continue;
        }
        if (rc != rcBusy)
            printf("FAIL edf/start: expected 0, got %d\n", (int)rc);
        rtl_int32_t code;
        (void)KnThreadTerminateByHandle(thread, 1);
        (void)KnThreadWaitByHandle(thread, 1000, &code);
        (void)KnHandleClose(thread);
    }
    return admitted;
}

static nk_uint64_t longest_period(void)
{
    nk_uint64_t longest = 0;
    for (unsigned cpu = 0; cpu < CPUS; cpu++)
        for (unsigned i = 0; i < counts[cpu]; i++)
            if (sources[cpu][i].period > longest)
                longest = sources[cpu][i].period;
    return longest;
}

static void expect(const char *what, unsigned set, long long got, long long expected)
{
    if (got == expected)
        printf("PASS edf/%u/%s\n", set, what);
    else
        printf("FAIL edf/%u/%s: expected %lld, got %lld\n", set, what, expected, got);
}

static void play(unsigned set, unsigned ms, unsigned utilization_least, unsigned utilization_most, int greedy)
{
    nk_uint64_t random = 0x9e3779b97f4a7c15ULL + set * 0x2545f4914f6cdd1dULL, latest = 0;
    rtl_uint32_t woken;
    go = 0;
    unsigned drawn = 0, admitted = 0, jobs = 0, missed = 0, greedy_overruns = 0;
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        unsigned count = 3 + random_below(&random, THREADS - 2);
        draw(sources[cpu], count, utilization_least + random_below(&random, utilization_most - utilization_least + 1),
             &random);
        counts[cpu] = admit(sources[cpu], count, cpu);
        drawn += count, admitted += counts[cpu];
    }
    /* A reservation's period begins when its thread wakes, and it is held for the rest of one whose deadline is over:
     * so the first release comes when the period of waking up by `go` has ended. */
    nk_uint64_t begin = kos_time_ns() + 5 * MS + longest_period();
    __atomic_store_n(&running, admitted, __ATOMIC_RELEASE);
    for (unsigned cpu = 0; cpu < CPUS; cpu++)
        for (unsigned i = 0; i < counts[cpu]; i++) {
            struct job_source *source = &sources[cpu][i];
            source->greedy = greedy && i == 0;
            source->first = begin + (source->greedy ? 0 : random_next(&random) % source->period);
            source->until = begin + ms * MS;
        }
    go = 1;
    while (KnSyncWake(&go, THREADS * CPUS, &woken) == rcOk && woken != 0)
        ;
    for (unsigned i = 0; i < 8 * ms && __atomic_load_n(&running, __ATOMIC_ACQUIRE) != 0; i++)
        (void)KnSleep(1);
    expect("all_end", set, __atomic_load_n(&running, __ATOMIC_ACQUIRE), 0);
    for (unsigned cpu = 0; cpu < CPUS; cpu++)
        for (unsigned i = 0; i < counts[cpu]; i++) {
            struct job_source *source = &sources[cpu][i];
            rtl_int32_t code;
            (void)KnThreadWaitByHandle(source->thread, 1000, &code);
            (void)KnHandleClose(source->thread);
            jobs += source->jobs;
            if (source->greedy) {
                greedy_overruns += source->overruns >= 2;
                continue;
            }
            missed += source->missed;
            if (source->latest > latest)
                latest = source->latest;
            if (source->missed != 0)
                printf("edf: set %u, CPU %u: budget %lu, period %lu, deadline %lu: %u of %u jobs late, by %lu\n", set,
                       cpu, source->budget, source->period, source->deadline, source->missed, source->jobs,
                       source->latest);
        }
    printf("edf: set %u: %u of %u threads, %u jobs, latest %lu ns\n", set, admitted, drawn, jobs, latest);
    if (utilization_most <= WHOLE)
        expect("admitted", set, admitted, drawn);
    else
        expect("refused", set, admitted < drawn, 1);
    expect("jobs", set, jobs > 4 * CPUS, 1);
    expect("missed", set, missed, 0);
    if (greedy)
        expect("throttled", set, greedy_overruns, CPUS);
}

int main(void)
{
    if (KnHalGetCpuCount() != CPUS)
        printf("FAIL edf/cpus: expected %u, got %u\n", CPUS, KnHalGetCpuCount());
    /* looks on from above */
    (void)KOS_CORE(THREAD, SetPriority, INVALID_HANDLE, KOS_CLASS_FIFO << 8 | 31);
    for (unsigned set = 0; set < 5; set++)
        play(set, 200, WHOLE * 3 / 10, WHOLE * 95 / 100, 0);
    play(5, 100, WHOLE * 105 / 100, WHOLE * 150 / 100, 0);
    play(6, 100, WHOLE * 5 / 10, WHOLE * 9 / 10, 1);
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
