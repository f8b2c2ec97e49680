/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   sender s                                    target t
 *   1 s.cross_call := call, s.remaining := mask  a senders := exchange(t.senders, 0)
 *   2 t.senders |= s for each, IPI               b for each s: run s.cross_call
 *   3 until remaining = 0: serve own senders     c s.remaining &= ~t (release)
 */
#include <smp/cpu.h>
#include <smp/cross_call.h>
#include <smp/lock_check.h>
#include <smp/preemption.h>
#include <traces/trace.h>

#define AT_ONCE 8U

void smp_poll(void)
{
    struct cpu *self = cpu_self();
    if (atomic_load_explicit(&self->cross_senders, memory_order_relaxed) == 0)
        return;
    u64 senders = atomic_exchange_explicit(&self->cross_senders, 0, memory_order_acquire); /* model: shootdown.pml a */
    while (senders != 0) {
        struct cpu *sender = cpu_table[__builtin_ctzll(senders)];
        senders &= senders - 1;
        const struct cross_call *call = atomic_load_explicit(&sender->cross_call, memory_order_relaxed);
        call->function(call); /* model: shootdown.pml b, and c: release, the call is not touched any more */
        atomic_fetch_and_explicit(&sender->cross_remaining, ~(1ULL << self->hal.index), memory_order_release);
    }
}

static u64 others_of(const struct cpu *self, u64 mask)
{
    u32 count = atomic_load_explicit(&cpu_count, memory_order_acquire);
    return mask & (count == KOS_CPUS_MAX ? ~0ULL : (1ULL << count) - 1) & ~(1ULL << self->hal.index);
}

/* mask: others, not none */
static inline void call_all(struct cpu *self, u64 mask, const struct cross_call *call)
{
    /* model: shootdown.pml 1; ordered by the release below */
    atomic_store_explicit(&self->cross_call, call, memory_order_relaxed);
    atomic_store_explicit(&self->cross_remaining, mask, memory_order_relaxed);
    for (u64 rest = mask; rest != 0; rest &= rest - 1) { /* model: shootdown.pml 2 */
        u32 target = (u32)__builtin_ctzll(rest);
        atomic_fetch_or_explicit(&cpu_table[target]->cross_senders, 1ULL << self->hal.index, memory_order_release);
        trace_ipi(cpu_self(), 0, 0, target, 0, 0);
        hal_ipi_send(target);
    }
    while (atomic_load_explicit(&self->cross_remaining, memory_order_acquire) != 0) { /* model: shootdown.pml 3 */
        smp_poll();
        hal_cpu_relax();
    }
}

void cross_call(u64 mask, const struct cross_call *call)
{
    struct cpu *self = cpu_self();
    mask = others_of(self, mask);
    if (mask != 0)
        call_all(self, mask, call);
}

void cross_call_in_steps(u64 mask, const struct cross_call *call)
{
    struct cpu *self = cpu_self(); /* also after a checkpoint */
    kassert(lock_check_none_held(&self->hal));
    mask = others_of(self, mask);
    while (mask != 0) {
        u64 some = 0;
        for (u32 i = 0; i < AT_ONCE && mask != 0; i++, mask &= mask - 1)
            some |= mask & -mask;
        checkpoint();
        call_all(self, some, call);
    }
}
