/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/audit.h>
#include <ksm/audit.h>
#include <ksm/audit_encode.h>
#include <ksm/cpu.h>
#include <memory/page.h>
#include <hal/hal.h>
#include <smp/preemption.h>
#include <smp/spinlock.h>

static struct ksm_audit_ring *rings[KOS_CPUS_MAX]; /* constant after boot; [i] is written by CPU i only */
static struct spinlock readers_lock;
void (*ksm_audit_written)(void);

retcode ksm_audit_init(u32 cpus)
{
    for (u32 i = 0; i < cpus; i++) {
        paddr page = page_allocate(KSM_AUDIT_ORDER), notes = page_allocate(0);
        if (page == PADDR_NONE || notes == PADDR_NONE)
            return rcOutOfMemory;
        memset(hal_direct(page), 0, sizeof(struct ksm_audit_ring));
        rings[i] = hal_direct(page);
        rings[i]->notes = hal_direct(notes);
    }
    return rcOk;
}

static struct ksm_audit_ring *own_ring(void)
{
    return rings[hal_cpu_self()->index];
}

struct ksm_audit_result *ksm_audit_notes(void)
{
    struct ksm_audit_ring *ring = own_ring();
    return ring != nullptr ? ring->notes : nullptr;
}

void *ksm_audit_notes_change(void *page)
{
    struct ksm_audit_ring *ring = own_ring();
    void *before = ring->notes;
    ring->notes = page;
    return before;
}

static struct ksm_audit_head head_of(const struct ksm_query *query, bool granted, u8 reason)
{
    return (struct ksm_audit_head){.time = hal_time_now(),
                                   .source_sid = query->source_sid,
                                   .destination_sid = query->destination_sid,
                                   .source_class = (u16)query->source_class,
                                   .destination_class = (u16)query->destination_class,
                                   .riid = (u16)query->riid,
                                   .mid = (u16)query->mid,
                                   .event = (u8)query->event,
                                   .granted = granted,
                                   .reason = reason,
                                   .cpu = (u8)hal_cpu_self()->index};
}

static void write(const struct ksm_audit_head *head, const struct ksm_audit_result *results)
{
    struct ksm_audit_ring *ring = own_ring();
    if (ring != nullptr && ksm_audit_ring_write(ring, head, results) && ksm_audit_written != nullptr)
        ksm_audit_written();
}

/* With what was noted of expressions. */
[[gnu::noinline]] static void none_called(const struct ksm_transaction *transaction)
{
    struct ksm_audit_head head = head_of(transaction->query, false, KOS_AUDIT_NO_RULE);
    u32 count = transaction->audit_count & ~KSM_AUDIT_NONE_CALLED;
    head.result_count = (u16)(count < KSM_AUDIT_RESULTS ? count : KSM_AUDIT_RESULTS);
    head.left_out = (u16)(count - head.result_count);
    if (count > KSM_AUDIT_PACKED)
        ksm_pause();
    write(&head, ksm_audit_notes());
}

void ksm_audit_end(const struct ksm_transaction *transaction, bool granted)
{
    u32 count = transaction->audit_count;
    if (unlikely((s32)count <= 0)) {
        if (count != 0)
            none_called(transaction);
        return;
    }
    struct ksm_audit_head head = head_of(transaction->query, granted, KOS_AUDIT_BY_RULES);
    head.result_count = (u16)(count < KSM_AUDIT_RESULTS ? count : KSM_AUDIT_RESULTS);
    head.left_out = (u16)(count - head.result_count);
    if (unlikely(count > KSM_AUDIT_PACKED))
        ksm_pause();
    write(&head, ksm_audit_notes());
}

void ksm_audit_denied(const struct ksm_query *query)
{
    struct ksm_descriptor descriptor =
        ksm_policy->describe(query->event, query->source_class, query->destination_class, query->riid, query->mid);
    if (descriptor.verdict != KSM_NO_RULE)
        return;
    struct ksm_audit_head head = head_of(query, false, KOS_AUDIT_NO_RULE);
    write(&head, nullptr);
}

void ksm_audit_malformed(const struct ksm_query *query, struct ksm_audit_message message)
{
    struct ksm_audit_head head = head_of(query, false, KOS_AUDIT_MALFORMED);
    head.constant_size = message.constant_size;
    head.arena_size = message.arena_size;
    head.handle_count = message.handle_count;
    write(&head, nullptr);
}

/* The ring with the oldest record, or null. */
static struct ksm_audit_ring *oldest_ring(void)
{
    struct ksm_audit_ring *oldest = nullptr;
    u64 time = ~0ULL;
    for (u32 i = 0; i < KOS_CPUS_MAX && rings[i] != nullptr; i++) {
        u64 its;
        if (ksm_audit_ring_oldest(rings[i], &its) && its < time) {
            oldest = rings[i];
            time = its;
        }
    }
    return oldest;
}

bool ksm_audit_pending(void)
{
    spinlock_lock(&readers_lock);
    bool pending = oldest_ring() != nullptr;
    spinlock_unlock(&readers_lock);
    return pending;
}

u32 ksm_audit_read(u8 *bytes, u32 capacity, u64 *dropped)
{
    struct ksm_audit_record record;
    *dropped = 0;
    spinlock_lock(&readers_lock);
    struct ksm_audit_ring *ring = oldest_ring();
    if (ring != nullptr)
        ksm_audit_ring_take(ring, &record);
    spinlock_unlock(&readers_lock);
    checkpoint();
    for (u32 i = 0; ring != nullptr && i < KOS_CPUS_MAX && rings[i] != nullptr; i++) {
        spinlock_lock(&readers_lock);
        *dropped += ksm_audit_ring_dropped(rings[i]);
        spinlock_unlock(&readers_lock);
    }
    checkpoint();
    return ring != nullptr ? ksm_audit_encode(&record, ksm_policy, bytes, capacity) : 0;
}
