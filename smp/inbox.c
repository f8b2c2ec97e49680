/* SPDX-License-Identifier: Apache-2.0 */
/* Steps 1 to 3 are those of the table in smp/inbox.h. */
#include <smp/cpu.h>
#include <smp/inbox.h>

#define LINKING ((struct request *)1)

void inbox_send(struct cpu *target, struct request *request, void (*handle)(struct request *), u32 level)
{
    request->handle = handle;
    atomic_store_explicit(&request->next, LINKING, memory_order_relaxed);
    /* 1; seq_cst: publish (what the sender wrote before, too), then look at what the target does */
    struct request *previous = atomic_exchange_explicit(&target->inbox.head, request, memory_order_seq_cst);
    atomic_store_explicit(&request->next, previous, memory_order_release); /* the owner waits for it */
    if (target == cpu_self())
        return;
    atomic_thread_fence(memory_order_seq_cst); /* 2: an exchange alone is not a full barrier on ARMv8.0 */
    u32 doing = atomic_load_explicit(&target->doing, memory_order_relaxed);
    if (doing == INBOX_SLEEPING || doing <= level) /* 3 */
        hal_ipi_send(target->hal.index);
}

bool inbox_push(struct cpu *target, struct request *request, void (*handle)(struct request *))
{
    /* acquire: pairs with the owner's release, so that the last handler has finished with it */
    if (atomic_exchange_explicit(&request->queued, 1, memory_order_acquire) != 0)
        return false;
    inbox_send(target, request, handle, INBOX_AT_ONCE);
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
        /* acquire: what the senders wrote before they published */
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
            /* release: from here on the request may be sent again */
            atomic_store_explicit(&request->queued, 0, memory_order_release);
            handle(request);
        }
    }
}
