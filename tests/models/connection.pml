/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/connection.c; steps 1 to 5 are those of kernel/connection.h. A client asks once; its time limit may pass at any
 * moment once it sleeps, or not at all. Two threads of the server look for the request and answer it, and its task ends.
 * What is shared is under the server's lock, or one atomic operation (the count of references, the futex's claim:
 * futex.pml); so memory is what all see at once.
 *
 * Properties: the client's wait ends once, and has the answer of who claimed it; of all answers that one, and only if
 * there was one, is told to have arrived; nobody touches a request that is gone; at the end it is, and its place is free.
 */
#define ACCEPTED 1
#define REFUSED  2
#define ENDED    3
#define TIMEOUT  4

bool locked;      /* connections->lock */
bool closed;      /* guarded by it, as what follows */
bool linked;      /* the request is in the list */
byte count;       /* places taken */
byte code;        /* the answer */
byte references;  /* to the request */
bool destroyed;
bool sleeping;    /* in its bucket, not claimed */
bool woken;       /* claimed, and its response is set */
byte result;      /* of the client's call */
byte told[4];     /* by whom an answer arrived, as he was told: by code */
byte finished;    /* processes */

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

/* Step 5 */
inline drop()
{
    atomic { references--; last = references == 0 }
    if
    :: last ->
        lock();
        linked = false;
        count--;
        unlock();
        assert(!destroyed);
        destroyed = true
    :: else
    fi
}

/* Step 4: futex_wake */
inline wake(claimed)
{
    atomic { claimed = sleeping; sleeping = false }
    if
    :: claimed ->
        assert(!woken && !destroyed);
        result = code;
        drop();
        woken = true
    :: else
    fi
}

/* Steps 1 and, for a server that has ended, 4 */
inline join(ended, claimed)
{
    lock();
    ended = closed;
#ifdef MUTATION_join_closed
    ended = false;
#endif
    if
    :: !ended -> linked = true
    :: else -> code = ENDED
    fi;
    unlock();
    if
    :: ended -> wake(claimed)
    :: else
    fi
}

active proctype client()
{
    bool ended, claimed, last, limit;
    if
    :: limit = true
    :: limit = false
    fi;
    lock();
    ended = closed;
    if
    :: !ended -> count++
    :: else
    fi;
    unlock();
    if
    :: ended -> result = ENDED; destroyed = true; goto out
    :: else
    fi;
    references = 1;
#ifdef MUTATION_join_first
    join(ended, claimed);
    sleeping = true;
#else
    sleeping = true;
    join(ended, claimed);
#endif
    if
    :: woken
    :: atomic { sleeping && limit -> sleeping = false }
        result = TIMEOUT;
        drop()
    fi;
out:
    finished++
}

/* connection_find, connection_answer: steps 2 and 3 */
inline answer(verdict)
{
    lock();
#ifdef MUTATION_reference_blindly
    found = linked;
    if
    :: found -> references++
    :: else
    fi;
#else
    atomic {
        found = linked && references != 0;
        if
        :: found -> references++
        :: else
        fi
    };
#endif
    unlock();
    if
    :: found ->
        lock();
        first = linked;
#ifdef MUTATION_answer_twice
        first = true;
#endif
        linked = false;
        assert(!destroyed);
        if
        :: first -> code = verdict
        :: else
        fi;
        unlock();
        claimed = false;
        if
        :: first -> wake(claimed)
        :: else
        fi;
        if
        :: claimed -> told[verdict]++
        :: else
        fi;
        drop()
    :: else
    fi
}

active [2] proctype server()
{
    bool found, first, claimed, last;
    if
    :: answer(ACCEPTED)
    :: answer(REFUSED)
    :: skip
    fi;
    finished++
}

/* connections_end */
active proctype end()
{
    bool found, first, claimed, last, alone;
    lock();
    closed = true;
    unlock();
    do
    :: answer(ENDED);
        lock();
        alone = !linked;
        unlock();
        if
        :: alone -> break
        :: else
        fi
    od;
    finished++
}

active proctype judge()
{
    finished == 4 ->
    assert(result != 0 && destroyed && !linked && count == 0 && references == 0 && !sleeping);
    assert(told[ACCEPTED] == (result == ACCEPTED -> 1 : 0));
    assert(told[REFUSED] == (result == REFUSED -> 1 : 0))
}
