/* SPDX-License-Identifier: Apache-2.0 */
/* traces/events.h as data: what the decoder, the metadata and the document page are made from. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <traces/events.h>
#include <traces/layout.h>

enum kind {
    NONE,
    NUMBER,
    THREAD,
    TASK,
    CHANNEL,
    ENDPOINT,
    OBJECT,
    CPU,
    LEVEL,
    INFO,
    ADDRESS,
    TICKS,
    NANOSECONDS,
    CODE,
    NAME,
    STATE,
    PATH,
    VERDICT,
    EVENT,
    ENTRY,
};

enum slot { SMALL, HALF, WORD, FIRST, SECOND, SLOTS };

struct field {
    const char *name;
    enum kind kind;
    const char *text;
};
struct event {
    const char *name, *group, *text;
    struct field fields[SLOTS];
};
extern const struct event events[TRACE_EVENT_COUNT];

/* Bytes of a slot in a CTF event. */
extern const unsigned slot_size[SLOTS];
/* True if the field has its place in a CTF event: it is there, and no second half of a name. */
bool field_stored(const struct event *event, enum slot slot);
unsigned event_size(const struct event *event); /* of the payload */
/* The words of an enumeration, or null; *count of them. */
const char *const *kind_words(enum kind kind, unsigned *count);

/* "all", or names of events and groups with commas between. False: *wrong is what is none, in a buffer of size. */
bool events_mask(const char *list, uint64_t *mask, char *wrong, size_t size);

/* An event as it was recorded, of one CPU; time and durations in nanoseconds. */
struct record {
    uint64_t time;
    unsigned cpu;
    enum trace_event id;
    uint64_t fields[SLOTS];
};

/* A packet of a stream file, little-endian, without gaps: ctf.c writes it, read.c reads it, metadata describes it. */
struct __attribute__((packed)) packet {
    uint32_t magic;
    uint8_t uuid[16];
    uint32_t stream_id;
    uint64_t begin, end;                /* nanoseconds */
    uint64_t content_size, packet_size; /* bits */
    uint64_t number, discarded;
    uint32_t cpu;
};
#define PACKET_MAGIC 0xc1fc1fc1U
#define EVENT_HEADER 9U /* id, time */

void document_write(FILE *out); /* docs/tracepoints.md */
void metadata_write(FILE *out, const uint8_t uuid[16], const char *architecture);
