/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/audit.h>
#include <ksm/audit_ring.h>

static u64 cells_of(const struct ksm_audit_head *head)
{
    return 1 + (head->result_count + KSM_AUDIT_PACKED - 1) / KSM_AUDIT_PACKED;
}

static union ksm_audit_cell *cell(struct ksm_audit_ring *ring, u64 number)
{
    return &ring->cells[number % KSM_AUDIT_CELLS];
}

static inline ksm_audit_packed packed(const struct ksm_audit_result *result)
{
    u64 granted = (result->result & KSM_AUDIT_GRANTED) != 0 ? KOS_AUDIT_GRANTED : 0;
    u64 expression = (result->result & KSM_AUDIT_EXPRESSION) != 0 ? KOS_AUDIT_EXPRESSION : 0;
    return (u64)(uintptr_t)result->site | granted | expression;
}

bool ksm_audit_ring_write(struct ksm_audit_ring *ring, const struct ksm_audit_head *head,
                          const struct ksm_audit_result *results)
{
    u64 written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    u64 read = atomic_load_explicit(&ring->read, memory_order_acquire);
    u64 count = cells_of(head), sequence = ++ring->sequence;
    if (count > KSM_AUDIT_CELLS - (written - read)) {
        u64 dropped = atomic_load_explicit(&ring->dropped, memory_order_relaxed);
        atomic_store_explicit(&ring->dropped, dropped + 1, memory_order_relaxed);
        return false;
    }
    struct ksm_audit_head *first = &cell(ring, written)->head;
    *first = *head;
    first->sequence = sequence;
    ksm_audit_packed *to = cell(ring, written + 1)->results, *end = (void *)(ring->cells + KSM_AUDIT_CELLS);
    for (u32 i = 0; i < head->result_count; i++) {
        *to++ = packed(&results[i]);
        if (unlikely(to == end))
            to = ring->cells[0].results;
    }
    atomic_store_explicit(&ring->written, written + count, memory_order_release);
    return true;
}

bool ksm_audit_ring_oldest(const struct ksm_audit_ring *ring, u64 *time)
{
    u64 read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    if (atomic_load_explicit(&ring->written, memory_order_acquire) == read)
        return false;
    *time = ring->cells[read % KSM_AUDIT_CELLS].head.time;
    return true;
}

void ksm_audit_ring_take(struct ksm_audit_ring *ring, struct ksm_audit_record *record)
{
    u64 read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    record->head = cell(ring, read)->head;
    for (u32 done = 0; done < record->head.result_count; done += KSM_AUDIT_PACKED)
        __builtin_memcpy(&record->results[done], cell(ring, read + 1 + done / KSM_AUDIT_PACKED), KOS_CACHE_LINE);
    atomic_store_explicit(&ring->read, read + cells_of(&record->head), memory_order_release);
}

u64 ksm_audit_ring_dropped(struct ksm_audit_ring *ring)
{
    u64 dropped = atomic_load_explicit(&ring->dropped, memory_order_relaxed), more = dropped - ring->reported;
    ring->reported = dropped;
    return more;
}
