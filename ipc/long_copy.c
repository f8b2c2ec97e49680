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
#include <ipc/ipc.h>
#include <memory/page.h>
#include <sched/work.h>

#define AT_ONCE 1024U

static void transfer_end(struct thread *server)
{
    if (server->transfer.snapshot != nullptr)
        page_free(hal_physical(server->transfer.snapshot), 0);
    server->transfer = (struct transfer){};
}

/* Nothing of a short message that is not there needs a page fault. */
static bool short_copy(const struct thread *sender, const struct thread *receiver, vaddr target, vaddr source, u64 size)
{
    return size == 0 || (copy_resident(sender->domain, source, size, HAL_ACCESS_READ) &&
                         copy_resident(receiver->domain, target, size, HAL_ACCESS_WRITE));
}

retcode message_copy(struct thread *server, struct thread *sender, struct thread *receiver, vaddr constant_part,
                     vaddr arena, const struct message *message, const u8 *snapshot)
{
    u64 arena_size = message->buffer.arena_size, size = message->buffer.constant_size - KOS_MESSAGE_HEADER_SIZE;
    vaddr source = message->buffer.constant_part + KOS_MESSAGE_HEADER_SIZE;
    if (likely(size + arena_size <= AT_ONCE && short_copy(sender, receiver, constant_part, source, size) &&
               short_copy(sender, receiver, arena, message->buffer.arena, arena_size))) {
        retcode code = snapshot != nullptr ? copy_out(receiver->domain, constant_part, snapshot, size)
                                           : copy_across(receiver->domain, constant_part, sender->domain, source, size);
        return code == rcOk ? copy_across(receiver->domain, arena, sender->domain, message->buffer.arena, arena_size)
                            : code;
    }
    struct transfer *transfer = &server->transfer;
    if (snapshot != nullptr) { /* it lies where the next kernel entry would overwrite it */
        paddr page = page_allocate(0);
        if (page == PADDR_NONE)
            return rcOutOfMemory;
        transfer->snapshot = hal_direct(page);
        memcpy(transfer->snapshot, snapshot, size);
    }
    transfer->pieces[0].target = constant_part;
    transfer->pieces[0].source = source;
    transfer->pieces[0].size = size;
    transfer->pieces[1].target = arena;
    transfer->pieces[1].source = message->buffer.arena;
    transfer->pieces[1].size = arena_size;
    return rcOk;
}

/* From where it stands: progress.stage is the piece, progress.position how much of it is there. */
static retcode transfer_go_on(struct thread *server, struct domain *from, struct domain *to)
{
    const struct transfer *transfer = &server->transfer;
    struct progress *progress = &server->work.progress;
    retcode code = rcOk;
    for (; code == rcOk && progress->stage < array_length(transfer->pieces);
         progress->stage++, progress->position = 0) {
        vaddr target = transfer->pieces[progress->stage].target, source = transfer->pieces[progress->stage].source;
        u64 size = transfer->pieces[progress->stage].size;
        code = progress->stage == 0 && transfer->snapshot != nullptr
                   ? copy_out_steps(to, target, transfer->snapshot, size, &progress->position)
                   : copy_across_steps(to, target, from, source, size, &progress->position);
        if (code != rcOk)
            break;
    }
    return code;
}

void long_request(struct thread *server)
{
    struct thread *client = server->caller;
    retcode code =
        client == nullptr || server->dying ? rcNotConnected : transfer_go_on(server, client->domain, server->domain);
    if (code == PREEMPTED)
        return;
    transfer_end(server);
    work_end(server);
    if (code == rcOk || server->dying)
        return;
    /* As if there had been no request: an extended wait begins anew. */
    ipc_abandon_caller(server, code);
    bool extended = server->receive_selector == 0;
    ipc_receive(server, (KOS_OPERATION_RECV << KOS_OPERATION_SHIFT) | (extended ? KOS_CALL_EXTENDED : 0) |
                            server->receive_handle);
}

void long_reply(struct thread *server)
{
    struct thread *client = server->caller;
    retcode code =
        client == nullptr || server->dying ? rcNotConnected : transfer_go_on(server, server->domain, client->domain);
    if (code == PREEMPTED)
        return;
    transfer_end(server);
    work_end(server);
    if (!server->dying)
        ipc_reply_end(server, client, code);
}
