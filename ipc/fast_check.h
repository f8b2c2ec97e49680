/* SPDX-License-Identifier: Apache-2.0 */
/* What the fast paths rely on, asserted in debug kernels where they commit. */
#pragma once
#include <sched/thread.h>
#include <smp/lock_check.h>

/* Client and server are this CPU's own, the one that waits is in no queue, and no lock has been taken since
 * lock_check_begin(). */
static inline __attribute__((always_inline)) void fast_check(const struct hal_cpu *cpu, const struct thread *client,
                                                             const struct thread *server)
{
    kassert(client->home == cpu->index && server->home == cpu->index);
    kassert(client->state == THREAD_RUNNABLE
                ? server->state == THREAD_RECEIVING && server->caller == nullptr
                : client->state == THREAD_REPLY_WAIT && server->caller == client && client->peer == server);
    kassert(lock_check_none_taken(cpu));
}
