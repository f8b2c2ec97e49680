/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random sets of periodic threads on reservations, in the host-built scheduler: no deadline is missed up to a
 * utilization of 0.95 on each CPU; a set beyond what is admitted is refused; a thread that wants more than its budget
 * is throttled and nobody else misses a deadline.
 *
 *   edf [SETS [SECONDS [SEED]]]     exits 1 and names the set if an expectation does not hold
 */
#include "machine.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CPUS  MACHINE_CPUS
#define TASKS 12U

struct job_source {
    struct thread *thread;
    u64 budget, period, deadline; /* of the reservation */
    u64 release;                  /* of the present or next job */
    u64 left;                     /* of the present job */
    bool greedy;                  /* wants more than its budget */
    u64 jobs, missed;
};

static u64 random_state = 1;
static u64 random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}
static double random_unit(void)
{
    return (double)(random_next() >> 11) / 9007199254740992.0;
}

static void released(struct timer *timer)
{
    sched_wake(container_of(timer, struct thread, timer));
}

static struct job_source *source_of(struct job_source *sources, u32 count, const struct thread *thread)
{
    for (u32 i = 0; i < count; i++)
        if (sources[i].thread == thread)
            return &sources[i];
    return nullptr;
}

static u64 job_length(const struct job_source *source)
{
    double part = source->greedy ? 1.5 : 0.6 + 0.4 * random_unit();
    u64 length = (u64)((double)source->budget * part);
    return length == 0 ? 1 : length;
}

/* The running job is done: checked, and the thread sleeps until its next release. */
static void job_done(struct job_source *source)
{
    source->jobs++;
    if (machine_now > source->release + source->deadline)
        source->missed++;
    do
        source->release += source->period;
    while (source->release <= machine_now); /* a greedy one is late */
    source->left = job_length(source);
    source->thread->state = THREAD_SLEEPING;
    timer_arm(&source->thread->timer, source->release, released);
    sched_block();
}

/* Runs the present CPU until `end`. */
static void run(struct job_source *sources, u32 count, u64 end)
{
    while (machine_now < end) {
        const struct thread *running = machine_exit();
        struct job_source *source = running == nullptr ? nullptr : source_of(sources, count, running);
        u64 done = source == nullptr ? ~0ULL : machine_now + source->left;
        u64 next = done < machine_hardware ? done : machine_hardware;
        if (next == ~0ULL)
            return;
        if (source != nullptr)
            source->left -= next - machine_now;
        machine_now = next;
        if (next == done)
            job_done(source);
        else
            machine_timer();
    }
}

/* Parameters of a set of `count` with this utilization in sum, evenly drawn (UUniFast: Bini, Buttazzo 2005). */
static void draw(struct job_source *sources, u32 count, double utilization)
{
    bool constrained = random_next() % 2 == 0;
    double left = utilization;
    for (u32 i = 0; i < count; i++) {
        double next = i + 1 == count ? 0 : left * pow(random_unit(), 1.0 / (count - i - 1));
        double period = 2e6 * pow(100.0, random_unit()); /* 2 ms to 200 ms */
        sources[i].period = (u64)period;
        sources[i].deadline = constrained ? (u64)(period * (0.6 + 0.4 * random_unit())) : (u64)period;
        sources[i].budget = (u64)((left - next) * (double)sources[i].deadline);
        if (sources[i].budget < RESERVATION_BUDGET_MIN)
            sources[i].budget = RESERVATION_BUDGET_MIN;
        left = next;
    }
}

/* How many of the set are admitted; they are released at random first times. */
static u32 start(struct job_source *sources, u32 count, bool greedy_first)
{
    u32 admitted = 0;
    for (u32 i = 0; i < count; i++) {
        struct job_source *source = &sources[admitted];
        *source = sources[i];
        source->thread = machine_thread(KOS_CLASS_STANDARD, 0);
        if (sched_set_reservation(source->thread, source->budget, source->period, source->deadline, true) != rcOk) {
            sched_home_leave(source->thread);
            machine_thread_free(source->thread);
            continue;
        }
        source->greedy = greedy_first && admitted == 0;
        source->jobs = source->missed = 0;
        source->release = random_next() % source->period;
        source->left = job_length(source);
        source->thread->state = THREAD_SLEEPING;
        timer_arm(&source->thread->timer, source->release, released);
        admitted++;
    }
    return admitted;
}

static u32 failures;
static void expect(bool condition, const char *what, u32 set, u32 cpu)
{
    if (condition)
        return;
    failures++;
    (void)printf("FAIL set %u, CPU %u: expected: %s\n", set, cpu, what);
}

static u64 jobs_total;

static void play(u32 set, u32 cpu, double utilization, bool greedy, u64 end)
{
    struct job_source sources[TASKS];
    u32 count = 3 + (u32)(random_next() % (TASKS - 2));
    machine_cpu_up(cpu);
    draw(sources, count, utilization);
    u32 admitted = start(sources, count, greedy);
    if (utilization <= 0.95)
        expect(admitted == count, "the set is admitted", set, cpu);
    else
        expect(admitted < count, "not all of an over-committed set are admitted", set, cpu);
    run(sources, admitted, end);
    if (getenv("EDF_VERBOSE"))
        for (u32 i = 0; i < admitted; i++)
            (void)printf("  set %u cpu %u: budget %lu period %lu deadline %lu: jobs %lu missed %lu overruns %u\n", set,
                         cpu, sources[i].budget, sources[i].period, sources[i].deadline, sources[i].jobs,
                         sources[i].missed, sources[i].thread->reservation.overruns);
    for (u32 i = 0; i < admitted; i++) {
        jobs_total += sources[i].jobs;
        if (sources[i].greedy) {
            expect(sources[i].thread->reservation.overruns > 0, "the greedy thread overran", set, cpu);
            expect(sources[i].missed == sources[i].jobs, "the greedy thread was throttled", set, cpu);
        } else {
            expect(sources[i].missed == 0, "no deadline missed", set, cpu);
            expect(sources[i].jobs + 2 >= (end - sources[i].release % sources[i].period) / sources[i].period,
                   "every job ran", set, cpu);
        }
        machine_thread_free(sources[i].thread);
    }
}

/* Two that never stop have 90 % of a CPU whose timer is late at every end of a budget: what they get too much is taken
 * from what they get later, so the rest is a third one's. */
static void late_timer(u64 late)
{
    static const u64 budgets[] = {60000000, 30000000};
    struct thread *threads[3];
    u64 ran = 0;
    machine_cpu_up(0);
    for (u32 i = 0; i < 3; i++) {
        threads[i] = machine_thread(KOS_CLASS_STANDARD, 0);
        expect(i == 2 || sched_set_reservation(threads[i], budgets[i], 100000000, 100000000, true) == rcOk, "admitted",
               i, 0);
        sched_wake(threads[i]);
    }
    while (machine_now < 10000000000ULL) {
        const struct thread *running = machine_exit();
        u64 next = machine_hardware + late;
        if (running == threads[2])
            ran += next - machine_now;
        machine_now = next;
        machine_timer();
    }
    expect(ran >= 900000000 && ran <= 1100000000, "the third has its tenth", (u32)(ran / 1000000), 0);
    for (u32 i = 0; i < 3; i++)
        machine_thread_free(threads[i]);
}

int main(int argc, char **argv)
{
    u32 sets = argc > 1 ? (u32)atoi(argv[1]) : 500;
    u64 seconds = argc > 2 ? (u64)atoi(argv[2]) : 10;
    random_state = argc > 3 ? strtoull(argv[3], nullptr, 0) | 1 : 0x9e3779b97f4a7c15ULL;
    for (u32 set = 0; set < sets; set++)
        for (u32 cpu = 0; cpu < CPUS; cpu++)
            play(set, cpu, 0.3 + 0.65 * random_unit(), false, seconds * 1000000000ULL);
    (void)printf("%u sets on %u CPUs, %lu simulated seconds each: %lu jobs\n", sets, CPUS, seconds, jobs_total);
    for (u32 set = 0; set < sets / 10; set++) {
        play(set, 0, 0.5 + 0.45 * random_unit(), true, 1000000000ULL);
        play(set, 1, 1.05 + 0.5 * random_unit(), false, 1000000000ULL);
    }
    late_timer(0);
    late_timer(7000000);
    (void)printf("%u greedy and over-committed sets: %u failures\n", 2 * (sets / 10), failures);
    return failures != 0;
}
