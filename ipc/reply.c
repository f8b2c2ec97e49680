/* SPDX-License-Identifier: Apache-2.0 */
#include <ipc/arena.h>
#include <sched/work.h>
#include <traces/trace.h>

word ipc_request_identity(const struct thread *server)
{
    return (u32)(server->reply_entry != nullptr ? server->reply_entry->memory_response : server->caller->call_info);
}

void thread_reply_slowly(struct thread *server)
{
    if (server->reply_entry != nullptr && server->caller != nullptr) {
        server->caller->call_info = ipc_request_identity(server);
        server->reply_entry = nullptr;
    }
    server->distant_entry = nullptr; /* the caller's call_info is set where this is */
    server->reply_selector = 0;
}

static void unlink_caller(struct thread *server)
{
    ipc_call_ends(server->caller);
    ipc_disconnect(server);
}

/* What comes behind the response is longer where somebody pays for the time, there is a limit to it, or it is recorded.
 */
static bool ends_long(const struct thread *server)
{
    const struct cpu *cpu = cpu_self();
    return unlikely(cpu->account != nullptr || cpu->trace_events != 0 ||
                    (server->context.selector & KOS_CALL_EXTENDED) != 0);
}

/* Verification, decision, delivery of the response; the client is told of a failure too, for the exchange ends here. */
static retcode respond(struct thread *server, struct thread *client)
{
    word info = server->context.info;
    bool error = (info & KOS_INFO_ERROR) != 0;
    const struct ksm_method *method = ksm_method(server->domain->class, info);
    struct message message;
    retcode code = message_read(server, &message, server, client);
    if (code != rcOk)
        return code;
    if (!message_pause(&message))
        return rcNotConnected;
    if (method == nullptr || (info & 0xffffffffU) != ipc_request_identity(server))
        return message_malformed(error ? KSM_ERROR : KSM_RESPONSE, server, client, &message, server->receive_endpoint);
    code = message_deliver(error ? KSM_ERROR : KSM_RESPONSE, server, client, &message,
                           error ? &method->error : &method->response, server->receive_endpoint);
    bool paused_last = (!message.in_memory && !ends_long(server)) || message.giving || transfer_pending(server);
    return code == rcOk && !paused_last && !message_pause(&message) ? rcNotConnected : code;
}

/* A blocked client becomes runnable: directly if the server blocks next, else by its level. */
static void client_ready(struct thread *client, bool server_blocks)
{
    if (client->home != cpu_self()->hal.index || !server_blocks)
        sched_wake_remote(client);
    else {
        timer_cancel(&client->timer);
        client->state = THREAD_RUNNABLE;
        sched_handoff(client);
    }
}

void ipc_reply(struct thread *server, word selector)
{
    (void)selector; /* in the context */
    retcode code = server->caller != nullptr ? respond(server, server->caller) : rcNotConnected;
    if (code == rcOk && transfer_pending(server))
        work_begin(server, long_reply);
    else
        ipc_reply_end(server, code);
}

void ipc_reply_end(struct thread *server, retcode code)
{
    word selector = server->context.selector;
    bool then_receive = (selector & KOS_CALL_THEN_RECV) != 0;
    /* A malformed response leaves the exchange as it is: the server may try again. */
    bool again = code == rcInvalidArgument || code == rcSourceFault;
    if (!again)
        arena_unseal(server);
    struct thread *client = server->caller; /* the call may have ended meanwhile */
    if (client == nullptr || again) {
        ipc_complete(server, client == nullptr ? rcNotConnected : code);
        return;
    }
    trace_reply(cpu_self(), TRACE_SLOW, 0, client->object.sid, server->context.info, (u64)(s64)code);
    unlink_caller(server);
    if (code != rcOk)
        ipc_complete(client, code);
    else
        ipc_extended_end(client);
    if (code != rcOk || !then_receive) {
        ipc_complete(server, code);
        if (run_queue_above(&cpu_self()->run_queue, server->level))
            cpu_self()->hal.pending |= CPU_PENDING_RESCHEDULE;
        client_ready(client, false);
        return;
    }
    selector &= ~(word)(KOS_CALL_MEMORY | KOS_CALL_THEN_RECV);
    code = ipc_receive_once(server, selector);
    client_ready(client, server->state == THREAD_RECEIVING);
    if (unlikely(code != rcOk)) {
        checkpoint(); /* a reply, and a client more urgent than the server to switch to, are two paths */
        ipc_receive_failed(server, selector, code);
    }
}
