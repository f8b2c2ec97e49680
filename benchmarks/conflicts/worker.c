/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A side (argument 0 or 1), or both in one task (argument 2). It carries out one operation after the other as Einit
 * says, each first to warm up and then, from an agreed tick of the counter on, between the plugin's markers. What an
 * operation leaves behind is cleared away only when Einit asks for the next one: by then the other side has ended its
 * stretch, too.
 */
#include <benchmarks/conflicts/operations.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/task/task_api.h>
#include <kos/arch/marker.h>
#include <stdlib.h>

#define ROUNDS  50U
#define WARM_UP 20U
_Static_assert(ROUNDS + WARM_UP <= SIDE_PAGES, "one page for each round");

static struct side sides[CONFLICTS_SIDES] = {{.number = 0}, {.number = 1}};

static void run(struct side *side, nk_uint64_t which, unsigned rounds)
{
    Retcode (*const round)(struct side *) = operations[which].round;
    Retcode rc = rcOk;
    for (unsigned i = 0; i < rounds; i++)
        rc |= round(side);
    check(rc, operations[which].name);
}

static void serve(void *context, void *context2)
{
    struct side *side = context;
    (void)context2;
    side_prepare(side);
    for (;;) {
        nk_uint64_t which = side_ask(side, 0);
        if (which == CONFLICTS_END)
            KnTaskExit(0); /* the other side has ended, too */
        if (which == OPERATION_page_fault)
            side_refresh(side);
        run(side, which, WARM_UP);
        nk_uint64_t start = side_ask(side, 0);
        while (kos_cycles() < start) {
        }
        kos_marker_begin();
        run(side, which, ROUNDS);
        kos_marker_end();
    }
}

int main(int argc, const char *argv[])
{
    unsigned which = argc > 1 ? (unsigned)(argv[1][0] - '0') : 0;
    if (which == CONFLICTS_SIDES)
        (void)side_thread(serve, &sides[1], 0);
    serve(&sides[which % CONFLICTS_SIDES], RTL_NULL);
    return EXIT_FAILURE;
}
