/* SPDX-License-Identifier: Apache-2.0 */
#include <smp/cpu.h>
#include <smp/epoch.h>

/* passes[s][t]: CPU s asks CPU t to tell that it was outside the kernel. A request handled from the inbox is that
 * moment. */
static struct pass {
    struct request request;
    struct cpu *source;
} passes[KOS_CPUS_MAX][KOS_CPUS_MAX];

static void epoch_passed(struct request *request)
{
    struct cpu *source = container_of(request, struct pass, request)->source;
    /* model: epoch.pml PASSED; release: this CPU's reads of the old objects come before the source frees them */
    if (atomic_fetch_sub_explicit(&source->epoch_waiting, 1, memory_order_acq_rel) == 1 && source != cpu_self())
        hal_ipi_send(source->hal.index);
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

void epoch_advance(u32 most)
{
    struct cpu *self = cpu_self();
    self->hal.pending &= ~CPU_PENDING_EPOCH;
    /* model: epoch.pml ADVANCE; acquire: pairs with epoch_passed */
    if (atomic_load_explicit(&self->epoch_waiting, memory_order_acquire) != 0)
        return; /* the last CPU to pass sends an IPI, and the way out of that comes here again */
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
    /* model: epoch.pml ASK; relaxed: the pushes are releases */
    atomic_store_explicit(&self->epoch_waiting, count - 1, memory_order_relaxed);
    for (u32 target = 0; target < count; target++) {
        if (target == self->hal.index)
            continue;
        struct pass *pass = &passes[self->hal.index][target];
        pass->source = self;
        if (!inbox_push(cpu_table[target], &pass->request, epoch_passed))
            kernel_panic("epoch: pass from CPU %u to %u still queued", self->hal.index, target);
    }
}
