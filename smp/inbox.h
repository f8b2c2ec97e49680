/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inbox: how one CPU asks another to change what that one owns. Intrusive, many producers, one consumer.
 *
 *   producer (any CPU)                            owner going idle                 owner, running
 *   1 prev := exchange(head, request), link       a doing := POLLING               k doing := level of the thread
 *   2 seq_cst fence                               b look at head a while           l if that is lower than before:
 *   3 IPI if doing is SLEEPING, or a level that   c doing := SLEEPING, found or        seq_cst fence, look at head
 *     the request may interrupt                     not                            m drain at every slow exit
 *                                                 d seq_cst fence
 *                                                 e look at head; nothing there:
 *                                                 f sleep (an IPI sent before is latched)
 *                                                 g doing := 0, drain
 *
 * A polling owner needs no IPI: it looks again after it has said that it sleeps. It says so even when polling found
 * something: from a to g without d, the store of g could become visible after the last look of the drain, and who still
 * saw POLLING then would send no IPI. A request of a level below that of the running thread waits until the owner
 * leaves the kernel by the slow way, or until step l.
 *
 * A push is one atomic instruction, and never tries again: between its exchange and its link the request's `next` says
 * so, and the owner waits for those few instructions of the producer. The owner takes all at once (exchange with null)
 * and reverses: first in, first out. How many have piled up behind a thread that makes no system call is the senders'
 * choice, so both are done a few at a time, with interrupts in between; meanwhile those that are left are its own
 * (cpu->inbox_unturned, which all come before the first is handled, and cpu->inbox_rest), and a request to itself that
 * does nothing (inbox_put_off) keeps the head from looking empty, so that it comes back to them whatever the interrupt
 * was. There are two of those, which take turns at each list that is taken: the one that is in the list is not needed
 * again before that list is at its end, as the head is not taken before. A request is in at most one inbox at a time:
 * either its protocol says so (inbox_send), or `queued` does (inbox_push): step 0, set by its pusher's exchange; step
 * n, cleared by the owner's exchange before it runs the handler. Each is acquire and release: the handler sees what any
 * pusher wrote before its push, also one that found the request queued.
 *
 * tests/models/inbox.pml has these steps.
 */
#pragma once
#include <hal/base.h>
#include <stdatomic.h>

struct request {
    struct request *_Atomic next;     /* owned by the inbox while queued */
    void (*handle)(struct request *); /* runs on the target CPU; set by the pusher */
    _Atomic u32 queued;               /* 0 -> 1 by the pusher that wins, 1 -> 0 by the target */
};

struct inbox {
    _Atomic(struct request *) head; /* last pushed first */
};

/* Values of cpu->doing. Otherwise: level of the running thread, at most INBOX_LEVEL_MAX. */
#define INBOX_LEVEL_MAX 63U
#define INBOX_POLLING   64U
#define INBOX_SLEEPING  65U
/* Urgency of requests that are no thread's: they interrupt whatever runs. */
#define INBOX_AT_ONCE 63U

struct cpu;
/* Sends request, which is in no inbox, to target. level: that of the thread that it is about, or INBOX_AT_ONCE. Any
 * CPU. */
void inbox_send(struct cpu *target, struct request *request, void (*handle)(struct request *), u32 level);
/* The same at once, unless the request is queued already (false then). */
bool inbox_push(struct cpu *target, struct request *request, void (*handle)(struct request *));
/* The same with the urgency of a level. */
bool inbox_push_at(struct cpu *target, struct request *request, void (*handle)(struct request *), u32 level);
/* Runs some requests of this CPU's inbox; true: there are more. Owner only. */
bool inbox_drain(struct cpu *self);
/* Leaves those for later: the inbox does not look empty. Owner only. */
void inbox_put_off(struct cpu *self);
