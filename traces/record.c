/* SPDX-License-Identifier: Apache-2.0 */
/* The writer's side of a ring: traces/layout.h has the protocol. */
#include <traces/trace.h>

struct trace_record *trace_turn(struct trace_ring *ring)
{
    struct trace_record *last = ring->records + ring->capacity;
    if (ring->next == last) {
        __atomic_store_n(&ring->laps_begun, ring->laps_begun + 1, __ATOMIC_RELEASE);
        __atomic_store_n(&ring->next, ring->records, __ATOMIC_RELEASE);
        __atomic_store_n(&ring->laps_done, ring->laps_done + 1, __ATOMIC_RELEASE);
    }
    u64 room = (u64)(last - ring->next);
    if (ring->mode == TRACE_STOP) {
        u64 written = ring->laps_done * ring->capacity + (u64)(ring->next - ring->records);
        /* acquire: what the reader read of the records comes before they are overwritten. Whatever it says, nothing is
         * written but records. */
        u64 waiting = written - __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE);
        u64 space = waiting < ring->capacity ? ring->capacity - waiting : 0;
        if (space == 0) {
            ring->end = ring->next;
            __atomic_store_n(&ring->dropped, ring->dropped + 1, __ATOMIC_RELAXED);
            return nullptr;
        }
        if (space < room)
            room = space;
    }
    ring->end = ring->next + room;
    return ring->next;
}

void trace_record(struct cpu *cpu, u32 head, u32 word, u64 first, u64 second)
{
    trace_write(cpu, head, word, first, second);
}
