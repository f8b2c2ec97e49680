/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server whose own level is above its client's keeps it while it serves, and the client gets nothing of it: who is
 * between the two and becomes runnable meanwhile runs before the client does, wherever the wake-up comes from.
 */
#include <tests/scheduling/scheduling.h>
#include <tests/patience.h>

#define CLIENT 5
#define MIDDLE 10
#define SERVER 20

/* What the server does between a request and its answer. */
enum deed {
    NOTHING,
    WAKES,           /* the middle one, itself */
    LETS_WAKE,       /* waits, in user mode, until another CPU has */
    LETS_WAKE_LATER, /* the same, and has been in the kernel before: this CPU's level is known as the server's */
    DEEDS,
    LOCKS = DEEDS, /* it is as urgent as its client at first: somebody waits for its lock; then WAKES */
};
static const char *const names[DEEDS + 1] = {"urgent_server/nobody", "urgent_server/wakes", "urgent_server/lets_wake",
                                             "urgent_server/lets_wake_later", "urgent_server/locks"};

static Handle listener, server_handle, client_handle, server;
static volatile unsigned futex_word, lock_word, lock_wanted, asked, woken, done, order[2], order_count, level_served;
static volatile unsigned long long answers;

static void came(unsigned who)
{
    order[order_count % 2] = who;
    order_count = order_count + 1;
}

static void middle(void *unused)
{
    (void)unused;
    (void)KOS_CORE(SYNC, Wait, (rtl_uintptr_t)&futex_word, 0, INFINITE_TIMEOUT);
    came(MIDDLE);
}

static void wake(void)
{
    woken = (unsigned)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&futex_word, 1).w[0];
}

/* On the other CPU. */
static void waker(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&asked, __ATOMIC_ACQUIRE))
        kos_cpu_relax();
    wake();
    __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
}

/* More urgent than all, once it wants the lock. */
static void locker(void *unused)
{
    (void)unused;
    (void)KOS_CORE(SYNC, Wait, (rtl_uintptr_t)&lock_wanted, 0, INFINITE_TIMEOUT);
    (void)KOS_CORE(SYNC, Lock, (rtl_uintptr_t)&lock_word, INFINITE_TIMEOUT);
}

static void act(enum deed deed)
{
    level_served = 0;
    if (deed == LETS_WAKE_LATER) {
        level_served = level_of(CURRENT);
        (void)KnSleep(1);
    }
    if (deed == LOCKS) {
        (void)KOS_CORE(SYNC, Lock, (rtl_uintptr_t)&lock_word, INFINITE_TIMEOUT);
        (void)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&lock_wanted, 1);
        level_served = level_of(CURRENT);
    }
    if (deed == WAKES || deed == LOCKS)
        wake();
    if (deed != LETS_WAKE && deed != LETS_WAKE_LATER)
        return;
    __atomic_store_n(&asked, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
        kos_cpu_relax();
}

static void serve(void *unused)
{
    (void)unused;
    struct kos_message_words m = {.selector = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | listener};
    for (;;) {
        kos_system_call(&m);
        if ((rtl_uint32_t)m.selector != rcOk)
            return;
        act((enum deed)m.w[0]);
        m = (struct kos_message_words){.selector =
                                           KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV | listener,
                                       .info = WORK_INFO,
                                       .w = {m.w[0] + 1}};
    }
}

static unsigned long long call(enum deed deed)
{
    struct kos_message_words m = {.selector = client_handle, .info = WORK_INFO, .w = {deed}};
    kos_system_call(&m);
    return (rtl_uint32_t)m.selector == rcOk ? m.w[0] : 0;
}

static void client(void *deed)
{
    for (unsigned i = 0; i < 100; i++)
        answers += call(NOTHING);
    answers += call((enum deed)(rtl_uintptr_t)deed);
    came(CLIENT);
    while (!done)
        (void)KnSleep(1);
}

static void cell(enum deed deed)
{
    const char *name = names[deed];
    futex_word = asked = woken = order_count = 0;
    done = deed == NOTHING || deed == WAKES || deed == LOCKS;
    answers = 0;
    Handle between = start(FIFO(MIDDLE), 0, middle, RTL_NULL);
    expect(name, reaches_state(between, KOS_THREAD_STATE_FUTEX), 1);
    Handle helper =
        deed == LETS_WAKE || deed == LETS_WAKE_LATER ? start(FIFO(MIDDLE), 1, waker, RTL_NULL) : INVALID_HANDLE;
    Handle thread = start(FIFO(CLIENT), 0, client, (void *)(rtl_uintptr_t)deed);
    expect(name, reached(&order_count, deed == NOTHING ? 1 : 2), 1);
    expect(name, (long long)answers, 100 * (NOTHING + 1) + deed + 1);
    expect(name, order[0], deed == NOTHING ? CLIENT : MIDDLE);
    expect(name, woken, deed != NOTHING);
    if (deed == LETS_WAKE_LATER || deed == LOCKS)
        expect(name, level_served, LEVEL(SERVER));
    expect(name, level_of(server), LEVEL(SERVER));
    finish(thread), finish(between);
    if (helper != INVALID_HANDLE)
        finish(helper);
}

/* It is no server of the fast path any more when it may not run here. */
static void moves_while_it_serves(void)
{
    expect("urgent_server/moves", KnThreadSetAffinityByHandle(server, 2), rcOk);
    cell(NOTHING);
    expect("urgent_server/moved", reaches_state(server, KOS_THREAD_STATE_RECEIVING), 1);
    expect("urgent_server/moved", cpu_of(server), 1);
}

/* The server answers while it holds a lock for which somebody more urgent waits. */
static void raised_by_a_lock(void)
{
    finish(server);
    server = start(FIFO(CLIENT), 0, serve, RTL_NULL);
    Handle waits = start(FIFO(SERVER), 0, locker, RTL_NULL);
    expect(names[LOCKS], reaches_state(waits, KOS_THREAD_STATE_FUTEX), 1);
    expect(names[LOCKS], reaches_state(server, KOS_THREAD_STATE_RECEIVING), 1);
    cell(LOCKS);
    finish(waits);
}

void urgent_server_tests(unsigned cpus)
{
    expect("urgent_server/connect", KnHandleConnect(INVALID_HANDLE, &listener, &server_handle, &client_handle), rcOk);
    server = start(FIFO(SERVER), 0, serve, RTL_NULL);
    expect("urgent_server/receives", reaches_state(server, KOS_THREAD_STATE_RECEIVING), 1);
    for (unsigned deed = 0; deed < (cpus > 1 ? DEEDS : LETS_WAKE); deed++)
        cell((enum deed)deed);
    if (cpus > 1)
        moves_while_it_serves();
    raised_by_a_lock();
    finish(server);
    (void)KnHandleClose(listener), (void)KnHandleClose(server_handle), (void)KnHandleClose(client_handle);
}
