/* SPDX-License-Identifier: Apache-2.0 */
/* What a decision reads besides the constant part. */
#pragma once
#include <ipc/ipc.h>
#include <traces/trace.h>
#include <ksm/ksm.h>
#include <ksm/models/transaction.h>

/* SIDs behind the handles of a message; the objects are held, so that no context is made for a SID that is dead. */
struct message_sids {
    u32 sids[KOS_INFO_HANDLES_MASK + 1]; /* of the handles that there are */
    u32 held_count;
    struct object *held[KOS_INFO_HANDLES_MASK];
};
/* Of the handles that domain has put into the constant part. rcInvalidHandle, rcHandleRevoked: nothing is held. */
retcode message_sids_take(struct message_sids *sids, struct domain *domain, const struct ksm_shape *shape,
                          const void *constant_part);
void message_sids_drop(struct message_sids *sids);

/* ksm_plan_decide, with a tracepoint. */
retcode decide_traced(const struct ksm_plan *plan, const struct ksm_query *query);
static inline retcode ipc_plan_decide(const struct ksm_plan *plan, const struct ksm_query *query)
{
    if (unlikely(trace_on(cpu_self(), TRACE_decision)))
        return decide_traced(plan, query);
    return ksm_plan_decide(plan, query);
}

/* ksm_plan_decide, with query->sids if the plan needs them. domain: whose handles they are. message: a decision that
 * reads much has pauses; rcNotConnected if it denies and the call has ended in one. Null: none. */
retcode message_decide(const struct ksm_plan *plan, struct ksm_query *query, struct domain *domain,
                       const struct ksm_shape *shape, struct message *message);

/* An arena in a task's memory as rules and verification see it. */
struct message_arena {
    struct ksm_arena arena;
    struct domain *domain;
    vaddr base;
    const u8 *copy;          /* if not null: it is here instead */
    struct message *message; /* verification only: pauses on the way. Null: none */
    u32 looks;               /* since the last one */
};
void message_arena_make(struct message_arena *arena, struct domain *domain, vaddr base, u64 size);
/* ksm_message_fits with pauses. */
bool message_arena_fits(struct message_arena *arena, struct message *message, const struct ksm_shape *shape,
                        const void *constant_part);

/* A larger one must be sealed if a rule is to read it: the copy is one run of pages. */
#define MESSAGE_ARENA_DECIDED_MAX (PAGE_SIZE << PAGE_ORDER_MAX)
/* The arena of message in memory that the sender cannot change: where it is sealed, else in a copy of the kernel
 * (message->arena_copy), which is what will be delivered; charged to message->server, whose own buffer is no smaller.
 * rcQuotaExceeded, rcSecurityDisallow (shared), rcBufferTooLarge, rcOutOfMemory,
 * rcSourceFault; rcNotConnected: the call ended in a pause. */
retcode message_arena_keep(struct message_arena *arena, struct thread *sender, struct thread *receiver,
                           struct message *message);
/* The copy, which may be null, and what message->server was charged for it. */
void arena_copy_free(const struct thread *server, u8 *copy, u64 size);
