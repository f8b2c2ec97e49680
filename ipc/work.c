/* SPDX-License-Identifier: Apache-2.0 */
/* What grows with an endpoint's threads, in steps: the second table of ipc/endpoint.h. */
#include <ipc/endpoint.h>
#include <ipc/ipc.h>
#include <smp/preemption.h>

/* How much of a step each piece takes: they are a few dozen, two hundred, five hundred instructions. */
#define POINTS_LOOK  1U
#define POINTS_LEVEL 3U
#define POINTS_CALL  6U
#define POINTS_STEP  6U /* then it is over */

/* A server of this CPU becomes as it should be. */
static u32 server_update(struct endpoint *endpoint, const struct endpoint_slot *slot, struct thread *server)
{
    bool closed = endpoint_is_closed(endpoint);
    const struct thread *client = server->caller;
    if (closed || atomic_load_explicit(&endpoint->forgotten, memory_order_relaxed) > slot->passed)
        server->receive_selector = server->reply_selector = 0; /* model: rendezvous.pml SELECTOR */
    if (client != nullptr && client->channel != nullptr && client->channel->closed) {
        ipc_abandon_caller(server, rcHandleRevoked);
        return POINTS_CALL;
    }
    if (closed && server->state == THREAD_RECEIVING) {
        endpoint_unpark(server);
        ipc_complete(server, rcHandleRevoked);
        sched_wake_remote(server);
        return POINTS_CALL;
    }
    if (!sched_level_stale(server))
        return POINTS_LOOK;
    sched_level_update(server);
    return POINTS_LEVEL;
}

/* One that has not seen the pass yet, or null. */
static struct thread *server_to_see(const struct endpoint_slot *slot)
{
    if (list_empty(&slot->servers))
        return nullptr;
    struct thread *server = list_entry(slot->servers.next, struct thread, receive_link);
    return server->seen != slot->begun ? server : nullptr;
}

static u32 server_seen(struct endpoint *endpoint, struct endpoint_slot *slot, struct thread *server)
{
    server->seen = slot->begun;
    list_remove(&server->receive_link);
    list_push_back(&slot->servers, &server->receive_link);
    return server_update(endpoint, slot, server);
}

/* ---- under endpoint->lock ---- */

/* The news that all CPUs have passed. */
static u64 passed_by_all(const struct endpoint *endpoint)
{
    u64 least = endpoint->news;
    for (u64 rest = endpoint->serving; rest != 0; rest &= rest - 1) {
        u64 passed = endpoint->slots[__builtin_ctzll(rest)].passed;
        least = passed < least ? passed : least;
    }
    return least;
}

/* All servers of this CPU have seen the pass. Returns a channel that nobody looks at any more, if there is one. */
static struct channel *pass_ends(struct endpoint *endpoint, struct endpoint_slot *slot)
{
    if (slot->incoming == 0) /* model: rendezvous.pml INCOMING */
        slot->passed = slot->begun;
    u32 waiting = atomic_load_explicit(&endpoint->waiting_level, memory_order_relaxed);
    bool urged = atomic_load_explicit(&endpoint->urgency, memory_order_relaxed) != waiting;
    if (!urged && list_empty(&endpoint->going))
        return nullptr;
    u64 passed = passed_by_all(endpoint);
    if (passed == endpoint->news && list_empty(&endpoint->closing))
        atomic_store_explicit(&endpoint->urgency, waiting, memory_order_relaxed);
    if (list_empty(&endpoint->going))
        return nullptr;
    struct channel *channel = list_entry(endpoint->going.next, struct channel, going_link);
    if (channel->news > passed)
        return nullptr;
    list_remove(&channel->going_link);
    return channel;
}

/* A caller that waits and is to be told so, taken out, or null. A closed channel whose callers have all been goes on.
 */
static struct thread *caller_to_end(struct endpoint *endpoint, retcode *code, u64 *concerned)
{
    *code = rcNotConnected;
    if (unlikely(endpoint_is_closed(endpoint)) && !tree_empty(&endpoint->callers))
        return endpoint_caller_out(endpoint, endpoint_first_caller(endpoint), concerned);
    if (list_empty(&endpoint->closing))
        return nullptr;
    struct channel *channel = list_entry(endpoint->closing.next, struct channel, going_link);
    *code = rcHandleRevoked;
    if (!list_empty(&channel->callers))
        return endpoint_caller_out(endpoint, list_entry(channel->callers.next, struct thread, ipc_link), concerned);
    list_remove(&channel->going_link);
    list_push_back(&endpoint->going, &channel->going_link);
    channel->news = ++endpoint->news; /* model: rendezvous.pml GOING */
    *concerned = endpoint->serving;
    return nullptr;
}

/* ---- a step ---- */

static u32 piece(struct endpoint *endpoint, struct endpoint_slot *slot)
{
    struct thread *server = server_to_see(slot);
    if (server != nullptr)
        return server_seen(endpoint, slot, server);
    struct channel *gone = nullptr;
    retcode code;
    u64 concerned = 0;
    spinlock_lock(&endpoint->lock);
    if (unlikely(endpoint->unpoked != 0)) {
        concerned = endpoint_unpoked_few(endpoint);
        spinlock_unlock(&endpoint->lock);
        endpoint_poke_others(endpoint, concerned);
        return POINTS_CALL;
    }
    struct thread *client = caller_to_end(endpoint, &code, &concerned);
    bool begins = slot->begun != endpoint->news;
    if (begins)
        slot->begun = endpoint->news; /* model: inherit.pml, rendezvous.pml PASS */
    else
        gone = pass_ends(endpoint, slot);
    spinlock_unlock(&endpoint->lock);
    endpoint_poke_others(endpoint, concerned);
    if (client != nullptr) {
        ipc_call_ends(client);
        ipc_complete(client, code);
        sched_wake_remote(client);
    }
    if (gone != nullptr)
        object_release(&gone->object);
    if (client != nullptr || gone != nullptr)
        return POINTS_CALL;
    return begins ? POINTS_LOOK : ipc_serve(endpoint) ? POINTS_CALL : 0;
}

/* True: there is more. */
static bool step(struct endpoint *endpoint)
{
    struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    for (u32 points = 0; points < POINTS_STEP;) {
        u32 more = piece(endpoint, slot);
        if (more == 0)
            return false;
        points += more;
    }
    return true;
}

void endpoint_work_later(struct endpoint *endpoint)
{
    struct steps *steps = &endpoint_own_slot(endpoint)->steps;
    u32 urgency = atomic_load_explicit(&endpoint->urgency, memory_order_relaxed);
    if (steps_wait(steps) || object_try_reference(&endpoint->object)) /* else nobody is left whom it concerns */
        steps_add(steps, urgency > RUN_LEVEL_STANDARD ? urgency : RUN_LEVEL_STANDARD);
}

void endpoint_work(struct endpoint *endpoint)
{
    if (steps_wait(&endpoint_own_slot(endpoint)->steps) || preemption_point() || step(endpoint))
        endpoint_work_later(endpoint);
}

/* Only servers: nobody's call ends but those of theirs that are to. */
void endpoint_levels(struct endpoint *endpoint)
{
    struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    if (!steps_wait(&slot->steps) && server_to_see(slot) == nullptr) {
        spinlock_lock(&endpoint->lock);
        slot->begun = endpoint->news; /* model: inherit.pml PASS */
        spinlock_unlock(&endpoint->lock);
        struct thread *server = server_to_see(slot);
        if (server != nullptr && server_seen(endpoint, slot, server) < POINTS_STEP && server_to_see(slot) == nullptr) {
            spinlock_lock(&endpoint->lock);
            bool over = slot->begun == endpoint->news && list_empty(&endpoint->going);
            if (over)
                (void)pass_ends(endpoint, slot);
            spinlock_unlock(&endpoint->lock);
            if (over)
                return;
        }
    }
    endpoint_work_later(endpoint);
}

static struct endpoint *endpoint_of(const struct steps *steps)
{
    struct endpoint_slot *slot = tree_entry(steps, struct endpoint_slot, steps);
    return container_of(slot - cpu_self()->hal.index, struct endpoint, slots[0]);
}

bool steps_do(struct steps *steps)
{
    return step(endpoint_of(steps));
}

void steps_done(struct steps *steps)
{
    object_release(&endpoint_of(steps)->object);
}

/* ---- a server that comes from another CPU ---- */

void endpoint_server_arrives(struct endpoint *endpoint, struct thread *server)
{
    struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    (void)server_update(endpoint, slot, server); /* model: level.pml, inherit.pml, rendezvous.pml ARRIVED */
    server->seen = slot->begun;
    list_push_back(&slot->servers, &server->receive_link);
    spinlock_lock(&endpoint->lock);
    slot->incoming--;
    bool passes = slot->passed != endpoint->news;
    spinlock_unlock(&endpoint->lock);
    if (passes)
        endpoint_work(endpoint);
}
