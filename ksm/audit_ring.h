/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of decisions, one ring per CPU. Its CPU writes, interrupts masked, and never waits: a record that finds no
 * room is dropped and counted. Readers take the oldest record of all rings; they exclude each other by a lock that no
 * writer takes.
 *
 *   field       written by   order
 *   written     its CPU      release, behind the cells that it counts; readers acquire
 *   dropped     its CPU      relaxed: a number for itself
 *   read        readers      release, behind the last look at the cells; the writer acquires before it reuses them
 *
 * A record takes a cell for its head and one for each eight results, so no record is longer than KSM_AUDIT_CELLS_MAX
 * cells. What it points to is constant: the policy.
 */
#pragma once
#include <ksm/models/transaction.h>
#include <stdatomic.h>

#define KSM_AUDIT_RESULTS                                                                                              \
    80U                        /* noted of one event at most: what surely fits KOS_AUDIT_RECORD_MAX without its texts  \
                                */
#define KSM_AUDIT_PACKED    8U /* results in a cell */
#define KSM_AUDIT_CELLS_MAX (1U + KSM_AUDIT_RESULTS / KSM_AUDIT_PACKED)

/* A site's address; its low bits, which are 0 there, hold the result (KOS_AUDIT_GRANTED, KOS_AUDIT_EXPRESSION). */
typedef u64 ksm_audit_packed;
static_assert(alignof(struct ksm_audit_site) >= 4, "two bits are free");

struct ksm_audit_head {
    u64 time, sequence;
    u32 source_sid, destination_sid;
    u16 source_class, destination_class;
    u16 riid, mid;
    u32 constant_size, arena_size;
    u8 event, granted, reason, cpu;
    u16 result_count, left_out;
    u32 handle_count;
    u32 reserved;
};
union ksm_audit_cell {
    struct ksm_audit_head head;
    ksm_audit_packed results[KSM_AUDIT_PACKED];
};
static_assert(sizeof(union ksm_audit_cell) == KOS_CACHE_LINE, "a cell is a line");

struct ksm_audit_record {
    struct ksm_audit_head head;
    ksm_audit_packed results[KSM_AUDIT_RESULTS];
};

#define KSM_AUDIT_ORDER 3U /* pages per CPU: 2^3 */
#define KSM_AUDIT_CELLS (((KOS_PAGE_SIZE << KSM_AUDIT_ORDER) - 3 * KOS_CACHE_LINE) / KOS_CACHE_LINE)

struct ksm_audit_ring {
    alignas(KOS_CACHE_LINE) _Atomic u64 written;            /* cells, ever */
    _Atomic u64 dropped;                                    /* records, ever */
    u64 sequence;                                           /* records, ever, dropped ones too */
    alignas(KOS_CACHE_LINE) _Atomic u64 read;               /* cells, ever */
    u64 reported;                                           /* of dropped: told to a reader */
    alignas(KOS_CACHE_LINE) struct ksm_audit_result *notes; /* of the event being decided: KSM_AUDIT_RESULTS, a page */
    union ksm_audit_cell cells[KSM_AUDIT_CELLS];
};
static_assert(KSM_AUDIT_RESULTS * sizeof(struct ksm_audit_result) <= KOS_PAGE_SIZE, "notes are a page");
static_assert(sizeof(struct ksm_audit_ring) <= KOS_PAGE_SIZE << KSM_AUDIT_ORDER, "the order is right");

/* Its CPU. The record of results[0..head->result_count); sets its number. False: dropped. */
bool ksm_audit_ring_write(struct ksm_audit_ring *ring, const struct ksm_audit_head *head,
                          const struct ksm_audit_result *results);
/* The readers' lock held, here and below. The time of the oldest record: false if there is none. */
bool ksm_audit_ring_oldest(const struct ksm_audit_ring *ring, u64 *time);
/* Takes that record, which exists. */
void ksm_audit_ring_take(struct ksm_audit_ring *ring, struct ksm_audit_record *record);
/* Records dropped since the last time that this was asked. */
u64 ksm_audit_ring_dropped(struct ksm_audit_ring *ring);
