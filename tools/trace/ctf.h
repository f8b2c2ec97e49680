/* SPDX-License-Identifier: Apache-2.0 */
/* A CTF 1.8 trace in a folder: one stream file per CPU, `metadata`. */
#pragma once
#include <sys/types.h>
#include <tools/trace/table.h>

/* ---- ctf.c: written ---- */
struct ctf_stream {
    int file;
    off_t size; /* of whole packets written */
    unsigned cpu;
    uint8_t *buffer; /* the packet being filled */
    size_t used;
    uint64_t begin, end, number, discarded, written;
};
struct ctf {
    char folder[4096];
    uint8_t uuid[16];
    struct ctf_stream streams[TRACE_CPUS]; /* buffer null: not yet opened */
};
/* All end the program with a message if the files cannot be written; the packets before can be read. */
void ctf_begin(struct ctf *ctf, const char *folder, const char *architecture);
void ctf_write(struct ctf *ctf, const struct record *record);
/* Events that this stream has lost so far; shown between the packets around. */
void ctf_discarded(struct ctf *ctf, unsigned cpu, uint64_t discarded);
void ctf_flush(struct ctf *ctf);
void ctf_end(struct ctf *ctf);

/* ---- read.c ---- */
struct ctf_reader {
    struct ctf_input {
        const uint8_t *bytes, *at, *packet_end, *end;
        unsigned cpu;
        bool ready;
        struct record next;
    } inputs[TRACE_CPUS];
    unsigned count;
    uint64_t discarded; /* by all streams */
};
/* False: no such trace; a message is printed. */
bool reader_open(struct ctf_reader *reader, const char *folder);
/* The next event of all streams by time; false: the end. */
bool reader_next(struct ctf_reader *reader, struct record *record);
void reader_rewind(struct ctf_reader *reader);
