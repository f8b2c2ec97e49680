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
    ipc_call_ends(client);
    ipc_complete(client, code);
    sched_wake_remote(client);
}

static void cancel_arrived(struct request *request);

/* A reference goes with it: the call may end, and the thread too, before it arrives. */
static void cancel_ask(struct thread *client, u32 cpu)
{
    object_reference(&client->object);
    if (!inbox_push(cpu_table[cpu], &client->cancel_request, cancel_arrived))
        object_release(&client->object); /* an earlier one has not arrived yet, and will look at the present call */
}

/* On a CPU that serves the call, or did when it was asked. One that is still to arrive here is marked. */
static void cancel_arrived(struct request *request)
{
    struct thread *client = container_of(request, struct thread, cancel_request);
    if (thread_call_cancelled(client)) { /* else that call has ended, and this is another */
        u32 peer_cpu = thread_peer_cpu(client);
        if (peer_cpu != cpu_self()->hal.index) {
            if (peer_cpu != client->home)
                cancel_ask(client, peer_cpu); /* model: rendezvous.pml CHASE: its server has moved */
        } else {
            struct thread *server = client->peer;
            if (server != nullptr && server->caller == client)
                ipc_abandon_caller(server, client->cancel_code);
        }
    }
    object_release(&client->object);
}

/*
 * Marked first, then looked for. What is queued is ended here; what arrives or queues later sees the mark; what another
 * CPU serves is ended there.
 */
static bool cancel_call(struct thread *client, retcode code)
{
    u32 peer_cpu;
    thread_call_cancel(client, code); /* model: rendezvous.pml MARK */
    /* model: rendezvous.pml LOOK; acquire: with REPLY_WAIT comes the CPU that took it */
    if (__atomic_load_n(&client->state, __ATOMIC_ACQUIRE) == THREAD_CALLING) {
        if (endpoint_leave(client->endpoint, client, &peer_cpu)) {
            ipc_call_ends(client);
            ipc_complete(client, code);
            return true;
        }
    } else {
        peer_cpu = thread_peer_cpu(client);
    }
    if (peer_cpu != cpu_self()->hal.index) {
        cancel_ask(client, peer_cpu); /* model: rendezvous.pml ASK */
        return false;
    }
    struct thread *server = client->peer;
    if (server == nullptr || server->caller != client)
        return false; /* the reply is on its way through our inbox */
    ipc_disconnect(server);
    client->peer = nullptr;
    ipc_complete(client, code);
    return true;
}

/* A server that comes to its client's home: requests that were on their way to it, about the client's cancellation or
 * level, end where it left, for a call that goes home has mostly ended. So it is looked at here. */
void thread_ipc_moved(struct thread *server)
{
    struct thread *client = server->caller;
    if (client != nullptr && client->home == cpu_self()->hal.index && thread_call_cancelled(client))
        ipc_abandon_caller(server, client->cancel_code); /* model: rendezvous.pml ARRIVED */
    else if (client != nullptr && client->home == cpu_self()->hal.index && server->reservation.bandwidth == 0)
        server->account = client->account; /* which may have lost it meanwhile */
    if (server->receive_endpoint != nullptr)
        endpoint_server_arrives(server->receive_endpoint, server);
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
