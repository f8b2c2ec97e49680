/* SPDX-License-Identifier: Apache-2.0 */
/* Ticket lock for the slow side: creation, revocation, mapping. Never taken on the IPC fast path. Interrupts are masked
 * in the kernel, so a holder is never preempted. Order of locks: docs/architecture.md. */
#pragma once
#include <hal/cpu.h>
#include <smp/cross_call.h>
#include <smp/lock_check.h>
#include <stdatomic.h>

struct spinlock {
    _Atomic u32 next;    /* ticket to hand out; written by every locker */
    _Atomic u32 serving; /* ticket that holds the lock; written by the holder */
};

static inline void spinlock_lock(struct spinlock *lock)
{
    /* relaxed: the ticket orders nothing; the acquire below pairs with the release in unlock */
    u32 ticket = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&lock->serving, memory_order_acquire) != ticket) {
        smp_poll(); /* model: shootdown.pml lock(): the holder may be waiting for this CPU's answer to a cross call */
        hal_cpu_relax();
    }
    lock_check_taken();
}
static inline void spinlock_unlock(struct spinlock *lock)
{
    lock_check_released();
    u32 ticket = atomic_load_explicit(&lock->serving, memory_order_relaxed); /* only the holder writes it */
    atomic_store_explicit(&lock->serving, ticket + 1, memory_order_release);
}
