/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Synchronous call on other CPUs, for translations only: the function must be short and take no lock. The sender spins,
 * serving calls that come in meanwhile; every spin loop of the kernel does (smp_poll), so two senders never wait for
 * each other.
 */
#pragma once
#include <hal/base.h>

struct cross_call {
    void (*function)(const struct cross_call *);
    const void *space;
    u64 address, count;
};

/* Runs call->function on every online CPU of mask but this one; returns when all have. */
void cross_call(u64 mask, const struct cross_call *call);
/* So many are called beside whatever else is on the path. */
#define CROSS_CALL_BESIDE 3U
/* For more: a few at a time (each time all steps of the table), with a checkpoint before each. No lock is held. */
void cross_call_in_steps(u64 mask, const struct cross_call *call);
/* Serves calls that wait for this CPU. */
void smp_poll(void);
