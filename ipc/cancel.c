/* SPDX-License-Identifier: Apache-2.0 */
/* Cancellation: the transitions of the table in ipc/endpoint.h that end a wait from outside. */
#include <ipc/arena.h>
#include <sched/futex.h>

void ipc_abandon_caller(struct thread *server, retcode code)
{
    struct thread *client = server->caller;
    if (client == nullptr)
        return;
    ipc_disconnect(server);
    client->peer = nullptr;
    client->peer_cpu = client->home;
    ipc_complete(client, code);
    sched_wake_remote(client);
}

void ipc_abandon_served(struct endpoint *endpoint, const struct channel *channel)
{
    /* Only servers of this CPU can be touched here: endpoint.c asks the other CPUs to do the same. */
    for (;;) {
        struct thread *client = nullptr;
        spinlock_lock(&endpoint->lock);
        list_for_each(node, &endpoint->threads)
        {
            struct thread *server = list_entry(node, struct thread, receive_link);
            struct thread *caller = server->home == cpu_self()->hal.index ? server->caller : nullptr;
            if (caller != nullptr && caller->channel == channel) {
                client = caller;
                break;
            }
        }
        spinlock_unlock(&endpoint->lock);
        if (client == nullptr)
            return;
        ipc_abandon_caller(client->peer, rcHandleRevoked);
    }
}

/* CALLING: true if it was still queued; then it is no more. */
static bool leave_queue(struct thread *client)
{
    struct endpoint *endpoint = client->endpoint;
    bool queued = false;
    spinlock_lock(&endpoint->lock);
    if (client->state == THREAD_CALLING && !list_empty(&client->ipc_link)) {
        list_remove(&client->ipc_link);
        queued = true;
    }
    spinlock_unlock(&endpoint->lock);
    return queued;
}

/* On the serving CPU: takes the thread out of its call unless the reply came first, and sends it home. */
static void cancel_arrived(struct request *request)
{
    struct thread *client = container_of(request, struct thread, cancel_request);
    if (client->cancel_call != client->calls)
        return;                            /* that call has ended, and this is another */
    if (client->state == THREAD_CALLING) { /* it travelled, and found nobody: queued, unless another CPU took it */
        if (leave_queue(client)) {
            client->peer_cpu = client->home;
            ipc_complete(client, client->cancel_code);
            sched_wake_remote(client);
        } else if (client->peer_cpu != cpu_self()->hal.index && client->peer_cpu != client->home) {
            (void)inbox_push(cpu_table[client->peer_cpu], &client->cancel_request, cancel_arrived);
        }
        return;
    }
    bool served_here = client->state == THREAD_REPLY_WAIT && client->peer_cpu == cpu_self()->hal.index;
    struct thread *server = served_here ? client->peer : nullptr;
    if (server != nullptr && server->caller == client)
        ipc_abandon_caller(server, client->cancel_code);
}

static bool cancel_call(struct thread *client, retcode code)
{
    if (client->state == THREAD_CALLING && leave_queue(client)) {
        client->peer_cpu = client->home;
        ipc_complete(client, code);
        return true;
    }
    if (client->peer_cpu == cpu_self()->hal.index) {
        struct thread *server = client->peer;
        if (server == nullptr || server->caller != client)
            return false; /* the reply is on its way through our inbox */
        ipc_disconnect(server);
        client->peer = nullptr;
        ipc_complete(client, code);
        return true;
    }
    client->cancel_code = code;
    client->cancel_call = client->calls;
    (void)inbox_push(cpu_table[client->peer_cpu], &client->cancel_request, cancel_arrived);
    return false;
}

bool ipc_cancel(struct thread *thread, retcode code)
{
    kassert(thread->home == cpu_self()->hal.index);
    timer_cancel(&thread->timer);
    switch (thread->state) {
    case THREAD_RECEIVING:
        endpoint_unpark(thread);
        ipc_complete(thread, code);
        return true;
    case THREAD_CALLING:
    case THREAD_REPLY_WAIT:
        return cancel_call(thread, code);
    case THREAD_FUTEX:
        return futex_cancel(thread);
    case THREAD_RUNNABLE:
    case THREAD_SLEEPING:
    case THREAD_JOINING:
    case THREAD_SUSPENDED:
    case THREAD_HELD:
    case THREAD_MOVING:
    case THREAD_ORDERING:
    case THREAD_DEAD:
        break;
    }
    return true;
}

void ipc_thread_gone(struct thread *thread)
{
    ipc_abandon_caller(thread, rcNotConnected);
    arena_unseal(thread);
    ipc_extended_end(thread);
    endpoint_detach(thread);
}
