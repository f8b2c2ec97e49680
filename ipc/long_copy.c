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
    arena_copy_free(server->transfer.arena_copy, server->transfer.arena_size);
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

retcode message_copy(struct thread *server, struct thread *sender, struct thread *receiver,
                     const struct kos_message_buffer *target, struct message *message, const struct ksm_shape *shape,
                     const u8 *snapshot)
{
    vaddr constant_part = target->constant_part + KOS_MESSAGE_HEADER_SIZE,
          source = message->buffer.constant_part + KOS_MESSAGE_HEADER_SIZE;
    vaddr arena = message->in_place != 0 ? message->in_place : target->arena;
    u64 size = message->buffer.constant_size - KOS_MESSAGE_HEADER_SIZE,
        copied = message->in_place != 0 ? 0 : message->buffer.arena_size;
    if (likely(size + copied <= AT_ONCE && short_copy(sender, receiver, constant_part, source, size) &&
               short_copy(sender, receiver, arena, message->buffer.arena, copied))) {
        if (!message_pause(message))
            return rcNotConnected;
        retcode code = snapshot != nullptr ? copy_out(receiver->domain, constant_part, snapshot, size)
                                           : copy_across(receiver->domain, constant_part, sender->domain, source, size);
        if (code == rcOk && copied != 0 && !message_pause(message))
            return rcNotConnected;
        if (code == rcOk && message->arena_copy != nullptr)
            code = copy_out(receiver->domain, arena, message->arena_copy, copied);
        else if (code == rcOk)
            code = copy_across(receiver->domain, arena, sender->domain, message->buffer.arena, copied);
        if (code != rcOk || arrived_well(message, shape, snapshot, receiver, arena, message->buffer.arena_size))
            return code;
        return message_stands(message) ? rcInvalidArgument : rcNotConnected;
    }
    struct transfer *transfer = &server->transfer;
    transfer->snapshot = nullptr;
    transfer->given_to = nullptr;
    if (snapshot != nullptr) { /* it lies where the next kernel entry would overwrite it */
        paddr page = page_allocate(0);
        if (page == PADDR_NONE)
            return rcOutOfMemory;
        transfer->snapshot = hal_direct(page);
        memcpy(transfer->snapshot, snapshot, size);
        if (message->giving)
            handles_keep(transfer, message, shape->handle_count);
    }
    transfer->pieces[0].target = constant_part;
    transfer->pieces[0].source = source;
    transfer->pieces[0].size = size;
    transfer->pieces[1].target = arena;
    transfer->pieces[1].source = message->buffer.arena;
    transfer->pieces[1].size = copied;
    transfer->arena_copy = message->arena_copy;
    message->arena_copy = nullptr;
    transfer->shape = shape;
    transfer->arena = arena;
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
    for (; progress->stage < array_length(transfer->pieces); progress->stage++, progress->position = 0) {
        vaddr target = transfer->pieces[progress->stage].target, source = transfer->pieces[progress->stage].source;
        u64 size = transfer->pieces[progress->stage].size;
        const u8 *kept = progress->stage == 0 ? transfer->snapshot : transfer->arena_copy;
        code = kept != nullptr ? copy_out_steps(to, target, kept, size, &progress->position)
                               : copy_across_steps(to, target, from, source, size, &progress->position);
        if (code != rcOk)
            return code;
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
