/* SPDX-License-Identifier: Apache-2.0 */
/* The ways of small messages on which a rule decides each time: ipc/judged_words.c, ipc/judged_path.c. */
#pragma once
#include <ipc/ipc.h>
#include <ksm/ksm.h>
#include <ksm/message.h>
#include <ksm/models/transaction.h>

/* What the compiler says a decision may cost at most, if there is no pause before it: two to three times what is
 * measured. Longer ones take the general path, which has pauses around them (docs/real-time.md). */
#define JUDGED_COST_MAX 1600U

/* Known, or to be evaluated in a short time; it has none of the flags in `excluded`. */
static inline bool ipc_judged_shortly(const struct ksm_plan *plan, u32 excluded)
{
    if (ksm_plan_known(plan)) /* a denial is recorded */
        return plan->verdict == KSM_GRANT || (excluded & KSM_AUDITED) == 0;
    const struct ksm_decision *decision = plan->decision;
    return decision != nullptr && (decision->flags & excluded) == 0 && decision->cost <= JUDGED_COST_MAX;
}

/* A plain Call on a channel's handle by the running client, words in its context. Who goes on, by ipc_judged_resume:
 * the server, which has the request, or the client, which was denied it; null: nothing has changed, take the general
 * path. */
struct thread *ipc_judged_request(struct thread *client, struct channel *channel);
/* Reply by the running server on the handle on which it received, words in its context. Who goes on: with then Recv the
 * client, else the server (ipc/apart.c); null: the general path. Does not return if the answer is denied. */
struct thread *ipc_judged_answer(struct thread *server);
/* Audit may have woken its reader. */
[[noreturn]] static inline void ipc_judged_resume(struct thread *thread)
{
    if (unlikely(cpu_self()->hal.pending != 0))
        sched_exit();
    hal_resume(&thread->context);
}
