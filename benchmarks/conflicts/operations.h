/* SPDX-License-Identifier: Apache-2.0 */
/* What the workers of the benchmarks conflicts and scale do, one round at a time: protocol.h lists it. */
#pragma once
#include <benchmarks/conflicts/protocol.h>
#include <coresrv/nk/transport-kos.h>

#define SIDE_PAGES 70U /* page faults before side_refresh */

/* One worker: a thread on CPU `number`, with a server there, two threads of its own, and an object. */
struct side {
    _Alignas(64) volatile rtl_uint32_t turn;
    unsigned number;
    rtl_uint32_t class; /* of all threads of the side, on the priority KOS_PRIORITY_STANDARD_MAX */
    NkKosTransport own, shared, pacer;
    Handle object, sleeper; /* object: one and the same for all sides */
    char *pages;
    volatile char *next_page;
};

/* By the names of CONFLICTS_OPERATIONS. */
struct operation {
    const char *name;
    Retcode (*round)(struct side *side);
};
extern const struct operation operations[OPERATIONS];

/* Says what failed, and ends the machine, unless rc is rcOk. */
void check(Retcode rc, const char *what);
/* A thread of this task, on the CPU of side; flags as KnThreadCreateByHandle takes them. */
Handle side_thread(void (*routine)(void *, void *), struct side *side, rtl_uint32_t flags);
/* Runs on the thread that will carry out the rounds: fills in everything but the number and the class, which the caller
 * has set. Goes to the side's CPU. */
void side_prepare(struct side *side);
/* What an operation has used up is there again: pages. */
void side_refresh(struct side *side);
/* A Call with one word to Einit's thread for this side: the answer. */
nk_uint64_t side_ask(struct side *side, nk_uint64_t word);
