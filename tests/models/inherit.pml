/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipc/queue.c, ipc/work.c: a server has the level of the most urgent caller that waits, if that is higher than its
 * client's. Threads of CPUs 0 and 2 queue at an endpoint whose server, on CPU 1, serves a client of the lowest level,
 * and may move to CPU 2. The level of the first caller changes while it waits, then it may leave; another server of
 * CPU 2 may take whoever is first. Case TWO: a second server stays on CPU 1, and no caller's level changes. A CPU sees
 * to its servers in a pass, one server in a step, and between two steps all else goes on. Inboxes and `queued` as in
 * inbox.pml.
 *
 * Property, at rest: the server's level, or both's, is that of the most urgent caller that waits.
 */
#define CPUS   3
#define BUFFER 2

#define LEVEL(t) (t) /* of the threads of CPUs 0 and 2 (t is 1), each written by its own CPU */
#define TOP      2   /* endpoint->waiting_level */
#define CELLS    3
#include "store_buffer.inc"

#define BIT(n) (1 << (n))
#define LOWEST 1

mtype = { POKE, MOVED };
chan inbox[3] = [3] of { mtype };
bool poke_queued[3];

bool locked;               /* endpoint->lock, which guards: */
byte place[2];             /* level by which the thread stands in the queue; 0: it is not there */
byte serving_cpus = BIT(1);
/* What is numbered in the kernel (news, begun, seen) is here no more than what the numbers are compared for. */
bool news[3];              /* since the CPU's last pass began */

/* Each its CPU's own */
chan servers[3] = [2] of { byte };
byte level_of[2] = LOWEST; /* of the servers */
bool unseen[2];            /* the pass that has begun has still to come to it */
bool works[3];             /* there are steps to be done */
bool moves = true;

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
    d_step {
        value = 0;
        if
        :: place[0] != 0 || place[1] != 0 -> sb_load(self, LEVEL(FIRST), value)
        :: else
        fi;
        sb_load(self, TOP, before)
    };
    if
    :: value != before ->
        STORE(self, TOP, value); /* TOP */
        d_step { news[1] = true; news[2] = true; asked = serving_cpus }
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
#ifdef TWO
    byte changes = 0;
#else
    byte changes = 1;
#endif
    d_step { !locked -> locked = true; sb_load(self, LEVEL(0), place[0]) };
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
    d_step { !locked -> locked = true; sb_load(self, LEVEL(1), place[1]) };
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

/* sched_level_update() */
inline level_update(server)
{
    sb_load(self, TOP, value);
    level_of[server] = (value > LOWEST -> value : LOWEST);
    value = 0
}

#define TO_SEE(server) (unseen[server] && servers[self]??[server])
/* A step of ipc/work.c */
inline step()
{
    if
    :: d_step { TO_SEE(0) -> level_update(0); unseen[0] = false }
    :: d_step { !TO_SEE(0) && TO_SEE(1) -> level_update(1); unseen[1] = false }
    :: d_step {
           !TO_SEE(0) && !TO_SEE(1) && !locked ->
           if
#ifdef MUTATION_no_restart
           :: news[self] && restarts[self] ->
               restarts[self] = false;
#else
           :: news[self] -> /* PASS */
#endif
               news[self] = false;
               unseen[0] = unseen[0] || servers[self]??[0];
               unseen[1] = unseen[1] || servers[self]??[1]
           :: else -> works[self] = false
           fi
       }
    fi
}
#ifdef MUTATION_no_restart
bool restarts[3]; /* the poke finds no work */
#endif

proctype serving(byte self)
{
    byte value;
end:
    do
    :: atomic {
           inbox[self]?POKE ->
           poke_queued[self] = false;
#ifdef MUTATION_no_restart
           restarts[self] = !works[self];
#endif
           works[self] = true
       }
    :: works[self] -> step()
    :: d_step { /* thread_ipc_moved() */
           inbox[self]?MOVED ->
#ifndef MUTATION_arrival_unseen
           level_update(0); /* ARRIVED */
#endif
           servers[self]!0;
           unseen[0] = false
       }
    :: self == 1 && moves -> /* thread_ipc_moves() */
        atomic { moves = false; servers[1]??0 };
#ifdef MUTATION_serving_late
        atomic { FENCE(self) -> inbox[2]!MOVED };
        acquire();
        serving_cpus = serving_cpus | BIT(2);
        release()
#else
        acquire();
        serving_cpus = serving_cpus | BIT(2);
        release();
        atomic { FENCE(self) -> inbox[2]!MOVED }
#endif
    od
}

#define WAITS(t) (place[t] != 0 && memory[LEVEL(t)] > LOWEST -> memory[LEVEL(t)] : LOWEST)
init {
    memory[LEVEL(0)] = 3;
    memory[LEVEL(1)] = 2;
    atomic {
        servers[1]!0;
#ifdef TWO
        servers[1]!1;
#endif
        run memory_of(0);
        run memory_of(1);
        run memory_of(2);
        run caller(0);
        run serving(1);
        run serving(2);
        run second(2)
    };
    timeout ->
    assert(!locked && !works[1] && !works[2]);
    assert(level_of[0] == (WAITS(0) > WAITS(1) -> WAITS(0) : WAITS(1)));
#ifdef TWO
    assert(level_of[1] == level_of[0])
#endif
}
