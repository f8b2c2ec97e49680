/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host-built scheduler on simulated CPUs: the kernel's own sched/ and smp/ sources over a HAL whose clock the
 * simulation sets and whose way into user mode is a return to the simulation. CPUs are simulated one after the other:
 * machine_cpu() goes to another, which finds in its inbox what was sent meanwhile. There is one hardware timer for all.
 */
#pragma once
#include <sched/local.h>
#include <sched/scheduler.h>

#define MACHINE_CPUS 4U

extern u64 machine_now;      /* ns */
extern u64 machine_hardware; /* deadline in the one-shot timer; ~0 = none */

/* Clears it, and goes there. */
void machine_cpu_up(u32 index);
void machine_cpu(u32 index);
/* Leaves the kernel: what runs now, or null if the CPU sleeps. */
struct thread *machine_exit(void);
/* The timer's deadline has come. */
void machine_timer(void);
/* A thread of the present CPU, suspended. */
struct thread *machine_thread(u32 class, u32 priority);
void machine_thread_free(struct thread *thread);
