/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smp/inbox.c, and sched_idle(), publish_level() and sched_exit() of sched/scheduler.c. CPU 0 owns the inbox; CPUs 1
 * and 2 send to it. The steps' names are those of the table in smp/inbox.h.
 *
 * Two cases: request 0 by inbox_push, from both senders (PUSH); or 0 from CPU 1, 1 and 2 from CPU 2 one behind the
 * other, by inbox_send, and of any urgency.
 *
 * Properties, when nothing moves any more:
 *   - the owner sleeps: every request was handled;
 *   - the owner runs a thread of some level: so was every request that is not less urgent;
 *   - 1 was handled before 2; all that were sent once were handled once, and what their sender wrote before was seen;
 *   - PUSH: the last run of the handler saw what each sender had written before its push, though not each was queued.
 */
#define CPUS   3
#define BUFFER 2
#define OWNER  0

#define HEAD          0 /* 0, or 1 + request */
#define NEXT(request) (1 + (request))
#define DOING         4
#ifdef PUSH
#define QUEUED        5
#define WORK(sender)  (5 + (sender)) /* how often the sender has pushed */
#define CELLS         8
#else
#define CONTENT       5
#define CELLS         6
#endif
#include "store_buffer.inc"

#define LINKING  9
/* values of DOING: two levels, 0 and AT_ONCE, and */
#define AT_ONCE  1
#define POLLING  2
#define SLEEPING 3

bool interrupt;          /* latched for the owner */
byte seen[3];            /* PUSH: of WORK(1), WORK(2) by the last handler. Else: request was handled */
#ifndef ORDER
byte entries = 1; /* times that the owner still enters the kernel for reasons of its own */
#else
byte entries;
#endif
byte runs = POLLING;     /* what the owner does, as DOING, but without delay; POLLING: it is in the kernel */

/* inbox_send() */
inline send(self, request, level)
{
#ifndef MUTATION_no_linking
    STORE(self, NEXT(request), LINKING);
#endif
#ifdef MUTATION_exchange_relaxed
    RMW(self, HEAD, 1 + request, previous);
#else
    RMW_RELEASE(self, HEAD, 1 + request, previous); /* 1 */
#endif
    STORE_RELEASE(self, NEXT(request), previous);
#ifndef MUTATION_no_fence_send
    FENCE(self); /* 2 */
#endif
    LOAD(self, DOING, value);
    if
    :: d_step { value == SLEEPING || value <= level -> interrupt = true } /* 3 */
    :: else
    fi
}

#ifdef PUSH
/* inbox_push() of request 0 */
inline push(self, times)
{
    STORE(self, WORK(self), times);
    /* 0 */
#ifdef MUTATION_push_acquire
    RMW(self, QUEUED, 1, value);
#else
    RMW_RELEASE(self, QUEUED, 1, value);
#endif
    if
    :: value == 0 -> send(self, 0, AT_ONCE)
    :: else
    fi;
    atomic { value = 0; previous = 0 }
}

proctype sender_1()
{
    byte value, previous;
    push(1, 1);
    push(1, 2)
}
proctype sender_2()
{
    byte value, previous;
    push(2, 1)
}
#define HANDLED (seen[1] == 2 && seen[2] == 1)

inline handle()
{
#ifdef MUTATION_clear_after_handler
    LOAD(OWNER, WORK(1), seen[1]);
    LOAD(OWNER, WORK(2), seen[2]);
#endif
#ifdef MUTATION_clear_by_store
    STORE_RELEASE(OWNER, QUEUED, 0);
#else
    RMW_RELEASE(OWNER, QUEUED, 0, value); /* n */
#endif
#ifndef MUTATION_clear_after_handler
    LOAD(OWNER, WORK(1), seen[1]);
    LOAD(OWNER, WORK(2), seen[2])
#endif
}

#else /* not PUSH */

proctype sender_1()
{
    byte value, previous;
    send(1, 0, AT_ONCE)
}
proctype sender_2()
{
    byte value, previous;
    STORE(2, CONTENT, 1);
#ifdef ORDER
    send(2, 1, AT_ONCE);
    send(2, 2, AT_ONCE)
#else
    send(2, 1, 0)
#endif
}
#ifdef ORDER
#define HANDLED (seen[0] && seen[2])
#else
#define HANDLED (seen[0] && (seen[1] || runs == AT_ONCE))
#endif

inline handle()
{
    assert(!seen[next]);
    seen[next] = 1;
    if
    :: next > 0 ->
        assert(next == 1 || seen[1]);
        LOAD(OWNER, CONTENT, value);
        assert(value == 1)
    :: else
    fi
}
#endif

/* inbox_drain(); taken, first and next are 1 + request, or 0 */
inline drain()
{
    do
    :: LOAD(OWNER, HEAD, value);
        if
        :: value == 0 -> break
        :: else
        fi;
        RMW(OWNER, HEAD, 0, taken); /* m */
        do
        :: taken != 0 ->
            do
            :: LOAD(OWNER, NEXT(taken - 1), next);
                if
                :: next != LINKING -> break
                :: else
                fi
            od;
#ifdef MUTATION_no_reversal
            if
            :: first == 0 -> first = taken
            :: else
            fi;
#else
            STORE(OWNER, NEXT(taken - 1), first);
            first = taken;
#endif
            taken = next
        :: else -> break
        od;
        do
        :: first != 0 ->
            next = first - 1;
            LOAD(OWNER, NEXT(next), first);
            handle()
        :: else -> break
        od;
        atomic { next = 0; value = 0 }
    od
}

proctype owner()
{
    byte value, taken, first, next;
    byte doing; /* as the owner wrote it last */
    byte level;
exit: /* sched_exit() */
    runs = POLLING;
    drain();
    if
#ifndef ORDER
    :: level = 0
#endif
    :: level = AT_ONCE
    :: goto idle
    fi;
    /* publish_level() */
    if
    :: doing == level
    :: doing < level -> STORE(OWNER, DOING, level) /* k */
    :: doing > level ->
        STORE(OWNER, DOING, level); /* k */
#ifndef MUTATION_no_fence_level
        FENCE(OWNER); /* l */
#endif
#ifndef MUTATION_no_look_level
        LOAD(OWNER, HEAD, value);
        if
        :: value != 0 -> atomic { doing = level; value = 0; level = 0; goto exit }
        :: else
        fi
#endif
    fi;
    atomic { doing = level; runs = level; level = 0 };
end_user:
    if
    :: interrupt -> interrupt = false; goto exit
    :: entries > 0 -> entries--; goto exit
    :: entries > 0 -> entries = 0; goto end_user
    fi;
idle: /* sched_idle() */
    STORE(OWNER, DOING, POLLING); /* a */
#ifdef MUTATION_poll_to_run
    LOAD(OWNER, HEAD, value); /* b: the real one only passes the time */
    if
    :: value != 0 -> goto awake
    :: else
    fi;
#endif
#ifdef MUTATION_sleep_after_look
    LOAD(OWNER, HEAD, value);
    STORE(OWNER, DOING, SLEEPING);
    FENCE(OWNER);
#else
    STORE(OWNER, DOING, SLEEPING); /* c */
#ifndef MUTATION_no_fence_sleep
    FENCE(OWNER); /* d */
#endif
#ifndef MUTATION_no_look_sleep
    LOAD(OWNER, HEAD, value); /* e */
#endif
#endif
    if
    :: value == 0 ->
        runs = SLEEPING;
end_sleep:
        if
        :: interrupt -> interrupt = false /* f */
        :: entries > 0 -> entries-- /* a timer */
        :: entries > 0 -> entries = 0; goto end_sleep
        fi
    :: else
    fi;
awake:
    atomic { doing = 0; value = 0 };
    STORE(OWNER, DOING, 0); /* g */
    goto exit
}

init {
    atomic { run memory_of(0); run memory_of(1); run memory_of(2); run owner(); run sender_1(); run sender_2() };
    timeout -> assert(_nr_pr == 5 && runs != POLLING && HANDLED) /* the senders are through */
}
