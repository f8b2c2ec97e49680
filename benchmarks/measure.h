/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside a measuring program (included by one file of it): a sample is the counter's difference between two rounds of a
 * loop, so the whole iteration counts, user code of all sides included, less what reading the counter costs.
 */
#pragma once
#include <benchmarks/sort.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/arch/marker.h>
#include <kos/arch/syscall.h>
#include <kos/core.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS  20000U
#define WARM_UP 1000U

static nk_uint32_t samples[ROUNDS];
static nk_uint64_t overhead;

/* Nanoseconds per tick of the counter, as a fraction: 1 when instructions are counted, measured for wall time. */
static nk_uint64_t scale_ns = 1, scale_ticks = 1;

static nk_uint64_t uptime_ns(void)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetUpTime);
    return KOS_CORE_OUT(r, TIME, GetUpTime, secs) * 1000000000U + KOS_CORE_OUT(r, TIME, GetUpTime, nsecs);
}

static void calibrate(void)
{
    nk_uint64_t ns = uptime_ns(), ticks = kos_cycles();
    (void)KnSleep(50);
    scale_ns = uptime_ns() - ns;
    scale_ticks = kos_cycles() - ticks;
}

static void report(const char *name, unsigned rounds)
{
    for (unsigned i = 0; scale_ns != scale_ticks && i < rounds; i++)
        samples[i] = (nk_uint32_t)(samples[i] * scale_ns / scale_ticks);
    sort_values(samples, rounds);
    printf("BENCH %s rounds=%u min=%u p50=%u p99=%u max=%u\n", name, rounds, samples[0], samples[rounds / 2],
           samples[(unsigned long)rounds * 99 / 100], samples[rounds - 1]);
}

/* Runs BODY rounds + warm-up times and reports; the sample store and the loop are part of the counter's cost, measured
 * with an empty body. */
#define MEASURE(name, rounds, BODY)                                                                                    \
    do {                                                                                                               \
        const unsigned rounds_ = (rounds);                                                                             \
        for (unsigned i_ = 0; i_ < WARM_UP && i_ < rounds_; i_++) {                                                    \
            BODY;                                                                                                      \
        }                                                                                                              \
        nk_uint64_t before_ = kos_cycles();                                                                            \
        for (unsigned i_ = 0; i_ < rounds_; i_++) {                                                                    \
            BODY;                                                                                                      \
            nk_uint64_t now_ = kos_cycles();                                                                           \
            samples[i_] = (nk_uint32_t)(now_ - before_ - overhead);                                                    \
            before_ = kos_cycles();                                                                                    \
        }                                                                                                              \
        report(name, rounds_);                                                                                         \
        kos_marker_begin();                                                                                            \
        BODY;                                                                                                          \
        kos_marker_end();                                                                                              \
    } while (0)

static void check(Retcode rc, const char *what)
{
    if (rc != rcOk) {
        printf("BENCH error %s %x\n", what, (unsigned)rc);
        (void)KnPmRequest(KOS_POWER_OFF);
    }
}

/* Is name=expected on the kernel's command line? */
static int measure_option(const char *name, const char *expected)
{
    char value[KOS_NAME_SIZE];
    nk_uint64_t words[8] = {(strlen(name) + 1) << 32};
    return KOS_CORE_ARENA(HAL, GetEnv, words, name, strlen(name) + 1, value, sizeof(value)) == rcOk &&
           strcmp(value, expected) == 0;
}

/* Each of a case's three copies of BODY may begin on a page of code that has not been fetched from yet. */
static void touch_code(void)
{
    /* the linker's names */
    extern const volatile char begin[] __asm__("__executable_start"), end[] __asm__("etext");
    for (const volatile char *page = begin; page < end; page += 4096)
        (void)*page;
}

/* Before the first MEASURE. */
static void measure_begin(void)
{
    touch_code();
    if (measure_option("wall", "1"))
        calibrate();
    for (unsigned i = 0; i < ROUNDS; i++) /* touch the buffer */
        samples[i] = i;
    MEASURE("overhead", ROUNDS, (void)0);
    overhead = samples[ROUNDS / 2];
}
