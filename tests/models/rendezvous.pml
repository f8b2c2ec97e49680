/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Call across CPUs: ipc/cross.c (whose steps 2 to 7 these are), ipc/endpoint.c, ipc/work.c, ipc/call.c, ipc/cancel.c. The client
 * is at home on CPU 0. It calls twice, by travelling to a CPU on which a receiver seems to be parked (which is no more
 * than a hint: any), or by queueing at the endpoint. CPUs 1 and 2 have a server thread each. At any time during a call
 * its time limit may pass, or another thread terminate it: it is to be cancelled.
 *
 * Servers answer on the fast path (and park unseen), on the slow one, receive again without an answer, or never do
 * anything more. Cases:
 *   DEATH     they end, and one is busy with another client at first; or the second one is for ever
 *   CLOSE     CPU 2 closes the channel; nothing is cancelled
 *   MOVE      there is one server only, which moves between CPUs 1 and 2, and may copy messages in steps
 *             (ipc/long_copy.c), between which all else goes on
 *   ELSEWHERE the same without copies, only from CPU 1 to CPU 2, which closes the channel; the call queues
 *   HOMEWARD  there is one server only, and it moves from CPU 1 to the client's home
 *   GONE      CPU 2 closes the endpoint's last receiving handle; nothing is cancelled
 *
 * What follows on a closing, and on a poke, are steps (ipc/work.c), between which all else goes on.
 *
 * Inboxes are first in, first out, and what was written before a send is seen by the handler; requests with `queued`
 * are in one inbox once (inbox.pml).
 *
 * Properties:
 *   - every call ends once: nobody ends a call that has ended, or another one than was taken;
 *   - a call ends as cancelled only if that one was to be cancelled, and a cancelled one ends even if no server does
 *     anything more; so does one whose channel or endpoint was closed, and one whose server ended;
 *   - a call that waits when its channel is closed is not served any more, and when the channel is freed nobody serves
 *     a call that came through it;
 *   - no call waits at the endpoint while a server is parked, and no server is parked at a closed endpoint.
 */
#ifdef ELSEWHERE
#define MOVE
#endif
#define CPUS   3
#define BUFFER 3
#define HOME   0
#if defined(DEATH) || defined(CLOSE) || defined(MOVE) || defined(GONE) || defined(HOMEWARD)
#define CALLS_MAX 1
#else
#define CALLS_MAX 2
#endif

/* Fields of the client that are read without a lock; plain, but for the stores that say release. */
#define STATE    0
#define PEER     1 /* has it a server? */
#define PEER_CPU 2
#define CALLS    3
#define CANCEL   4 /* cancel_call: which of the calls is to be cancelled */
#define CLOSED   5 /* the channel, or (GONE) the endpoint */
#define CELLS    6
#include "store_buffer.inc"

#define RUNNABLE   0
#define CALLING    1
#define REPLY_WAIT 2

mtype = { CALL, WAKE, CANCEL_REQUEST, POKE, MOVED };
chan inbox[3] = [4] of { mtype };
bool cancel_queued, poke_queued[3];

bool locked; /* endpoint->lock */
bool queued; /* the client is in endpoint->callers; guarded by it */
bool works[3]; /* a CPU's own: there are steps to be done */
#if defined(CLOSE) || defined(ELSEWHERE) || defined(GONE)
#define CLOSES
byte news;     /* of the servers; guarded by the lock, as what follows */
bool closing;  /* the channel is closed, and callers may wait yet */
byte going;    /* its news, when none does */
byte passed[3], incoming[3];
byte begun[3]; /* the CPU's own */
byte seen[3];  /* a server's; its CPU's */
bool doomed;   /* nobody sees this: the call waited when the channel was closed */
#endif

#define NOBODY    0
#define PARKED    1
#define CONTENDED 2
byte slot[3]; /* its CPU's own */

/* Server threads, by number: those of CPUs 1 and 2, or number 1 wherever it is. */
#if defined(MOVE) || defined(HOMEWARD)
#define SERVER 1
#else
#define SERVER self
#endif
#define OTHER     9 /* DEATH: at first server 1 serves somebody else */
#define GONE_AWAY 0
#define RUNS      1
#define BLOCKED   2 /* parked */
#define HANGS     3
#define MOVING    4
byte server[3];
byte server_home[3];
byte caller[3];   /* number of the call that it serves, or 0 */
bool selector[3]; /* it may park on the fast path */
#if defined(MOVE) && !defined(ELSEWHERE)
#define COPY
#define REQUEST 1
#define REPLY   2
byte copies, copies_for; /* it copies a message; of that call, so it believes */
#endif

/* What nobody sees */
byte call;         /* number of the client's present one */
bool waits, woken; /* it has not ended; its wake is on its way */
byte to_cancel;    /* the call whose cancellation was asked for */
bool closes;       /* the closing is still to come, or under way */
bool may_cancel, mortal;

mtype = { REPLIED, CANCELLED, REVOKED, ABORTED };

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
inline poke(cpu)
{
    atomic {
        FENCE(self) ->
        if
        :: poke_queued[cpu]
        :: else -> poke_queued[cpu] = true; inbox[cpu]!POKE
        fi
    }
}
inline push_cancel(cpu)
{
    atomic {
        FENCE(self) ->
        if
        :: cancel_queued
        :: else -> cancel_queued = true; inbox[cpu]!CANCEL_REQUEST
        fi
    }
}

inline ends(number, code)
{
    d_step {
        assert(waits && !woken && call == number);
        assert(code != CANCELLED || to_cancel == number);
        woken = true
    }
}
/* unlink_caller(), ipc_abandon_caller(), reply_home() */
inline end_call(number, code)
{
    ends(number, code);
    end_ended()
}
inline end_ended()
{
#ifdef MUTATION_home_relaxed
    STORE2(self, PEER, 0, PEER_CPU, HOME);
#else
    STORE2(self, PEER, 0, PEER_CPU | SB_RELEASE, HOME); /* 5 */
#endif
    send(HOME, WAKE) /* 6 */
}
inline end_served(code)
{
#ifdef DEATH
    if
    :: caller[SERVER] == OTHER -> caller[SERVER] = 0
    :: else ->
#else
    if
    :: true ->
#endif
        atomic { number = caller[SERVER]; caller[SERVER] = 0; ends(number, code) };
        end_ended();
        number = 0
    fi
}

#ifdef MUTATION_queue_unmarked
#define MARKED false
#else
#define MARKED (value == target)
#endif
/* endpoint_queue(); value: 1 it is closed, 2 the call was cancelled */
inline queue()
{
    d_step {
        !locked -> locked = true;
        sb_load(self, CALLS, value);
        sb_load(self, CANCEL, target);
        if
        :: MARKED -> value = 2
        :: else -> sb_load(self, CLOSED, value)
        fi;
        target = 0
    };
#ifdef MUTATION_queue_unchecked
    if
    :: value == 1 -> value = 0
    :: else
    fi;
#endif
    if
    :: value == 0 ->
        STORE(self, STATE, CALLING);
        queued = true
    :: else
    fi;
    release()
}

/* ---- CPU 0 ---- */

inline client_calls()
{
    d_step { call++; waits = true };
    if
#ifndef ELSEWHERE
    :: target = 1
    :: call == CALLS_MAX -> target = 2 /* the servers are alike: the first of two calls need not go there */
#endif
    :: target = HOME
    fi;
    if
    :: target != HOME -> /* travel() */
        STORE(self, CALLS, call);
        STORE2(self, PEER_CPU, target, STATE | SB_RELEASE, CALLING); /* 2 */
        send(target, CALL) /* 3 */
    :: else -> /* call() */
        STORE(self, CALLS, call);
        queue();
        if
        :: value != 0 -> waits = false
        :: else ->
#ifndef MUTATION_no_poke
            poke(1);
            poke(2)
#endif
        fi
    fi;
    atomic { target = 0; value = 0 }
}

/* cancel_call() */
inline client_cancelled()
{
    to_cancel = call;
#ifndef MUTATION_mark_after_look
    STORE(self, CANCEL, call); /* MARK */
#endif
    LOAD(self, STATE, value); /* LOOK */
    if
#ifdef MUTATION_look_unlocked
    :: value == CALLING -> atomic { !locked -> mine = queued; queued = false }
#else
    :: value == CALLING ->
        atomic { !locked -> locked = true; mine = queued; queued = false };
        LOAD(self, PEER_CPU, target);
        release()
#endif
    :: else -> LOAD(self, PEER_CPU, target)
    fi;
#ifdef MUTATION_look_unlocked
    LOAD(self, PEER_CPU, target);
#endif
#ifdef MUTATION_mark_after_look
    STORE(self, CANCEL, call);
#endif
    if
    :: mine ->
        ends(call, CANCELLED);
        STORE2(self, PEER_CPU, HOME, STATE, RUNNABLE);
        atomic { waits = false; woken = false }
    :: !mine && target == HOME ->
        LOAD(self, PEER, value);
#ifdef HOMEWARD
        if
        :: value != 0 && caller[1] != 0 -> end_here(CANCELLED)
        :: else /* the reply is on its way */
        fi
#else
        assert(value == 0) /* else a server of this CPU would serve it; but the reply is on its way */
#endif
    :: else -> push_cancel(target) /* ASK */
    fi;
    atomic { value = 0; target = 0; mine = false }
}

#ifdef HOMEWARD
inline end_here(code)
{
    ends(caller[1], code);
    caller[1] = 0;
    STORE3(self, PEER, 0, PEER_CPU, HOME, STATE, RUNNABLE);
    atomic { waits = false; woken = false }
}

/* thread_ipc_moved() */
inline server_arrives()
{
    d_step { sb_load(self, CALLS, value); sb_load(self, CANCEL, target) };
    if
#ifndef MUTATION_arrival_unseen
    :: caller[1] != 0 && value == target -> end_here(CANCELLED) /* ARRIVED */
#endif
    :: else
    fi;
    atomic { value = 0; target = 0; server[1] = RUNS }
}
#endif

proctype client(byte self)
{
    byte value, target;
    bool mine;
end:
    do
    :: atomic { DRAINED(self) && inbox[HOME]?[WAKE] -> inbox[HOME]?WAKE }; /* 7: wake_arrived() */
        d_step {
            assert(waits && woken);
            waits = false;
            woken = false;
            sb_put(self, PEER_CPU, HOME);
            sb_put(self, STATE, RUNNABLE)
        }
    :: !waits && call < CALLS_MAX -> client_calls()
    :: may_cancel && waits && to_cancel != call -> client_cancelled()
#ifdef HOMEWARD
    :: inbox[HOME]?MOVED -> server_arrives()
    :: server[1] == RUNS && server_home[1] == HOME ->
        if
        :: caller[1] == 0 -> server[1] = GONE_AWAY
        :: caller[1] != 0 -> end_here(REPLIED)
        :: caller[1] != 0 -> server[1] = HANGS
        fi
#endif
    od
}

/* ---- CPUs 1 and 2 ---- */

/* ipc_connect() */
inline connect()
{
    d_step {
        ROOM(self) && buffers[self].count + 1 < BUFFER ->
        sb_put(self, PEER, 1);
        sb_put(self, STATE, REPLY_WAIT);
#ifdef CLOSES
        assert(!doomed);
#endif
        caller[SERVER] = call;
        server[SERVER] = RUNS
    };
#ifdef COPY
    if
    :: copies = REQUEST; copies_for = call
    :: true
    fi
#endif
}

/* endpoint_next_caller(), and accept() of a caller whose channel is closed; value: was there one to be served? */
inline next_caller()
{
    if
    :: atomic { !locked && queued -> locked = true; queued = false; value = 1 };
#ifdef MUTATION_take_relaxed
        STORE3(self, PEER, 0, PEER_CPU, self, STATE, REPLY_WAIT);
#else
        STORE3(self, PEER, 0, PEER_CPU, self, STATE | SB_RELEASE, REPLY_WAIT); /* TAKE */
#endif
#if (defined(CLOSE) || defined(ELSEWHERE)) && !defined(MUTATION_take_unchecked)
        LOAD(self, CLOSED, value);
        value = 1 - value; /* TAKE_CLOSED */
#endif
        release();
        if
        :: value == 0 -> end_call(call, REVOKED); works[self] = true
        :: else
        fi
    :: !locked && !queued && DRAINED(self)
    fi
}

/* ipc_serve() */
inline serve()
{
#ifdef GONE
    LOAD(self, CLOSED, value);
#endif
    if
    :: value != 0 -> value = 0
    :: value == 0 && slot[self] == PARKED ->
        slot[self] = NOBODY;
        next_caller();
        if
        :: value != 0 -> connect()
        :: else -> slot[self] = PARKED
        fi;
        value = 0
#ifndef MUTATION_no_contended
    :: value == 0 && slot[self] == NOBODY -> slot[self] = CONTENDED
#endif
    :: else
    fi
}

/* receive(): its looks take no lock, and may see nothing yet while another CPU is in its locked section */
inline receive()
{
#ifdef GONE
    LOAD(self, CLOSED, value);
#endif
    if
    :: value != 0 -> value = 0; server[SERVER] = HANGS /* it has its error */
    :: else ->
        if
        :: queued -> next_caller()
        :: !queued || locked
        fi;
        if
        :: value != 0 -> connect()
        :: else -> d_step { slot[self] = PARKED; server[SERVER] = BLOCKED; selector[SERVER] = true }
        fi;
        value = 0
    fi
}

inline call_arrived()
{
    d_step { sb_load(self, CALLS, value); sb_load(self, CANCEL, target) };
    if
#ifndef MUTATION_arrival_unmarked
    :: value == target -> value = 2 /* MARKED */
#endif
    :: else ->
#if defined(GONE) || defined(MUTATION_arrival_unchecked)
        value = 0
#else
        LOAD(self, CLOSED, value) /* 4 */
#endif
    fi;
    target = 0;
    if
    :: value == 0 && slot[self] == PARKED ->
        slot[self] = NOBODY;
        connect()
    :: value == 0 && slot[self] != PARKED ->
        queue();
        if
        :: value != 0
        :: else ->
            if
            :: slot[self] == NOBODY -> slot[self] = CONTENDED
            :: else
            fi;
            poke(3 - self)
        fi
    :: else
    fi;
    if
    :: value == 1 -> end_call(call, REVOKED)
    :: value == 2 -> end_call(call, CANCELLED)
    :: else
    fi;
    value = 0
}

/* It needs no lock: the queue is the business of who marks; here only what this CPU serves. */
inline cancel_arrived()
{
    d_step { sb_load(self, CALLS, value); sb_load(self, CANCEL, target) };
    if
#ifndef MUTATION_any_call
    :: value != target /* that call has ended, and this is another */
#endif
    :: else ->
        LOAD(self, PEER_CPU, target);
        if
        :: target == self ->
            LOAD(self, PEER, value);
            if
            :: value != 0 && caller[SERVER] != 0 -> end_served(CANCELLED)
            :: else /* it has still to arrive, marked */
            fi
#ifndef MUTATION_no_chase
        :: target != self && target != HOME -> push_cancel(target) /* CHASE */
#endif
        :: else /* it is on its way home */
        fi
    fi;
    atomic { value = 0; target = 0 }
}

#ifdef CLOSES
#define MINE (server_home[SERVER] == self && server[SERVER] != MOVING && server[SERVER] != GONE_AWAY)

/* server_update() */
inline server_update()
{
    d_step {
        seen[SERVER] = begun[self];
        sb_load(self, CLOSED, value);
#ifdef GONE
        if
        :: value != 0 ->
#ifndef MUTATION_selector_kept
            selector[SERVER] = false; /* SELECTOR */
#endif
            if
            :: slot[self] == PARKED -> slot[self] = NOBODY; server[SERVER] = RUNS
            :: else
            fi;
            value = 0
        :: else
        fi
#endif
    };
    if
    :: value != 0 && caller[SERVER] != 0 -> end_served(REVOKED)
    :: else
    fi;
    value = 0
}

/* channel_unreachable() */
inline close_channel()
{
    acquire();
#ifndef MUTATION_mark_late
    STORE(self, CLOSED, 1);
#endif
    closing = true;
    doomed = queued;
    release();
    atomic { works[self] = true; closes = false }
}

/* endpoint_unreachable() */
inline close_endpoint()
{
    acquire();
    STORE(self, CLOSED, 1);
    news++;
    release();
    poke(3 - self);
    atomic { works[self] = true; closes = false }
}

#ifdef MUTATION_freed_early
#define PASSED passed[self]
#else
#define PASSED (passed[1] < passed[2] -> passed[1] : passed[2])
#endif
#ifdef MUTATION_no_incoming
#define INCOMING 0
#else
#define INCOMING incoming[self]
#endif
/* piece(): a server; or a caller that is to be told so, and the begin or the end of a pass; or serve(). What is under the
 * lock stores nothing that others see without it, but for a mutation. */
inline step()
{
    if
    :: MINE && seen[SERVER] != begun[self] -> server_update()
    :: else ->
        d_step {
            !locked && DRAINED(self) ->
#ifdef GONE
            sb_load(self, CLOSED, value);
#else
            value = closing;
#endif
            if
            :: value != 0 && queued -> queued = false; number = call; value = 0
            :: else ->
                value = 0;
                if
                :: closing ->
                    closing = false;
                    news++;
                    going = news; /* GOING */
                    target = 1;
#ifdef MUTATION_close_elsewhere_only
                    begun[self] = news;
                    seen[SERVER] = news
#endif
                :: else
                fi
            fi;
            if
            :: begun[self] != news -> begun[self] = news; value = 1 /* PASS */
            :: else ->
                if
                :: INCOMING == 0 -> passed[self] = begun[self]
                :: else
                fi;
                if
                :: going != 0 && PASSED >= going -> going = 0; assert(!queued && caller[1] == 0 && caller[2] == 0)
                :: else
                fi
            fi
        };
        if
        :: target != 0 ->
            target = 0;
#ifndef MUTATION_no_close_poke
            poke(3 - self);
#endif
#ifdef MUTATION_mark_late
            acquire();
            STORE(self, CLOSED, 1);
            release()
#endif
        :: else
        fi;
        if
        :: number != 0 -> end_call(number, REVOKED); number = 0; value = 0
        :: number == 0 && value == 0 -> serve(); works[self] = false
        :: else -> value = 0
        fi
    fi
}
#else
inline step()
{
    serve();
    works[self] = false
}
#endif

#ifdef HOMEWARD
#define TARGET HOME
#else
#define TARGET (3 - self)
#endif
/* thread_move() */
inline move()
{
    server[SERVER] = MOVING;
    acquire();
#ifdef CLOSES
    incoming[TARGET]++;
#endif
    if
    :: caller[SERVER] != 0 ->
#ifndef MUTATION_move_unchecked
        LOAD(self, CLOSED, value);
#endif
        if
        :: value == 0 ->
#ifdef MUTATION_move_relaxed
            STORE(self, PEER_CPU, TARGET);
#else
            STORE_RELEASE(self, PEER_CPU, TARGET); /* MOVE: from here on that CPU may end the call */
#endif
            server_home[SERVER] = TARGET;
            release()
        :: else ->
            release();
            end_served(REVOKED)
        fi;
        value = 0
    :: else -> release()
    fi;
    server_home[SERVER] = TARGET;
    send(TARGET, MOVED)
}

#ifdef MOVE
/* endpoint_server_arrives() */
inline arrives()
{
#ifdef CLOSES
#ifndef MUTATION_arrival_closed
    server_update(); /* ARRIVED */
#else
    seen[SERVER] = begun[self];
#endif
    acquire();
    incoming[self]--;
    works[self] = works[self] || passed[self] != news;
    release();
#endif
    server[SERVER] = RUNS
}
#endif

#ifdef COPY
#ifdef MUTATION_copy_blind
#define COPIES_FOR copies_for
#else
#define COPIES_FOR caller[SERVER] /* LONG: it looks before each step */
#endif
/* long_request(), long_reply(): a step, which uses the client's memory; or the end */
inline copy_step()
{
    if
    :: COPIES_FOR == 0 -> /* the call has ended meanwhile */
        if
        :: copies == REQUEST -> atomic { copies = 0; copies_for = 0 }; receive()
        :: copies == REPLY -> copies = 0
        fi
    :: COPIES_FOR != 0 ->
        atomic { assert(waits && !woken && call == COPIES_FOR) };
        if
        :: true /* there is more */
        :: copies == REQUEST -> atomic { copies = 0; copies_for = 0 }
        :: copies == REQUEST -> /* the client's memory is not there */
            atomic { copies = 0; copies_for = 0 };
            end_served(ABORTED);
            receive()
        :: copies == REPLY ->
            copies = 0;
            end_served(REPLIED);
            receive()
        fi
    fi
}
#define COPIES copies
#else
#define COPIES 0
#endif

proctype serving(byte self)
{
    byte value, target, number;
#ifdef ELSEWHERE
    byte moves = self == 1; /* it does not come back */
#else
    byte moves = 1;
#endif
end:
    do
    :: inbox[self]?CALL -> call_arrived()
    :: atomic { inbox[self]?CANCEL_REQUEST -> cancel_queued = false }; cancel_arrived()
#if CALLS_MAX == 2
    :: atomic { inbox[self]?POKE -> poke_queued[self] = false }; serve() /* at once: the steps are there in the others */
#else
    :: atomic { inbox[self]?POKE -> poke_queued[self] = false; works[self] = true }
    :: works[self] -> step()
#endif
#ifdef MOVE
    :: inbox[self]?MOVED -> arrives()
#endif
#if defined(MOVE) || defined(HOMEWARD)
    :: server[SERVER] == RUNS && server_home[SERVER] == self && moves > 0 -> moves--; move()
#endif
#if defined(CLOSE) || defined(ELSEWHERE)
    :: closes && self == 2 -> close_channel()
#endif
#ifdef GONE
    :: closes && self == 2 -> close_endpoint()
#endif
#ifdef COPY
    :: server[SERVER] == RUNS && server_home[SERVER] == self && copies != 0 -> copy_step()
    :: server[SERVER] == RUNS && server_home[SERVER] == self && copies == 0 && caller[SERVER] != 0 -> copies = REPLY
#endif
    :: server[SERVER] == RUNS && server_home[SERVER] == self && COPIES == 0 ->
        if
        :: caller[SERVER] == 0 -> receive()
        :: caller[SERVER] != 0 && slot[self] == NOBODY && selector[SERVER] -> /* reply_home() */
            end_served(REPLIED);
            d_step { slot[self] = PARKED; server[SERVER] = BLOCKED }
        :: caller[SERVER] != 0 && (CALLS_MAX == 1 || slot[self] != NOBODY || !selector[SERVER]) ->
            /* ipc_reply(), or ipc_receive() without it */
            end_served(REPLIED);
            receive()
        :: caller[SERVER] != 0 -> server[SERVER] = HANGS
        fi
#ifdef DEATH
    :: mortal && (server[SERVER] == RUNS || server[SERVER] == BLOCKED) -> /* ipc_thread_gone() */
        if
#ifndef MUTATION_caller_left
        :: caller[SERVER] != 0 -> end_served(ABORTED)
#endif
        :: slot[self] == PARKED -> slot[self] = NOBODY
        :: else
        fi;
        server[SERVER] = GONE_AWAY
#endif
    od
}
#undef SERVER

#define SERVED(cpu)  (waits && caller[cpu] == call && server[cpu] == HANGS)
init {
    d_step {
#if defined(MOVE) || defined(HOMEWARD)
        server[1] = RUNS;
#else
        server[1] = RUNS;
        server[2] = RUNS;
#endif
        server_home[1] = 1;
        server_home[2] = 2;
#ifdef DEATH
        caller[1] = OTHER;
        selector[1] = true;
#endif
#if defined(CLOSE) || defined(GONE)
        closes = true
#endif
    };
#if CALLS_MAX == 2 || defined(ELSEWHERE)
    may_cancel = true;
#elif !defined(CLOSE) && !defined(GONE)
    if
    :: true
    :: may_cancel = true
    fi;
#endif
#ifdef ELSEWHERE
    closes = true;
#endif
#ifdef DEATH
    if
    :: mortal = true
    :: server[2] = HANGS
    fi;
#endif
    atomic {
        run memory_of(0); run memory_of(1); run memory_of(2);
        run client(0); run serving(1); run serving(2)
    };
    timeout ->
    assert(!locked && !woken && !closes && !works[1] && !works[2]);
#ifdef CLOSES
    assert(!closing && going == 0);
#endif
    assert(!waits || to_cancel != call);
    assert(!queued || (slot[1] != PARKED && slot[2] != PARKED));
#ifdef GONE
    assert(slot[1] != PARKED && slot[2] != PARKED);
    assert(!waits || SERVED(1) || SERVED(2))
#else
    if
    :: memory[CLOSED] != 0 -> assert(!waits)
    :: waits -> assert(queued || SERVED(1) || SERVED(2))
    :: else -> assert(call == CALLS_MAX)
    fi
#endif
}
