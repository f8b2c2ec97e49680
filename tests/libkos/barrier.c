/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/barrier.h>
#include <tests/libkos/check.h>

enum { THREADS = 5, ROUNDS = 200 };
static KosBarrier barrier = KosInitializedBarrier(THREADS);
static int arrived[ROUNDS], last[ROUNDS];

static void arguments(void)
{
    KosBarrier local;
    CHECK_SAME(KosBarrierInit(&local, 0), rcInvalidArgument);
    CHECK_SAME(KosBarrierInit(&local, 65536), rcInvalidArgument);
    CHECK_SAME(KosBarrierInit(&local, 1), rcOk);
    for (int i = 0; i < 3; i++)
        CHECK(KosBarrierWait(&local));
}

static int meet(void *context)
{
    (void)context;
    for (int i = 0; i < ROUNDS; i++) {
        __atomic_fetch_add(&arrived[i], 1, __ATOMIC_SEQ_CST);
        if (KosBarrierWait(&barrier))
            __atomic_fetch_add(&last[i], 1, __ATOMIC_SEQ_CST);
        CHECK_SAME(__atomic_load_n(&arrived[i], __ATOMIC_SEQ_CST), THREADS);
    }
    return 7;
}

static void rounds(void)
{
    Tid threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++)
        threads[i] = spawn(i, meet, RTL_NULL);
    for (unsigned i = 0; i < THREADS; i++)
        join(threads[i]);
    for (int i = 0; i < ROUNDS; i++)
        CHECK_SAME(last[i], 1);
}

void test_barrier(void)
{
    RUN(arguments);
    RUN(rounds);
}
