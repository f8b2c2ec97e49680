/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of benchmarks/rt/einit.c, of threads of class FIFO, idle and with load.c. */
#include <benchmarks/peers/futex.h>
#include <benchmarks/peers/peer.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>

#define RT_WARM_UP 16U
#define LEVEL      80
#define LOAD_START 50000000ULL /* ns until every kind of load has begun */
#define NS         1000000000ULL

static unsigned loops;
static uint64_t period;

static uint64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
}

static struct timespec time_of(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS), .tv_nsec = (long)(ns % NS)};
}

static void sleep_until(uint64_t ns)
{
    struct timespec until = time_of(ns);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

/* The next point of the period that is still to come; counts those that were missed. */
static uint64_t next_period(uint64_t next, unsigned *missed)
{
    uint64_t now = now_ns();
    for (next += period; next <= now; next += period)
        ++*missed;
    return next;
}

static void sample(unsigned round, uint64_t latency)
{
    if (round >= RT_WARM_UP)
        samples[round - RT_WARM_UP] = latency > UINT32_MAX ? UINT32_MAX : (uint32_t)latency;
}

static void report_case(const char *name, const char *condition, const char *mechanism, unsigned overruns)
{
    char full[96];
    (void)snprintf(full, sizeof(full), "rt/%s/%s/%s", name, condition, mechanism);
    report_with(full, loops, overruns);
}

static void nanosleep_case(const char *condition)
{
    unsigned overruns = 0;
    uint64_t next = now_ns() + 1000000;
    for (unsigned round = 0; round < loops + RT_WARM_UP; round++) {
        next = next_period(next, &overruns);
        sleep_until(next);
        sample(round, now_ns() - next);
    }
    report_case("timer_to_thread", condition, "clock_nanosleep", overruns);
}

static void timerfd_case(const char *condition)
{
    unsigned overruns = 0;
    uint64_t next = now_ns() + 1000000, expired;
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    check(timer, "timerfd");
    for (unsigned round = 0; round < loops + RT_WARM_UP; round++) {
        next = next_period(next, &overruns);
        struct itimerspec when = {.it_value = time_of(next)};
        check(timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL), "timerfd");
        check(read(timer, &expired, sizeof(expired)), "timerfd");
        sample(round, now_ns() - next);
    }
    check(close(timer), "timerfd");
    report_case("timer_to_thread", condition, "timerfd", overruns);
}

static uint32_t turn;
static uint64_t sent;
static int event;

static void *woken_by_futex(void *context)
{
    be_fifo(LEVEL + 1);
    for (unsigned round = 0; round < loops + RT_WARM_UP; round++) {
        uint64_t now;
        do {
            (void)futex_wait(&turn, round, FUTEX_PRIVATE_FLAG);
            now = now_ns();
        } while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) == round);
        sample(round, now - sent);
    }
    return context;
}

static void *woken_by_event(void *context)
{
    be_fifo(LEVEL + 1);
    for (unsigned round = 0; round < loops + RT_WARM_UP; round++) {
        uint64_t count;
        check(read(event, &count, sizeof(count)), "event");
        sample(round, now_ns() - sent);
    }
    return context;
}

/* The thread of the higher level waits; this one wakes it, once in a period, and is preempted at once. */
static void handover_case(const char *name, const char *condition, const char *mechanism, bool by_futex)
{
    unsigned overruns = 0;
    pthread_t thread;
    turn = 0;
    event = eventfd(0, 0);
    check(event, "event");
    check(-pthread_create(&thread, NULL, by_futex ? woken_by_futex : woken_by_event, NULL), "thread");
    uint64_t next = now_ns() + 1000000, one = 1;
    for (unsigned round = 0; round < loops + RT_WARM_UP; round++) {
        next = next_period(next, &overruns);
        sleep_until(next);
        sent = now_ns();
        if (by_futex) {
            __atomic_store_n(&turn, round + 1, __ATOMIC_RELEASE);
            (void)futex_wake(&turn, FUTEX_PRIVATE_FLAG);
        } else {
            check(write(event, &one, sizeof(one)), "event");
        }
    }
    check(-pthread_join(thread, NULL), "join");
    check(close(event), "event");
    report_case(name, condition, mechanism, overruns);
}

static void cases(const char *condition)
{
    nanosleep_case(condition);
    timerfd_case(condition);
    handover_case("futex_handover", condition, "futex", true);
    handover_case("ipc_handover", condition, "eventfd", false);
}

void real_time(void)
{
    loops = option("rt.loops", SAMPLES_MAX);
    period = option("rt.interval", 10000000) * 1000ULL;
    check(mlockall(MCL_CURRENT | MCL_FUTURE), "lock");
    be_fifo(LEVEL);
    cases("idle");
    be_fifo(0);
    load_start();
    be_fifo(LEVEL);
    sleep_until(now_ns() + LOAD_START);
    cases("load");
    be_fifo(0);
}
