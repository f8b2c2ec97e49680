/* SPDX-License-Identifier: Apache-2.0 */
#include <ipc/ipc.h>
#include <kernel/connection.h>
#include <kernel/task.h>
#include <memory/object_cache.h>

static struct object_cache requests, servers;

/* A server that was asked has them. */
static struct connections *connections_of(const struct connection *connection)
{
    return atomic_load_explicit(&connection->server->connections, memory_order_relaxed);
}

static void reclaim(struct epoch_entry *entry)
{
    object_cache_free(&requests, container_of(entry, struct connection, epoch), nullptr);
}

static void destroy(struct object *object)
{
    struct connection *connection = container_of(object, struct connection, object);
    struct connections *connections = connections_of(connection);
    spinlock_lock(&connections->lock);
    list_remove(&connection->link);
    connections->count--;
    spinlock_unlock(&connections->lock);
    if (connection->channel != nullptr)
        object_release(&connection->channel->object);
    object_release(&connection->server->domain.object);
    domain_drop(connection->quota);
    epoch_defer(&connection->epoch, reclaim); /* others may still look at its reference count, and at its bucket */
}

void connection_room_init(void)
{
    object_cache_init(&requests, "connection", sizeof(struct connection), KOS_CACHE_LINE);
    object_cache_init(&servers, "connections", sizeof(struct connections), KOS_CACHE_LINE);
    object_operations[OBJECT_CONNECTION] = (struct object_operations){.destroy = destroy};
}

static struct connections *connections_create(void)
{
    struct connections *connections = object_cache_allocate(&servers, nullptr);
    if (connections != nullptr) {
        list_init(&connections->requests);
        futex_bucket_init(&connections->bucket);
    }
    return connections;
}

struct connections *connections_get(struct task *task)
{
    struct connections *present = atomic_load_explicit(&task->connections, memory_order_acquire);
    if (present == nullptr) {
        struct connections *made = connections_create();
        if (made == nullptr)
            return nullptr;
        /* release: filled before anybody finds them; acquire: those of who was faster */
        if (atomic_compare_exchange_strong_explicit(&task->connections, &present, made, memory_order_acq_rel,
                                                    memory_order_acquire))
            return made;
        connections_free(made);
    }
    return present > CONNECTIONS_ENDED ? present : nullptr;
}

void connections_free(struct connections *connections)
{
    object_cache_free(&servers, connections, nullptr);
}

struct futex_word connections_word(struct connections *connections, u32 arrivals)
{
    return (struct futex_word){&connections->bucket, 0, arrivals, &connections->arrivals};
}

static struct futex_word word_of(struct connection *connection)
{
    return (struct futex_word){&connection->bucket, 0, 0, &connection->word};
}

u32 text_hash(u32 hash, const char *text, u64 length)
{
    u64 at = 0;
    for (; at + sizeof(u64) <= length; at += sizeof(u64)) {
        u64 part;
        __builtin_memcpy(&part, text + at, sizeof(part));
        hash = (hash ^ (u32)part ^ (u32)(part >> 32)) * 16777619U;
    }
    for (; at < length; at++)
        hash = (hash ^ (u8)text[at]) * 16777619U;
    return (hash ^ (u32)length) * 16777619U;
}

struct connection_name connection_name(const char *client, const char *service, u64 length)
{
    return (struct connection_name){service, length,
                                    text_hash(text_hash(2166136261U, client, strlen(client)), service, length)};
}

/* A place at the server, for a request that is not in its list yet. */
static retcode place_take(struct connections *connections)
{
    spinlock_lock(&connections->lock);
    retcode code = connections->closed ? rcNotConnected : connections->count == CONNECTIONS_MAX ? rcBusy : rcOk;
    if (code == rcOk)
        connections->count++;
    spinlock_unlock(&connections->lock);
    return code;
}

static retcode create(struct task *client, struct task *server, const struct connection_name *name,
                      struct connection **result)
{
    struct quota *quota = &client->domain.quota;
    struct connections *connections = connections_get(server);
    if (connections == nullptr)
        return rcNotConnected;
    struct connection *connection = object_cache_allocate(&requests, quota);
    if (connection == nullptr)
        return quota_refusal(quota, 0);
    retcode code = place_take(connections);
    if (code != rcOk) {
        object_cache_free(&requests, connection, quota);
        return code;
    }
    object_init(&connection->object, OBJECT_CONNECTION);
    list_init(&connection->link);
    futex_bucket_init(&connection->bucket);
    object_reference(&server->domain.object);
    connection->server = server;
    connection->client = client;
    connection->quota = quota;
    domain_hold(quota);
    memcpy(connection->service, name->service, name->length + 1);
    connection->hash = name->hash;
    *result = connection;
    return rcOk;
}

/* The thread sleeps; now the server may see it. */
static void join(struct connection *connection)
{
    struct connections *connections = connections_of(connection);
    spinlock_lock(&connections->lock);
    bool closed = connections->closed;
    connection->code = rcNotConnected;
    if (!closed) {
        list_push_back(&connections->requests, &connection->link);
        connection->number = ++connections->number;
        __atomic_store_n(&connections->arrivals, connections->arrivals + 1, __ATOMIC_RELAXED);
    }
    spinlock_unlock(&connections->lock);
    struct futex_word word = closed ? word_of(connection) : connections_word(connections, 0);
    (void)futex_wake(&word, FUTEX_AT_ONCE);
}

retcode connection_ask(struct thread *thread, struct task *server, const struct connection_name *name, u32 timeout_ms)
{
    struct connection *connection;
    retcode code = create(task_of(thread->domain), server, name, &connection);
    if (code != rcOk)
        return code;
    checkpoint();
    if (thread->dying) { /* and must not wait any more */
        object_release(&connection->object);
        return rcAbort;
    }
    thread->futex_object = &connection->object; /* who is done with the wait drops the reference */
    const struct futex_word word = word_of(connection);
    code = futex_wait(thread, &word, timeout_ms);
    if (code == rcOk)
        join(connection); /* no time limit ends the wait before we leave the kernel */
    return code;
}

retcode connection_look(struct connections *connections, char *client, char *service, u32 *arrivals)
{
    retcode code = rcResourceNotFound;
    spinlock_lock(&connections->lock);
    *arrivals = connections->arrivals;
    if (!list_empty(&connections->requests)) {
        struct connection *connection = list_entry(connections->requests.next, struct connection, link);
        memcpy(client, connection->client->name, KOS_SHORT_NAME_SIZE);
        memcpy(service, connection->service, CONNECTION_SERVICE_SIZE);
        list_remove(&connection->link);
        list_push_back(&connections->requests, &connection->link);
        code = rcOk;
    }
    spinlock_unlock(&connections->lock);
    return code;
}

/* lock held: of the requests with that hash, the one that came next after the one numbered `after`, or null. */
static struct connection *next_alike(const struct connections *connections, u64 after, u32 hash)
{
    struct connection *next = nullptr;
    list_for_each(node, &connections->requests)
    {
        struct connection *connection = list_entry(node, struct connection, link);
        if (connection->hash == hash && connection->number > after &&
            (next == nullptr || connection->number < next->number))
            next = connection;
    }
    return next;
}

/* How many have the same hash is the clients' choice, so names are compared one request at a time. */
struct connection *connection_find(struct connections *connections, const char *client,
                                   const struct connection_name *name)
{
    const size_t client_length = strlen(client);
    struct connection *found = nullptr;
    u64 after = 0, last = 0;
    for (bool more = true; more;) {
        checkpoint();
        spinlock_lock(&connections->lock);
        if (after == 0) /* those that come meanwhile are not looked at */
            last = connections->number;
        struct connection *connection = next_alike(connections, after, name->hash);
        more = connection != nullptr && connection->number <= last;
        if (more) {
            after = connection->number;
            if (memcmp(connection->client->name, client, client_length + 1) == 0 &&
                memcmp(connection->service, name->service, name->length + 1) == 0 &&
                object_try_reference(&connection->object))
                found = connection;
        }
        spinlock_unlock(&connections->lock);
        more = more && found == nullptr;
    }
    return found;
}

retcode connection_answer(struct connection *connection, retcode code, struct channel *channel, u32 riid)
{
    struct connections *connections = connections_of(connection);
    spinlock_lock(&connections->lock);
    bool first = !list_empty(&connection->link);
    list_remove(&connection->link);
    if (first) {
        connection->code = code;
        connection->riid = riid;
        connection->channel = channel;
    }
    spinlock_unlock(&connections->lock);
    if (first && channel != nullptr)
        object_reference(&channel->object);
    const struct futex_word word = word_of(connection);
    bool woken = first && futex_wake_first(&word) == 1;
    object_release(&connection->object);
    return woken ? rcOk : rcResourceNotFound;
}

/* One that waits, with a reference; null: nobody does any more. */
static struct connection *any(struct connections *connections)
{
    struct connection *found = nullptr;
    spinlock_lock(&connections->lock);
    connections->closed = true;
    while (found == nullptr && !list_empty(&connections->requests)) {
        struct connection *connection = list_entry(connections->requests.next, struct connection, link);
        if (object_try_reference(&connection->object))
            found = connection;
        else
            list_remove(&connection->link); /* it is on its way out */
    }
    spinlock_unlock(&connections->lock);
    return found;
}

void connections_end(struct connections *connections)
{
    struct connection *connection;
    while ((connection = any(connections)) != nullptr) {
        (void)connection_answer(connection, rcNotConnected, nullptr, 0);
        checkpoint();
    }
}
