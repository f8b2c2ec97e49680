/* SPDX-License-Identifier: Apache-2.0 */
/* The steps are those of smp/inbox.h and of tests/models/inbox.pml. */
#include <smp/cpu.h>
#include <smp/inbox.h>
#include <traces/trace.h>

#define LINKING ((struct request *)1)

[[gnu::noinline]] static void sent_traced(const struct cpu *target, void (*handle)(struct request *), u32 level,
                                          bool ipi)
{
    trace_inbox_push(cpu_self(), ipi, (u16)level, target->hal.index, (u64)(uintptr_t)handle, 0);
    if (ipi)
        trace_ipi(cpu_self(), 0, 0, target->hal.index, 0, 0);
}

void inbox_send(struct cpu *target, struct request *request, void (*handle)(struct request *), u32 level)
{
    request->handle = handle;
    atomic_store_explicit(&request->next, LINKING, memory_order_relaxed);
    /* model: inbox.pml 1; seq_cst: publish (what the sender wrote before, too), then look at what the target does */
    struct request *previous = atomic_exchange_explicit(&target->inbox.head, request, memory_order_seq_cst);
    atomic_store_explicit(&request->next, previous, memory_order_release); /* the owner waits for it */
    if (target == cpu_self()) {
        trace_inbox_push(target, 0, (u16)level, target->hal.index, (u64)(uintptr_t)handle, 0);
        return;
    }
    hal_fence_after_exchange(); /* model: inbox.pml 2 */
    u32 doing = atomic_load_explicit(&target->doing, memory_order_relaxed);
    bool ipi = doing == INBOX_SLEEPING || doing <= level; /* model: inbox.pml 3 */
    if (unlikely(cpu_self()->trace_events != 0))
        sent_traced(target, handle, level, ipi);
    if (ipi)
        hal_ipi_send(target->hal.index);
}

bool inbox_push(struct cpu *target, struct request *request, void (*handle)(struct request *))
{
    return inbox_push_at(target, request, handle, INBOX_AT_ONCE);
}

bool inbox_push_at(struct cpu *target, struct request *request, void (*handle)(struct request *), u32 level)
{
    /* model: inbox.pml 0. Acquire: the owner has taken the request out of its list. Release: if it has not, its own
     * exchange reads this one, and the handler sees what was written before. */
    if (atomic_exchange_explicit(&request->queued, 1, memory_order_acq_rel) != 0)
        return false;
    inbox_send(target, request, handle, level);
    return true;
}

static struct request *next_of(const struct request *request)
{
    struct request *next;
    /* acquire: pairs with the release when it was linked */
    while ((next = atomic_load_explicit(&request->next, memory_order_acquire)) == LINKING)
        hal_cpu_relax();
    return next;
}

void inbox_drain(struct cpu *self)
{
    while (atomic_load_explicit(&self->inbox.head, memory_order_relaxed) != nullptr) {
        /* model: inbox.pml m; acquire: what the senders wrote before they published */
        struct request *taken = atomic_exchange_explicit(&self->inbox.head, nullptr, memory_order_acquire);
        struct request *first = nullptr;
        while (taken != nullptr) { /* sent last comes first: turn round */
            struct request *next = next_of(taken);
            atomic_store_explicit(&taken->next, first, memory_order_relaxed);
            first = taken;
            taken = next;
        }
        while (first != nullptr) {
            struct request *request = first;
            void (*handle)(struct request *) = request->handle;
            first = atomic_load_explicit(&request->next, memory_order_relaxed);
            /* model: inbox.pml n; from here on the request may be pushed again. A store would not do: the handler's
             * loads could come before it is visible. */
            if (atomic_load_explicit(&request->queued, memory_order_relaxed) != 0)
                atomic_exchange_explicit(&request->queued, 0, memory_order_acq_rel);
            trace_inbox_drain(self, 0, 0, 0, (u64)(uintptr_t)handle, 0);
            handle(request);
        }
    }
}
