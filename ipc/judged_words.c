/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages in registers that the table does not grant, between two threads of one CPU: a rule has to be asked each
 * time, or its answer is in the decision cache. Where ipc/fast.c and ipc/cross.c find no grant they come here, with the
 * words in the sender's context; what is decided on is what is delivered.
 *
 *   step                                           request                       answer
 *   1 who is there                                 receiver parked, levels       caller of this CPU, levels
 *   2 shape, chunks                                -> general path               -> general path
 *   3 plan                                         looks at handles, long         -> general path
 *   4 decision                                     denied: the Call ends         denied: ipc_reply_end
 *   5 words delivered, switch, commit              -                             -; without then Recv the server goes
 * on
 *
 * Up to step 3 nothing has changed. With traces, counting, an FP state to save, or anything else pending all of this
 * is left to the general path; and so is a decision that may take long, for it would be taken without a pause.
 */
#include <ipc/apart.h>
#include <ipc/judged.h>
#include <ipc/pieces.h>

static struct ksm_query query_of(enum ksm_event event, const struct thread *sender, u32 destination_class, u32 sid,
                                 word info)
{
    return (struct ksm_query){.event = event,
                              .source_class = (u16)sender->domain->class,
                              .destination_class = (u16)destination_class,
                              .source_sid = sender->domain->object.sid,
                              .destination_sid = sid,
                              .riid = (u16)(info >> KOS_INFO_RIID_SHIFT),
                              .mid = (u16)(info >> KOS_INFO_MID_SHIFT),
                              .constant_size = (u32)(info >> KOS_INFO_SIZE_SHIFT) - KOS_MESSAGE_HEADER_SIZE,
                              .constant_part = sender->context.words};
}

/* Step 2. What fits has neither handles nor an error in its info word. */
static bool words_fit(const struct ksm_shape *shape, const struct thread *sender)
{
    return shape->size <= KOS_REGISTER_MESSAGE_SIZE && shape->handle_count == 0 && !shape->deep &&
           ksm_shape_fits(shape, sender->context.info, 0) && ksm_chunks_fit(shape, sender->context.words, 0);
}

/* Step 5. */
static inline void deliver(const struct thread *sender, struct thread *receiver, u64 size)
{
    ipc_words_deliver(&receiver->context, sender->context.words, size - KOS_MESSAGE_HEADER_SIZE);
    receiver->context.info = sender->context.info;
    receiver->context.selector = 0;
    receiver->context.kind = HAL_RESUME_CALL;
}

/* False: the rules may cost more than may be done here. */
static inline __attribute__((always_inline)) bool decided_shortly(const struct ksm_query *query, retcode *code)
{
    struct ksm_plan plan;
    ksm_plan_make(&plan, query);
    if (unlikely(!ipc_judged_shortly(&plan, KSM_READS_HANDLES)))
        return false;
    *code = ksm_plan_decide(&plan, query);
    return true;
}

struct thread *ipc_judged_request(struct thread *client, struct channel *channel)
{
    struct cpu *cpu = cpu_self();
    const word info = client->context.info;
    struct endpoint_slot *slot = slot_find(channel, cpu);
    struct thread *server = slot->receiver;
    if (unlikely((word)server <= (word)SLOT_CONTENDED || server->base_level > client->level || cpu->hal.pending != 0 ||
                 (info & KOS_INFO_ERROR) != 0 || !ksm_pair_knows(channel->pair, info)))
        return nullptr;
    const struct ksm_method *method = ksm_method(channel->endpoint->owner_class, info);
    if (unlikely(method == nullptr || !words_fit(&method->request, client)))
        return nullptr;
    struct ksm_query query =
        query_of(KSM_REQUEST, client, channel->endpoint->owner_class, channel->endpoint->owner_sid, info);
    retcode code;
    if (unlikely(!decided_shortly(&query, &code)))
        return nullptr;
    if (unlikely(code != rcOk)) {
        ipc_complete(client, code);
        return client;
    }
    client->call_info = info; /* what the answer is compared with, if the entry is another method's */
    deliver(client, server, method->request.size);
    switch_to(&cpu->hal, client, server);
    const struct ksm_entry *entry = ksm_entry(channel->pair, info);
    call_commit(client, server, channel, slot, entry);
    if (!ksm_entry_speaks(entry, info)) {
        server->reply_entry = nullptr;
        server->reply_selector = 0;
    }
    return server;
}

/* Step 1. */
static bool answers_here(const struct thread *server, const struct cpu *cpu)
{
    const struct thread *client = server->caller;
    return client != nullptr && client->home == cpu->hal.index && cpu->hal.pending == 0 && server->sealed == nullptr &&
           !server->watched && server->base_level <= client->level &&
           (client->context.selector & KOS_CALL_EXTENDED) == 0 && ((client->affinity >> client->home) & 1U) != 0;
}

struct thread *ipc_judged_answer(struct thread *server)
{
    struct cpu *cpu = cpu_self();
    const word info = server->context.info;
    if (unlikely(!answers_here(server, cpu)))
        return nullptr;
    const bool then_receive = (server->context.selector & KOS_CALL_THEN_RECV) != 0;
    if (unlikely(then_receive ? server->receive_slot->receiver != nullptr
                              : cpu->account != nullptr || !apart_server_stays(server, cpu)))
        return nullptr;
    struct thread *client = server->caller;
    const struct ksm_method *method = ksm_method(server->domain->class, info);
    if (unlikely(method == nullptr || (info & KOS_INFO_ERROR) != 0 || (u32)info != ipc_request_identity(server) ||
                 !words_fit(&method->response, server)))
        return nullptr;
    struct ksm_query query = query_of(KSM_RESPONSE, server, client->domain->class, client->domain->object.sid, info);
    retcode code;
    if (unlikely(!decided_shortly(&query, &code)))
        return nullptr;
    if (unlikely(code != rcOk)) {
        ipc_reply_end(server, code);
        sched_exit();
    }
    deliver(server, client, method->response.size);
    if (!then_receive) {
        apart_answered(server, cpu);
        apart_succeeds(server);
        return server;
    }
    switch_to(&cpu->hal, server, client);
    server->receive_slot->receiver = server;
    server->reply_selector = server->receive_selector;
    server->caller = nullptr;
    server->state = THREAD_RECEIVING;
    client->state = THREAD_RUNNABLE;
    return client;
}
