/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the port calls in the generic kernel. All run on the CPU's kernel stack with interrupts masked; those marked
 * noreturn leave by hal_resume(), hal_fast_resume() or hal_cpu_idle().
 */
#pragma once

#include <hal/context.h>
#include <hal/hal.h>

/* Boot CPU, on its own stack, direct map and console up, per-CPU area zeroed but for struct hal_cpu. */
[[noreturn]] void kernel_main(const struct hal_boot_info *boot);
[[noreturn]] void kernel_secondary_main(void);

/* System calls: Call (selector bit 63 clear), and Reply (bit 63 set). Recv comes through kernel_call_entry too: its
 * selector matches no handle on the fast path. A selector with operation 3 or unknown bits is found there and reported
 * as HAL_EXCEPTION_ILLEGAL. */
HAL_FAST void kernel_call_entry(HAL_FAST_PARAMETERS);
HAL_FAST void kernel_reply_entry(HAL_FAST_PARAMETERS);
/* Instead of both, on a CPU whose entry is diverted (hal_entry_divert). */
HAL_FAST void kernel_diverted_entry(HAL_FAST_PARAMETERS);

/* From user mode: cpu->current's context is saved in full. From idle: nothing to save. */
[[noreturn]] void kernel_exception(struct hal_context *context, const struct hal_exception *exception);
[[noreturn]] void kernel_timer_interrupt(void);
[[noreturn]] void kernel_ipi_interrupt(void);
[[noreturn]] void kernel_spurious_interrupt(void);
[[noreturn]] void kernel_device_interrupt(u32 line); /* hal/irq.h */
/* hal_pmu_sample(): the CPU was at pc, of the user or (idle, or at a preemption point) of the kernel. late: so many
 * events have been counted since the period was over. */
[[noreturn]] void kernel_counter_interrupt(vaddr pc, u64 late);
