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
/* Serves calls that wait for this CPU. */
void smp_poll(void);
