/* SPDX-License-Identifier: Apache-2.0 */
/* Reply without Recv, where the server goes on: what its ways have in common. The steps are those of ipc/apart.c. */
#pragma once
#include <ipc/ipc.h>
#include <sched/local.h>

/* Step 2: the running server has the level of its caller, of this CPU, also by itself. The two share it from the answer
 * on, so a turn begins, if the server's class has turns: it has begun already. */
static inline bool apart_server_stays(const struct thread *server, const struct cpu *cpu)
{
    const struct thread *client = server->caller;
    return likely(server->base_level == client->level && server->level == client->level &&
                  client->level < RUN_LEVEL_RESERVATION &&
                  (timer_armed(&schedulers[cpu->hal.index].slice) || server->class == KOS_CLASS_FIFO));
}

/* The server serves nobody, and has its own level: nobody more urgent waits for it. */
static inline void apart_server_free(struct thread *server)
{
    server->caller = nullptr;
    server->reply_entry = server->distant_entry = nullptr;
    server->reply_selector = 0;
}

/* The same; the caller, whose context has the answer, is the last of its level. */
static inline void apart_answered(struct thread *server, struct cpu *cpu)
{
    struct thread *client = server->caller;
    struct run_queue *queue = &cpu->run_queue;
    kassert(client->state == THREAD_REPLY_WAIT && client->home == cpu->hal.index);
    client->state = THREAD_RUNNABLE;
    client->account = nullptr;
    u64 ready = queue->ready;
    __asm__("" : "+r"(ready)); /* kept in a register */
    queue->ready = ready | 1ULL << client->level;
    list_push_back(&queue->queues[client->level], &client->run_link);
    apart_server_free(server);
}

/* The server's own Reply has succeeded. */
static inline void apart_succeeds(struct thread *server)
{
    server->context.info = 0;
    server->context.kind = HAL_RESUME_STATUS;
}
