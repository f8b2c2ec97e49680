/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translations that change while other CPUs use them, by the example of `seal`: the pages of a client's arena become
 * read-only on all CPUs before the server reads. memory/fault.c stale_end(), kernel/main.c shootdown(), smp/cross_call.c
 * (whose steps 1 to 3 and a to c these are), smp/spinlock.h.
 *
 * CPU 0: the calling client thread seals, then the server reads; in between, one more client thread may run there.
 * CPU 1: a client thread that writes the page, and may move to CPU 2, on which none of the client has run before.
 * Cases of it:
 *   -          CPUs are asked by cross call (x86_64)
 *   BROADCAST  one instruction drops the translations of all CPUs, a second waits for the stores that used them (aarch64)
 *   COPY       CPU 2 copies into the page through the direct map instead, as the kernel does for a message: no
 *              translation of the client is involved. It holds the space's
 *              lock, and may be a CPU that the client has never run on.
 *   TWO        CPU 1 seals too, a page of another space that has run on all CPUs; CPU 2 has run the client
 *
 * Properties: while the page is sealed, what the server reads does not change. Nobody waits for ever.
 */
#define CPUS   3
#define BUFFER 2

#define ENTRY           0 /* of the page table: 1 is writable */
#define DATA            1
#define RUNS            2 /* space->cpus */
#define LOCK            3 /* space->lock */
#define SENDERS(cpu)    (4 + (cpu))
#define REMAINING(cpu)  (7 + (cpu)) /* of CPUs 0 and 1 */
#define CALL(cpu)       (9 + (cpu)) /* of CPUs 0 and 1: what to do; 0 when the sender's frame is gone */
#define CELLS           11
#include "store_buffer.inc"

#define BIT(n) (1 << (n))

/* Translation of the page that a CPU has cached; it may walk the table at any time that the space is active there. */
#define NONE     0
#define READ     1
#define WRITABLE 2
byte tlb[3];
bool interrupt[3]; /* latched */
bool arrived;      /* the client thread is in CPU 2's inbox */
byte writes = 3;   /* that client threads still try; each its own value */

#define STORES(cpu, i) (buffers[cpu].count > i && CELL_OF(cpu, i) == DATA)
#define NO_STORE(cpu)  (!STORES(cpu, 0) && !STORES(cpu, 1))

/* A store of a client thread, or a fault: then it tries again later. */
inline write(cpu, runs)
{
    atomic {
        runs && writes > 0 && ROOM(cpu) ->
        writes--;
        if
        :: tlb[cpu] == NONE -> sb_load(cpu, ENTRY, value); tlb[cpu] = READ + value; value = 0
        :: else
        fi;
        if
        :: tlb[cpu] == WRITABLE -> sb_put(cpu, DATA, 1 + writes)
        :: else -> tlb[cpu] = NONE
        fi
    }
}

inline answer(source)
{
    if
    :: (taken & BIT(source)) != 0 ->
#ifdef MUTATION_answer_first
        RMW_RELEASE(self, REMAINING(source), value & ~BIT(self), value);
        LOAD(self, CALL(source), value);
        assert(value == 1);
        tlb[self] = NONE
#else
        LOAD(self, CALL(source), value);
        assert(value == 1);
        tlb[self] = NONE; /* b */
#ifdef MUTATION_answer_relaxed
        RMW(self, REMAINING(source), value & ~BIT(self), value)
#else
        RMW_RELEASE(self, REMAINING(source), value & ~BIT(self), value) /* c */
#endif
#endif
    :: else
    fi
}

/* smp_poll() */
inline poll()
{
    RMW(self, SENDERS(self), 0, taken); /* a */
    if
    :: self != 0 -> answer(0)
    :: else
    fi;
#ifdef TWO
    if
    :: self != 1 -> answer(1)
    :: else
    fi;
#endif
    atomic { taken = 0; value = 0 }
}

inline ask(target)
{
    if
    :: target != self && (mask & BIT(target)) != 0 ->
#ifdef MUTATION_ask_relaxed
        RMW(self, SENDERS(target), value | BIT(self), value);
#else
        RMW_RELEASE(self, SENDERS(target), value | BIT(self), value); /* 2 */
#endif
        FENCE(self); /* hal_ipi_send() */
        interrupt[target] = true
    :: else
    fi
}

/* cross_call() */
inline cross_call()
{
    STORE(self, CALL(self), 1);
#ifndef MUTATION_count_after_ask
    STORE(self, REMAINING(self), mask & ~BIT(self)); /* 1 */
#endif
    ask(0);
    ask(1);
    ask(2);
#ifdef MUTATION_count_after_ask
    STORE(self, REMAINING(self), mask & ~BIT(self));
    FENCE(self);
#endif
    do /* 3 */
#ifdef MUTATION_no_wait
    :: true -> break
#else
    :: memory[REMAINING(self)] == 0 -> break
#endif
#ifndef MUTATION_no_poll_wait
    :: memory[SENDERS(self)] != 0 -> poll()
#endif
    od;
    STORE(self, CALL(self), 0);
    mask = 0
}

/* spinlock_lock(), spinlock_unlock() */
inline lock()
{
    do
    :: d_step { memory[LOCK] == 0 && (reserved & BIT(LOCK)) == 0 -> memory[LOCK] = 1 }; break
#ifndef MUTATION_no_poll_lock
    :: memory[SENDERS(self)] != 0 -> poll()
#endif
    od
}
inline unlock()
{
    STORE_RELEASE(self, LOCK, 0)
}

/* The order of memory/fault.c: entries, translations here, translations on all CPUs. */
inline seal()
{
    lock();
#ifndef MUTATION_entry_last
    STORE_RELEASE(self, ENTRY, 0); /* ENTRY */
#endif
#ifdef BROADCAST
#ifndef MUTATION_no_dsb_before
    FENCE(self); /* BROADCAST: dsb ishst */
#endif
    atomic { tlb[0] = NONE; tlb[1] = NONE; tlb[2] = NONE }; /* tlbi */
#ifndef MUTATION_no_dsb_after
    NO_STORE(1) && NO_STORE(2); /* dsb ish */
#endif
#else
#ifndef MUTATION_no_local
    tlb[self] = NONE; /* LOCAL */
#endif
#ifndef MUTATION_no_fence_mask
    FENCE(self); /* MASK */
#endif
    LOAD(self, RUNS, mask);
    cross_call();
#endif
#ifdef MUTATION_entry_last
    STORE_RELEASE(self, ENTRY, 0);
#endif
    unlock()
}
/* Nobody is told: who has the old translation faults, and looks again. */
inline unseal()
{
    lock();
    STORE_RELEASE(self, ENTRY, 1);
    unlock()
}

inline interrupted()
{
    interrupt[self] = false;
    LOAD(self, SENDERS(self), taken);
    if
    :: taken != 0 -> poll()
    :: else
    fi
}

#ifdef TWO
byte seals = 1;
#else
byte seals = 2;
#endif
proctype sealer(byte self)
{
    byte mask, value, taken, first, second;
    do
    :: seals > 0 ->
        seals--;
        seal();
        LOAD(self, DATA, first);
        if
        :: write(self, true)
        :: true
        fi;
        LOAD(self, DATA, second);
        assert(first == second);
        atomic { first = 0; second = 0 };
        unseal()
    :: else -> break
    od;
end:
    do
    :: interrupt[self] -> interrupted()
    od
}

proctype client(byte self)
{
    byte mask, value, taken;
    bool moved;
#ifdef TWO
    bool sealed;
#endif
end:
    do
    :: interrupt[self] -> interrupted()
    :: write(self, true)
#ifdef TWO /* a page of another space, which has run on CPUs 0 to 2 */
    :: !sealed -> atomic { sealed = true; mask = BIT(0) | BIT(1) | BIT(2) }; cross_call()
#endif
#if !defined(COPY) && !defined(TWO)
    :: !moved -> /* thread_move() */
        moved = true;
#ifndef MUTATION_runs_after_move
        RMW_RELEASE(self, RUNS, value | BIT(2), value);
        (reserved & BIT(RUNS)) == 0; /* the inbox's exchange is a release */
#endif
        arrived = true;
#ifdef MUTATION_runs_after_move
        RMW_RELEASE(self, RUNS, value | BIT(2), value);
#endif
        value = 0
#endif
    od
}

proctype other(byte self)
{
    byte value, taken;
#ifdef COPY
    byte times;
    do
    :: times < 2 ->
        times++;
        /* space_write_sealable() */
#ifdef MUTATION_copy_unlocked
        LOAD(self, ENTRY, value);
#else
        lock(); /* COPY */
        LOAD(self, ENTRY, value);
#endif
        if
        :: value == 1 -> STORE(self, DATA, 8 + times)
        :: else
        fi;
#ifndef MUTATION_copy_unlocked
        unlock();
#endif
        value = 0
    :: times < 2 -> break
    :: else -> break
    od;
#endif
end:
    do
    :: interrupt[self] -> interrupted()
    :: write(self, arrived)
    od
}

init {
    d_step {
        memory[ENTRY] = 1;
        memory[RUNS] = BIT(0) | BIT(1);
#ifdef TWO
        memory[RUNS] = BIT(0) | BIT(1) | BIT(2);
        arrived = true;
#endif
        tlb[0] = WRITABLE
    };
#ifdef COPY
    if
    :: memory[RUNS] = BIT(0) | BIT(1) | BIT(2)
    :: true
    fi;
#endif
    atomic { run memory_of(0); run memory_of(1); run memory_of(2); run sealer(0); run client(1); run other(2) };
    timeout -> assert(sealer[4]@end)
}
