/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply and Recv as two system calls, as servers have them that are written by the specification's example: between two
 * threads of one CPU, an answer in registers that the table grants. From ipc/fast.c; stages as there.
 *
 *   step                                                               after it
 *   1 Reply: caller of this CPU, answer granted by table               -
 *   2 the caller's level is the server's own: the server goes on       caller RUNNABLE, last of its level, words in its
 *                                                                      context
 *     it is above: the caller goes on                                  server RUNNABLE, first of its own level
 *   3 Recv on the same handle: nobody is served, no caller waits       server RECEIVING, parked as by Reply-then-Recv
 *   4 the most urgent thread goes on (sched_next_fast)
 *
 * So 2 and 4 do what ipc/reply.c and the way out of the kernel do: no thread runs earlier or later than by those. Who
 * is put into the run queue has no account: with one, all of this is left to the general path. With traces too (the
 * copy of ipc/fast.c for them does not come here), and with anything pending.
 */
#include <ipc/apart.h>
#include <ipc/judged.h>
#include <ipc/pieces.h>

static inline struct cpu *cpu_of(struct hal_cpu *cpu)
{
    return (struct cpu *)(void *)cpu;
}

/* Step 2, the caller is more urgent: it preempts the server, without a way through the run queue. */
HAL_FAST [[gnu::noinline]] static void caller_preempts(HAL_FAST_PARAMETERS)
{
    struct thread *server = thread_of(self), *client = server->caller;
    struct run_queue *queue = &cpu_of(cpu)->run_queue;
    const struct scheduler *scheduler = &schedulers[cpu->index];
    u32 level = client->level;
    /* Others of the caller's level have waited longer; a caller that waits leaves the server a higher level; a quantum
     * that is to end is put off. */
    if (unlikely(server->level != level || server->base_level > level || (queue->ready >> level) != 0 ||
                 level >= RUN_LEVEL_RESERVATION || server->receive_slot->receiver != nullptr ||
                 timer_armed(&scheduler->slice) || scheduler->turn_is_over != nullptr))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);

    /* ---- commit point: nothing below fails ---- */
    apart_server_free(server);
    server->level = server->base_level;
    server->account = nullptr;
    apart_succeeds(server);
    run_queue_push_front(queue, server);
    client->state = THREAD_RUNNABLE;
    cpu->current = &client->context;
    hal_switch_space(self, &client->context);
    self = &client->context;
    hal_tail hal_fast_resume_shorter(HAL_FAST_ARGUMENTS);
}

/* An answer in registers, granted by table, to a client that does not simply run next (distant_entry): of another CPU,
 * as reply_home() in ipc/cross.c, from 5 to 6; or less urgent than the server by itself. The server goes on. False: the
 * general path. Words in the server's context. */
static bool answer_distant(struct thread *server, struct cpu *cpu)
{
    const struct hal_context *message = &server->context;
    const struct ksm_entry *decision = server->distant_entry;
    if (decision == nullptr || !ksm_entry_answers_in_registers(decision) || message->info != decision->response ||
        cpu->hal.pending != 0 || cpu->account != nullptr || thread_waiting_level(server) > server->base_level ||
        run_queue_above(&cpu->run_queue, server->base_level))
        return false;
    struct thread *client = server->caller; /* there is one, for there is a distant_entry */
    ipc_words_deliver(&client->context, message->words,
                      (message->info >> KOS_INFO_SIZE_SHIFT) - KOS_MESSAGE_HEADER_SIZE);
    client->context.info = message->info;
    client->context.selector = 0;
    client->context.kind = HAL_RESUME_CALL;
    if (client->home == cpu->hal.index)
        client->account = nullptr;
    ipc_call_ends(client);
    apart_server_free(server);
    server->level = server->base_level;
    apart_succeeds(server);
    sched_wake_remote(client); /* model: rendezvous.pml 6 */
    return true;
}

HAL_FAST void ipc_reply_apart_elsewhere(HAL_FAST_PARAMETERS)
{
    struct thread *server = thread_of(self);
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    if (answer_distant(server, cpu_of(cpu)))
        sched_exit();
    struct thread *next = ipc_judged_answer(server);
    if (next != nullptr)
        ipc_judged_resume(next);
    ipc_slow(server);
}

HAL_FAST void ipc_reply_apart(HAL_FAST_PARAMETERS)
{
    struct thread *server = thread_of(self);
    if (unlikely(info != server->reply_entry->response)) /* as in kernel_reply_entry */
        hal_tail ipc_reply_apart_elsewhere(HAL_FAST_ARGUMENTS);
    if (unlikely((cpu->pending | (word)cpu_of(cpu)->account) != 0))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    struct thread *client = server->caller;
    if (unlikely(server->base_level != client->level))
        hal_tail caller_preempts(HAL_FAST_ARGUMENTS);
    if (unlikely(!apart_server_stays(server, cpu_of(cpu))))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);

    /* ---- commit point: nothing below fails ---- */
    hal_fast_spill(w0, w1, w2, w3, 0, info, w4, &client->context, w5, w6, cpu, w7);
    if (unlikely(info >> KOS_INFO_SIZE_SHIFT != KOS_REGISTER_MESSAGE_SIZE))
        ipc_words_clear_beyond(&client->context, (info >> KOS_INFO_SIZE_SHIFT) - KOS_MESSAGE_HEADER_SIZE);
    apart_answered(server, cpu_of(cpu));
    info = 0;
    HAL_FAST_ANY_WORDS();
    __asm__("" : "=r"(selector));
    hal_tail hal_fast_resume_empty(HAL_FAST_ARGUMENTS);
}

HAL_FAST void ipc_receive_apart(HAL_FAST_PARAMETERS)
{
    struct thread *server = thread_of(self);
    if (unlikely((selector ^ IPC_RECV_TO_REPLY_RECV) != server->receive_selector))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    struct endpoint_slot *slot = server->receive_slot;
    if (unlikely(((word)slot->receiver | (word)server->caller | (word)server->sealed | (word)cpu_of(cpu)->account |
                  cpu->pending) != 0 ||
                 server->watched))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);

    /* ---- commit point: nothing below fails ---- */
    slot->receiver = server;
    server->reply_selector = server->receive_selector;
    server->level = server->base_level; /* no caller waits */
    server->state = THREAD_RECEIVING;
    server->account = nullptr;
    HAL_FAST_ANY_WORDS();
    hal_tail sched_next_fast(HAL_FAST_ARGUMENTS);
}
