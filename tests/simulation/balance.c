/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standard threads move to CPUs that have nothing to do, and CPUs ask each other only for what they can get. Exits 1
 * and says what was expected if it is not so.
 */
#include "machine.h"
#include <stdio.h>
#include <stdlib.h>

#define TURN_NS 10000000U
#define OWNER   1U /* the CPU with too many threads */

static struct thread *owners[3], *others[MACHINE_CPUS];

#define EXPECT(condition_)                                                                                             \
    do {                                                                                                               \
        if (!(condition_)) {                                                                                           \
            (void)fprintf(stderr, "line %d: expected %s\n", __LINE__, #condition_);                                    \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static struct thread *thread_on(u64 affinity)
{
    struct thread *thread = machine_thread(KOS_CLASS_STANDARD, 3);
    thread->affinity = affinity;
    sched_watch(thread);
    sched_wake(thread);
    return thread;
}

/* OWNER has three threads with these affinities; of the others, each in `busy` has one, and the rest sleep. */
static void set_up(u64 first, u64 second, u64 third, u64 busy)
{
    atomic_store(&cpus_isolated, 0);
    for (u32 i = 0; i < MACHINE_CPUS; i++)
        machine_cpu_up(i);
    for (u32 i = 0; i < MACHINE_CPUS; i++) {
        machine_cpu(i);
        if (i == OWNER) {
            owners[0] = thread_on(first), owners[1] = thread_on(second), owners[2] = thread_on(third);
            EXPECT(machine_exit() == owners[0]);
        } else {
            others[i] = ((busy >> i) & 1U) != 0 ? thread_on(1ULL << i) : nullptr;
            EXPECT(machine_exit() == others[i]);
        }
    }
}

static bool asked(u32 cpu)
{
    return atomic_load(&cpu_table[cpu]->inbox.head) != nullptr;
}

/* The turn of the thread that runs on OWNER is over; says who runs then. */
static struct thread *turn_ends(void)
{
    machine_cpu(OWNER);
    machine_now += TURN_NS;
    timer_run();
    return machine_exit();
}

/* The thread that runs on that CPU sleeps for ever; says who runs then. */
static struct thread *sleeps(u32 cpu)
{
    machine_cpu(cpu);
    thread_current()->state = THREAD_SLEEPING;
    sched_block();
    return machine_exit();
}

/* Threads that must stay: no idle CPU asks, turn after turn. */
static void pinned(void)
{
    set_up(1U << OWNER, 1U << OWNER, 1U << OWNER, 0xd);
    EXPECT(turn_ends() == owners[1]);
    EXPECT(sleeps(0) == nullptr && sleeps(2) == nullptr && sleeps(3) == nullptr);
    EXPECT(!asked(OWNER));
    EXPECT(turn_ends() == owners[2] && turn_ends() == owners[0]);
    EXPECT(!asked(0) && !asked(2) && !asked(3));
}

/* A thread that may run on CPU 2 only, besides: CPU 0 does not ask, CPU 2 does and gets it. */
static void asked_for(void)
{
    set_up(1U << OWNER, 1U << OWNER, 1U << OWNER | 1U << 2, 0xd);
    EXPECT(turn_ends() == owners[1]);
    EXPECT(sleeps(0) == nullptr);
    EXPECT(!asked(OWNER));
    EXPECT(sleeps(2) == nullptr);
    EXPECT(asked(OWNER));
    machine_cpu(OWNER);
    EXPECT(machine_exit() == owners[1] && owners[2]->home == 2);
    machine_cpu(2);
    EXPECT(machine_exit() == owners[2]);
    EXPECT(sleeps(2) == nullptr);
    EXPECT(!asked(OWNER)); /* the one that is left must stay */
}

/* CPU 3 sleeps when the turn ends: the thread that may goes there, with no question. */
static void sent(void)
{
    set_up(1U << OWNER, 1U << OWNER, ~0ULL, 0x5);
    EXPECT(turn_ends() == owners[1]);
    EXPECT(owners[2]->home == 3 && asked(3));
    machine_cpu(3);
    EXPECT(machine_exit() == owners[2]);
}

/* A sleeping CPU that may not have it gets nothing; an isolated one takes no part. */
static void left_alone(void)
{
    set_up(1U << OWNER, 1U << OWNER, 1U << OWNER | 1U << 2, 0x5);
    EXPECT(turn_ends() == owners[1] && !asked(3));
    set_up(1U << OWNER, 1U << OWNER, ~0ULL, 0xd);
    atomic_store(&cpus_isolated, 1U << 2);
    EXPECT(turn_ends() == owners[1]);
    EXPECT(sleeps(2) == nullptr);
    EXPECT(!asked(OWNER));
    EXPECT(sleeps(3) == nullptr);
    EXPECT(asked(OWNER));
}

int main(void)
{
    pinned();
    asked_for();
    sent();
    left_alone();
    return 0;
}
