/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairs of a client and a server on 1, 2, 4 and 8 CPUs, all at once, as benchmarks/scale: instructions are counted by
 * its plugin lockstep.c. CPU 0 keeps house and is not measured. Pairs are FIFO, so that no tick of the scheduler is
 * needed. Two works: every pair has eventfds of its own, and a futex of its own.
 */
#include <benchmarks/peers/futex.h>
#include <benchmarks/peers/peer.h>
#include <benchmarks/scale/gather.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIDES       8U
#define ROUNDS      32U
#define SCALE_WARM  64U
#define SCALE_LEVEL 50

static struct side {
    _Alignas(64) uint32_t turn; /* of the futex: 1 while the server has it */
    int there, back;
} *sides;              /* shared by all processes */
static uint32_t *warm; /* likewise: clients that are; the one who gathers may not be asked for anything any more */

static void event_client(struct side *side)
{
    uint64_t one = 1;
    check(write(side->there, &one, sizeof(one)), "there");
    check(read(side->back, &one, sizeof(one)), "back");
}

static void event_server(struct side *side)
{
    uint64_t one;
    check(read(side->there, &one, sizeof(one)), "there");
    check(write(side->back, &one, sizeof(one)), "back");
}

static void futex_client(struct side *side)
{
    __atomic_store_n(&side->turn, 1, __ATOMIC_RELEASE);
    (void)futex_wake(&side->turn, 0);
    while (__atomic_load_n(&side->turn, __ATOMIC_ACQUIRE) == 1)
        (void)futex_wait(&side->turn, 1, 0);
}

static void futex_server(struct side *side)
{
    while (__atomic_load_n(&side->turn, __ATOMIC_ACQUIRE) == 0)
        (void)futex_wait(&side->turn, 0, 0);
    __atomic_store_n(&side->turn, 0, __ATOMIC_RELEASE);
    (void)futex_wake(&side->turn, 0);
}

static const struct work {
    const char *name;
    void (*client)(struct side *), (*server)(struct side *);
} works[] = {{"call_one_endpoint_each", event_client, event_server}, {"futex", futex_client, futex_server}};

static _Noreturn void client_run(const struct work *work, struct side *side, unsigned cpus)
{
    pid_t server = fork();
    check(server, "server");
    if (server == 0)
        for (;;)
            work->server(side);
    for (unsigned i = 0; i < SCALE_WARM; i++)
        work->client(side);
    /* A CPU that gathers stands still, and on aarch64 the emulator invalidates a TLB entry for all CPUs only if none
     * does: the others must be through with their forks. */
    (void)__atomic_add_fetch(warm, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(warm, __ATOMIC_ACQUIRE) != cpus)
        ;
    gather(cpus);
    for (unsigned i = 0; i < ROUNDS; i++)
        work->client(side);
    kos_marker_end();
    (void)kill(server, SIGKILL);
    _exit(0);
}

static void phase(const struct work *work, unsigned cpus)
{
    pid_t clients[SIDES];
    *warm = 0;
    for (unsigned i = 0; i < cpus; i++) {
        clients[i] = fork();
        check(clients[i], "client");
        if (clients[i] != 0)
            continue;
        stay_on(1 + i);
        be_fifo(SCALE_LEVEL);
        client_run(work, &sides[i], cpus);
    }
    for (unsigned i = 0; i < cpus; i++)
        check(waitpid(clients[i], NULL, 0), "client");
    printf("SCALE %s cpus=%u rounds=%u ns=0\n", work->name, cpus, ROUNDS * cpus);
    (void)fflush(stdout);
}

void scale(void)
{
    sides = mmap(NULL, (SIDES + 1) * sizeof(*sides), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(sides == MAP_FAILED ? -1 : 0, "sides");
    warm = &sides[SIDES].turn;
    for (unsigned i = 0; i < SIDES; i++) {
        sides[i] = (struct side){0, eventfd(0, 0), eventfd(0, 0)};
        check(sides[i].there, "eventfd");
        check(sides[i].back, "eventfd");
    }
    for (unsigned w = 0; w < sizeof(works) / sizeof(works[0]); w++)
        for (unsigned cpus = 1; cpus <= SIDES; cpus *= 2)
            phase(&works[w], cpus);
    printf("SCALE done\n");
}
