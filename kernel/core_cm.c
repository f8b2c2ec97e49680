/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint cm.CM: dynamic channels. kernel/connection.h. */
#include <kernel/connection.h>
#include <kernel/core_call.h>

#define CLIENT_RIGHTS   (KOS_RIGHT_IPC_CALL | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER)
#define LISTENER_RIGHTS (KOS_RIGHT_IPC_RECV | KOS_RIGHT_LISTENER_EXTEND | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY)

/* Of a chunk that core_string() has taken. */
static u64 length_of(word chunk)
{
    return core_chunk_size(chunk) - 1;
}

retcode core_CM_Connect(struct core_call *call)
{
    CORE_METHOD(CM, Connect);
    const char *name = core_string(call, IN(server)), *service = core_string(call, IN(service));
    if (name == nullptr || service == nullptr || IN(msecs) > KOS_INFINITE_TIMEOUT)
        return rcInvalidArgument;
    struct task *server = task_from_name(name, false);
    if (server == nullptr)
        return rcResourceNotFound;
    if (length_of(IN(service)) >= CONNECTION_SERVICE_SIZE) {
        bool there = strcmp(server->name, name) == 0;
        object_release(&server->domain.object);
        return there ? rcInvalidArgument : rcResourceNotFound;
    }
    const struct connection_name wanted = connection_name(call->task->name, service, length_of(IN(service)));
    checkpoint();
    retcode code = rcAbort; /* since the checkpoint it is to end, and must not wait any more */
    if (!call->self->dying)
        code = strcmp(server->name, name) != 0 ? rcResourceNotFound
                                               : connection_ask(call->self, server, &wanted, (u32)IN(msecs));
    object_release(&server->domain.object);
    return code == rcOk ? CORE_BLOCKED : code;
}

/* For futex_complete: the server has answered. */
void core_cm_complete(struct thread *thread)
{
    const struct connection *connection = container_of(thread->futex_object, struct connection, object);
    retcode code = connection->code;
    u32 handle = KOS_INVALID_HANDLE;
    if (code == rcOk)
        code = handle_insert(&thread->domain->handles, &connection->channel->object, CLIENT_RIGHTS, &handle);
    CORE_RESPOND(thread, code, CM, Connect, .handle = handle, .id = code == rcOk ? connection->riid : 0);
}

/* rcOk without names: a request has come, but it may be gone already: to be called again. */
retcode core_CM_Listen(struct core_call *call)
{
    CORE_METHOD(CM, Listen);
    struct connections *connections = connections_get(call->task);
    char client[KOS_SHORT_NAME_SIZE], service[CONNECTION_SERVICE_SIZE];
    u32 timeout = (u32)IN(msecs), arrivals;
    if (IN(msecs) > KOS_INFINITE_TIMEOUT)
        return rcInvalidArgument;
    if (connections == nullptr)
        return rcOutOfMemory;
    if (call->response_capacity < sizeof(client) + sizeof(service)) /* before the request loses its turn */
        return rcBufferTooSmall;
    OUT(client) = OUT(service) = core_chunk(0, 0);
    retcode code = connection_look(connections, client, service, &arrivals);
    if (code == rcOk) {
        code = core_return_bytes(call, &OUT(client), client, strlen(client) + 1);
        return code == rcOk ? core_return_bytes(call, &OUT(service), service, strlen(service) + 1) : code;
    }
    if (timeout == 0)
        return rcTimeout;
    const struct futex_word word = connections_word(connections, arrivals);
    code = futex_wait(call->self, &word, timeout);
    return code == rcOk ? CORE_BLOCKED : rcOk; /* arrivals has changed */
}

/* The request that these parameters name, with a reference. */
static retcode request_of(struct core_call *call, word client_name, word service_name, struct connection **connection)
{
    const char *client = core_string(call, client_name), *service = core_string(call, service_name);
    if (client == nullptr || service == nullptr)
        return rcInvalidArgument;
    struct connections *connections = connections_get(call->task);
    if (connections == nullptr)
        return rcOutOfMemory;
    if (length_of(client_name) >= KOS_SHORT_NAME_SIZE || length_of(service_name) >= CONNECTION_SERVICE_SIZE)
        return rcResourceNotFound;
    const struct connection_name name = connection_name(client, service, length_of(service_name));
    *connection = connection_find(connections, client, &name);
    return *connection != nullptr ? rcOk : rcResourceNotFound;
}

retcode core_CM_Drop(struct core_call *call)
{
    CORE_METHOD(CM, Drop);
    struct connection *connection;
    retcode code = request_of(call, IN(client), IN(service), &connection);
    return code == rcOk ? connection_answer(connection, rcAbort, nullptr, 0) : code;
}

/* The endpoint of *listener, or of a new one, with a reference. */
static retcode listener_of(struct core_call *call, u32 *listener, struct endpoint **endpoint)
{
    struct handle_table *table = &call->task->domain.handles;
    struct object *object;
    retcode code;
    if (*listener != KOS_INVALID_HANDLE) {
        code = handle_lookup(table, *listener, OBJECT_ENDPOINT, KOS_RIGHT_LISTENER_EXTEND, &object);
        if (code == rcOk)
            *endpoint = container_of(object, struct endpoint, object);
        return code;
    }
    code = endpoint_create(&call->task->domain, endpoint);
    if (code != rcOk)
        return code;
    code = handle_insert(table, &(*endpoint)->object, LISTENER_RIGHTS, listener);
    if (code != rcOk)
        object_release(&(*endpoint)->object);
    return code;
}

retcode core_CM_Accept(struct core_call *call)
{
    CORE_METHOD(CM, Accept);
    struct connection *connection;
    struct endpoint *endpoint;
    struct channel *channel = nullptr;
    u32 listener = (u32)IN(listener), riid = (u32)IN(id);
    bool made = listener == KOS_INVALID_HANDLE;
    if (IN(id) > 0xffffU || IN(listener) > KOS_INVALID_HANDLE)
        return rcInvalidArgument;
    retcode code = request_of(call, IN(client), IN(service), &connection);
    if (code != rcOk)
        return code;
    checkpoint();
    code = listener_of(call, &listener, &endpoint);
    checkpoint();
    if (code == rcOk) {
        code = channel_create(&connection->client->domain, endpoint, &channel);
        object_release(&endpoint->object);
    }
    checkpoint();
    if (code != rcOk) {
        object_release(&connection->object);
    } else {
        code = connection_answer(connection, rcOk, channel, riid);
        object_release(&channel->object);
    }
    if (code != rcOk && made && listener != KOS_INVALID_HANDLE &&
        handle_close(&call->task->domain.handles, listener) != rcOk)
        code = rcInternalError;
    OUT(handle) = code == rcOk ? listener : KOS_INVALID_HANDLE;
    return code;
}
