/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply and Recv as two system calls: who runs when, and what each is told. A letter for each step, in a log: r, the
 * server has a request; s, it goes on behind its Reply; c, d, the clients have their answers; o, another thread.
 * Three rounds each: the first one takes the general paths. All on CPU 0, below main, which waits.
 */
#include <string.h>
#include <tests/patience.h>
#include <tests/scheduling/scheduling.h>

#define ROUNDS 3U
#define SECOND 100U /* words of the second client's requests from here on */

static Handle listener, server_handle, client_handle;
static char log[64];
static volatile unsigned logged, wrong, ended, gate;
static volatile unsigned wakes; /* the server opens the gate while it serves */

static void note(char what)
{
    if (logged < sizeof(log) - 1)
        log[logged++] = what;
}

static int cleared(const struct kos_message_words *m, unsigned from)
{
    for (unsigned i = from; i < 8; i++)
        if (m->w[i] != 0)
            return 0;
    return 1;
}

static void junk(struct kos_message_words *m)
{
    for (unsigned i = 1; i < 8; i++)
        m->w[i] = 0x1111111111111111U * i;
}

static void server_main(void *context)
{
    (void)context;
    for (;;) {
        struct kos_message_words m = {.selector = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | listener};
        kos_system_call(&m);
        if (m.selector != rcOk)
            return;
        wrong += m.info != WORK_INFO || !cleared(&m, 1);
        note('r');
        if (wakes && m.w[0] < SECOND) {
            gate = 1;
            (void)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&gate, 1);
        }
        struct kos_message_words answer = {
            .selector = KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | listener, .info = WORK_INFO, .w = {m.w[0] + 1}};
        junk(&answer); /* that the client does not see */
        kos_system_call(&answer);
        wrong += answer.selector != rcOk || answer.info != 0 || !cleared(&answer, 0);
        note('s');
    }
}

static void call(char what, nk_uint64_t word)
{
    struct kos_message_words m = {.selector = client_handle, .info = WORK_INFO, .w = {word}};
    junk(&m);
    kos_system_call(&m);
    wrong += m.selector != rcOk || m.info != WORK_INFO || m.w[0] != word + 1 || !cleared(&m, 1);
    note(what);
}

static void client_main(void *context)
{
    (void)context;
    for (unsigned round = 0; round < ROUNDS; round++)
        call('c', round);
    ended++;
}

static void wait_for_gate(void)
{
    while (gate == 0)
        (void)KOS_CORE(SYNC, Wait, (rtl_uintptr_t)&gate, 0, KOS_INFINITE_TIMEOUT);
    gate = 0;
}

/* Calls while the server serves the other. */
static void second_main(void *context)
{
    (void)context;
    for (unsigned round = 0; round < ROUNDS; round++) {
        wait_for_gate();
        call('d', SECOND + round);
    }
    ended++;
}

/* One of the caller's level, which wakes up while the server serves. */
static void other_main(void *context)
{
    (void)context;
    for (unsigned round = 0; round < ROUNDS; round++) {
        wait_for_gate();
        note('o');
    }
    ended++;
}

/* How often equals of the standard class may be in another order: an emulator that stands still ends a quantum. */
#define QUANTA 8

static int in_order(const char *expected)
{
    return strcmp(log, expected) == 0;
}

static int scene(const char *name, unsigned server_class, unsigned client_class, unsigned other_class,
                 void (*other_main_)(void *), const char *expected)
{
    for (unsigned i = 0; i < sizeof(log); i++)
        log[i] = 0;
    logged = wrong = ended = gate = 0;
    wakes = other_class != 0;
    expect(name, KnHandleConnect(INVALID_HANDLE, &listener, &server_handle, &client_handle), rcOk);
    Handle server = start(server_class, 0, server_main, RTL_NULL), other = INVALID_HANDLE;
    expect(name, reaches_state(server, KOS_THREAD_STATE_RECEIVING), 1);
    if (other_class != 0) {
        other = start(other_class, 0, other_main_, RTL_NULL);
        expect(name, reaches_state(other, KOS_THREAD_STATE_FUTEX), 1);
    }
    Handle client = start(client_class, 0, client_main, RTL_NULL);
    expect(name, reached(&ended, other_class != 0 ? 2 : 1), 1);
    expect(name, reaches_state(server, KOS_THREAD_STATE_RECEIVING), 1);
    int right = in_order(expected);
    expect(name, wrong, 0);
    expect(name, level_of(server),
           server_class >> 8 == KOS_CLASS_STANDARD ? KOS_LEVEL_STANDARD : LEVEL(server_class & 0xff));
    finish(client);
    if (other_class != 0)
        finish(other);
    (void)KnHandleClose(listener), (void)KnHandleClose(server_handle);
    expect(name, reaches_state(server, KOS_THREAD_STATE_DEAD), 1); /* its Recv has ended */
    finish(server);
    (void)KnHandleClose(client_handle);
    return right;
}

/* other: a thread that runs other_main or second_main, which the server wakes while it serves the client; or 0. */
static void one(const char *name, unsigned server_class, unsigned client_class, unsigned other_class,
                void (*other_main_)(void *), const char *expected)
{
    int tries = server_class >> 8 == KOS_CLASS_STANDARD && client_class == server_class ? QUANTA : 1;
    int right = 0;
    while (!right && tries-- > 0)
        right = scene(name, server_class, client_class, other_class, other_main_, expected);
    expect(name, right, 1);
    if (!right)
        printf("%s: expected %s, got %s\n", name, expected, log);
}

void apart_tests(void)
{
    /* Equals: the server keeps its CPU until it receives. */
    one("apart/standard", STANDARD(5), STANDARD(5), 0, RTL_NULL, "rscrscrsc");
    one("apart/fifo", FIFO(8), FIFO(8), 0, RTL_NULL, "rscrscrsc");
    /* A more urgent caller goes on at once, and calls again before the server receives. */
    one("apart/caller_above", FIFO(5), FIFO(8), 0, RTL_NULL, "rcsrcsrcs");
    one("apart/caller_above_standard", STANDARD(5), FIFO(8), 0, RTL_NULL, "rcsrcsrcs");
    /* A less urgent one waits until the server waits. */
    one("apart/caller_below", FIFO(8), FIFO(5), 0, RTL_NULL, "rscrscrsc");
    /* Another of the caller's level, ready before the answer, runs before the caller. */
    one("apart/other_first", FIFO(8), FIFO(8), FIFO(8), other_main, "rsocrsocrsoc");
    one("apart/other_first_above", FIFO(5), FIFO(8), FIFO(8), other_main, "rocsrocsrocs");
    one("apart/other_above", FIFO(8), FIFO(8), FIFO(9), other_main, "roscroscrosc");
    /* A more urgent caller that waits keeps the server above the one that has its answer. */
    one("apart/second_waits", FIFO(5), FIFO(8), FIFO(9), second_main, "rsrdcsrsrdcsrsrdcs");
    one("apart/second_equal", FIFO(8), FIFO(8), FIFO(8), second_main, "rsrscrsdrscrsdrscd");
}
