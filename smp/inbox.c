/* SPDX-License-Identifier: Apache-2.0 */
/* Steps 1 to 3 and a to d are those of the table in smp/inbox.h. */
#include <smp/cpu.h>
#include <smp/inbox.h>

bool inbox_push(struct cpu *target, struct request *request, void (*handle)(struct request *))
{
    /* acq_rel: the winner's earlier writes are seen by the target, which acquires through the head */
    if (atomic_exchange_explicit(&request->queued, 1, memory_order_acq_rel) != 0)
        return false;
    request->handle = handle;
    struct request *head = atomic_load_explicit(&target->inbox.head, memory_order_relaxed);
    do /* 1; seq_cst: publish, then look at idle (step 2 is in the order) */
        request->next = head;
    while (!atomic_compare_exchange_weak_explicit(&target->inbox.head, &head, request, memory_order_seq_cst,
                                                  memory_order_relaxed));
    atomic_thread_fence(memory_order_seq_cst); /* 2: an acquire-release exchange is not a full barrier on ARMv8.0 */
    if (target != cpu_self() &&
        (head == nullptr || atomic_load_explicit(&target->idle, memory_order_seq_cst) != 0)) /* 3 */
        hal_ipi_send(target->hal.index);
    return true;
}

void inbox_drain(struct cpu *self)
{
    while (atomic_load_explicit(&self->inbox.head, memory_order_relaxed) != nullptr) {
        struct request *taken = atomic_exchange_explicit(&self->inbox.head, nullptr, memory_order_acquire);
        struct request *first = nullptr;
        while (taken != nullptr) { /* pushed last comes first: turn round */
            struct request *next = taken->next;
            taken->next = first;
            first = taken;
            taken = next;
        }
        while (first != nullptr) {
            struct request *request = first;
            void (*handle)(struct request *) = request->handle;
            first = request->next;
            /* release: from here on the request may be pushed again */
            atomic_store_explicit(&request->queued, 0, memory_order_release);
            handle(request);
        }
    }
}
