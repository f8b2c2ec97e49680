/* SPDX-License-Identifier: Apache-2.0 */
/* The steps are those of smp/inbox.h and of tests/models/inbox.pml. */
#include <smp/cpu.h>
#include <smp/inbox.h>
#include <smp/preemption.h>
#include <traces/trace.h>

#define LINKING          ((struct request *)1)
#define REQUESTS_AT_ONCE 2U
#define TURNED_AT_ONCE   16U /* more than there are reminders in a list: so some are no reminders */

/* Another CPU has something in its inbox: it gets an IPI unless it will look soon enough. */
static inline __attribute__((always_inline)) bool call_for(const struct cpu *target, u32 level)
{
    hal_fence_after_exchange(); /* model: inbox.pml 2 */
    u32 doing = atomic_load_explicit(&target->doing, memory_order_relaxed);
    bool ipi = doing == INBOX_SLEEPING || doing <= level;
    if (ipi) /* model: inbox.pml 3 */
        hal_ipi_send(target->hal.index);
    return ipi;
}

/* Both apart, so that the ways without traces save no registers for them. */
[[gnu::noinline]] static void call_for_traced(const struct cpu *target, u32 level, void (*handle)(struct request *))
{
    struct cpu *self = cpu_self();
    bool ipi = target != self && call_for(target, level);
    trace_inbox_push(self, ipi, (u16)level, target->hal.index, (u64)(uintptr_t)handle, 0);
    if (ipi)
        trace_ipi(self, 0, 0, target->hal.index, 0, 0);
}

[[gnu::noinline]] static void handle_traced(struct request *request, void (*handle)(struct request *))
{
    trace_inbox_drain(cpu_self(), 0, 0, 0, (u64)(uintptr_t)handle, 0);
    handle(request);
}

void inbox_send(struct cpu *target, struct request *request, void (*handle)(struct request *), u32 level)
{
    request->handle = handle;
    atomic_store_explicit(&request->next, LINKING, memory_order_relaxed);
    /* model: inbox.pml 1; seq_cst: publish (what the sender wrote before, too), then look at what the target does */
    struct request *previous = atomic_exchange_explicit(&target->inbox.head, request, memory_order_seq_cst);
    atomic_store_explicit(&request->next, previous, memory_order_release); /* the owner waits for it */
    if (unlikely(cpu_self()->trace_events != 0))
        call_for_traced(target, level, handle);
    else if (target != cpu_self())
        (void)call_for(target, level);
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

static void handle(struct cpu *self, struct request *request)
{
    void (*handler)(struct request *) = request->handle;
    /* model: inbox.pml n; from here on the request may be pushed again. A store would not do: the handler's loads could
     * come before it is visible. */
    if (atomic_load_explicit(&request->queued, memory_order_relaxed) != 0)
        atomic_exchange_explicit(&request->queued, 0, memory_order_acq_rel);
    if (unlikely(self->trace_events != 0))
        handle_traced(request, handler);
    else
        handler(request);
}

static bool more_came(const struct cpu *self)
{
    return atomic_load_explicit(&self->inbox.head, memory_order_relaxed) != nullptr;
}

static bool is_reminder(const struct cpu *self, const struct request *request)
{
    return request == &self->inbox_reminders[0] || request == &self->inbox_reminders[1];
}

/* Sent last comes first; some are turned round. A reminder has done what it is for, and is never among the rest. */
static void turn_some(struct cpu *self)
{
    struct request *first = self->inbox_rest, *taken = self->inbox_unturned;
    for (u32 i = 0; i < TURNED_AT_ONCE && taken != nullptr; i++) {
        struct request *next = next_of(taken);
        if (unlikely(is_reminder(self, taken))) {
            atomic_store_explicit(&taken->queued, 0, memory_order_relaxed);
        } else {
            atomic_store_explicit(&taken->next, first, memory_order_relaxed);
            first = taken;
        }
        taken = next;
    }
    self->inbox_rest = first;
    self->inbox_unturned = taken;
}

[[gnu::noinline]] static bool handle_some(struct cpu *self)
{
    if (self->inbox_unturned != nullptr) {
        turn_some(self);
        if (unlikely(self->inbox_unturned != nullptr))
            return true;
    }
    struct request *first = self->inbox_rest;
    if (unlikely(self->trace_events != 0) && preemption_point()) /* what was traced before may have been long */
        return first != nullptr || more_came(self);
    for (u32 i = 0; i < REQUESTS_AT_ONCE && first != nullptr; i++) {
        struct request *next = atomic_load_explicit(&first->next, memory_order_relaxed);
        handle(self, first); /* which may push it again, and overwrite that */
        first = next;
        if (first == nullptr || preemption_point())
            break;
    }
    self->inbox_rest = first;
    return first != nullptr || more_came(self);
}

bool inbox_drain(struct cpu *self)
{
    if (unlikely(self->inbox_rest != nullptr))
        return handle_some(self);
    if (!more_came(self))
        return false;
    /* model: inbox.pml m; acquire: what the senders wrote before they published */
    struct request *taken = atomic_exchange_explicit(&self->inbox.head, nullptr, memory_order_acquire);
    if (unlikely(next_of(taken) != nullptr || self->trace_events != 0)) {
        self->inbox_unturned = taken;
        self->inbox_reminder ^= 1;
        return handle_some(self);
    }
    handle(self, taken);
    return more_came(self);
}

static void nothing(struct request *request)
{
    (void)request;
}

void inbox_put_off(struct cpu *self)
{
    (void)inbox_push(self, &self->inbox_reminders[self->inbox_reminder], nothing);
}
