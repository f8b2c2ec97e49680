/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples: what a CPU does whenever its counter has counted another `trace_sample=PERIOD` (hexadecimal, on the kernel's
 * command line) cycles, as events `sample` and `sample_callers` of the trace. ./kos prof --event cycles asks for them.
 *
 *   met in             the sample has
 *   user mode          pc, and the callers by frame pointers
 *   idle               pc, no thread
 *   preemption point   pc, and the thread whose operation it is
 *   elsewhere in the   nothing of that: interrupts are masked, so it is taken where the kernel leaves; `late` tells
 *   kernel
 */
#pragma once
#include <smp/cpu.h>

#define SAMPLE_CALLERS    32U    /* addresses of callers, at most */
#define SAMPLE_PERIOD_MIN 10000U /* with less the machine would do little else */

/* Each CPU on its way up, behind trace_cpu_init(): starts its counter, if that was asked for. The boot CPU says why
 * not, if it cannot. */
void sample_cpu_init(struct cpu *cpu, const char *line);
/* An interrupt of the counter, interrupts masked. If it met user mode, the running thread's context is complete and its
 * space active. Reads user memory that is there, and brings in none. */
void sample_take(struct cpu *cpu, vaddr pc, u64 late);
