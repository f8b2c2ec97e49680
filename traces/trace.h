/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tracepoints: compiled into every kernel, off unless the command line says trace=EVENTS, or a program that may
 * (Profiler.SetTrace).
 *
 *     trace_wake(cpu, 0, level, sid, 0, 0);      one of the functions made from traces/events.h, on the CPU that cpu is
 *
 * Off, one costs a load, a test and a branch that is not taken; the fast paths of IPC have none at all: a CPU that
 * traces gets its system calls by another door (hal_entry_divert), which leads to a second copy of ipc/fast.c with
 * tracepoints in it (FAST_TRACED).
 *
 * Writer: this CPU only, interrupts masked. No lock, no atomic read-modify-write, nothing shared but with the host.
 */
#pragma once
#include <smp/cpu.h>
#include <traces/events.h>
#include <traces/layout.h>

/* At boot. Boot CPU, before any other and before the first event; the page allocator is up. line: the command line, of
 * which these count: trace=MASK             events, in hexadecimal (./kos trace makes it) trace_mode=overwrite default:
 * stop trace_pages=ORDER      2^ORDER pages of records per CPU; default 8: 32768 records Without trace= nothing is
 * allocated and nothing is recorded. */
void trace_init(const char *line);
/* Each CPU on its way up, after cpu_init(): its ring. Without memory for it this CPU records nothing. */
void trace_cpu_init(struct cpu *cpu);

/* Of a command line: what is behind "name=", or null; a number there. */
const char *trace_option(const char *line, const char *name);
u64 trace_hexadecimal(const char *text);

/* While the machine runs: there is an area, in which events are said. False: no memory. Any CPU. */
bool trace_prepare(u64 events);
/* Behind trace_prepare: this CPU records these events from now on, 0: none; what is in its ring stays. rcOutOfMemory:
 * for its first ring. */
retcode trace_set_self(u64 events);

/* ---- record.c ---- */
/* Beyond ring->end: where to write, or null: there is no room, one more is dropped. */
struct trace_record *trace_turn(struct trace_ring *ring);
void trace_record(struct cpu *cpu, u32 head, u32 word, u64 first, u64 second);

static inline __attribute__((always_inline)) bool trace_on(const struct cpu *cpu, enum trace_event event)
{
    return (cpu->trace_events >> event & 1U) != 0;
}

/* The same in line, for the fast paths. There is a ring. */
static inline __attribute__((always_inline)) void trace_write(struct cpu *cpu, u32 head, u32 word, u64 first,
                                                              u64 second)
{
    struct trace_ring *ring = cpu->trace_ring;
    struct trace_record *record = ring->next;
    if (unlikely(record == ring->end) && (record = trace_turn(ring)) == nullptr)
        return;
    record->time = hal_counter();
    record->head = head;
    record->word = word;
    record->first = first;
    record->second = second;
    __atomic_store_n(&ring->next, record + 1, __ATOMIC_RELEASE); /* the host reads up to there */
}

#define TRACE_FIELD_NAME(name, kind, text) name
#define TRACE_FUNCTION(name, group, text, small, half, word, first, second)                                            \
    static inline __attribute__((always_inline)) void trace_##name(                                                    \
        struct cpu *cpu, u8 TRACE_FIELD_NAME small, u16 TRACE_FIELD_NAME half, u32 TRACE_FIELD_NAME word,              \
        u64 TRACE_FIELD_NAME first, u64 TRACE_FIELD_NAME second)                                                       \
    {                                                                                                                  \
        if (unlikely(trace_on(cpu, TRACE_##name)))                                                                     \
            trace_record(cpu,                                                                                          \
                         (u32)TRACE_##name | (u32)(TRACE_FIELD_NAME small) << 8 | (u32)(TRACE_FIELD_NAME half) << 16,  \
                         TRACE_FIELD_NAME word, TRACE_FIELD_NAME first, TRACE_FIELD_NAME second);                      \
    }
TRACE_EVENTS(TRACE_FUNCTION)
#undef TRACE_FUNCTION

/* Durations: 0 if the event is off. */
static inline __attribute__((always_inline)) u64 trace_since(const struct cpu *cpu, enum trace_event event)
{
    return unlikely(trace_on(cpu, event)) ? hal_counter() : 0;
}
