/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipc/queue.c: a server has the level of the most urgent caller that waits, if that is higher than its client's. Threads
 * of CPUs 0 and 2 queue at an endpoint whose server, on CPU 1, serves a client of the lowest level, and may move to
 * CPU 2. The level of the first caller changes while it waits, then it may leave; another server of CPU 2 may take
 * whoever is first. Inboxes and `queued` as in inbox.pml.
 *
 * Property, at rest: the server's level is that of the most urgent caller that waits.
 */
#define CPUS   3
#define BUFFER 2

#define LEVEL(t) (t) /* of the threads of CPUs 0 and 2 (t is 1), each written by its own CPU */
#define TOP      2   /* endpoint->waiting_level */
#define INHERITS 3
#define CELLS    4
#include "store_buffer.inc"

#define BIT(n) (1 << (n))
#define LOWEST 1

mtype = { POKE, MOVED };
chan inbox[3] = [3] of { mtype };
bool poke_queued[3];

bool locked;               /* endpoint->lock, which guards: */
byte place[2];             /* level by which the thread stands in the queue; 0: it is not there */
byte serving_cpus = BIT(1);
byte server_home = 1;      /* read by its own CPU, too */
byte server_level = LOWEST;

inline acquire()
{
    atomic { !locked -> locked = true }
}
inline release()
{
    atomic { FENCE(self) -> locked = false }
}
inline poke(cpu)
{
    if
    :: (asked & BIT(cpu)) != 0 ->
        atomic {
            FENCE(self) ->
            if
            :: poke_queued[cpu]
            :: else -> poke_queued[cpu] = true; inbox[cpu]!POKE
            fi
        }
    :: else
    fi
}

#define FIRST (place[1] > place[0] -> 1 : 0)

/* callers_changed() */
inline callers_changed()
{
    if
    :: place[0] != 0 || place[1] != 0 -> LOAD(self, LEVEL(FIRST), value)
    :: else -> value = 0
    fi;
    LOAD(self, TOP, before);
    if
    :: value != before ->
        STORE2(self, TOP, value, INHERITS, 1); /* TOP */
        asked = serving_cpus
    :: else
    fi;
    atomic { value = 0; before = 0 }
}
/* servers_inherit(); that of this CPU too goes by its inbox, as in thread_requeue_caller() */
inline inherit()
{
    poke(1); /* INHERIT */
    poke(2);
    asked = 0
}
inline unlock_and_inherit()
{
    release();
    inherit()
}

proctype caller(byte self)
{
    byte value, before, asked;
    byte changes = 1;
    acquire();
    LOAD(self, LEVEL(0), place[0]);
    callers_changed();
    unlock_and_inherit();
    do
    :: changes > 0 ->
        changes--;
        if
        :: STORE(self, LEVEL(0), 4)
        :: STORE(self, LEVEL(0), LOWEST)
        fi;
        acquire(); /* thread_requeue_caller() */
        if
        :: place[0] != 0 ->
            LOAD(self, LEVEL(0), place[0]);
#ifndef MUTATION_requeued_quietly
            callers_changed()
#endif
        :: else
        fi;
        unlock_and_inherit()
    :: break
    :: acquire(); /* endpoint_leave() */
        if
        :: place[0] != 0 ->
            place[0] = 0;
#ifndef MUTATION_left_quietly
            callers_changed()
#endif
        :: else
        fi;
        unlock_and_inherit();
        break
    od
}

proctype second(byte self)
{
    byte value, before, asked;
    acquire();
    LOAD(self, LEVEL(1), place[1]);
    callers_changed();
    unlock_and_inherit();
    if
    :: acquire(); /* endpoint_next_caller() */
        if
        :: place[0] == 0 && place[1] == 0
        :: else ->
            value = FIRST;
            place[value] = 0;
            value = 0;
#ifndef MUTATION_taken_quietly
            callers_changed()
#endif
        fi;
        unlock_and_inherit()
    :: true
    fi
}

/* endpoint_levels() */
inline levels()
{
    do
    :: acquire();
        LOAD(self, TOP, value);
        value = (value > LOWEST -> value : LOWEST);
        stale = server_home == self && server_level != value;
        release();
        value = 0;
        if
        :: stale ->
            LOAD(self, TOP, value); /* sched_level_update() */
            atomic { server_level = (value > LOWEST -> value : LOWEST); value = 0 }
        :: else -> break
        fi
    od
}

proctype serving(byte self)
{
    byte value;
    bool stale;
end:
    do
    :: atomic { inbox[self]?POKE -> poke_queued[self] = false };
        LOAD(self, INHERITS, value);
        if
        :: value != 0 -> levels()
        :: else
        fi;
        value = 0
    :: inbox[self]?MOVED ->
#ifndef MUTATION_arrival_unseen
        levels() /* ARRIVED */
#else
        skip
#endif
    :: self == 1 && server_home == 1 -> /* thread_ipc_moves() */
#ifdef MUTATION_serving_late
        acquire();
        server_home = 2;
        release();
        atomic { FENCE(self) -> inbox[2]!MOVED };
        acquire();
        serving_cpus = serving_cpus | BIT(2);
        release()
#else
        acquire();
        serving_cpus = serving_cpus | BIT(2);
        server_home = 2;
        release();
        atomic { FENCE(self) -> inbox[2]!MOVED }
#endif
    :: self == 1 && server_home == 1 -> break /* it stays */
    od;
end_stays:
    do
    :: atomic { inbox[self]?POKE -> poke_queued[self] = false };
        LOAD(self, INHERITS, value);
        if
        :: value != 0 -> levels()
        :: else
        fi;
        value = 0
    od
}

#define WAITS(t) (place[t] != 0 && memory[LEVEL(t)] > LOWEST -> memory[LEVEL(t)] : LOWEST)
init {
    memory[LEVEL(0)] = 3;
    memory[LEVEL(1)] = 2;
    atomic {
        run memory_of(0);
        run memory_of(1);
        run memory_of(2);
        run caller(0);
        run serving(1);
        run serving(2);
        run second(2)
    };
    timeout ->
    assert(!locked);
    assert(server_level == (WAITS(0) > WAITS(1) -> WAITS(0) : WAITS(1)))
}
