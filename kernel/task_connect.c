/* SPDX-License-Identifier: Apache-2.0 */
/* Static channels, from one task to another before they run. */
#include <hal/boot.h>
#include <kernel/task.h>
#include <smp/preemption.h>

/* The server's listener of that name, with a reference. rcResourceNotFound. */
static retcode listener_find(struct task *server, const char *name, struct endpoint **endpoint)
{
    u32 handle;
    struct object *object;
    if (task_find_resource(server, KOS_RESOURCE_LISTENER, name, &handle) != rcOk)
        return rcResourceNotFound;
    retcode code = handle_lookup(&server->domain.handles, handle, OBJECT_ENDPOINT, 0, &object);
    if (code == rcOk)
        *endpoint = container_of(object, struct endpoint, object);
    return code;
}

/* The endpoint gets that name, unless there is one of the name meanwhile, which takes its place. */
static retcode listener_name(struct task *server, const char *name, struct endpoint **endpoint)
{
    const u32 rights = KOS_RIGHT_IPC_RECV | KOS_RIGHT_LISTENER_EXTEND | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY;
    struct endpoint *made = *endpoint;
    u32 handle;
    retcode code = listener_find(server, name, endpoint);
    if (code != rcResourceNotFound) {
        object_release(&made->object);
        return code;
    }
    code = handle_insert(&server->domain.handles, &made->object, rights, &handle);
    if (code == rcOk) {
        code = task_add_resource(server, KOS_RESOURCE_LISTENER, handle, name);
        if (code != rcOk && handle_close(&server->domain.handles, handle) != rcOk)
            kernel_panic("a handle just made is gone");
    }
    if (code != rcOk)
        object_release(&made->object);
    return code;
}

/* A checkpoint; if all is still so afterwards both are entered. */
static retcode connect_begin(struct task *client, struct task *server, bool own)
{
    checkpoint();
    retcode code = own ? rcOk : task_enter(client);
    if (code == rcOk && (code = task_enter(server)) != rcOk && !own)
        task_leave(client);
    return code;
}

static void connect_end(struct task *client, struct task *server, bool own)
{
    task_leave(server);
    if (!own)
        task_leave(client);
}

/* The steps of a connection, each on its own. A listener is made on first use. */
static retcode connect_listener(struct task *client, struct task *server, const char *name, bool own,
                                struct endpoint **endpoint)
{
    retcode code = connect_begin(client, server, own);
    if (code != rcOk)
        return code;
    code = listener_find(server, name, endpoint);
    connect_end(client, server, own);
    if (code != rcResourceNotFound)
        return code;
    checkpoint();
    code = endpoint_create(&server->domain, endpoint);
    if (code != rcOk)
        return code;
    code = connect_begin(client, server, own);
    if (code != rcOk) {
        object_release(&(*endpoint)->object);
        return code;
    }
    code = listener_name(server, name, endpoint);
    connect_end(client, server, own);
    return code;
}

static retcode connect_handle(struct task *client, struct task *server, const char *name, bool own,
                              struct channel *channel)
{
    u32 handle;
    retcode code = connect_begin(client, server, own);
    if (code != rcOk)
        return code;
    code = handle_insert(&client->domain.handles, &channel->object,
                         KOS_RIGHT_IPC_CALL | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER, &handle);
    if (code == rcOk) {
        code = task_add_resource(client, KOS_RESOURCE_CHANNEL, handle, name);
        if (code != rcOk && handle_close(&client->domain.handles, handle) != rcOk)
            kernel_panic("a handle just made is gone");
    }
    connect_end(client, server, own);
    return code;
}

retcode task_connect(struct task *client, struct task *server, const char *name, bool own, u32 arena)
{
    u32 handle;
    retcode code = connect_begin(client, server, own);
    if (code != rcOk)
        return code;
    bool present = task_find_resource(client, KOS_RESOURCE_CHANNEL, name, &handle) == rcOk;
    connect_end(client, server, own);
    if (present)
        return rcAlreadyExists;
    struct endpoint *endpoint = nullptr;
    struct channel *channel = nullptr;
    code = connect_listener(client, server, name, own, &endpoint);
    if (code != rcOk)
        return code;
    checkpoint();
    code = channel_create(&client->domain, endpoint, &channel);
    object_release(&endpoint->object);
    if (code != rcOk)
        return code;
    channel->arena_discipline = arena; /* nobody has the channel yet */
    code = connect_handle(client, server, name, own, channel);
    object_release(&channel->object);
    return code;
}
