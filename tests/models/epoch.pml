/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smp/epoch.c: reclamation of what other CPUs may be reading without a lock. Two objects, each reached by one pointer.
 * CPU 0 removes both, one after the other, and CPUs 1 and 2 read them; or (TWO) CPU 0 removes one and CPU 1 the other,
 * and all read what others remove. A kernel entry removes or reads, or answers an interrupt, and leaves by sched_exit().
 * CPU 2 is isolated from the beginning (ISOLATED), or becomes so and ceases to be so (CHANGES): table in smp/epoch.h.
 *
 * The inbox is that of inbox.pml as far as it matters here: senders' bits, set with release, then a fence and an
 * interrupt.
 *
 * Properties: no kernel entry uses an object that was freed since it found it; in the end all are freed.
 */
#define CPUS   3
#define BUFFER 2

#define POINTER(object) (object)    /* 1: the object is reachable */
#define WAITING(cpu)    (2 + (cpu))
#define INBOX(cpu)      (4 + (cpu)) /* bit s: pass for CPU s */
#ifdef CHANGES
#define ISOLATED
#endif
#ifdef ISOLATED
#define WHEREABOUTS     7 /* of CPU 2 */
#define ASKERS          8
#define CELLS           9
#else
#define CELLS           7
#endif
#include "store_buffer.inc"

bool interrupt[3]; /* latched */
bool freed[2];

#define BIT(n) (1 << (n))

/* epoch_passed(), from the inbox of CPU self */
inline passed(source)
{
    if
    :: (taken & BIT(source)) != 0 ->
#ifdef MUTATION_count_by_store
        LOAD(self, WAITING(source), value);
        STORE_RELEASE(self, WAITING(source), value - 1);
#else
        RMW_RELEASE(self, WAITING(source), value - 1, value); /* PASSED */
#endif
        if
        :: value == 1 ->
#ifndef MUTATION_no_fence_interrupt
            FENCE(self); /* hal_ipi_send() */
#endif
#ifndef MUTATION_no_interrupt
            interrupt[source] = true
#endif
        :: else
        fi
    :: else
    fi
}

inline drain()
{
    LOAD(self, INBOX(self), taken);
    if
    :: taken != 0 ->
        RMW(self, INBOX(self), 0, taken);
        if
        :: self != 0 -> passed(0)
        :: else
        fi;
        if
        :: self != 1 -> passed(1)
        :: else
        fi
    :: else
    fi;
    atomic { taken = 0; value = 0 }
}

#ifdef ISOLATED
/* epoch_enter() */
inline enter()
{
    if
    :: special ->
        LOAD(self, WHEREABOUTS, value);
        if
        :: value % 2 == 0 -> STORE(self, WHEREABOUTS, value + 1) /* a */
        :: else
        fi;
#ifndef MUTATION_no_fence_enter
        FENCE(self);
#endif
        value = 0
    :: else
    fi
}

/* epoch_leave() */
inline leave()
{
    if
    :: special ->
        LOAD(self, WHEREABOUTS, value);
        assert(value % 2 == 1);
        value = (isolated -> value + 1 : 0);
        STORE_RELEASE(self, WHEREABOUTS, value); /* b */
#ifndef MUTATION_no_fence_leave
        FENCE(self);
#endif
        LOAD(self, ASKERS, taken); /* c */
        if
        :: taken != 0 ->
            RMW_RELEASE(self, ASKERS, 0, taken);
            passed(0); /* d */
            passed(1)
        :: else
        fi;
        d_step { special = isolated; taken = 0; value = 0 }
    :: else
    fi
}

/* isolated_has_passed(), and what follows on it */
inline ask_isolated()
{
#ifndef MUTATION_no_second_look
    byte where;
#endif
    if
#ifndef MUTATION_ask_inside
    :: value % 2 == 0 -> value = BIT(self) /* 2 */
    :: else ->
#else
    :: true ->
#endif
#ifndef MUTATION_no_second_look
        where = value;
#endif
        RMW_RELEASE(self, ASKERS, value | BIT(self), value); /* 3 */
#ifndef MUTATION_no_fence_asked
        FENCE(self);
#endif
#ifdef MUTATION_no_second_look
        value = 0
#else
        LOAD(self, WHEREABOUTS, value); /* 4 */
        if
        :: value == where -> value = 0
#ifdef MUTATION_counted_twice
        :: else -> value = BIT(self)
#else
        :: else -> RMW_RELEASE(self, ASKERS, value & ~BIT(self), value) /* 5 */
#endif
        fi;
        where = 0
#endif
    fi;
    if
    :: (value & BIT(self)) != 0 ->
        RMW_RELEASE(self, WAITING(self), value - 1, value);
        if
        :: value == 1 -> pending = true
        :: else
        fi
    :: else
    fi
}
#endif

inline ask(target)
{
    if
#ifdef ISOLATED
    :: target == 2 && target != self ->
        LOAD(self, WHEREABOUTS, value);
        if
        :: value != 0 -> ask_isolated()
        :: else ->
            RMW_RELEASE(self, INBOX(target), value | BIT(self), value);
            FENCE(self);
            interrupt[target] = true
        fi
    :: target != 2 && target != self ->
#else
    :: target != self ->
#endif
#ifdef MUTATION_push_relaxed
        RMW(self, INBOX(target), value | BIT(self), value);
#else
        RMW_RELEASE(self, INBOX(target), value | BIT(self), value);
#endif
        FENCE(self);
        interrupt[target] = true
    :: else
    fi
}

/* epoch_advance(): asks in two steps, between which the CPU may do anything else */
inline advance()
{
    pending = false;
    if
    :: asking ->
        asking = false;
#ifdef ISOLATED
        ask(0);
        ask(1)
#else
        ask(2)
#endif
    :: else ->
        LOAD(self, WAITING(self), value);
        if
#ifdef MUTATION_no_wait
        :: true ->
#else
        :: value == 0 -> /* ADVANCE */
#endif
            d_step {
                freed[0] = freed[0] || (current & BIT(0)) != 0;
                freed[1] = freed[1] || (current & BIT(1)) != 0;
                current = next;
                next = 0
            };
            if
            :: current != 0 ->
#ifndef MUTATION_count_after_push
                STORE(self, WAITING(self), 2); /* ASK: all, also those of the second step */
#endif
#ifdef ISOLATED
#ifndef MUTATION_no_fence_ask
                FENCE(self); /* 1 */
#endif
                ask(2);
#else
                ask(0);
                ask(1);
#endif
#ifdef MUTATION_count_after_push
                STORE(self, WAITING(self), 2);
#endif
                asking = true;
#ifndef MUTATION_no_pending_ask
                pending = true
#endif
            :: else
            fi
        :: else
        fi
    fi;
    value = 0
}

inline find(object)
{
    LOAD(self, POINTER(object), held);
    if
    :: held != 0 -> held = 1 + object
    :: else
    fi
}

/* The object is made unreachable, and deferred. */
inline remove(object)
{
    STORE(self, POINTER(object), 0);
#ifdef MUTATION_free_at_once
    freed[object] = true
#else
#ifdef MUTATION_defer_to_current
    if
    :: current != 0 -> current = current | BIT(object)
    :: else -> next = next | BIT(object)
    fi;
#else
    next = next | BIT(object); /* DEFER */
#endif
    pending = true
#endif
}

proctype cpu(byte self; byte removals; byte reads) /* removals: a bit per object */
{
    byte next, current; /* objects deferred since the last advance; objects that wait for the other CPUs */
    bool pending;
    bool asking; /* the second step is still to come */
    byte held; /* 1 + the object that this kernel entry has found */
    byte taken, value;
#ifdef ISOLATED
    bool isolated = (self == 2), special = (self == 2); /* special: CPU_PENDING_ISOLATED */
#ifdef CHANGES
    byte changes;
    d_step { isolated = false; special = false; changes = (self == 2 -> 2 : 0) }
#endif
#endif
end: /* in user mode, or idle */
    do
    :: interrupt[self] ->
        interrupt[self] = false;
#ifdef ISOLATED
        enter();
#endif
#ifndef MUTATION_no_pending
        if
        :: current != 0 -> pending = true /* interrupt_enter() */
        :: else
        fi;
#endif
        goto exit
    :: pending -> /* the thread that left with that comes in again; an idle CPU goes on at once */
#ifdef ISOLATED
        enter();
#endif
        goto exit
    :: removals != 0 ->
        if
        :: (removals & BIT(0)) != 0 -> removals = removals & ~BIT(0); remove(0)
        :: else -> removals = 0; remove(1)
        fi;
        goto exit
    :: reads > 0 ->
        reads--;
#ifdef ISOLATED
        enter();
#endif
        if
        :: self != 0 -> find(0)
#ifdef TWO
        :: self != 1 -> find(1)
#else
        :: self != 0 -> find(1)
#endif
        fi;
        if
        :: held != 0 ->
#ifdef MUTATION_pass_inside
            drain();
#endif
#ifdef MUTATION_end_inside
            if
            :: special && changes == 1 -> changes = 0; isolated = false; leave()
            :: else
            fi;
#endif
            assert(!freed[held - 1]); /* USE */
            held = 0
        :: else
        fi;
        goto exit
    od;
exit: /* sched_exit() */
    drain();
#ifdef CHANGES
    if /* epoch_isolate() */
    :: changes == 2 ->
        d_step { changes = 1; isolated = true; special = true };
        STORE(self, WHEREABOUTS, 1)
    :: changes == 1 && special -> d_step { changes = 0; isolated = false }
    :: true
    fi;
#endif
    if
    :: pending -> advance()
    :: else
    fi;
#ifdef ISOLATED
    leave();
#endif
    goto end
}

init {
    d_step {
        memory[POINTER(0)] = 1;
        memory[POINTER(1)] = 1
#ifdef ISOLATED
#ifndef CHANGES
        ;
        memory[WHEREABOUTS] = 2
#endif
#endif
    };
    atomic {
        run memory_of(0);
        run memory_of(1);
        run memory_of(2);
#ifdef TWO
        run cpu(0, BIT(0), 1);
        run cpu(1, BIT(1), 1);
#else
        run cpu(0, BIT(0) | BIT(1), 0);
#ifdef ISOLATED
        run cpu(1, 0, 1);
#else
        run cpu(1, 0, 2);
#endif
#endif
#ifdef ISOLATED
        run cpu(2, 0, 2)
#else
        run cpu(2, 0, 1)
#endif
    };
    timeout -> assert(freed[0] && freed[1])
}
