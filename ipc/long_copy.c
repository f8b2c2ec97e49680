/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages whose copy would take too long with interrupts masked. Everything else about the message is done (verified,
 * decided, handles passed, client and server connected) or comes afterwards; the server copies, as its work:
 *
 *   request   the server is RUNNABLE with its caller, but not yet in user mode       long_request
 *   response  the server is in its Reply, its caller still waits for it              long_reply
 *
 * So nothing about the exchange is in a state that the table in ipc/endpoint.h does not have. The client may be taken
 * out of its Call at any time; the server finds that it has no caller any more, and what it has copied is forgotten:
 * it receives again, or its Reply says rcNotConnected. While the server copies a request, nobody else can be its
 * client; of what is in its buffers it learns only when all is there.
 */
#include <ipc/arena.h>
#include <ipc/decide.h>
#include <memory/page.h>
#include <sched/work.h>

#define AT_ONCE 1024U

/* The receiver of an answer may be gone when it is known that this does not arrive. */
static void handles_keep(struct transfer *transfer, const struct message *message, u32 count)
{
    transfer->given_to = message->to;
    object_reference(&message->to->object);
    transfer->given[0] = transfer->given[1] = 0;
    for (u32 i = 0; i < count; i++)
        transfer->given[i / 64] |= (u64)message->made[i] << i % 64;
}

static void handles_drop(const struct transfer *transfer, bool arrived)
{
    bool made[KOS_INFO_HANDLES_MASK];
    u32 count = arrived ? 0 : transfer->shape->handle_count;
    for (u32 i = 0; i < count; i++)
        made[i] = (transfer->given[i / 64] >> i % 64 & 1U) != 0;
    message_handles_back(transfer->given_to, transfer->shape, transfer->snapshot, made, count);
    object_release(&transfer->given_to->object);
}

static void transfer_end(struct thread *server, bool arrived)
{
    if (server->transfer.given_to != nullptr)
        handles_drop(&server->transfer, arrived);
    if (server->transfer.snapshot != nullptr)
        page_free(hal_physical(server->transfer.snapshot), 0);
    arena_copy_free(server, server->transfer.arena_copy, server->transfer.arena_size);
    server->transfer = (struct transfer){.selector = server->transfer.selector, .deadline = server->transfer.deadline};
}

/* Nothing of a short message that is not there needs a page fault. */
static bool short_copy(const struct thread *sender, const struct thread *receiver, vaddr target, vaddr source, u64 size)
{
    return size == 0 || (copy_resident(sender->domain, source, size, HAL_ACCESS_READ) &&
                         copy_resident(receiver->domain, target, size, HAL_ACCESS_WRITE));
}

/* What counts is what has arrived: the sender may have changed its arena up to here. */
static bool arrived_well(struct message *message, const struct ksm_shape *shape, const u8 *snapshot,
                         struct thread *receiver, vaddr arena, u64 size)
{
    return !shape->deep || size == 0 || message_content_fits(message, shape, snapshot, receiver->domain, arena, size);
}

/* All that is copied of a message: from where to where. */
struct copied {
    vaddr constant_part, constant_source, arena;
    u64 constant_size, arena_size; /* 0: it stays where it is */
};

/* A page fault ends it, rcSourceFault or rcTargetFault: what is not there any more can come back. */
static retcode copy_at_once(struct thread *sender, struct thread *receiver, const struct copied *copied,
                            struct message *message, const struct ksm_shape *shape, const u8 *snapshot)
{
    if (!message_pause(message))
        return rcNotConnected;
    struct domain *from = sender->domain, *to = receiver->domain;
    retcode code = snapshot != nullptr
                       ? copy_out(to, copied->constant_part, snapshot, copied->constant_size)
                       : copy_across(to, copied->constant_part, from, copied->constant_source, copied->constant_size);
    if (code == rcOk && copied->arena_size != 0 && !message_pause(message))
        return rcNotConnected;
    if (code == rcOk && message->arena_copy != nullptr)
        code = copy_out(to, copied->arena, message->arena_copy, copied->arena_size);
    else if (code == rcOk)
        code = copy_across(to, copied->arena, from, message->buffer.arena, copied->arena_size);
    if (code != rcOk || arrived_well(message, shape, snapshot, receiver, copied->arena, message->buffer.arena_size))
        return code;
    return message_stands(message) ? rcInvalidArgument : rcNotConnected;
}

retcode message_copy(struct thread *server, struct thread *sender, struct thread *receiver,
                     const struct kos_message_buffer *target, struct message *message, const struct ksm_shape *shape,
                     const u8 *snapshot)
{
    const struct copied copied = {
        .constant_part = target->constant_part + KOS_MESSAGE_HEADER_SIZE,
        .constant_source = message->buffer.constant_part + KOS_MESSAGE_HEADER_SIZE,
        .arena = message->in_place != 0 ? message->in_place : target->arena,
        .constant_size = message->buffer.constant_size - KOS_MESSAGE_HEADER_SIZE,
        .arena_size = message->in_place != 0 ? 0 : message->buffer.arena_size,
    };
    if (likely(copied.constant_size + copied.arena_size <= AT_ONCE &&
               short_copy(sender, receiver, copied.constant_part, copied.constant_source, copied.constant_size) &&
               short_copy(sender, receiver, copied.arena, message->buffer.arena, copied.arena_size))) {
        retcode code = copy_at_once(sender, receiver, &copied, message, shape, snapshot);
        if (likely(code != rcSourceFault && code != rcTargetFault))
            return code;
    }
    struct transfer *transfer = &server->transfer;
    transfer->snapshot = nullptr;
    transfer->given_to = nullptr;
    if (snapshot != nullptr) { /* it lies where the next kernel entry would overwrite it */
        paddr page = page_allocate(0);
        if (page == PADDR_NONE)
            return rcOutOfMemory;
        transfer->snapshot = hal_direct(page);
        memcpy(transfer->snapshot, snapshot, copied.constant_size);
        if (message->giving)
            handles_keep(transfer, message, shape->handle_count);
    }
    transfer->pieces[0].target = copied.constant_part;
    transfer->pieces[0].source = copied.constant_source;
    transfer->pieces[0].size = copied.constant_size;
    transfer->pieces[1].target = copied.arena;
    transfer->pieces[1].source = message->buffer.arena;
    transfer->pieces[1].size = copied.arena_size;
    transfer->arena_copy = message->arena_copy;
    message->arena_copy = nullptr;
    transfer->shape = shape;
    transfer->arena = copied.arena;
    transfer->arena_size = message->buffer.arena_size;
    return rcOk;
}

/* From where it stands: progress.stage is the piece, progress.position how much of it is there. */
static retcode transfer_go_on(struct thread *server, struct domain *from, struct thread *receiver)
{
    const struct transfer *transfer = &server->transfer;
    struct domain *to = receiver->domain;
    struct progress *progress = &server->work.progress;
    retcode code;
    while (progress->stage < array_length(transfer->pieces)) {
        vaddr target = transfer->pieces[progress->stage].target, source = transfer->pieces[progress->stage].source;
        u64 size = transfer->pieces[progress->stage].size;
        const u8 *kept = progress->stage == 0 ? transfer->snapshot : transfer->arena_copy;
        code = kept != nullptr ? copy_out_steps(to, target, kept, size, &progress->position)
                               : copy_across_steps(to, target, from, source, size, &progress->position);
        if (code != rcOk)
            return code;
        progress->stage++, progress->position = 0;
        if (progress->stage == 1 && size != 0 &&
            preemption_point()) /* the next one may begin with a page that is not there */
            return PREEMPTED;
    }
    struct thread *client = server->caller;
    word info = receiver->context.info;
    struct message message = {
        .info = info, .buffer.arena_size = (u32)transfer->arena_size, .server = server, .client = client};
    if (!message_pause(&message))
        return rcNotConnected;
    if (arrived_well(&message, transfer->shape, transfer->snapshot, receiver, transfer->arena, transfer->arena_size))
        return rcOk;
    if (!message_stands(&message))
        return rcNotConnected;
    bool request = receiver == server;
    return message_malformed(request                        ? KSM_REQUEST
                             : (info & KOS_INFO_ERROR) != 0 ? KSM_ERROR
                                                            : KSM_RESPONSE,
                             request ? server->caller : server, receiver, &message, server->receive_endpoint);
}

void long_request(struct thread *server)
{
    struct thread *client = server->caller; /* model: rendezvous.pml LONG: looked at before each step */
    retcode code = client == nullptr || server->dying ? rcNotConnected : transfer_go_on(server, client->domain, server);
    if (code == PREEMPTED)
        return;
    transfer_end(server, code == rcOk && !server->dying);
    work_end(server);
    if (code == rcOk)
        server->transfer.deadline = 0;
    else if (!server->dying)
        ipc_refuse_request(server, code);
}

void long_reply(struct thread *server)
{
    struct thread *client = server->caller; /* model: rendezvous.pml LONG */
    retcode code = client == nullptr || server->dying ? rcNotConnected : transfer_go_on(server, server->domain, client);
    if (code == PREEMPTED)
        return;
    if (code == rcOk) { /* with pauses: if the client goes in one, it gets no handles */
        arena_unseal(server);
        code = server->caller == client && !server->dying ? rcOk : rcNotConnected;
    }
    transfer_end(server, code == rcOk);
    work_end(server);
    if (!server->dying)
        ipc_reply_end(server, code);
}
