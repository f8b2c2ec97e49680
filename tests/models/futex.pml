/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sched/futex.c; steps 1 to 4 are those of sched/futex.h. Two words, each in a bucket of its own.
 *
 * Cases:
 *   -        the thread of CPU 0 waits for both words at once; CPU 1 changes and wakes one, CPU 2 the other
 *   REQUEUE  threads of CPUs 0 and 1 wait for the first word; CPU 2 changes it, wakes one of them or none, moves the
 *            others to the second word, and wakes those
 *   ONE      the same, but CPU 2 wakes one of them, and that is all
 * The time limit of CPU 0's thread may pass at any moment.
 *
 * Properties: a thread is woken once for each time that it waits; when it goes on, none of its waiters is in a bucket;
 * nobody sleeps for ever on a word that was changed before the wake; a wake that finds a waiter wakes one, also if a
 * time limit passes at the same moment; who was claimed while it entered its words knows through which.
 */
#define CPUS   3
#define BUFFER 2

#define WORD(w)     (w)
#define CLAIMED(t)  (2 + (t))
#define PLACE(t, i) (4 + 2 * (t) + (i)) /* waiter->bucket: 0 none, else 1 + bucket */
#define LOCK(b)     (8 + (b))
#define INDEX       10 /* 1 + futex_index of CPU 0's thread */
#define CELLS       11
#include "store_buffer.inc"

#define WAITING  0
#define IS_TAKEN 1 /* FUTEX_CLAIMED */
#define ENTERING 2

#define BIT(n)       (1 << (n))
#define WAITER(t, i) BIT(2 * (t) + (i))

#if defined(REQUEUE) || defined(ONE)
#define THREADS 2
#define TIMES   1
#else
#define THREADS 1
#define TIMES   2
#endif

byte bucket[2]; /* waiters in it; guarded by its lock */
bool moving;    /* bucket 1 is being changed by requeue() */
bool woken[2];  /* the wake-up is on its way home */
bool asleep[2];
byte expected[4]; /* what thread t wants word w to be while it waits: 2 * t + w */
bool late, gave_up; /* CPU 0's time limit has passed, or will not; it has ended a wait */

/* spinlock_lock(), spinlock_unlock(): a store with release, which later loads may overtake */
inline acquire(b)
{
    d_step { memory[LOCK(b)] == 0 -> memory[LOCK(b)] = 1 }
}
inline release(b)
{
    STORE_RELEASE(self, LOCK(b), 0)
}

/* Step 2; value: what it was */
inline claim(t)
{
#ifdef MUTATION_claim_by_store
    LOAD(self, CLAIMED(t), value);
    STORE_RELEASE(self, CLAIMED(t), IS_TAKEN)
#else
    RMW_RELEASE(self, CLAIMED(t), IS_TAKEN, value)
#endif
}

/* futex_leave_word() */
inline leave(t, i)
{
    do
    :: LOAD(self, PLACE(t, i), place);
        if
        :: place == 0 -> break
        :: else
        fi;
        acquire(place - 1);
        LOAD(self, PLACE(t, i), value);
        if
#ifdef MUTATION_no_recheck
        :: true ->
            assert((bucket[place - 1] & WAITER(t, i)) != 0);
#else
        :: value == place ->
#endif
            atomic { assert(place == 1 || !moving); bucket[place - 1] = bucket[place - 1] & ~WAITER(t, i) };
            STORE(self, PLACE(t, i), 0);
            release(place - 1);
            break
        :: else -> release(place - 1)
        fi
    od;
    atomic { place = 0; value = 0 }
}
inline leave_all(t) /* 3 */
{
    leave(t, 0);
#if !defined(REQUEUE) && !defined(ONE) && !defined(MUTATION_leave_one)
    leave(t, 1)
#endif
}

/* Step 1 for one word; value: its value */
inline enter(i, w)
{
#ifdef MUTATION_look_unlocked
    LOAD(self, WORD(w), value);
    acquire(w);
#else
    acquire(w);
    LOAD(self, WORD(w), value);
#endif
    if
    :: value == expected[2 * self + w] ->
        value = 0;
        STORE(self, PLACE(self, i), 1 + w);
        bucket[w] = bucket[w] | WAITER(self, i)
    :: else -> value = 1
    fi;
    release(w)
}

/* CPU 0 and, as far as they wait, others */
#if defined(REQUEUE) || defined(ONE)
inline wait()
{
#ifndef MUTATION_claimed_late
    STORE(self, CLAIMED(self), WAITING);
#endif
    enter(0, 0);
#ifdef MUTATION_claimed_late
    STORE(self, CLAIMED(self), WAITING);
#endif
    if
    :: value != 0 -> asleep[self] = false
    :: else
    fi;
    value = 0
}
#else
/* It was woken, or is not to wait, before it blocked. */
inline never_blocked()
{
    leave_all(self);
    if
    :: before == IS_TAKEN ->
        LOAD(self, INDEX, value); /* LEFT */
        assert(value != 0)
    :: else
    fi;
    asleep[self] = false
}
inline wait()
{
    STORE(self, INDEX, 0);
#if defined(MUTATION_enters_waiting)
    STORE(self, CLAIMED(self), WAITING);
#elif !defined(MUTATION_claimed_late)
    STORE(self, CLAIMED(self), ENTERING);
#endif
    enter(0, 0);
    if
    :: value == 0 -> enter(1, 1)
    :: else
    fi;
#ifdef MUTATION_claimed_late
    STORE(self, CLAIMED(self), ENTERING);
#endif
    if
    :: value != 0 ->
        claim(self);
        before = value;
        never_blocked()
    :: else ->
#if defined(MUTATION_entered_by_store)
        STORE_RELEASE(self, CLAIMED(self), WAITING)
#else
        RMW_RELEASE(self, CLAIMED(self), (value == ENTERING -> WAITING : value), value); /* ENTERED */
        before = value;
#ifndef MUTATION_no_look_entered
        if
        :: before == IS_TAKEN -> never_blocked()
        :: else
        fi
#endif
#endif
    fi;
    value = 0;
    before = 0
}
#endif

inline sleeps()
{
    asleep[self] = true;
    wait();
end_asleep:
    do
    :: atomic { asleep[self] && woken[self] -> asleep[self] = false; woken[self] = false };
#if !defined(REQUEUE) && !defined(ONE)
        leave_all(self)
#endif
    :: asleep[self] && self == 0 && !late -> /* futex_cancel() */
        late = true;
#ifdef MUTATION_no_claim
        value = 0;
#else
        claim(self);
#endif
        if
        :: value == WAITING -> leave_all(self); gave_up = true; asleep[self] = false
        :: else -> value = 0
        fi
    :: asleep[self] && self == 0 && !late -> late = true /* it does not pass */
    :: !asleep[self] -> break
    od;
    assert((bucket[0] & (WAITER(self, 0) | WAITER(self, 1))) == 0);
    assert((bucket[1] & (WAITER(self, 0) | WAITER(self, 1))) == 0)
}

/* A claimed thread, outside the lock: wake_claimed() */
inline wake(t)
{
    if
    :: (claimed & BIT(t)) != 0 ->
        atomic { FENCE(self) -> assert(asleep[t] && !woken[t]); woken[t] = true } /* 4 */
    :: else
    fi
}

/* futex_leave(), under the lock of the bucket */
inline out(t, i, w)
{
    bucket[w] = bucket[w] & ~WAITER(t, i);
#ifdef MUTATION_left_unreleased
    STORE(self, PLACE(t, i), 0)
#else
    STORE_RELEASE(self, PLACE(t, i), 0) /* LEFT */
#endif
}

/* take_first(), under the lock of bucket w: waiter i of thread t */
inline take(t, i, w)
{
    if
    :: count > 0 && (bucket[w] & WAITER(t, i)) != 0 ->
#ifdef MUTATION_no_claim
        value = WAITING;
#else
        claim(t);
#endif
        if
        :: value != IS_TAKEN ->
#if !defined(REQUEUE) && !defined(ONE)
            STORE(self, INDEX, 1 + i);
#endif
            if
            :: value == WAITING -> claimed = claimed | BIT(t)
#ifdef MUTATION_entering_woken
            :: value == ENTERING -> claimed = claimed | BIT(t)
#endif
            :: else
            fi;
            count--
        :: else ->
#ifdef MUTATION_count_lost
            count--
#endif
        fi;
        value = 0;
        out(t, i, w)
    :: else
    fi
}


inline wake_word(w, i, n)
{
    acquire(w);
    count = n;
    take(0, i, w);
#if THREADS == 2
    take(1, i, w);
#endif
    release(w);
    count = 0;
    wake(0);
#if THREADS == 2
    wake(1);
#endif
    claimed = 0
}

/* move_first() */
inline move(t)
{
    LOAD(self, CLAIMED(t), value);
    if
    :: (bucket[0] & WAITER(t, 0)) != 0 && value == IS_TAKEN -> out(t, 0, 0)
    :: (bucket[0] & WAITER(t, 0)) != 0 && value != IS_TAKEN ->
        moving = true; /* the tree of bucket 1 is half changed */
        atomic {
            moving = false;
            bucket[0] = bucket[0] & ~WAITER(t, 0);
            bucket[1] = bucket[1] | WAITER(t, 0)
        };
        STORE(self, PLACE(t, 0), 2)
    :: else
    fi;
    value = 0
}

/* futex_requeue(): wakes one or none, moves the others */
inline requeue()
{
    acquire(0);
#ifndef MUTATION_one_lock
    acquire(1);
#endif
    if
    :: true
    :: count = 1;
        take(0, 0, 0);
        take(1, 0, 0)
    fi;
    move(0);
    move(1);
#ifndef MUTATION_one_lock
    release(0);
    release(1);
#else
    release(0);
#endif
    count = 0;
    wake(0);
    wake(1);
    claimed = 0
}

proctype sleeper(byte self)
{
    byte value, place, before;
    byte times = TIMES;
    do
    :: times > 0 ->
        times--;
        LOAD(self, WORD(0), expected[2 * self]);
        LOAD(self, WORD(1), expected[2 * self + 1]);
        sleeps()
    :: else -> break
    od
}

#ifdef MUTATION_change_late
#define CHANGE(w, to, how) how; STORE(self, WORD(w), to)
#else
#define CHANGE(w, to, how) STORE(self, WORD(w), to); how
#endif

proctype waker(byte self)
{
    byte value, place, count, claimed;
#if defined(REQUEUE)
    CHANGE(0, 1, requeue());
    wake_word(1, 0, 2)
#elif defined(ONE)
    CHANGE(0, 1, wake_word(0, 0, 1))
#else
    CHANGE(self - 1, 1, wake_word(self - 1, self - 1, 1));
    CHANGE(self - 1, 2, wake_word(self - 1, self - 1, 1))
#endif
}

#define CHANGED(t, w) (memory[WORD(w)] != expected[2 * (t) + (w)])
init {
    atomic {
        run memory_of(0);
        run memory_of(1);
        run memory_of(2);
        run sleeper(0);
#if THREADS == 2
        run sleeper(1);
#else
        run waker(1);
#endif
        run waker(2)
    };
    timeout ->
#if defined(ONE)
    assert(!asleep[0] || !asleep[1] || (!CHANGED(0, 0) && !CHANGED(1, 0)));
    assert(!gave_up || !asleep[1] || !CHANGED(1, 0))
#elif defined(REQUEUE)
    assert(!asleep[0] || !CHANGED(0, 0));
    assert(!asleep[1] || !CHANGED(1, 0))
#else
    assert(!asleep[0] || (!CHANGED(0, 0) && !CHANGED(0, 1)))
#endif
}
