/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Call to an endpoint whose receiver is parked on another CPU, register message, granted by table: the client itself
 * is the message. Its words are in its context, and it travels in the inbox of the serving CPU (its call_request), and
 * back home in its own CPU's (its wake_request).
 *
 *   client's CPU                             serving CPU
 *   1 fast path: nobody is parked here
 *   2 words into the client's context;
 *     CALLING, peer_cpu := serving CPU       (from here on the client's IPC state is that CPU's)
 *   3 sends call_request; next thread
 *                                            4 arrives: receiver still parked: words into its context, REPLY_WAIT,
 *                                              the receiver runs (handoff if the CPU was idle)
 *                                              else: queued at the endpoint like any caller (endpoint.h)
 *                                            5 Reply-then-Recv, granted by table: words into the client's context;
 *                                              the server parks; peer_cpu := home
 *                                            6 sends wake_request; next thread
 *   7 arrives: RUNNABLE
 *
 * Cancellation between 2 and 6 marks the call, and asks the serving CPU (cancel_request). Who finds the mark when the
 * call arrives or queues ends it; a call that was taken before is found by the request, which follows it if it has gone
 * on; one that is queued is taken back by its home. A request may be an old one, not handled yet, that looks at the
 * present call, so its place in an inbox says nothing. model: rendezvous.pml has these steps. The channel is referenced
 * between 3 and 4; whoever closes it marks it before he pokes the serving CPUs, so a call that arrives behind such a
 * poke sees the mark.
 */
#include <hal/upcall.h>
#include <ipc/ipc.h>
#include <ipc/judged.h>
#include <traces/trace.h>

static inline __attribute__((always_inline)) void words_copy(struct hal_context *to, const struct hal_context *from)
{
#pragma clang loop unroll(full)
    for (u32 i = 0; i < KOS_REGISTER_WORDS; i++)
        to->words[i] = from->words[i];
}

static void connect(struct thread *client, struct thread *server)
{
    server->caller = client;
    server->reply_entry = nullptr;
    server->distant_entry = client->call_entry;
    server->reply_selector = 0; /* the client is not here: its reply comes through ipc_cross_reply */
    server->level = client->level > server->base_level ? client->level : server->base_level;
    server->account = client->account; /* it is parked for the fast path, so it has none of its own */
    client->peer = server;
    client->state = THREAD_REPLY_WAIT;
    server->state = THREAD_RUNNABLE;
    words_copy(&server->context, &client->context);
    server->context.info = client->call_info;
    server->context.selector = 0;
    server->context.kind = HAL_RESUME_CALL;
}

/* model: rendezvous.pml 4 */
static void call_arrived(struct request *request)
{
    struct thread *client = container_of(request, struct thread, call_request);
    struct channel *channel = client->channel;
    struct endpoint *endpoint = client->endpoint;
    struct cpu *cpu = cpu_self();
    struct endpoint_slot *slot = &endpoint->slots[cpu->hal.index];
    struct thread *server = slot->receiver;
    retcode code = rcOk;
    if (unlikely(thread_call_cancelled(client))) {
        code = client->cancel_code;
    } else if (unlikely(channel->closed)) {
        code = rcHandleRevoked;
    } else if (likely(server > SLOT_CONTENDED)) {
        slot->receiver = nullptr;
        connect(client, server);
        if (cpu->busy)
            sched_wake(server);
        else
            sched_handoff(server);
    } else if ((code = endpoint_queue(endpoint, client)) == rcOk) {
        ipc_serve(endpoint); /* a receiver with a time limit may be parked here */
    }
    if (unlikely(code != rcOk)) {
        ipc_call_ends(client);
        ipc_complete(client, code);
        sched_wake_remote(client);
    }
    object_release(&channel->object);
}

/* A CPU other than this on which a receiver seems to be parked, or KOS_CPUS_MAX. Only a hint: what the others do with
 * their slots is not ours to see. */
static u32 serving_cpu(const struct endpoint *endpoint, u32 self)
{
    for (u64 rest = endpoint->serving & ~(1ULL << self); rest != 0; rest &= rest - 1) {
        u32 cpu = (u32)__builtin_ctzll(rest);
        if (*(struct thread *const volatile *)&endpoint->slots[cpu].receiver > SLOT_CONTENDED)
            return cpu;
    }
    return KOS_CPUS_MAX;
}

/* model: rendezvous.pml 2, 3. False: the general path. The words are in the client's context already. */
static bool travel(struct thread *client, struct cpu *cpu)
{
    struct channel *channel = client->channel;
    u32 target = serving_cpu(channel->endpoint, cpu->hal.index);
    if (target == KOS_CPUS_MAX || !object_try_reference(&channel->object)) /* another CPU may have closed it by now */
        return false;
    client->endpoint = channel->endpoint;
    client->call_info = client->context.info;
    client->calls++;
    client->call_entry = ksm_entry(channel->pair, client->call_info);
    client->peer = nullptr;
    client->state = THREAD_CALLING;
    thread_peer_cpu_set(client, target);
    trace_call(cpu, TRACE_CROSS, 0, channel->object.sid, client->call_info, 0);
    sched_block();
    inbox_send(cpu_table[target], &client->call_request, call_arrived, client->level);
    return true;
}

HAL_FAST void ipc_cross_call(HAL_FAST_PARAMETERS)
{
    IPC_CLEAR_WORDS_BEYOND(info);
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    if (!travel(thread_of(self), (struct cpu *)(void *)cpu))
        ipc_slow(thread_of(self));
    sched_exit();
}

/* model: rendezvous.pml 5, 6 */
static inline __attribute__((always_inline)) void reply_home(struct thread *server, struct cpu *cpu)
{
    struct hal_context *message = &server->context;
    struct thread *client = server->caller;
    struct endpoint_slot *slot = server->receive_slot;
    trace_reply(cpu, TRACE_CROSS, 0, client->object.sid, message->info, 0);
    words_copy(&client->context, message);
    client->context.info = message->info;
    client->context.selector = 0;
    client->context.kind = HAL_RESUME_CALL;
    ipc_call_ends(client);
    server->caller = nullptr;
    server->distant_entry = nullptr;
    server->reply_selector = server->receive_selector;
    server->level = server->base_level;
    server->state = THREAD_RECEIVING;
    slot->receiver = server;
    sched_block();
    sched_wake_remote(client);
}

HAL_FAST void ipc_cross_reply(HAL_FAST_PARAMETERS)
{
    IPC_CLEAR_WORDS_BEYOND(info);
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    reply_home(thread_of(self), (struct cpu *)(void *)cpu);
    sched_exit();
}

HAL_FAST void ipc_undecided_reply(HAL_FAST_PARAMETERS)
{
    IPC_CLEAR_WORDS_BEYOND(info);
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    struct thread *client = ipc_judged_answer(thread_of(self));
    if (client != nullptr)
        ipc_judged_resume(client);
    ipc_slow(thread_of(self));
}
