/* SPDX-License-Identifier: Apache-2.0 */
/* The actions of the host program; each returns the program's status. */
#pragma once
#include <tools/trace/table.h>

struct record_options {
    const char *memory; /* file to be made: the guest's RAM */
    uint64_t size;      /* of it */
    const char *folder, *architecture;
    double seconds; /* 0: until the guest ends */
    bool keep;      /* the file stays */
};
/* Runs command, with the guest's RAM in options->memory. */
int trace_record(const struct record_options *options, char **command);
/* From a memory file that was kept, of a guest that has crashed. */
int trace_memory(const char *file, const char *folder, const char *architecture);
int trace_text(const char *folder, FILE *out);
int trace_perfetto(const char *folder, FILE *out);
/* The samples among the events, as profiles/raw.h has them. */
int trace_raw(const char *folder, uint32_t machine, uint32_t cpus, uint64_t period, FILE *out);
/* Tables to out, SVG files into the folder. */
int trace_analyze(const char *folder, FILE *out);
