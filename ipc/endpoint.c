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

#define POKES_AT_ONCE 4U /* each is some 60 instructions */

u64 endpoint_unpoked_few(struct endpoint *endpoint)
{
    u64 rest = endpoint->unpoked;
    for (u32 i = 0; i < POKES_AT_ONCE; i++)
        rest &= rest - 1; /* 0 stays 0 */
    u64 few = endpoint->unpoked & ~rest;
    endpoint->unpoked = rest;
    return few;
}

/* Returns the first one. The rest is noted before that is poked, which goes on with it: it does not wait for threads of
 * this CPU. */
[[gnu::noinline]] static u64 poke_later(struct endpoint *endpoint, u64 cpus)
{
    u64 first = cpus & -cpus;
    if (cpus == first)
        return first;
    spinlock_lock(&endpoint->lock);
    endpoint->unpoked |= cpus & ~first;
    spinlock_unlock(&endpoint->lock);
    endpoint_work_later(endpoint);
    return first;
}

void endpoint_poke_all(struct endpoint *endpoint, u64 cpus)
{
    for (u32 left = POKES_AT_ONCE; cpus != 0; cpus &= cpus - 1) {
        if (--left == 0)
            cpus = poke_later(endpoint, cpus);
        endpoint_poke(endpoint, (u32)__builtin_ctzll(cpus));
    }
}

/* Under endpoint->lock. Has it a server, or may a CPU have one? */
static bool serves(struct endpoint *endpoint)
{
    const struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    return (endpoint->serving & ~(1ULL << cpu_self()->hal.index)) != 0 || !list_empty(&slot->servers) ||
           slot->incoming != 0;
}

/* The last handle to receive with is gone: waiting callers go, parked receivers go. */
static void endpoint_unreachable(struct object *object)
{
    struct endpoint *endpoint = container_of(object, struct endpoint, object);
    spinlock_lock(&endpoint->lock);
    atomic_store_explicit(&endpoint->closed, true, memory_order_relaxed);
    bool concerns = serves(endpoint), waited_for = !tree_empty(&endpoint->callers);
    if (concerns || waited_for) {
        endpoint->news++;
        endpoint_urge(endpoint, endpoint_closer_level());
        if (waited_for)
            endpoint_urge(endpoint, endpoint_first_caller(endpoint)->call_level);
    }
    u64 serving = endpoint->serving;
    spinlock_unlock(&endpoint->lock);
    if (concerns || waited_for) {
        endpoint_poke_others(endpoint, serving);
        endpoint_work(endpoint);
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
 * The last client handle is gone: calls in progress through the channel end. Queued ones here, those that are served on
 * the CPUs that serve them. A fast call that another CPU began just before the handle went is there when the poke
 * arrives.
 */
static void channel_unreachable(struct object *object)
{
    struct channel *channel = container_of(object, struct channel, object);
    struct endpoint *endpoint = channel->endpoint;
    spinlock_lock(&endpoint->lock);
    channel->closed = true; /* model: rendezvous.pml close_channel(): marked before the pokes */
    bool concerns = serves(endpoint) || !list_empty(&channel->callers);
    if (concerns) {
        object_reference(object);
        list_push_back(&endpoint->closing, &channel->going_link);
        endpoint_urge(endpoint, endpoint_closer_level());
    }
    spinlock_unlock(&endpoint->lock);
    if (concerns)
        endpoint_work(endpoint);
}

void endpoint_forget_handles(struct endpoint *endpoint)
{
    spinlock_lock(&endpoint->lock);
    bool concerns = serves(endpoint);
    if (concerns) {
        atomic_store_explicit(&endpoint->forgotten, ++endpoint->news, memory_order_relaxed);
        endpoint_urge(endpoint, endpoint_closer_level());
    }
    u64 serving = endpoint->serving;
    spinlock_unlock(&endpoint->lock);
    if (concerns) {
        endpoint_poke_others(endpoint, serving);
        endpoint_work(endpoint);
    }
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
    struct endpoint_slot *first = container_of(request, struct endpoint_slot, poke) - cpu_self()->hal.index;
    struct endpoint *endpoint = container_of(first, struct endpoint, slots[0]);
    endpoint_work(endpoint);
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
    list_init(&endpoint->closing);
    list_init(&endpoint->going);
    for (u32 cpu = 0; cpu < slot_count; cpu++) {
        list_init(&endpoint->slots[cpu].parked);
        list_init(&endpoint->slots[cpu].servers);
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
    struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    u64 self = 1ULL << cpu_self()->hal.index;
    spinlock_lock(&endpoint->lock);
    if ((endpoint->serving & self) == 0) {
        endpoint->serving |= self;
        slot->begun = slot->passed = endpoint->news;
    }
    spinlock_unlock(&endpoint->lock);
    thread->seen = slot->begun; /* it serves nobody yet, and looks whether the endpoint is closed */
    list_push_back(&slot->servers, &thread->receive_link);
    return rcOk;
}

void endpoint_detach(struct thread *thread)
{
    struct endpoint *endpoint = thread->receive_endpoint;
    if (endpoint == nullptr)
        return;
    thread->receive_endpoint = nullptr;
    thread->receive_selector = thread->reply_selector = 0;
    list_remove(&thread->receive_link);
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
    list_remove(&thread->receive_link);
    spinlock_lock(&endpoint->lock);
    endpoint->serving |= 1ULL << target; /* model: inherit.pml thread_ipc_moves(): before it is at home there */
    endpoint->slots[target].incoming++;  /* model: rendezvous.pml MOVE: no pass ends there without it */
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
