/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in the guest's memory, for the kernel that writes it and the host program that reads it (tools/trace)
 * while the guest runs, or after it has crashed. All little-endian, all addresses physical but for those that say so.
 *
 *   area (one page, found by its signature)  ->  a ring's control page per CPU  ->  its records, contiguous
 *
 * A ring has one writer, its CPU, and one reader, the host program. The writer owns all fields of the control page but
 * `taken`; `next` says how far it has come: records before it are complete (stored with release). When next reaches the
 * end of the records it goes back to the first; `laps_begun` is incremented before, `laps_done` behind, so a reader
 * that finds the same value in laps_done, read first, and in laps_begun, read last, knows the number of records written
 * so far: laps * capacity + (next - records) / TRACE_RECORD_SIZE. One that finds laps_begun one ahead knows that it is
 * laps_begun * capacity: a lap has ended, and nothing of the next one is written before laps_done is.
 *
 *   mode       when the reader is too slow                        counted by
 *   stop       new records are dropped until it has caught up     the writer: dropped
 *   overwrite  old records are overwritten                        the reader: what it has missed, from the two numbers
 */
#pragma once
#include <stdint.h>

#define TRACE_SIGNATURE   "kos trace area\n" /* 16 bytes with its end */
#define TRACE_VERSION     1U
#define TRACE_RECORD_SIZE 32U
#define TRACE_STOP        0U
#define TRACE_OVERWRITE   1U
#define TRACE_CPUS        64U

struct trace_record {
    uint64_t time; /* ticks of the counter */
    uint32_t head; /* event | small << 8 | half << 16 */
    uint32_t word;
    uint64_t first, second;
};

struct trace_ring {
    struct trace_record *next; /* the kernel's address of the record to be written next */
    struct trace_record *end;  /* the kernel's own: where it has to look further */
    struct trace_record *records;
    uint64_t capacity; /* records */
    uint64_t laps_begun, laps_done;
    uint64_t dropped;
    uint64_t mode;
    _Alignas(64) uint64_t taken; /* the reader's: records that may be overwritten, since boot */
};

struct trace_area {
    char signature[16];
    uint64_t self; /* the address of this page: a copy of it is none */
    uint32_t version, record_size;
    uint32_t mode, unused;
    uint64_t events;     /* bit e: event e is recorded, or was at a time */
    uint64_t time_start; /* nanoseconds = (ticks - time_start) * time_scale >> 32 */
    uint64_t time_scale;
    uint64_t direct_map;        /* kernel's address of physical address 0 */
    uint64_t rings[TRACE_CPUS]; /* control pages; 0: that CPU has none yet */
};
