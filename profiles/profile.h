/* SPDX-License-Identifier: Apache-2.0 */
/* A run as the plugin saw it, with its programs. */
#pragma once
#include <abi/statistics.h>
#include <profiles/elf_file.h>
#include <profiles/raw.h>
#include <stdio.h>

enum profile_event {
    PROFILE_INSTRUCTIONS,
    PROFILE_LOADS,
    PROFILE_STORES,
    PROFILE_BLOCKS,
    PROFILE_EVENTS,
    PROFILE_TIME = PROFILE_EVENTS,
    PROFILE_CYCLES, /* by the processor's counter: of a trace, not of the plugin */
};

struct profile_task {
    uint32_t id;
    uint64_t since; /* ns; first seen */
    uint64_t image_base;
    char name[RAW_NAME_SIZE];
    struct elf_file *program; /* with symbols if they were found; null: unknown */
};

struct profile_sample {
    const struct raw_record *record;
    uint64_t pc;
    uint32_t depth;                    /* of chain */
    uint64_t chain[RAW_CHAIN_MAX + 1]; /* return addresses, innermost first */
};

struct profile_cpu {
    bool seen;
    uint64_t counts[PROFILE_EVENTS][2]; /* user, kernel */
    uint64_t events[KOS_EVENT_COUNTERS];
    uint64_t functions[RAW_FUNCTION_COUNT];
    uint64_t time; /* ns, of this machine's clock, from QEMU's start to its end */
};

struct profile {
    struct elf_file kernel;
    uint32_t machine;
    uint64_t period;
    enum profile_event event;
    uint32_t cpu_count;
    struct profile_cpu cpus[RAW_CPUS_MAX];
    struct profile_task *tasks; /* in the order in which they were seen */
    size_t task_count;
    uint64_t sample_count;
    const unsigned char *raw;
    size_t raw_size;
};

/* folders: where *.sym files of programs are looked for, by their build ids. False, with a message. */
bool profile_read(struct profile *profile, const char *raw, const char *kernel, char **folders, int folder_count);
/* Calls back for every sample, in the order of the file. */
void profile_samples(struct profile *profile, void (*take)(const struct profile_sample *sample, void *context),
                     void *context);
struct profile_task *profile_task(const struct profile *profile, uint32_t id);
/* The function of an address as a task sees it: its name and where it begins; null: none. */
const char *profile_function(struct profile *profile, const struct profile_task *task, uint64_t address,
                             uint64_t *start);

/* perf_data.c, flame.c, stat.c: false, with a message, if the file cannot be written. */
bool perf_data_write(struct profile *profile, const char *path);
bool flame_write(struct profile *profile, const char *path, const char *title);
/* The same as text: a line for each stack that is more than a thousandth, "WEIGHT FRAME;FRAME...", frames of the kernel
 * with
 * _[k] behind. What is less belongs to its callers. */
bool folded_write(struct profile *profile, const char *path);
/* Closes out. False, with a message: not all of it has been written. */
bool profile_written(FILE *out, const char *path);
void stat_print(const struct profile *profile, const char *title);
