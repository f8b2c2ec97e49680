/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug kernels count the spinlocks that each CPU takes and holds, so that the fast paths can assert that they have
 * taken none, and the ways out of the kernel that none is held. In release kernels all of this is nothing.
 */
#pragma once
#include <abi/limits.h>
#include <hal/cpu.h>

#ifdef KOS_DEBUG
struct lock_count { /* owner: that CPU */
    u64 taken, at_entry, held;
};
/* Weak: unit tests link what has locks without the rest of smp/. */
[[gnu::weak]] struct lock_count lock_counts[KOS_CPUS_MAX];

static inline void lock_check_taken(void)
{
    struct lock_count *count = &lock_counts[hal_cpu_self()->index];
    count->taken++;
    count->held++;
}
static inline void lock_check_released(void)
{
    struct lock_count *count = &lock_counts[hal_cpu_self()->index];
    kassert(count->held != 0);
    count->held--;
}
/* A fast path begins. */
static inline __attribute__((always_inline)) void lock_check_begin(const struct hal_cpu *cpu)
{
    lock_counts[cpu->index].at_entry = lock_counts[cpu->index].taken;
}
static inline __attribute__((always_inline)) bool lock_check_none_held(const struct hal_cpu *cpu)
{
    return lock_counts[cpu->index].held == 0;
}
static inline __attribute__((always_inline)) bool lock_check_none_taken(const struct hal_cpu *cpu)
{
    return lock_check_none_held(cpu) && lock_counts[cpu->index].at_entry == lock_counts[cpu->index].taken;
}
#else
static inline void lock_check_taken(void) {}
static inline void lock_check_released(void) {}
static inline void lock_check_begin(const struct hal_cpu *cpu)
{
    (void)cpu;
}
/* For kassert() only, which does not evaluate it here. */
bool lock_check_none_held(const struct hal_cpu *cpu);
bool lock_check_none_taken(const struct hal_cpu *cpu);
#endif
