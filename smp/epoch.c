/* SPDX-License-Identifier: Apache-2.0 */
#include <smp/cpu.h>
#include <smp/epoch.h>
#include <smp/preemption.h>
#include <traces/trace.h>

#define ASK_AT_ONCE 4U

/* passes[s][t]: CPU s asks CPU t to tell that it was outside the kernel. A request handled from the inbox is that
 * moment. */
static struct pass {
    struct request request;
    struct cpu *source;
} passes[KOS_CPUS_MAX][KOS_CPUS_MAX];

static void epoch_passed_for(struct cpu *source)
{
    /* model: epoch.pml PASSED; release: this CPU's reads of the old objects come before the source frees them */
    if (atomic_fetch_sub_explicit(&source->epoch_waiting, 1, memory_order_acq_rel) == 1) {
        trace_ipi(cpu_self(), 0, 0, source->hal.index, 0, 0);
        hal_ipi_send(source->hal.index);
    }
}

static void epoch_passed(struct request *request)
{
    epoch_passed_for(container_of(request, struct pass, request)->source);
}

void epoch_defer(struct epoch_entry *entry, void (*free)(struct epoch_entry *))
{
    struct cpu *self = cpu_self();
    entry->free = free;
    entry->next = self->epoch_next;
    self->epoch_next = entry; /* model: epoch.pml DEFER */
    self->hal.pending |= CPU_PENDING_EPOCH;
}

bool epoch_idle(void)
{
    return cpu_self()->epoch_next == nullptr && cpu_self()->epoch_current == nullptr;
}

static void epoch_free(struct cpu *self, u32 most)
{
    for (u32 i = 0; i < most && self->epoch_current != nullptr; i++) {
        struct epoch_entry *entry = self->epoch_current;
        self->epoch_current = entry->next;
        entry->free(entry);
    }
    if (self->epoch_current != nullptr)
        self->hal.pending |= CPU_PENDING_EPOCH;
}

/* Steps 1 to 5 of epoch.h: true if target, isolated, has passed already. whereabouts: as read by step 1, not 0. */
static bool isolated_has_passed(struct cpu *target, u64 whereabouts)
{
    if ((whereabouts & 1U) == 0) /* model: epoch.pml 2 */
        return true;
    u64 self = 1ULL << cpu_self()->hal.index;
    atomic_fetch_or_explicit(&target->epoch_askers, self, memory_order_acq_rel); /* model: epoch.pml 3 */
    atomic_thread_fence(memory_order_seq_cst);
    /* acquire: its reads of the old objects come before we free them */
    if (atomic_load_explicit(&target->epoch_whereabouts, memory_order_acquire) == whereabouts) /* model: epoch.pml 4 */
        return false;
    return (atomic_fetch_and_explicit(&target->epoch_askers, ~self, memory_order_acq_rel) & self) != 0; /* 5 */
}

void epoch_enter(struct cpu *self)
{
    u64 whereabouts = atomic_load_explicit(&self->epoch_whereabouts, memory_order_relaxed);
    if ((whereabouts & 1U) == 0) /* model: epoch.pml a */
        atomic_store_explicit(&self->epoch_whereabouts, whereabouts + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
}

void epoch_leave(struct cpu *self)
{
    u64 whereabouts = atomic_load_explicit(&self->epoch_whereabouts, memory_order_relaxed);
    kassert((whereabouts & 1U) != 0);
    whereabouts = self->isolated ? whereabouts + 1 : 0;
    atomic_store_explicit(&self->epoch_whereabouts, whereabouts, memory_order_release); /* model: epoch.pml b */
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&self->epoch_askers, memory_order_relaxed) != 0) { /* model: epoch.pml c */
        u64 askers = atomic_exchange_explicit(&self->epoch_askers, 0, memory_order_acq_rel);
        for (; askers != 0; askers &= askers - 1)
            epoch_passed_for(cpu_table[__builtin_ctzll(askers)]); /* model: epoch.pml d */
    }
    if (!self->isolated) {
        self->hal.pending &= ~CPU_PENDING_ISOLATED;
        cpu_divert(self);
    }
}

void epoch_isolate(bool isolated)
{
    struct cpu *self = cpu_self();
    self->isolated = isolated;
    if (!isolated || (self->hal.pending & CPU_PENDING_ISOLATED) != 0)
        return;
    self->hal.pending |= CPU_PENDING_ISOLATED;
    cpu_divert(self);
    atomic_store_explicit(&self->epoch_whereabouts, 1, memory_order_relaxed); /* inside, asked by inbox until now */
}

/* model: epoch.pml ASK. Those that are still to be asked, until an interrupt waits. */
static void ask(struct cpu *self)
{
    u32 target = self->epoch_ask, passed = 0;
    const u32 end = self->epoch_ask_end;
    do {
        for (u32 asked = 0; target < end && asked < ASK_AT_ONCE; target++) {
            if (target == self->hal.index)
                continue;
            asked++;
            /* acquire: as in isolated_has_passed() */
            u64 whereabouts = atomic_load_explicit(&cpu_table[target]->epoch_whereabouts, memory_order_acquire);
            if (unlikely(whereabouts != 0)) {
                passed += isolated_has_passed(cpu_table[target], whereabouts);
                continue;
            }
            struct pass *pass = &passes[self->hal.index][target];
            pass->source = self;
            if (!inbox_push(cpu_table[target], &pass->request, epoch_passed))
                kernel_panic("epoch: pass from CPU %u to %u still queued", self->hal.index, target);
        }
    } while (target < end && !preemption_point());
    self->epoch_ask = (u8)target;
    if (target < end)
        self->hal.pending |= CPU_PENDING_EPOCH;
    if (passed != 0 && atomic_fetch_sub_explicit(&self->epoch_waiting, passed, memory_order_acq_rel) == passed)
        self->hal.pending |= CPU_PENDING_EPOCH;
}

void epoch_advance(u32 most)
{
    struct cpu *self = cpu_self();
    self->hal.pending &= ~CPU_PENDING_EPOCH;
    /* model: epoch.pml ADVANCE; acquire: pairs with epoch_passed */
    if (atomic_load_explicit(&self->epoch_waiting, memory_order_acquire) != 0) {
        if (unlikely(self->epoch_ask != self->epoch_ask_end)) /* who is still to be asked is among the waiting */
            ask(self);
        return; /* the last CPU to pass sends an IPI, and the way out of that comes here again */
    }
    if (self->epoch_current != nullptr || self->epoch_next == nullptr) {
        epoch_free(self, most);
        if (self->epoch_current == nullptr && self->epoch_next != nullptr)
            self->hal.pending |= CPU_PENDING_EPOCH;
        return;
    }
    self->epoch_current = self->epoch_next;
    self->epoch_next = nullptr;
    u32 count = atomic_load_explicit(&cpu_count, memory_order_acquire);
    if (count == 1) {
        epoch_free(self, most);
        return;
    }
    /* relaxed: the pushes are releases */
    atomic_store_explicit(&self->epoch_waiting, count - 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst); /* model: epoch.pml 1 */
    self->epoch_ask = 0;
    self->epoch_ask_end = (u8)count;
    ask(self);
}
