/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast paths of messages whose constant part lies in memory: no arena, no handles, up to KOS_PAGE_SIZE bytes,
 * granted by table, both threads on this CPU. Same three stages as ipc/fast.c, and the same way out when in doubt.
 *
 * One copy: the sender's pages are looked up and read through the direct map, the receiver's memory is written through
 * its own address space, which has to become active anyway. So the switch comes before the copy, and is taken back
 * should the receiver's memory not be there (the general path then finds the right error).
 *
 *   step                                       active space    what can fail
 *   1 decision, receiver, levels               sender's        -> general path
 *   2 sender's buffer descriptor read          sender's        fault, sizes
 *   3 sender's pages found                     sender's        page not present
 *   4 switch                                   receiver's
 *   5 receiver's buffer descriptor read        receiver's      fault, too small       (undo 4)
 *   6 constant part copied                     receiver's      fault                  (undo 4)
 *   7 commit                                   receiver's      -
 *     a Reply without Recv: switch back        sender's        -
 *
 * The sender may change its message while it is copied (from another thread on another CPU); nothing here was decided
 * by its contents. Compiled twice: ipc/fast_trace.h.
 */
#include <hal/upcall.h>
#include <hal/user_copy.h>
#include <ipc/apart.h>
#include <ipc/fast_check.h>
#include <ipc/fast_trace.h>
#include <ipc/pieces.h>

/* Steps 2 and 3. */
static inline __attribute__((always_inline)) bool payload_find(const struct thread *sender, vaddr descriptor, word info,
                                                               struct pieces *pieces)
{
    struct kos_message_buffer buffer;
    u64 size = info >> KOS_INFO_SIZE_SHIFT; /* granted by table: no handles, no error */
    if (unlikely(!hal_load_user_words(&buffer, descriptor, sizeof(buffer))))
        return false;
    if (unlikely(buffer.constant_size != size || buffer.arena_size != 0 || buffer.constant_part % 8 != 0 ||
                 buffer.constant_part - KOS_USER_BASE > KOS_USER_LIMIT - KOS_USER_BASE - KOS_PAGE_SIZE ||
                 size > KOS_PAGE_SIZE))
        return false;
    return pieces_find(sender, buffer.constant_part + KOS_MESSAGE_HEADER_SIZE, size - KOS_MESSAGE_HEADER_SIZE, pieces);
}

/* Steps 5 and 6: into the active space. */
static inline __attribute__((always_inline)) bool payload_deliver(const struct thread *receiver, u64 size,
                                                                  const struct pieces *pieces)
{
    struct kos_message_buffer buffer;
    if (unlikely(!hal_load_user_words(&buffer, receiver->context.receive, sizeof(buffer)) ||
                 buffer.constant_size < size))
        return false;
    vaddr payload = buffer.constant_part + KOS_MESSAGE_HEADER_SIZE;
    return pieces_give(pieces, payload);
}

#define RESUME_WITH(thread, size)                                                                                      \
    do {                                                                                                               \
        self = &(thread)->context;                                                                                     \
        selector = KOS_STATUS_MEMORY;                                                                                  \
        w0 = (size);                                                                                                   \
        w1 = w2 = w3 = w4 = w5 = w6 = w7 = 0;                                                                          \
        hal_tail hal_fast_resume_status(HAL_FAST_ARGUMENTS);                                                           \
    } while (0)

/* Null: take the general path; nothing has changed. */
static struct thread *call_deliver(struct thread *client, struct channel *channel, const struct ksm_entry *decision,
                                   word info, vaddr descriptor, struct cpu *cpu)
{
    struct endpoint_slot *slot = slot_find(channel, cpu);
    struct thread *server = slot->receiver;
    struct pieces pieces;
    if (unlikely(!server_takes(server, client, cpu) || !payload_find(client, descriptor, info, &pieces)))
        return nullptr;
    switch_to(&cpu->hal, client, server);
    if (unlikely(!payload_deliver(server, info >> KOS_INFO_SIZE_SHIFT, &pieces))) {
        switch_to(&cpu->hal, server, client);
        return nullptr;
    }
    fast_check(&cpu->hal, client, server);
    call_commit(client, server, channel, slot, decision);
    fast_trace_call(&cpu->hal, TRACE_MEMORY, client, server, info);
    return server;
}

/* A request with an arena goes on with its channel in w1, where a message in memory has nothing. */
HAL_FAST void FAST(ipc_memory_call)(HAL_FAST_PARAMETERS)
{
    struct channel *channel = channel_find(thread_of(self), selector);
    if (unlikely(channel == nullptr))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    const struct ksm_entry *decision = ksm_entry(channel->pair, info);
    if (unlikely(decision->memory_request != info)) {
        w1 = (word)channel;
        hal_tail FAST(ipc_arena_call)(HAL_FAST_ARGUMENTS);
    }
    struct thread *server = call_deliver(thread_of(self), channel, decision, info, w0, (struct cpu *)(void *)cpu);
    if (unlikely(server == nullptr)) {
        FORGET_WORDS();
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    }
    RESUME_WITH(server, info >> KOS_INFO_SIZE_SHIFT);
}

/* Steps 1 to 6 of an answer: the client, whose space is active; or null. */
static inline __attribute__((always_inline)) struct thread *answer_deliver(struct thread *server, word info,
                                                                           vaddr descriptor, struct hal_cpu *cpu)
{
    const struct ksm_entry *decision = server->reply_entry;
    if (unlikely(decision == nullptr || decision->memory_response != info))
        return nullptr;
    struct thread *client = server->caller; /* not null: there is a reply_entry */
    struct pieces pieces;
    if (unlikely(cpu->pending != 0 || !payload_find(server, descriptor, info, &pieces)))
        return nullptr; /* a client without a buffer fails in step 5 */
    switch_to(cpu, server, client);
    if (unlikely(!payload_deliver(client, info >> KOS_INFO_SIZE_SHIFT, &pieces))) {
        switch_to(cpu, client, server);
        return nullptr;
    }
    fast_check(cpu, client, server);
    return client;
}

static struct thread *reply_deliver(struct thread *server, word info, vaddr descriptor, struct hal_cpu *cpu)
{
    struct endpoint_slot *slot = server->receive_slot;
    struct thread *client =
        unlikely(slot->receiver != nullptr) ? nullptr : answer_deliver(server, info, descriptor, cpu);
    if (unlikely(client == nullptr))
        return nullptr;
    slot->receiver = server;
    server->reply_selector = server->receive_selector;
    server->caller = nullptr;
    server->state = THREAD_RECEIVING;
    client->state = THREAD_RUNNABLE;
    fast_trace_reply(cpu, TRACE_MEMORY, server, client, info);
    return client;
}

HAL_FAST void FAST(ipc_memory_reply)(HAL_FAST_PARAMETERS)
{
    struct thread *client = reply_deliver(thread_of(self), info, w0, cpu);
    if (unlikely(client == nullptr)) {
        FORGET_WORDS();
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    }
    RESUME_WITH(client, info >> KOS_INFO_SIZE_SHIFT);
}

#ifndef FAST_TRACED
static bool reply_apart(struct thread *server, word info, vaddr descriptor, struct cpu *cpu)
{
    if (unlikely(server->caller == nullptr || cpu->account != nullptr || !apart_server_stays(server, cpu)))
        return false;
    struct thread *client = answer_deliver(server, info, descriptor, &cpu->hal);
    if (unlikely(client == nullptr))
        return false;
    switch_to(&cpu->hal, client, server);
    ipc_words_clear(&client->context);
    client->context.words[0] = info >> KOS_INFO_SIZE_SHIFT;
    client->context.selector = KOS_STATUS_MEMORY;
    client->context.info = info;
    client->context.kind = HAL_RESUME_CALL;
    apart_answered(server, cpu);
    return true;
}

HAL_FAST void ipc_memory_reply_apart(HAL_FAST_PARAMETERS)
{
    FORGET_WORDS();
    if (unlikely(!reply_apart(thread_of(self), info, w0, (struct cpu *)(void *)cpu)))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    info = 0;
    hal_tail hal_fast_resume_empty(HAL_FAST_ARGUMENTS);
}
#endif
