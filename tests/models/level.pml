/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sched/level.c: how a change of a thread's level reaches whom it concerns. A thread at home on CPU 0 holds a lock, for
 * which CPU 2's thread waits, of a higher level, and gives up; it also calls a server of CPU 1, by travelling there or
 * by queueing at the endpoint. Case MOVE: the server moves, to CPU 2 or to the caller's home. Orders are requests with
 * `queued` (inbox.pml).
 *
 * Property, at rest: the thread's level is its own or, if that is higher, its waiter's; the server's is that of the
 * caller that it serves, or its own.
 */
#define CPUS   3
#define BUFFER 2
#define HOME   0

/* of the thread of CPU 0 */
#define HELD     0 /* level of the most urgent waiter */
#define LEVEL    1
#define STATE    2
#define PEER_CPU 3
#define PEER     4
#define CELLS    5
#include "store_buffer.inc"

#define RUNNABLE   0
#define CALLING    1
#define REPLY_WAIT 2

#define OWN    1 /* level of the thread */
#define URGENT 3

mtype = { CALL, WAKE, LEVEL_REQUEST, DONATION_REQUEST, POKE, MOVED };
chan inbox[3] = [4] of { mtype };
bool level_queued, donation_queued;
bool locked, queued; /* endpoint->lock; the thread is in its queue */
bool serves;         /* the server: of CPU 1, or (MOVE) elsewhere later */
byte server_level;
bool calls = true;

inline acquire()
{
    atomic { !locked -> locked = true }
}
inline release()
{
    atomic { FENCE(self) -> locked = false }
}
inline send(cpu, what)
{
    atomic { FENCE(self) -> inbox[cpu]!what }
}

/* sched_level_update_remote(): "compute your level anew", to its home */
inline ask_level()
{
    atomic {
        FENCE(self) ->
        if
        :: level_queued
        :: else -> level_queued = true; inbox[HOME]!LEVEL_REQUEST
        fi
    }
}
/* "the level of whom you serve has changed", to the CPU of the server */
inline ask_donation(cpu)
{
    atomic {
        FENCE(self) ->
        if
#ifdef MUTATION_one_request
        :: level_queued
        :: else -> level_queued = true; inbox[cpu]!DONATION_REQUEST
#else
        :: donation_queued
        :: else -> donation_queued = true; inbox[cpu]!DONATION_REQUEST
#endif
        fi
    }
}

/* sched_level_update(), next_in_chain() */
inline update()
{
    LOAD(self, HELD, value);
    value = (value > OWN -> value : OWN);
    LOAD(self, LEVEL, before);
    if
    :: value != before ->
        STORE(self, LEVEL, value); /* LEVEL */
        LOAD(self, STATE, value);
        if
        :: value == CALLING ->
            acquire(); /* REQUEUE: thread_requeue_caller() */
            atomic { before = queued; value = 0 };
            LOAD(self, PEER_CPU, value);
            release();
            if
#ifndef MUTATION_calling_only
            :: !before && value != HOME -> ask_donation(value) /* it travels, or has been taken */
#endif
            :: else
            fi
        :: value == REPLY_WAIT ->
            LOAD(self, PEER_CPU, value);
            if
#ifdef MOVE
            :: value == HOME && serves -> LOAD(self, LEVEL, server_level)
#endif
#ifndef MUTATION_no_donation
            :: value != HOME -> ask_donation(value)
#endif
            :: else
            fi
        :: else
        fi
    :: else
    fi;
    atomic { value = 0; before = 0 }
}

proctype caller(byte self)
{
    byte value, before;
end:
    do
    :: atomic { inbox[HOME]?LEVEL_REQUEST -> level_queued = false }; update()
    :: inbox[HOME]?WAKE -> STORE2(self, STATE, RUNNABLE, PEER_CPU, HOME)
#ifdef MOVE
    :: inbox[HOME]?MOVED -> /* thread_ipc_moved() */
#ifdef MUTATION_arrival_unseen
        skip
#else
        LOAD(self, LEVEL, server_level) /* ARRIVED */
#endif
#endif
    :: calls -> calls = false;
        if
        :: STORE2(self, PEER_CPU, 1, STATE | SB_RELEASE, CALLING);
            send(1, CALL)
        :: acquire();
            STORE(self, STATE, CALLING);
            queued = true;
            release();
            send(1, POKE)
        fi
    od
}

/* ipc_connect() */
inline connect()
{
    LOAD(self, LEVEL, server_level); /* CONNECT */
    STORE2(self, PEER, 1, STATE, REPLY_WAIT);
    serves = true
}

#ifdef MUTATION_one_request
#define TAKEN level_queued
#else
#define TAKEN donation_queued
#endif
/* donation_arrived() */
inline donation()
{
    LOAD(self, PEER_CPU, value);
    if
    :: value == self ->
        LOAD(self, PEER, value);
        if
        :: value != 0 && serves -> LOAD(self, LEVEL, server_level)
        :: else /* it will see the level when it arrives */
        fi
#ifndef MUTATION_no_chase
    :: value != self && value != HOME -> ask_donation(value)
#endif
    :: else
    fi;
    value = 0
}

/* thread_move() */
inline move(target)
{
    acquire();
#ifdef MUTATION_move_relaxed
    STORE(self, PEER_CPU, target);
#else
    STORE_RELEASE(self, PEER_CPU, target);
#endif
    release();
    send(target, MOVED)
}

proctype server(byte self)
{
    byte value;
end:
    do
    :: inbox[1]?CALL -> connect()
    :: inbox[1]?POKE ->
        atomic { !locked -> assert(queued); locked = true; queued = false };
        STORE2(self, PEER_CPU, 1, STATE | SB_RELEASE, REPLY_WAIT);
        release();
        connect()
    :: atomic { inbox[1]?DONATION_REQUEST -> TAKEN = false }; donation()
    :: serves -> /* answers, or not */
        serves = false;
        STORE2(self, PEER, 0, PEER_CPU | SB_RELEASE, HOME);
        server_level = 0;
        send(HOME, WAKE)
#ifdef MOVE
    :: serves -> move(HOME); goto end_stays
    :: serves -> move(2); goto end_stays
#endif
    :: serves -> goto end_stays
    od;
end_stays:
    do
    :: atomic { inbox[1]?DONATION_REQUEST -> TAKEN = false }; donation()
    od
}

#ifdef MOVE
proctype other(byte self)
{
    byte value;
end:
    do
    :: inbox[2]?MOVED
    :: atomic { inbox[2]?DONATION_REQUEST -> TAKEN = false }; donation()
    od
}
#endif

proctype waiter(byte self)
{
    STORE(self, HELD, URGENT);
    ask_level();
    if
    :: STORE(self, HELD, 0); /* gives up */
        ask_level()
    :: true
    fi
}

init {
    memory[LEVEL] = OWN;
    atomic {
        run memory_of(0);
        run memory_of(1);
        run memory_of(2);
        run caller(0);
        run server(1);
#ifdef MOVE
        run other(2);
#endif
        run waiter(2)
    };
    timeout ->
    assert(memory[LEVEL] == (memory[HELD] > OWN -> memory[HELD] : OWN));
    assert(server_level == (serves -> memory[LEVEL] : 0))
}
