/* SPDX-License-Identifier: Apache-2.0 */
/* Priority travels with a Call: to the server, through nested Calls, across CPUs, and back however the Call ends. */
#include <tests/scheduling/scheduling.h>
#include <tests/patience.h>

struct message {
    struct nk_message base_;
    nk_uint64_t word;
};
struct channel {
    Handle listener, server, client;
    struct channel *next; /* where its server calls before it answers; null: it waits to be told */
};

static struct channel first, second;
static volatile unsigned release, released, called;
static volatile long long client_rc;

static Retcode call(Handle handle, nk_uint64_t *word, rtl_uint32_t limit)
{
    struct message request = {.word = *word}, response = {.word = 0};
    *(nk_uint64_t *)&request = WORK_INFO;
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)&request, .constant_size = sizeof(request)};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&response, .constant_size = sizeof(response)};
    Retcode rc = limit == INFINITE_TIMEOUT ? Call(handle, &out, &in) : CallEx(handle, &out, &in, limit, INVALID_HANDLE);
    *word = response.word;
    return rc;
}

static void serve(void *argument)
{
    struct channel *channel = argument;
    struct message message;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    for (;;) {
        if (Recv(channel->listener, &header) != rcOk)
            return;
        if (channel->next != RTL_NULL) {
            (void)call(channel->next->client, &message.word, INFINITE_TIMEOUT);
        } else {
            called = 1;
            while (release == 0)
                (void)KnSleep(1);
            release = 0;
        }
        *(nk_uint64_t *)&message = WORK_INFO;
        (void)Reply(channel->listener, &header);
        released = 1;
    }
}

static void client(void *handle)
{
    nk_uint64_t word = 5;
    client_rc = call((Handle)(rtl_uintptr_t)handle, &word, INFINITE_TIMEOUT);
}

static void impatient(void *handle)
{
    nk_uint64_t word = 6;
    client_rc = call((Handle)(rtl_uintptr_t)handle, &word, 400);
}

static long long returned(void)
{
    for (int i = 0; i < PATIENCE_MS && client_rc == 77; i++)
        (void)KnSleep(1);
    return client_rc;
}

static void open(struct channel *channel)
{
    expect("donation/connect", KnHandleConnect(INVALID_HANDLE, &channel->listener, &channel->server, &channel->client),
           rcOk);
}
static void close(struct channel *channel)
{
    (void)KnHandleClose(channel->listener), (void)KnHandleClose(channel->server), (void)KnHandleClose(channel->client);
}

static Handle caller(unsigned cpu)
{
    called = released = 0;
    client_rc = 77;
    Handle thread = start(FIFO(10), cpu, client, (void *)(rtl_uintptr_t)first.client);
    expect("donation/called", reached(&called, 1), 1);
    return thread;
}

static void answer(void)
{
    release = 1;
    expect("donation/answered", reached(&released, 1), 1);
}

/* The servers on CPU 0, the client on `cpu`. */
static void levels(unsigned cpu, int nested)
{
    open(&first), open(&second);
    first.next = nested ? &second : RTL_NULL;
    Handle outer = start(STANDARD(5), 0, serve, &first), inner = start(STANDARD(5), 0, serve, &second);
    Handle last = nested ? inner : outer;
    (void)reaches_state(outer, KOS_THREAD_STATE_RECEIVING), (void)reaches_state(inner, KOS_THREAD_STATE_RECEIVING);

    Handle thread = caller(cpu);
    expect("donation/server_level", level_of(last), LEVEL(10));
    expect("donation/outer_level", level_of(outer), LEVEL(10));
    expect("donation/raise", KOS_CORE(THREAD, SetPriority, thread, FIFO(15)).rc, rcOk);
    expect("donation/raised_in_call", reaches_level(last, LEVEL(15)), 1);
    expect("donation/lower", KOS_CORE(THREAD, SetPriority, thread, FIFO(4)).rc, rcOk);
    expect("donation/lowered_in_call", reaches_level(last, LEVEL(4)), 1);
    answer();
    expect("donation/given_back", reaches_level(last, KOS_LEVEL_STANDARD), 1);
    expect("donation/rc", returned(), rcOk); /* before finish(), which would end it on its way */
    finish(thread);

    thread = caller(cpu);
    expect("donation/again", level_of(last), LEVEL(10));
    finish(thread); /* dies in its call */
    expect("donation/client_died", reaches_level(outer, KOS_LEVEL_STANDARD), 1);
    expect("donation/client_died_inner", reaches_level(last, KOS_LEVEL_STANDARD), 1);
    answer();

    thread = caller(cpu);
    expect("donation/revoke", KnHandleRevoke(first.client), rcOk);
    expect("donation/revoked", reaches_level(outer, KOS_LEVEL_STANDARD), 1);
    expect("donation/revoked_inner", reaches_level(last, KOS_LEVEL_STANDARD), 1);
    answer();
    expect("donation/revoked_rc", returned(), rcHandleRevoked);
    finish(thread);
    finish(outer), finish(inner);
    close(&first), close(&second);
}

/* A time limit, and the end of the server in the middle, while levels are passed on. */
static void breaks(unsigned cpu)
{
    open(&first), open(&second);
    first.next = &second;
    Handle outer = start(STANDARD(5), 0, serve, &first), inner = start(STANDARD(5), 0, serve, &second);
    (void)reaches_state(outer, KOS_THREAD_STATE_RECEIVING), (void)reaches_state(inner, KOS_THREAD_STATE_RECEIVING);

    called = released = 0;
    client_rc = 77;
    Handle thread = start(FIFO(10), cpu, impatient, (void *)(rtl_uintptr_t)first.client);
    expect("donation/limit_called", reached(&called, 1), 1);
    expect("donation/limit_inner", reaches_level(inner, LEVEL(10)), 1);
    expect("donation/limit_passes", reaches_level(outer, KOS_LEVEL_STANDARD), 1);
    expect("donation/limit_passes_inner", reaches_level(inner, KOS_LEVEL_STANDARD), 1);
    expect("donation/limit_own", level_of(thread) == LEVEL(10) || state_of(thread) == KOS_THREAD_STATE_DEAD, 1);
    answer();
    expect("donation/limit_rc", returned(), rcTimeout);
    finish(thread);

    thread = caller(cpu);
    expect("donation/middle", level_of(inner), LEVEL(10));
    finish(outer);
    expect("donation/middle_ended", reaches_level(inner, KOS_LEVEL_STANDARD), 1);
    answer();
    expect("donation/middle_rc", returned(), rcNotConnected);
    finish(thread);
    finish(inner);
    close(&first), close(&second);
}

/* More clients than the server can serve: it has the level of the most urgent, and so has who serves the server. */
static void queued(unsigned cpu)
{
    open(&first), open(&second);
    first.next = &second;
    Handle outer = start(STANDARD(5), 0, serve, &first), inner = start(STANDARD(5), 0, serve, &second);
    (void)reaches_state(outer, KOS_THREAD_STATE_RECEIVING), (void)reaches_state(inner, KOS_THREAD_STATE_RECEIVING);
    Handle served = caller(0);
    Handle waits = start(FIFO(12), cpu, client, (void *)(rtl_uintptr_t)first.client);
    expect("queued/waits", reaches_state(waits, KOS_THREAD_STATE_CALLING), 1);
    expect("queued/inherits", reaches_level(outer, LEVEL(12)), 1);
    expect("queued/inherits_inner", reaches_level(inner, LEVEL(12)), 1);
    expect("queued/raise", KOS_CORE(THREAD, SetPriority, waits, FIFO(15)).rc, rcOk);
    expect("queued/raised", reaches_level(inner, LEVEL(15)), 1);
    expect("queued/lower", KOS_CORE(THREAD, SetPriority, waits, FIFO(7)).rc, rcOk);
    expect("queued/lowered", reaches_level(inner, LEVEL(10)), 1);
    expect("queued/lower_served", KOS_CORE(THREAD, SetPriority, served, FIFO(2)).rc, rcOk);
    expect("queued/lowered_served", reaches_level(inner, LEVEL(7)), 1);
    finish(waits);
    expect("queued/ended", reaches_level(inner, LEVEL(2)), 1);

    client_rc = 77;
    Handle hasty = start(FIFO(9), cpu, impatient, (void *)(rtl_uintptr_t)first.client);
    expect("queued/limit", reaches_level(outer, LEVEL(9)), 1);
    expect("queued/limit_passes", reaches_level(outer, LEVEL(2)), 1);
    expect("queued/limit_passes_inner", reaches_level(inner, LEVEL(2)), 1);
    expect("queued/limit_rc", returned(), rcTimeout);
    finish(hasty);
    client_rc = 77;

    waits = start(FIFO(11), cpu, client, (void *)(rtl_uintptr_t)first.client);
    expect("queued/again", reaches_level(inner, LEVEL(11)), 1);
    expect("queued/revoke", KnHandleRevoke(first.client), rcOk);
    expect("queued/revoked", reaches_level(outer, KOS_LEVEL_STANDARD), 1);
    expect("queued/revoked_inner", reaches_level(inner, KOS_LEVEL_STANDARD), 1);
    expect("queued/revoked_rc", returned(), rcHandleRevoked);
    answer();
    finish(waits), finish(served), finish(outer), finish(inner);
    close(&first), close(&second);
}

void donation_tests(unsigned cpus)
{
    for (unsigned cpu = 0; cpu < cpus && cpu < 2; cpu++) {
        levels(cpu, 0);
        levels(cpu, 1);
        breaks(cpu);
        queued(cpu);
    }
}
