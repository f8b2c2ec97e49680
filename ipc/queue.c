/* SPDX-License-Identifier: Apache-2.0 */
/* The callers that wait at an endpoint, and what their levels mean for those who serve there. */
#include <ipc/endpoint.h>
#include <ipc/ipc.h>

static struct thread *caller_of(const struct tree_node *node)
{
    return tree_entry(node, struct thread, call_node);
}

bool endpoint_caller_before(const struct tree_node *a, const struct tree_node *b)
{
    return caller_of(a)->call_level > caller_of(b)->call_level;
}

u32 thread_waiting_level(const struct thread *server)
{
    const struct endpoint *endpoint = server->receive_endpoint;
    return endpoint == nullptr ? 0 : atomic_load_explicit(&endpoint->waiting_level, memory_order_relaxed);
}

/*
 * A server's level is that of the most urgent caller that waits, if that is higher than its client's: else a thread of
 * a level in between would keep both waiting. Whoever changes the queue asks the CPUs that serve. The lowest level,
 * that of standard threads, makes no difference to anybody.
 *
 * Under endpoint->lock: the CPUs to be asked.
 */
static u64 callers_changed(struct endpoint *endpoint)
{
    u32 level = tree_empty(&endpoint->callers) ? 0 : endpoint_first_caller(endpoint)->call_level;
    if (level <= RUN_LEVEL_STANDARD)
        level = 0;
    u32 before = atomic_load_explicit(&endpoint->waiting_level, memory_order_relaxed);
    if (level == before)
        return 0;
    endpoint->news++;
    endpoint_urge(endpoint, level > before ? level : before);
    atomic_store_explicit(&endpoint->waiting_level, level, memory_order_relaxed); /* model: inherit.pml TOP */
    return endpoint->serving;
}

static void servers_inherit(struct endpoint *endpoint, u64 cpus)
{
    if ((cpus & (1ULL << cpu_self()->hal.index)) != 0)
        endpoint_levels(endpoint);
    endpoint_poke_others(endpoint, cpus); /* model: inherit.pml INHERIT */
}

/* Under endpoint->lock. The level is noted, for others may take their places before a change of it has arrived here. */
static void insert_caller(struct endpoint *endpoint, struct thread *client)
{
    client->call_level = client->level;
    tree_insert(&endpoint->callers, &client->call_node);
}

/* Under endpoint->lock. */
static void remove_caller(struct endpoint *endpoint, struct thread *client)
{
    tree_remove(&endpoint->callers, &client->call_node);
    list_remove(&client->ipc_link);
}

retcode endpoint_queue(struct endpoint *endpoint, struct thread *client)
{
    spinlock_lock(&endpoint->lock);
    if (thread_call_cancelled(client)) { /* model: rendezvous.pml MARKED, while it travelled */
        spinlock_unlock(&endpoint->lock);
        return client->cancel_code;
    }
    bool channel_closed = client->channel != nullptr && client->channel->closed;
    if (endpoint_is_closed(endpoint) || channel_closed) {
        spinlock_unlock(&endpoint->lock);
        return channel_closed ? rcHandleRevoked : rcNotConnected;
    }
    client->state = THREAD_CALLING;
    client->endpoint = endpoint;
    insert_caller(endpoint, client);
    if (client->channel != nullptr)
        list_push_back(&client->channel->callers, &client->ipc_link);
    u64 serving = endpoint->serving;
    u32 self = cpu_self()->hal.index;
    u64 concerned = callers_changed(endpoint) & 1ULL << self;
    spinlock_unlock(&endpoint->lock);
    if (endpoint_own_slot(endpoint)->receiver == nullptr)
        endpoint_own_slot(endpoint)->receiver = SLOT_CONTENDED; /* model: rendezvous.pml queue(), poke() */
    servers_inherit(endpoint, concerned);
    endpoint_poke_others(endpoint, serving);
    return rcOk;
}

struct thread *endpoint_caller_out(struct endpoint *endpoint, struct thread *client, u64 *concerned)
{
    remove_caller(endpoint, client);
    client->peer = nullptr;
    client->peer_cpu = cpu_self()->hal.index; /* from here on this CPU owns its IPC state */
    /* model: rendezvous.pml TAKE; release: who sees this state sees who has it */
    __atomic_store_n(&client->state, THREAD_REPLY_WAIT, __ATOMIC_RELEASE);
    *concerned |= callers_changed(endpoint);
    return client;
}

struct thread *endpoint_next_caller(struct endpoint *endpoint, retcode *code)
{
    struct thread *client = nullptr;
    u64 concerned = 0;
    spinlock_lock(&endpoint->lock);
    if (!tree_empty(&endpoint->callers)) {
        client = endpoint_caller_out(endpoint, endpoint_first_caller(endpoint), &concerned);
        /* model: rendezvous.pml TAKE_CLOSED; its turn among those that end has not come yet */
        *code = client->channel != nullptr && client->channel->closed ? rcHandleRevoked : rcOk;
    }
    spinlock_unlock(&endpoint->lock);
    endpoint_poke_others(endpoint, concerned);
    return client;
}

bool endpoint_leave(struct endpoint *endpoint, struct thread *client, u32 *peer_cpu)
{
    u64 concerned = 0;
    spinlock_lock(&endpoint->lock);
    bool queued = client->state == THREAD_CALLING && tree_contains(&client->call_node);
    if (queued) {
        remove_caller(endpoint, client);
        concerned = callers_changed(endpoint);
    }
    *peer_cpu = thread_peer_cpu(client);
    spinlock_unlock(&endpoint->lock);
    servers_inherit(endpoint, concerned);
    return queued;
}

bool thread_requeue_caller(struct thread *thread, u32 *peer_cpu)
{
    struct endpoint *endpoint = thread->endpoint;
    u64 concerned = 0;
    spinlock_lock(&endpoint->lock);
    bool queued = thread->state == THREAD_CALLING && tree_contains(&thread->call_node);
    if (queued) {
        tree_remove(&endpoint->callers, &thread->call_node);
        insert_caller(endpoint, thread);
        concerned = callers_changed(endpoint);
    }
    *peer_cpu = thread_peer_cpu(thread);
    spinlock_unlock(&endpoint->lock);
    if ((concerned >> cpu_self()->hal.index & 1U) != 0) /* this CPU too: chains of servers are walked one at a time */
        endpoint_poke(endpoint, cpu_self()->hal.index);
    endpoint_poke_others(endpoint, concerned);
    return queued;
}
