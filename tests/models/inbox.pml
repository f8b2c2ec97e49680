/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smp/inbox.c inbox_push() and inbox_drain(), sched/scheduler.c sched_idle() and sched_exit(). CPU 0 owns the inbox,
 * CPUs 1 and 2 push. Steps 1 to 3 and a to d are those of the table in smp/inbox.h.
 *
 * Property: a request whose push has returned (true or false) is handled, whatever the other pushers do: one of them
 * may stop for ever between two of its steps (its CPU may be a virtual one that is not run). So no CPU sleeps for ever
 * on a request that was pushed. Were every pusher sure to reach step 3, the IPI of the one that found the inbox empty
 * would be enough, and idle would not be needed.
 *
 * The compare-exchange of step 1 is acquire-release and no full barrier: until its store is visible, other CPUs read
 * the old head, but none can write it (the exclusive monitor): `reserved`.
 *
 *   MUTATION 1  no fence b on the sleeping side
 *   MUTATION 2  no fence 2 on the pushing side
 *   MUTATION 3  no second look at the inbox (c)
 *   MUTATION 4  idle is set after the look
 *   MUTATION 5  queued is cleared after the handler has run
 *   MUTATION 6  a handler that looks at its work without a lock or a fence first: inbox_drain() clears queued with a
 *               release only, so the look may come before others see it cleared. Handlers begin with a lock (on x86_64
 *               its locked instruction waits for the store; on aarch64 its load-acquire comes after a store-release).
 */
#ifndef MUTATION
#define MUTATION 0
#endif
#define CPUS   3
#define BUFFER 2
#define OWNER  0

/* cells: head is the set of linked requests (their order does not matter here) */
#define HEAD 0
#define IDLE 1
#define QUEUED(request) (2 + request)
#define CELLS 4

bool reserved; /* a compare-exchange of head is in a store buffer */
#define FLUSHED(at) reserved = reserved && (at) != HEAD
#include "store_buffer.inc"

bool ipi;         /* latched for the owner */
byte work[2];     /* what pushers of a request want done; handling it takes all */
bool orphaned[2]; /* a pusher stopped for ever with this request between its steps 1 and 3 */

#define BIT(request) (1 << (request))

/* inbox_push() */
proctype pusher(byte self; byte rounds)
{
    byte request, head, value;
    bool was_empty;
    do
    :: rounds > 0 ->
        rounds--;
        if
        :: request = 0
        :: request = 1
        fi;
        work[request]++; /* the pusher's earlier writes: the exchange below orders them */
        atomic { DRAINED(self) -> value = memory[QUEUED(request)]; memory[QUEUED(request)] = 1 };
        if
        :: value != 0 -> skip /* false: the request is in the inbox, or on its way there */
        :: else ->
            /* 1: link by compare-exchange */
            atomic {
                !reserved ->
                head = memory[HEAD];
                was_empty = head == 0;
                reserved = true;
                STORE(self, HEAD, head | BIT(request))
            };
            /* 2 */
#if MUTATION != 2
            FENCE(self);
#endif
            if
            :: orphaned[request] = true; break
            :: skip
            fi;
            /* 3 */
            LOAD(self, IDLE, value);
            if
            :: was_empty || value != 0 -> ipi = true
            :: else
            fi
        fi;
        value = 0;
        was_empty = false;
        head = 0
    :: else -> break
    od
}

#if MUTATION == 3
#define LOOK true
#else
#define LOOK (value == 0)
#endif

proctype owner()
{
    byte value, taken, request;
end_exit: /* sched_exit(): inbox_drain() */
    do
    :: LOAD(OWNER, HEAD, value);
        if
        :: value == 0 -> break
        :: else ->
            atomic { !reserved && DRAINED(OWNER) -> taken = memory[HEAD]; memory[HEAD] = 0 };
            request = 0;
            do
            :: request < 2 ->
                if
                :: (taken & BIT(request)) != 0 ->
#if MUTATION == 5
                    work[request] = 0; /* handle */
                    STORE(OWNER, QUEUED(request), 0)
#else
                    STORE(OWNER, QUEUED(request), 0);
#if MUTATION != 6
                    FENCE(OWNER); /* the handler's lock: see above */
#endif
                    work[request] = 0 /* handle */
#endif
                :: else
                fi;
                request++
            :: else -> break
            od;
            taken = 0;
            request = 0
        fi
    od;
    /* no thread is runnable: sched_idle() */
#if MUTATION == 4
    LOAD(OWNER, HEAD, value);
    STORE(OWNER, IDLE, 1);
    FENCE(OWNER);
#else
    STORE(OWNER, IDLE, 1); /* a */
#if MUTATION != 1
    FENCE(OWNER); /* b */
#endif
    LOAD(OWNER, HEAD, value); /* c */
#endif
    if
    :: LOOK ->
end_sleep:
        ipi -> ipi = false /* d: hal_cpu_idle(); the interrupt's way out is sched_exit() */
    :: else
    fi;
    STORE(OWNER, IDLE, 0);
    goto end_exit
}

init {
    atomic { run flush(0); run flush(1); run flush(2); run owner(); run pusher(1, 2); run pusher(2, 2) };
    timeout -> /* nothing moves any more: the owner sleeps for ever */
    assert(work[0] == 0 || orphaned[0]);
    assert(work[1] == 0 || orphaned[1])
}
