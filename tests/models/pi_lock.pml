/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sched/pi_lock.c: priority-inheriting locks. One lock; a thread on each CPU, of levels 1, 2, 3, locks and unlocks it
 * once: in user mode if nobody else wants it, else in the kernel. The holder may stay in its section for ever, or end
 * there (thread 1); the time limit of thread 3 may pass. The levels are computed by each thread's home CPU, asked by an
 * order with `queued` (level.pml has what follows from there).
 *
 * Properties: one thread at a time is in the section, and sees what the one before wrote; nobody waits for a free lock,
 * or for one whose holder has ended; at rest the holder's level is that of its most urgent waiter, if that is higher
 * than its own, and all others have their own.
 */
#define CPUS   3
#define BUFFER 2

#define WORD      0 /* 0, or number of the holder (CPU + 1), and WAITERS */
#define WAITERS   4
#define HOLDER(v) ((v) & 3)
#define DATA      1 /* what the lock guards */
#define HELD(t)   (1 + (t)) /* level of the most urgent waiter for a lock that t holds, 0 is none; t from 1 */
#define LOCK      5 /* bucket->lock */
#define CELLS     6
#include "store_buffer.inc"

#define BIT(t) (1 << (t))

byte waiters;   /* of the turnstile; guarded by bucket->lock, as owner */
byte owner;
bool held_locked[4], gone[4]; /* thread->held_lock, thread->locks_gone */
bool queued[4]; /* the order to compute the level anew is in the inbox of the thread's CPU */
bool waits[4], woken[4];
byte level[4];
byte inside, sections; /* how many are in the section, have been */

inline acquire()
{
    d_step { memory[LOCK] == 0 -> memory[LOCK] = 1 }
}
inline release()
{
    STORE_RELEASE(self, LOCK, 0)
}
inline held_acquire(t)
{
    atomic { !held_locked[t] -> held_locked[t] = true }
}
inline held_release(t)
{
    atomic { FENCE(self) -> held_locked[t] = false }
}

/* word_exchange(): value is what there was; taken if that is from */
inline exchange(from, to)
{
    d_step {
        ROOM(self) && (reserved & SB_BIT(WORD)) == 0 ->
        sb_load(self, WORD, value);
        if
        :: value == from -> reserved = reserved | SB_BIT(WORD); sb_put(self, WORD | SB_RESERVES | SB_RELEASE, to)
        :: else
        fi
    }
}

/* Level of the most urgent of a set of waiters */
#define TOP(set) ((set) >= BIT(3) -> 3 : ((set) >= BIT(2) -> 2 : ((set) >= BIT(1) -> 1 : 0)))

/* sched_level_update(), at home */
inline update()
{
    LOAD(self, HELD(me), value);
    level[me] = (value > me -> value : me);
    value = 0
}
/* level_concerns() */
inline concerns(t)
{
    if
    :: t == me -> update()
    :: else -> atomic { FENCE(self) -> queued[t] = true } /* CONCERNS */
    fi
}

inline held_set(t, what)
{
    held_acquire(t);
    STORE(self, HELD(t), what);
    held_release(t)
}

/* waiter_leaves(), top_changed() */
inline leaves(t)
{
    waiters = waiters & ~BIT(t);
    held_set(owner, TOP(waiters))
}

inline wake(t)
{
    atomic { FENCE(self) -> assert(waits[t] && !woken[t]); woken[t] = true }
}

inline lock()
{
    exchange(0, me); /* in user mode */
    if
    :: value == 0 -> goto in_section
    :: else
    fi;
    do /* lock_once() */
    :: LOAD(self, WORD, value);
        if
        :: HOLDER(value) == 0 ->
            seen = value;
            exchange(seen, me | (seen & WAITERS));
            if
            :: value == seen -> seen = 0; goto in_section
            :: else -> seen = 0
            fi
        :: else ->
            seen = value;
            acquire(); /* WAIT */
            LOAD(self, WORD, value);
            if
            :: HOLDER(value) == HOLDER(seen) ->
                seen = value;
#if defined(MUTATION_no_mark)
                value = seen;
#elif defined(MUTATION_mark_by_store)
                STORE(self, WORD, seen | WAITERS);
                value = seen;
#else
                exchange(seen, seen | WAITERS);
#endif
                if
                :: value == seen ->
                    if
                    :: waiters == 0 ->
                        owner = HOLDER(seen);
                        held_acquire(owner);
#ifdef MUTATION_gone_unchecked
                        ended = false;
#else
                        ended = gone[owner];
#endif
                        if
                        :: !ended -> STORE(self, HELD(owner), me)
                        :: else
                        fi;
                        held_release(owner)
                    :: else ->
                        assert(owner == HOLDER(seen));
                        held_set(owner, TOP(waiters | BIT(me)))
                    fi;
                    if
                    :: !ended ->
                        atomic { waiters = waiters | BIT(me); waits[me] = true };
                        seen = owner;
                        release();
#ifndef MUTATION_no_concern
                        concerns(seen);
#endif
                        seen = 0;
                        goto blocked
                    :: else -> release(); goto out /* rcInvalidThreadState */
                    fi
                :: else
                fi
            :: else
            fi;
            release();
            seen = 0
        fi
    od
}

inline unlock()
{
#ifdef MUTATION_unlock_relaxed
    STORE(self, DATA, sections);
    d_step {
        ROOM(self) && (reserved & SB_BIT(WORD)) == 0 ->
        sb_load(self, WORD, value);
        if
        :: value == me -> reserved = reserved | SB_BIT(WORD); sb_put(self, WORD | SB_RESERVES, 0)
        :: else
        fi
    };
#else
    exchange(me, 0); /* in user mode */
#endif
    if
    :: value != me -> /* pi_unlock() */
        acquire();
        if
        :: waiters == 0 -> STORE_RELEASE(self, WORD, 0)
        :: else -> /* hand_over() */
            atomic { seen = TOP(waiters); waiters = waiters & ~BIT(seen) };
            held_set(me, 0);
            owner = seen;
            if
            :: waiters != 0 -> held_set(seen, TOP(waiters))
            :: else
            fi;
#ifdef MUTATION_handed_unmarked
            STORE_RELEASE(self, WORD, seen)
#else
            STORE_RELEASE(self, WORD, seen | (waiters != 0 -> WAITERS : 0)) /* HAND_OVER */
#endif
        fi;
        release();
        if
        :: seen != 0 ->
            concerns(seen);
            wake(seen);
#ifndef MUTATION_keeps_level
            update()
#endif
        :: else
        fi;
        seen = 0
    :: else
    fi
}

/* pi_lock_owner_gone() */
inline end_thread()
{
    do
    :: held_acquire(me);
        LOAD(self, HELD(me), value);
        if
        :: value == 0 -> gone[me] = true; held_release(me); break
        :: else -> held_release(me)
        fi;
        acquire();
        if
        :: waiters != 0 && owner == me ->
            seen = TOP(waiters);
            leaves(seen)
        :: else
        fi;
        release();
        if
        :: seen != 0 -> wake(seen)
        :: else
        fi;
        seen = 0
    od;
    value = 0
}

proctype thread(byte self)
{
    byte me = self + 1;
    byte value, seen;
    bool ended;
    level[me] = me;
    lock();
blocked: /* the CPU is free: it answers orders, and wakes the thread */
end_blocked:
    do
    :: atomic { woken[me] -> woken[me] = false; waits[me] = false };
        LOAD(self, WORD, value);
        if
        :: HOLDER(value) == me -> goto in_section
        :: else -> goto out /* the holder has ended */
        fi
    :: atomic { queued[me] -> queued[me] = false }; update()
    :: me == 3 && !ended -> /* pi_lock_cancel() */
        ended = true;
        acquire();
        if
#ifdef MUTATION_cancel_unchecked
        :: true ->
#else
        :: (waiters & BIT(me)) != 0 ->
#endif
            seen = owner;
            leaves(me);
            release();
#ifndef MUTATION_cancel_quiet
            concerns(seen);
#endif
            seen = 0;
            waits[me] = false;
            goto out
#ifndef MUTATION_cancel_unchecked
        :: else -> release() /* it has been handed the lock */
#endif
        fi
    :: me == 3 && !ended -> ended = true /* it does not pass */
    od;
in_section:
    atomic { value = 0; inside++; assert(inside == 1) };
    LOAD(self, DATA, value);
    atomic { assert(value == sections); sections++; value = 0 };
#ifndef MUTATION_unlock_relaxed
    STORE(self, DATA, sections);
#endif
end_section:
    do
    :: atomic { queued[me] -> queued[me] = false }; update()
    :: inside--; unlock(); break
    :: true -> /* stays */
end_stays:
        do
        :: atomic { queued[me] -> queued[me] = false }; update()
        od
    :: me == 1 -> inside--; end_thread(); break
    od;
out:
end_out:
    do
    :: atomic { queued[me] -> queued[me] = false }; update()
    od
}

#define INHERITED(t) ((t) == HOLDER(memory[WORD]) && !gone[t] && TOP(waiters) > (t) -> TOP(waiters) : (t))
init {
    atomic {
        run memory_of(0);
        run memory_of(1);
        run memory_of(2);
        run thread(0);
        run thread(1);
        run thread(2)
    };
    timeout ->
    assert(!waits[1] && !waits[2] && !waits[3] || inside == 1);
    assert(!woken[1] && !woken[2] && !woken[3]);
    assert((gone[1] || level[1] == INHERITED(1)) && level[2] == INHERITED(2) && level[3] == INHERITED(3))
}
