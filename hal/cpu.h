/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The per-CPU area. struct hal_cpu (arch) is the first member of the generic struct cpu (smp/cpu.h); the port reserves
 * HAL_CPU_AREA_SIZE zeroed bytes for it, beside the CPU's one kernel stack, with unmapped guard pages around the stack.
 *
 * The port's struct hal_cpu starts with:
 *     struct hal_context *current;  // whose registers are in the CPU while it is in user mode; never null after the
 * first resume u64 pending;                  // bits of enum cpu_pending (smp/cpu.h) and HAL_PENDING_FPU; 0 = fast
 * paths may run u32 index;
 */
#pragma once

#include <arch/cpu.h>
#include <hal/base.h>

#define HAL_CPU_AREA_SIZE 4096

/* Bit of hal_cpu.pending owned by the port: the FP registers hold the current thread's state. */
#define HAL_PENDING_FPU (1ULL << 63)

static inline struct hal_cpu *hal_cpu_self(void); /* arch */

/*
 * Waits in a low-power state for an interrupt with interrupts enabled. Never returns: any interrupt starts afresh at
 * the top of the kernel stack in its upcall. A pending interrupt is never lost.
 */
[[noreturn]] void hal_cpu_idle(void);

/* Behind a sequentially consistent exchange: loads that follow come after it. A full barrier where it is none itself.
 */
static inline void hal_fence_after_exchange(void); /* arch */

/* True if an interrupt waits to be taken by this CPU, which has them masked. Asks the interrupt controller. */
static inline bool hal_interrupt_pending(void); /* arch */

/*
 * Lets the interrupt in that waits. Never returns: as with hal_cpu_idle the upcall starts at the top of the stack; if
 * none comes after all, it is kernel_spurious_interrupt().
 */
[[noreturn]] void hal_interrupts_take(void);

/* The counter of hal_time_user(), in ticks, as time stamps: never goes back on one CPU. */
static inline u64 hal_counter(void); /* arch */

/* An instruction without effect. It tells the footprint plugin (benchmarks/footprint/interrupts_off.c) that an
 * interrupt which had been waiting would have been noticed here. */
static inline void hal_mark_interruptible(void); /* arch */

/* From now on system calls on this CPU come in by kernel_diverted_entry(), or no longer. */
void hal_entry_divert(bool diverted);

/* Stops this CPU for good. */
[[noreturn]] void hal_cpu_halt(void);

/* Makes kernel_ipi_interrupt() run on that CPU. */
void hal_ipi_send(u32 cpu_index);

/* Spin-wait hint, and barrier helpers come from <stdatomic.h>. */
static inline void hal_cpu_relax(void); /* arch */
