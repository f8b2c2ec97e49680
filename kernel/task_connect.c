/* SPDX-License-Identifier: Apache-2.0 */
/* Static channels, from one task to another before they run. */
#include <hal/boot.h>
#include <kernel/task.h>
#include <smp/preemption.h>

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

/* The steps of a connection, each on its own: a path ends at each checkpoint. */

/* The server's listener of that name, with a reference. rcResourceNotFound. */
static retcode listener_find(struct task *client, struct task *server, const char *name, bool own,
                             struct endpoint **endpoint)
{
    u32 handle;
    struct object *object = nullptr;
    retcode code = connect_begin(client, server, own);
    if (code != rcOk)
        return code;
    code = task_find_resource(server, KOS_RESOURCE_LISTENER, name, &handle);
    if (code == rcOk)
        code = handle_lookup(&server->domain.handles, handle, OBJECT_ENDPOINT, 0, &object);
    connect_end(client, server, own);
    if (code == rcOk)
        *endpoint = container_of(object, struct endpoint, object);
    return code;
}

/* `owner`, one of the two, gets a handle to object, under that name. rcAlreadyExists: it has one, or others were
 * faster. */
static retcode connect_handle(struct task *client, struct task *server, bool own, struct task *owner,
                              struct object *object, u32 rights, u32 kind, const char *name)
{
    struct task_resource *resource = nullptr;
    u32 handle;
    checkpoint();
    retcode code = task_resource_new(owner, kind, name, &resource);
    if (code != rcOk)
        return code;
    code = connect_begin(client, server, own);
    if (code == rcOk) {
        code = handle_insert(&owner->domain.handles, object, rights, &handle);
        if (code == rcOk) {
            code = task_resource_add(owner, handle, &resource);
            if (code != rcOk && handle_close(&owner->domain.handles, handle) != rcOk)
                kernel_panic("a handle just made is gone");
        }
        connect_end(client, server, own);
    }
    if (resource != nullptr)
        task_resource_free(owner, resource);
    return code;
}

/* A listener is made on first use; if there is one of the name meanwhile, that takes its place. */
static retcode connect_listener(struct task *client, struct task *server, const char *name, bool own,
                                struct endpoint **endpoint)
{
    const u32 rights = KOS_RIGHT_IPC_RECV | KOS_RIGHT_LISTENER_EXTEND | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY;
    retcode code;
    while ((code = listener_find(client, server, name, own, endpoint)) == rcResourceNotFound) {
        checkpoint();
        code = endpoint_create(&server->domain, endpoint);
        if (code != rcOk)
            return code;
        code = connect_handle(client, server, own, server, &(*endpoint)->object, rights, KOS_RESOURCE_LISTENER, name);
        if (code == rcOk)
            return rcOk;
        object_release(&(*endpoint)->object);
        if (code != rcAlreadyExists)
            return code;
    }
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
    code = connect_handle(client, server, own, client, &channel->object,
                          KOS_RIGHT_IPC_CALL | KOS_RIGHT_GET_SID | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER,
                          KOS_RESOURCE_CHANNEL, name);
    object_release(&channel->object);
    return code;
}
