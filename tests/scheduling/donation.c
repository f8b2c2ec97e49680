/* SPDX-License-Identifier: Apache-2.0 */
/* Priority travels with a Call: to the server, through nested Calls, across CPUs, and back however the Call ends. */
#include <tests/scheduling/scheduling.h>

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

static Retcode call(Handle handle, nk_uint64_t *word)
{
    struct message request = {.word = *word}, response = {.word = 0};
    *(nk_uint64_t *)&request = WORK_INFO;
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)&request, .constant_size = sizeof(request)};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&response, .constant_size = sizeof(response)};
    Retcode rc = Call(handle, &out, &in);
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
            (void)call(channel->next->client, &message.word);
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
    client_rc = call((Handle)(rtl_uintptr_t)handle, &word);
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
    finish(thread);
    expect("donation/rc", client_rc, rcOk);

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
    finish(thread);
    expect("donation/revoked_rc", client_rc, rcHandleRevoked);
    finish(outer), finish(inner);
    close(&first), close(&second);
}

void donation_tests(unsigned cpus)
{
    for (unsigned cpu = 0; cpu < cpus && cpu < 2; cpu++) {
        levels(cpu, 0);
        levels(cpu, 1);
    }
}
