/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of the kernel on the host beside those of other libraries: every pair does the same work. */
#pragma once
#include <benchmarks/host/shim.h>
#include <smp/cpu.h>

#define HOST_CPUS 2U
extern struct cpu *host_cpus[HOST_CPUS];
/* This thread is that CPU from now on. */
void host_be(u32 index);

void inbox_benchmarks(void);    /* inbox.c */
void epoch_benchmarks(void);    /* epoch.c */
void copy_benchmarks(void);     /* copy.c */
void decision_benchmarks(void); /* decision.c */
