/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inbox: how one CPU asks another to change what that one owns. Intrusive, many producers, one consumer.
 *
 *   producer (any CPU)                           owner
 *   1 link request onto head by compare-exchange  a idle := 1
 *   2 seq_cst fence                               b seq_cst fence
 *   3 if it was empty or idle is set: IPI         c if head is not empty: idle := 0, drain, start over
 *                                                 d sleep (an IPI sent before is latched)
 *
 * The owner takes all at once (exchange with null) and reverses: first in, first out. A request is in at most one inbox
 * at a time: `queued` is set by its pusher's exchange, cleared by the owner before it runs the handler.
 */
#pragma once
#include <hal/base.h>
#include <stdatomic.h>

struct request {
    struct request *next;             /* owned by the inbox while queued */
    void (*handle)(struct request *); /* runs on the target CPU; set by the pusher */
    _Atomic u32 queued;               /* 0 -> 1 by the pusher that wins, 1 -> 0 by the target */
};

struct inbox {
    _Atomic(struct request *) head; /* last pushed first */
};

struct cpu;
/* Pushes request to target's inbox unless it is queued already (false then). Any CPU. */
bool inbox_push(struct cpu *target, struct request *request, void (*handle)(struct request *));
/* Runs all requests of this CPU's inbox. Owner only. */
void inbox_drain(struct cpu *self);
