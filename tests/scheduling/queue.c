/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of callers that wait at an endpoint: the most urgent first, those of one level as they came; whose level
 * changes, comes behind those of the new one. What a place costs does not grow with the number of callers.
 */
#include <tests/scheduling/scheduling.h>
#include <tests/patience.h>

#define CALLERS 48U
#define MANY    640U

struct message {
    struct nk_message base_;
    nk_uint64_t word;
};

/* What the test expects of a caller. */
struct place {
    Handle thread;
    unsigned level, arrival;
    int waits;
};

static Handle listener, server_handle, client_handle;
static struct place places[MANY];
static volatile unsigned served, order[MANY];
static unsigned arrivals;

static void call(void *number)
{
    struct message request = {.word = (rtl_uintptr_t)number}, response;
    *(nk_uint64_t *)&request = WORK_INFO;
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)&request, .constant_size = sizeof(request)};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&response, .constant_size = sizeof(response)};
    (void)Call(client_handle, &out, &in);
}

static void serve(void *unused)
{
    (void)unused;
    struct message message;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    while (Recv(listener, &header) == rcOk) {
        order[served % MANY] = (unsigned)message.word;
        served++;
        *(nk_uint64_t *)&message = WORK_INFO;
        (void)Reply(listener, &header);
    }
}

static unsigned level_for(unsigned class_priority)
{
    return class_priority >> 8 == KOS_CLASS_STANDARD ? KOS_LEVEL_STANDARD : LEVEL(class_priority & 0xff);
}

static void arrive(unsigned number, unsigned class_priority, unsigned cpu)
{
    struct place *place = &places[number];
    *place = (struct place){start(class_priority, cpu, call, (void *)(rtl_uintptr_t)number), level_for(class_priority),
                            arrivals++, 1};
    if (!reaches_state(place->thread, KOS_THREAD_STATE_CALLING))
        expect("queue/waits", number, -1);
}

static void change(unsigned number, unsigned class_priority)
{
    struct place *place = &places[number];
    if (KOS_CORE(THREAD, SetPriority, place->thread, class_priority).rc != rcOk)
        expect("queue/change", number, -1);
    if (level_for(class_priority) != place->level)
        place->arrival = arrivals++;
    place->level = level_for(class_priority);
}

static void leave(unsigned number)
{
    rtl_int32_t code;
    (void)KnThreadTerminateByHandle(places[number].thread, 9);
    if (KnThreadWaitByHandle(places[number].thread, PATIENCE_MS, &code) != rcOk)
        expect("queue/ends", number, -1);
    (void)KnHandleClose(places[number].thread);
    places[number].waits = 0;
}

static unsigned expected_next(unsigned count)
{
    unsigned next = count;
    for (unsigned i = 0; i < count; i++) {
        if (!places[i].waits)
            continue;
        if (next == count || places[i].level > places[next].level ||
            (places[i].level == places[next].level && places[i].arrival < places[next].arrival))
            next = i;
    }
    return next;
}

static void connect(void)
{
    expect("queue/connect", KnHandleConnect(INVALID_HANDLE, &listener, &server_handle, &client_handle), rcOk);
    served = arrivals = 0;
}

static void disconnect(void)
{
    (void)KnHandleClose(listener), (void)KnHandleClose(server_handle), (void)KnHandleClose(client_handle);
}

/* Each caller's CPU, its level before and after: scrambled, but the same each time. */
static void in_order(unsigned cpus)
{
    unsigned wrong = 0, waiting = CALLERS;
    connect();
    for (unsigned i = 0; i < CALLERS; i++)
        arrive(i, i % 7 == 3 ? STANDARD(5) : FIFO(1 + i * 5 % 12), i % cpus);
    for (unsigned i = 0; i < CALLERS; i += 3)
        change(i, i % 4 == 0 ? STANDARD(3) : FIFO(1 + i * 7 % 13));
    for (unsigned i = 5; i < CALLERS; i += 10, waiting--)
        leave(i);
    for (unsigned i = 2; i < CALLERS; i += 10)
        change(i, FIFO(1 + i * 11 % 13));
    Handle server = start(FIFO(25), 0, serve, RTL_NULL);
    expect("queue/served", reached(&served, waiting), 1);
    for (unsigned i = 0; i < waiting; i++) {
        unsigned next = expected_next(CALLERS);
        wrong += order[i] != next;
        leave(next);
    }
    expect("queue/order", wrong, 0);
    finish(server);
    disconnect();
}

/* ns of a change of the level of one caller that waits behind all others: to the front and to the end again. */
static long long change_costs(void)
{
    unsigned long long before = kos_time_ns();
    change(0, FIFO(9));
    change(0, FIFO(2));
    return (long long)(kos_time_ns() - before);
}

/* One CPU, 1 ns per instruction: 80 times as many callers are seven levels more of a balanced tree, each of fewer than
 * 100 instructions, twice; and 632 steps more through a list. */
static void costs(void)
{
    connect();
    arrive(0, FIFO(2), 0);
    for (unsigned i = 1; i < 8; i++)
        arrive(i, FIFO(3), 0);
    (void)change_costs();
    long long few = change_costs();
    for (unsigned i = 8; i < MANY; i++)
        arrive(i, FIFO(3), 0);
    (void)change_costs();
    long long many = change_costs();
    printf("queue: %lld ns with 8 callers, %lld with %u\n", few, many, MANY);
    expect("queue/cost_does_not_grow", many - few <= 2LL * 7 * 100, 1);
    for (unsigned i = 0; i < MANY; i++)
        leave(i);
    disconnect();
}

void queue_tests(unsigned cpus)
{
    char value[4];
    for (unsigned used = 1; used <= 4 && used <= cpus; used *= 2)
        in_order(used);
    if (KnHalGetEnv("scheduling.exact", value, sizeof(value)) == rcOk)
        costs();
}
