/* SPDX-License-Identifier: Apache-2.0 */
/* The side that its argument names: rounds of what Einit says, from an agreed tick on. Tells how many ticks they took.
 */
#include <benchmarks/conflicts/operations.h>
#include <benchmarks/scale/gather.h>
#include <benchmarks/scale/protocol.h>
#include <coresrv/hal/hal_api.h>
#include <stdlib.h>

static struct side side;

/* A client does something of its own, too, before each round: 0 to 63 turns of a loop. In another order on each CPU, so
 * that they do not march in step, but the same in all. */
static void think(nk_uint64_t round, nk_uint64_t rounds)
{
    for (nk_uint64_t left = (round * 5 + (nk_uint64_t)side.number * 3) % rounds * 64 / rounds; left > 0; left--)
        __asm__ volatile("");
}

static Retcode run(Retcode (*operation)(struct side *), nk_uint64_t rounds)
{
    Retcode rc = rcOk;
    for (nk_uint64_t round = 0; round < rounds; round++) {
        think(round, rounds);
        rc |= operation(&side);
    }
    return rc;
}

int main(int argc, const char *argv[])
{
    nk_uint64_t ticks = 0;
    side.class = KOS_CLASS_FIFO; /* guest time is the host's under the plugin: quanta would end in a few rounds */
    side.number = argc > 1 ? (unsigned)(argv[1][0] - '0') : 0;
    side_prepare(&side);
    for (;;) {
        nk_uint64_t which = side_ask(&side, ticks);
        if (which == CONFLICTS_END)
            return EXIT_SUCCESS;
        const struct operation *operation = &operations[SCALE_OPERATION(which)];
        Retcode rc = run(operation->round, SCALE_WARM_UP(SCALE_CPUS(which)));
        nk_uint64_t rounds = side_ask(&side, 0), start = side_ask(&side, 0);
        while (kos_cycles() < start) {
        }
        gather(SCALE_CPUS(which));
        ticks = kos_cycles();
        rc |= run(operation->round, rounds);
        ticks = kos_cycles() - ticks;
        kos_marker_end();
        check(rc, operation->name);
    }
}
