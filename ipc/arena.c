/* SPDX-License-Identifier: Apache-2.0 */
#include <ipc/arena.h>
#include <memory/object_cache.h>
#include <memory/page.h>
#include <smp/preemption.h>

static struct object_cache arenas;

static unsigned order_of(u64 size)
{
    unsigned order = 0;
    while (((u64)PAGE_SIZE << order) < size)
        order++;
    return order;
}

static void arena_reclaim(struct epoch_entry *entry)
{
    struct arena *arena = container_of(entry, struct arena, epoch);
    page_free(arena->backing, order_of(arena->size));
    quota_release_pages(arena->quota, arena->size / PAGE_SIZE);
    domain_drop(arena->quota);
    object_cache_free(&arenas, arena, nullptr);
}

static void arena_destroy(struct object *object)
{
    epoch_defer(&container_of(object, struct arena, object)->epoch, arena_reclaim);
}

static void mapping_gone(struct mapping *mapping)
{
    object_release(&container_of(mapping, struct arena, mapping)->object);
}

void arena_init(void)
{
    object_cache_init(&arenas, "arena", sizeof(struct arena), KOS_CACHE_LINE);
    object_operations[OBJECT_ARENA] = (struct object_operations){.destroy = arena_destroy};
}

static void pages_zero(paddr first, u64 size)
{
    for (u64 done = 0; done < size; done += PAGE_SIZE) {
        hal_page_zero(first + done);
        checkpoint();
    }
}

retcode arena_create(struct domain *client, u64 size, struct arena **result)
{
    if (size == 0 || size > KOS_ARENA_SIZE_MAX)
        return rcInvalidArgument;
    unsigned order = order_of(size);
    size = (u64)PAGE_SIZE << order;
    retcode code = quota_charge_pages(&client->quota, size / PAGE_SIZE);
    if (code != rcOk)
        return code;
    struct arena *arena = object_cache_allocate(&arenas, &client->quota);
    paddr backing = arena == nullptr ? PADDR_NONE : page_allocate(order);
    if (backing == PADDR_NONE) {
        if (arena != nullptr)
            object_cache_free(&arenas, arena, &client->quota);
        quota_release_pages(&client->quota, size / PAGE_SIZE);
        return arena == nullptr ? quota_refusal(&client->quota, 0) : rcOutOfMemory;
    }
    pages_zero(backing, size);
    object_init(&arena->object, OBJECT_ARENA);
    arena->mapping.gone = mapping_gone;
    arena->backing = backing;
    arena->size = size;
    arena->client = client;
    arena->quota = &client->quota;
    domain_hold(&client->quota);
    object_reference(&arena->object); /* the mapping's */
    struct progress progress = {};
    while ((code = space_map_owned(&client->space, &arena->client_base, size, backing, KOS_VMM_READ | KOS_VMM_WRITE,
                                   &arena->mapping, &progress)) == PREEMPTED)
        checkpoint();
    if (code != rcOk) {
        object_release(&arena->object);
        object_release(&arena->object);
        return code;
    }
    checkpoint();
    code = space_populate_owned(&client->space, arena->client_base, &arena->mapping);
    if (code != rcOk) {
        space_unmap_owned(&client->space, arena->client_base, &arena->mapping);
        object_release(&arena->object);
        return code;
    }
    *result = arena;
    return rcOk;
}

static retcode attachable(const struct channel *channel)
{
    if (atomic_load_explicit(&channel->arena, memory_order_relaxed) != nullptr)
        return rcAlreadyExists;
    return endpoint_is_closed(channel->endpoint) || channel->closed ? rcNotConnected : rcOk;
}

/* Room in the server's space, which stays while the endpoint is not closed; *server gets a reference. Or PREEMPTED. */
static retcode map_at_server(struct channel *channel, struct arena *arena, struct domain **server, vaddr *address,
                             struct progress *progress)
{
    struct endpoint *endpoint = channel->endpoint;
    spinlock_lock(&endpoint->lock);
    retcode code = attachable(channel);
    if (code == rcOk) {
        *server = endpoint->owner;
        object_reference(&arena->object); /* the mapping's */
        code = space_map_owned(&(*server)->space, address, arena->size, arena->backing, KOS_VMM_READ, &arena->mapping,
                               progress);
        if (code != rcOk)
            object_release(&arena->object);
        else
            object_reference(&(*server)->object);
    }
    spinlock_unlock(&endpoint->lock);
    return code;
}

static retcode publish(struct channel *channel, struct arena *arena, u32 discipline, vaddr address)
{
    struct endpoint *endpoint = channel->endpoint;
    spinlock_lock(&endpoint->lock);
    retcode code = attachable(channel);
    if (code == rcOk) {
        object_reference(&arena->object); /* the channel's */
        channel->arena_server = address;
        if (channel->arena_discipline == KOS_ARENA_AUTO)
            channel->arena_discipline = discipline;
        /* release: callers on other CPUs find what belongs to it */
        atomic_store_explicit(&channel->arena, arena, memory_order_release);
    }
    spinlock_unlock(&endpoint->lock);
    return code;
}

retcode arena_attach(struct channel *channel, struct arena *arena, u32 discipline)
{
    struct domain *server;
    vaddr address;
    if (discipline > KOS_ARENA_SHARED)
        return rcInvalidArgument;
    struct progress progress = {};
    retcode code;
    while ((code = map_at_server(channel, arena, &server, &address, &progress)) == PREEMPTED)
        checkpoint();
    if (code != rcOk)
        return code;
    checkpoint();
    code = space_populate_owned(&server->space, address, &arena->mapping);
    if (code == rcOk)
        code = publish(channel, arena, discipline, address);
    if (code != rcOk)
        space_unmap_owned(&server->space, address, &arena->mapping);
    object_release(&server->object);
    return code;
}

/* The pages that belong to a stretch, and perhaps others that the seal has: where a page lies in two, it is the same.
 */
#define SEAL_STEP ((u64)64 * PAGE_SIZE)

static void seal_some(const struct thread *server, u64 done, bool sealed)
{
    struct arena *arena = server->sealed;
    u64 rest = server->sealed_size - done;
    space_seal(&arena->client->space, arena->client_base, &arena->mapping, server->sealed_address + done,
               rest < SEAL_STEP ? rest : SEAL_STEP, sealed);
}

/* model: shootdown.pml seal(), for each stretch */
static bool seal(struct message *message, struct thread *server, struct arena *arena, vaddr address, u64 size)
{
    /* acquire: the last unseal has finished */
    if (atomic_exchange_explicit(&arena->in_flight, 1, memory_order_acquire) != 0)
        return false;
    object_reference(&arena->object);
    server->sealed = arena;
    server->sealed_address = address;
    server->sealed_size = size;
    for (u64 done = 0; done < size; done += SEAL_STEP) {
        if (done != 0 && !message_pause(message))
            break;
        seal_some(server, done, true);
    }
    return true;
}

vaddr arena_in_place(const struct thread *client, struct thread *server, struct message *message)
{
    const struct channel *channel = client->channel;
    if (channel == nullptr)
        return 0;
    struct arena *arena = atomic_load_explicit(&channel->arena, memory_order_acquire);
    u64 size = message->buffer.arena_size;
    if (arena == nullptr || arena->client != client->domain)
        return 0;
    u64 offset = message->buffer.arena - arena->client_base;
    if (offset >= arena->size || size > arena->size - offset)
        return 0;
    u32 discipline = channel->arena_discipline;
    if (discipline == KOS_ARENA_AUTO)
        discipline = size < KOS_ARENA_SEALED_FROM ? KOS_ARENA_COPIED : KOS_ARENA_SEALED;
    vaddr address = channel->arena_server + offset; /* not after a pause: the channel may be gone with the call */
    if (discipline == KOS_ARENA_COPIED ||
        (discipline == KOS_ARENA_SEALED && !seal(message, server, arena, message->buffer.arena, size)))
        return 0;
    return address;
}

/* Neither what came before nor what comes behind is part of a step. */
[[gnu::noinline]] static void unseal_in_steps(const struct thread *server)
{
    for (u64 done = 0; done < server->sealed_size; done += SEAL_STEP) {
        checkpoint();
        seal_some(server, done, false);
    }
    checkpoint();
}

void arena_unseal_slow(struct thread *server)
{
    struct arena *arena = server->sealed;
    if (likely(server->sealed_size < SEAL_STEP))
        seal_some(server, 0, false);
    else
        unseal_in_steps(server);
    server->sealed = nullptr;
    /* release: pairs with the next seal */
    atomic_store_explicit(&arena->in_flight, 0, memory_order_release);
    object_release(&arena->object);
}
