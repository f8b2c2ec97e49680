/* SPDX-License-Identifier: Apache-2.0 */
/* The rings in a guest's memory, which is a file that the emulator and this program share (traces/layout.h). */
#pragma once
#include <tools/trace/ctf.h>

struct rings {
    uint8_t *memory; /* all of the guest's RAM, in the order of its addresses */
    uint64_t size;
    struct trace_area *area;       /* null: not found yet */
    uint64_t base;                 /* guest's physical address of the file's first byte */
    uint64_t position[TRACE_CPUS]; /* records seen, those that were lost included */
    uint64_t lost[TRACE_CPUS];     /* overwritten before they were read */
    uint64_t read, dropped;        /* of all rings */
};

/* False: not there, or not readable; a message is printed. */
bool rings_open(struct rings *rings, const char *file);
/* Looks for the area: cheap, for what the guest has not touched is a hole of the file. */
bool rings_find(struct rings *rings, int file);
/* Passes on what is new, of each ring at most what it holds. True if there was something. */
bool rings_drain(struct rings *rings, struct ctf *ctf);
