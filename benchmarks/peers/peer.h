/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kos' benchmarks do, done on Linux: a static program that is the whole user side of the machine. Its lines on the
 * console are those of kos (benchmarks/README.md); the name of a row that kos has, too, is kos' name, with the
 * mechanism behind it where Linux has several.
 */
#pragma once
#include <counter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SAMPLES_MAX 20000U
#define WARM_UP     1000U /* rounds, or as many as are measured */

extern uint32_t samples[SAMPLES_MAX];
extern uint64_t overhead; /* of reading the counter twice and storing a sample */
extern uint64_t started;  /* counter when init's first line ran */

/* Ends the run with an error if it is one: the value that a system call returned, or that of a function of pthread
 * with its sign changed. */
void check(long result, const char *what);
/* Sorts and prints the first `rounds` samples. */
void report(const char *name, unsigned rounds);
void report_with(const char *name, unsigned rounds, unsigned overruns);
/* This thread runs on that CPU only. */
void stay_on(unsigned cpu);
/* This thread gets class FIFO with that level; 0: the usual class. */
void be_fifo(int level);
/* The number behind "name=" on the kernel's command line, 1 to most; most if there is none. */
unsigned option(const char *name, unsigned most);
bool option_has(const char *name, const char *word);

/* As MEASURE of benchmarks/ipc/client.c: a sample is one round with its loop, less what measuring costs. */
#define MEASURE(name, rounds, BODY)                                                                                    \
    do {                                                                                                               \
        for (unsigned i_ = 0; i_ < WARM_UP && i_ < (rounds); i_++) {                                                   \
            BODY;                                                                                                      \
        }                                                                                                              \
        uint64_t before_ = counter();                                                                                  \
        for (unsigned i_ = 0; i_ < (rounds); i_++) {                                                                   \
            BODY;                                                                                                      \
            uint64_t now_ = counter();                                                                                 \
            samples[i_] = (uint32_t)(now_ - before_ - overhead);                                                       \
            before_ = counter();                                                                                       \
        }                                                                                                              \
        report(name, rounds);                                                                                          \
    } while (0)

void round_trips(void); /* round_trip.c */
void operations(void);  /* operations.c */
void real_time(void);   /* real_time.c */
void scale(void);       /* scale.c */
void load_start(void);  /* load.c: from then on until the end; in processes of its own */
