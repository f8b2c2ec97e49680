/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/queue.h>
#include <tests/libkos/check.h>

struct item {
    unsigned producer, number;
};

static void first_in_first_out(void)
{
    _Alignas(32) static char buffer[4 * 32];
    KosQueueHandle queue = KosQueueCreate(4, 20, 32, buffer);
    char *objects[4];
    CHECK(queue != RTL_NULL);
    CHECK(KosQueuePop(queue, 0) == RTL_NULL);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
            objects[i] = KosQueueAlloc(queue);
            CHECK(objects[i] >= buffer && objects[i] < buffer + sizeof(buffer) &&
                  ((rtl_uintptr_t)objects[i] & 31U) == 0);
        }
        CHECK(KosQueueAlloc(queue) == RTL_NULL);
        for (int i = 0; i < 4; i++)
            KosQueuePush(queue, objects[i]);
        CHECK(KosQueuePop(queue, 10) == objects[0]);
        CHECK(KosQueuePop(queue, 0) == objects[1]);
        CHECK(KosQueueAlloc(queue) == RTL_NULL);
        KosQueueFree(queue, objects[1]);
        CHECK(KosQueueAlloc(queue) == objects[1]);
        KosQueueFree(queue, objects[0]);
        KosQueueFree(queue, objects[1]);
        KosQueueFlush(queue);
        CHECK(KosQueuePop(queue, 0) == RTL_NULL);
    }
    long before = milliseconds();
    CHECK(KosQueuePop(queue, 15) == RTL_NULL);
    CHECK(milliseconds() - before >= 14);
    KosQueueDestroy(queue);
}

static void refused(void)
{
    static char buffer[64];
    CHECK(KosQueueCreate(1, 8, 16, buffer + 1) == RTL_NULL);
    CHECK(KosQueueCreate(0, 8, 8, RTL_NULL) == RTL_NULL);
    CHECK(KosQueueCreate(1, 0, 8, RTL_NULL) == RTL_NULL);
    CHECK(KosQueueCreate(1, 8, 0, RTL_NULL) == RTL_NULL);
    CHECK(KosQueueCreate(1, 8, 24, RTL_NULL) == RTL_NULL);
    CHECK(KosQueueCreate(1U << 24, 1U << 24, 8, RTL_NULL) == RTL_NULL);
    CHECK(KosQueueCreate(~0U, 1, 8, RTL_NULL) == RTL_NULL);
}

enum { PRODUCERS = 3, CONSUMERS = 3, ITEMS = 200, PLACES = 5 };
static KosQueueHandle shared;
static unsigned char seen[PRODUCERS][ITEMS];
static int popped;

static int produce(void *context)
{
    for (unsigned i = 0; i < ITEMS; i++) {
        struct item *item;
        while ((item = KosQueueAlloc(shared)) == RTL_NULL)
            (void)KosThreadSleep(1);
        item->producer = (unsigned)(rtl_uintptr_t)context;
        item->number = i;
        KosQueuePush(shared, item);
    }
    return 7;
}

static int consume(void *context)
{
    long last[PRODUCERS] = {-1, -1, -1};
    (void)context;
    while (__atomic_load_n(&popped, __ATOMIC_SEQ_CST) < PRODUCERS * ITEMS) {
        struct item *item = KosQueuePop(shared, 20);
        if (item == RTL_NULL)
            continue;
        __atomic_fetch_add(&popped, 1, __ATOMIC_SEQ_CST);
        CHECK(item->producer < PRODUCERS && item->number < ITEMS);
        CHECK((long)item->number > last[item->producer]); /* in the producer's order */
        last[item->producer] = item->number;
        CHECK_SAME(__atomic_exchange_n(&seen[item->producer][item->number], 1, __ATOMIC_SEQ_CST), 0);
        KosQueueFree(shared, item);
    }
    return 7;
}

static void queue_contention(void)
{
    Tid threads[PRODUCERS + CONSUMERS];
    shared = KosQueueCreate(PLACES, sizeof(struct item), 8, RTL_NULL);
    CHECK(shared != RTL_NULL);
    for (unsigned i = 0; i < PRODUCERS + CONSUMERS; i++)
        threads[i] = spawn(i, i % 2 != 0 ? consume : produce, (void *)(rtl_uintptr_t)(i / 2));
    for (unsigned i = 0; i < PRODUCERS + CONSUMERS; i++)
        join(threads[i]);
    CHECK_SAME(popped, PRODUCERS * ITEMS);
    for (int i = 0; i < PLACES; i++)
        CHECK(KosQueueAlloc(shared) != RTL_NULL);
    KosQueueDestroy(shared);
}

static int pop_forever(void *context)
{
    struct item *item = KosQueuePop(shared, INFINITE_TIMEOUT);
    CHECK(item != RTL_NULL && item->number == 99);
    (void)context;
    return 7;
}

static void pop_waits(void)
{
    shared = KosQueueCreate(2, sizeof(struct item), 4, RTL_NULL);
    Tid tid = spawn(1, pop_forever, RTL_NULL);
    until_blocked(tid);
    struct item *item = KosQueueAlloc(shared);
    item->number = 99;
    KosQueuePush(shared, item);
    join(tid);
    KosQueueDestroy(shared);
}

void test_queue(void)
{
    RUN(first_in_first_out);
    RUN(refused);
    RUN(pop_waits);
    RUN(queue_contention);
}
