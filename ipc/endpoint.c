/* SPDX-License-Identifier: Apache-2.0 */
#include <ipc/arena.h>
#include <memory/object_cache.h>
#include <traces/trace.h>

static struct object_cache endpoints, channels;
static u32 slot_count;

static void endpoint_reclaim(struct epoch_entry *entry)
{
    struct endpoint *endpoint = container_of(entry, struct endpoint, epoch);
    object_cache_free(&endpoints, endpoint, nullptr);
}

static void endpoint_destroy(struct object *object)
{
    struct endpoint *endpoint = container_of(object, struct endpoint, object);
    domain_drop(endpoint->quota);
    epoch_defer(&endpoint->epoch, endpoint_reclaim);
}

void endpoint_poke(struct endpoint *endpoint, u32 cpu)
{
    /* A reference, for the poke may be handled after the last other release. Callers hold none: if the endpoint has
     * just gone, whoever ended it has emptied its queue. */
    if (!object_try_reference(&endpoint->object))
        return;
    if (!inbox_push(cpu_table[cpu], &endpoint->slots[cpu].poke, endpoint->slots[cpu].poke.handle))
        object_release(&endpoint->object); /* one is on its way */
}

/* The last handle to receive with is gone: waiting callers go, parked receivers go. */
static void endpoint_unreachable(struct object *object)
{
    struct endpoint *endpoint = container_of(object, struct endpoint, object);
    spinlock_lock(&endpoint->lock);
    atomic_store_explicit(&endpoint->closed, true, memory_order_relaxed);
    spinlock_unlock(&endpoint->lock);
    struct thread *caller;
    while ((caller = endpoint_next_caller(endpoint)) != nullptr) {
        ipc_complete(caller, rcNotConnected);
        sched_wake_remote(caller);
    }
    /* Receivers belong to their CPUs; each finds the endpoint closed when it is poked. */
    for (u64 rest = endpoint->serving; rest != 0; rest &= rest - 1) {
        u32 cpu = (u32)__builtin_ctzll(rest);
        if (cpu == cpu_self()->hal.index)
            ipc_serve(endpoint);
        else
            endpoint_poke(endpoint, cpu);
    }
}

static void channel_reclaim(struct epoch_entry *entry)
{
    object_cache_free(&channels, container_of(entry, struct channel, epoch), nullptr);
}

static void channel_destroy(struct object *object)
{
    struct channel *channel = container_of(object, struct channel, object);
    struct arena *arena = atomic_load_explicit(&channel->arena, memory_order_relaxed); /* nobody calls any more */
    if (arena != nullptr)
        object_release(&arena->object); /* the server's mapping keeps it until the server frees that */
    object_release(&channel->endpoint->object);
    domain_drop(channel->quota);
    epoch_defer(&channel->epoch, channel_reclaim);
}

/*
 * The last client handle is gone: calls in progress through the channel end. Queued ones here; those that are served,
 * on the CPUs that serve them: each is poked once, and looks through endpoint->going. A fast call that another CPU
 * began just before the handle went is there when the poke arrives.
 */
static void channel_unreachable(struct object *object)
{
    struct channel *channel = container_of(object, struct channel, object);
    struct endpoint *endpoint = channel->endpoint;
    spinlock_lock(&endpoint->lock);
    channel->closed = true; /* model: rendezvous.pml close_channel(): marked before the pokes */
    spinlock_unlock(&endpoint->lock);
    struct thread *client;
    while ((client = endpoint_next_through(endpoint, channel)) != nullptr) {
        ipc_complete(client, rcHandleRevoked);
        sched_wake_remote(client);
    }
    ipc_abandon_served(endpoint, channel);
    spinlock_lock(&endpoint->lock);
    u64 others = endpoint->serving & ~(1ULL << cpu_self()->hal.index);
    if (others != 0) {
        object_reference(object);
        channel->going_cpus = others;
        list_push_back(&endpoint->going, &channel->going_link);
    }
    spinlock_unlock(&endpoint->lock);
    for (u64 rest = others; rest != 0; rest &= rest - 1)
        endpoint_poke(endpoint, (u32)__builtin_ctzll(rest));
}

/* A channel whose calls this CPU has not ended yet, or null. *last: it was the last CPU, and the reference is ours. */
static struct channel *channel_going(struct endpoint *endpoint, bool *last)
{
    struct channel *found = nullptr;
    u64 self = 1ULL << cpu_self()->hal.index;
    spinlock_lock(&endpoint->lock);
    list_for_each(node, &endpoint->going)
    {
        struct channel *channel = list_entry(node, struct channel, going_link);
        if ((channel->going_cpus & self) == 0)
            continue;
        channel->going_cpus &= ~self;
        *last = channel->going_cpus == 0;
        if (*last)
            list_remove(&channel->going_link);
        found = channel;
        break;
    }
    spinlock_unlock(&endpoint->lock);
    return found;
}

static void channels_go(struct endpoint *endpoint)
{
    struct channel *channel;
    bool last = false;
    while ((channel = channel_going(endpoint, &last)) != nullptr) {
        /* if others are still to come, one of them might free it: it is only compared with here */
        ipc_abandon_served(endpoint, channel);
        if (last)
            object_release(&channel->object);
    }
}

/* Reply-then-Recv of this CPU's threads goes the general way, once. */
static void forget_here(struct endpoint *endpoint)
{
    spinlock_lock(&endpoint->lock);
    endpoint->forget &= ~(1ULL << cpu_self()->hal.index);
    list_for_each(node, &endpoint->threads)
    {
        struct thread *server = list_entry(node, struct thread, receive_link);
        if (server->home == cpu_self()->hal.index)
            server->receive_selector = server->reply_selector = 0;
    }
    spinlock_unlock(&endpoint->lock);
}

void endpoint_forget_handles(struct endpoint *endpoint)
{
    spinlock_lock(&endpoint->lock);
    endpoint->forget = endpoint->serving;
    spinlock_unlock(&endpoint->lock);
    forget_here(endpoint);
    for (u64 rest = endpoint->serving & ~(1ULL << cpu_self()->hal.index); rest != 0; rest &= rest - 1)
        endpoint_poke(endpoint, (u32)__builtin_ctzll(rest));
}

/* What the fast path may follow from a slot of table. */
static void *channel_of(struct handle_table *table, struct object *object, u32 rights)
{
    if (object->type != OBJECT_CHANNEL || (rights & KOS_RIGHT_IPC_CALL) == 0)
        return nullptr;
    struct channel *channel = container_of(object, struct channel, object);
    /* the channel's decisions are those of the class it was made for */
    return channel->pair->source_class == container_of(table, struct domain, handles)->class ? channel : nullptr;
}

void ipc_init(void)
{
    slot_count = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    object_cache_init(&endpoints, "endpoint", sizeof(struct endpoint) + slot_count * sizeof(struct endpoint_slot),
                      KOS_CACHE_LINE);
    object_cache_init(&channels, "channel", sizeof(struct channel), KOS_CACHE_LINE);
    object_operations[OBJECT_ENDPOINT] =
        (struct object_operations){.abandoned = endpoint_unreachable, .destroy = endpoint_destroy};
    object_operations[OBJECT_CHANNEL] =
        (struct object_operations){.abandoned = channel_unreachable, .destroy = channel_destroy};
    handle_channel_of = channel_of;
    sync_object_init();
    arena_init();
}

static void poked(struct request *request)
{
    struct endpoint *endpoint = container_of(request, struct endpoint_slot, poke)->endpoint;
    if (((endpoint->forget >> cpu_self()->hal.index) & 1U) != 0) /* set before the poke */
        forget_here(endpoint);
    channels_go(endpoint);
    ipc_serve(endpoint);
    if (endpoint->inherits) /* set before the poke */
        endpoint_levels(endpoint);
    object_release(&endpoint->object); /* the pusher's */
}

retcode endpoint_create(struct domain *owner, struct endpoint **result)
{
    struct endpoint *endpoint = object_cache_allocate(&endpoints, &owner->quota);
    if (endpoint == nullptr)
        return quota_refusal(&owner->quota, 0);
    object_init(&endpoint->object, OBJECT_ENDPOINT);
    endpoint->owner = owner;
    endpoint->owner_class = owner->class;
    endpoint->owner_sid = owner->object.sid;
    endpoint->quota = &owner->quota;
    domain_hold(endpoint->quota);
    tree_init(&endpoint->callers, endpoint_caller_before);
    list_init(&endpoint->threads);
    list_init(&endpoint->going);
    for (u32 cpu = 0; cpu < slot_count; cpu++) {
        list_init(&endpoint->slots[cpu].parked);
        endpoint->slots[cpu].endpoint = endpoint;
        endpoint->slots[cpu].poke.handle = poked;
    }
    *result = endpoint;
    return rcOk;
}

retcode channel_create(struct domain *client, struct endpoint *endpoint, struct channel **result)
{
    struct ksm_pair *pair = ksm_pair_get(client->class, endpoint->owner_class);
    if (pair == nullptr)
        return rcOutOfMemory;
    struct channel *channel = object_cache_allocate(&channels, &client->quota);
    if (channel == nullptr)
        return quota_refusal(&client->quota, 0);
    object_init(&channel->object, OBJECT_CHANNEL);
    object_reference(&endpoint->object);
    list_init(&channel->callers);
    list_init(&channel->going_link);
    channel->endpoint = endpoint;
    channel->slots = endpoint->slots;
    channel->pair = pair;
    channel->quota = &client->quota;
    domain_hold(channel->quota);
    trace_channel_create(cpu_self(), 0, 0, channel->object.sid, client->object.sid, endpoint->owner_sid);
    *result = channel;
    return rcOk;
}

struct thread *endpoint_take(struct endpoint *endpoint)
{
    struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    struct thread *receiver = slot->receiver;
    if (receiver > SLOT_CONTENDED) {
        slot->receiver = nullptr;
        return receiver;
    }
    if (list_empty(&slot->parked))
        return nullptr;
    receiver = list_entry(slot->parked.next, struct thread, ipc_link);
    list_remove(&receiver->ipc_link);
    return receiver;
}

void endpoint_park(struct endpoint *endpoint, struct thread *thread)
{
    struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    if (slot->receiver <= SLOT_CONTENDED && thread->receive_selector != 0 && !thread->watched) {
        thread->reply_selector = thread->receive_selector;
        slot->receiver = thread;
    } else
        list_push_front(&slot->parked, &thread->ipc_link);
}

void endpoint_unpark(struct thread *thread)
{
    struct endpoint_slot *slot = endpoint_own_slot(thread->receive_endpoint);
    thread->reply_selector = 0;
    thread->account = sched_own_account(thread);
    if (slot->receiver == thread)
        slot->receiver = nullptr;
    else
        list_remove(&thread->ipc_link);
}

retcode endpoint_attach(struct endpoint *endpoint, struct thread *thread)
{
    if (thread->receive_endpoint == endpoint)
        return rcOk;
    if (!object_try_reference(&endpoint->object))
        return rcInvalidHandle;
    endpoint_detach(thread);
    thread->receive_endpoint = endpoint;
    spinlock_lock(&endpoint->lock);
    list_push_back(&endpoint->threads, &thread->receive_link);
    endpoint->serving |= 1ULL << cpu_self()->hal.index;
    spinlock_unlock(&endpoint->lock);
    return rcOk;
}

void endpoint_detach(struct thread *thread)
{
    struct endpoint *endpoint = thread->receive_endpoint;
    if (endpoint == nullptr)
        return;
    thread->receive_endpoint = nullptr;
    thread->receive_selector = thread->reply_selector = 0;
    spinlock_lock(&endpoint->lock);
    list_remove(&thread->receive_link);
    spinlock_unlock(&endpoint->lock);
    object_release(&endpoint->object);
}

void thread_park_aside(struct thread *thread)
{
    endpoint_unpark(thread);
    list_push_front(&endpoint_own_slot(thread->receive_endpoint)->parked, &thread->ipc_link);
}

void thread_ipc_moves(struct thread *thread, u32 target)
{
    struct thread *client = thread->caller;
    struct endpoint *endpoint = thread->receive_endpoint;
    thread->peer_cpu = target;
    if (endpoint == nullptr)
        return;
    if (client != nullptr) {
        thread_reply_slowly(thread);
        if (client->peer_cpu == client->home)
            client->calls++; /* this CPU is its home, and off the fast path the call has a number */
    }
    spinlock_lock(&endpoint->lock);
    endpoint->serving |= 1ULL << target; /* model: inherit.pml thread_ipc_moves(): before it is at home there */
    bool closed = endpoint_is_closed(endpoint);
    bool revoked = client != nullptr && client->channel != nullptr && client->channel->closed;
    if (client != nullptr && !revoked) { /* model: rendezvous.pml MOVE: from here on the target may end the call */
        thread->home = target;
        thread_peer_cpu_set(client, target);
    }
    spinlock_unlock(&endpoint->lock);
    thread->receive_slot = &endpoint->slots[target];
    if (closed)
        thread->receive_selector = 0;
    if (revoked) /* the target's poke may have come and gone */
        ipc_abandon_caller(thread, rcHandleRevoked);
}
