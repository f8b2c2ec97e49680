/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slow side of Call, Recv and Reply; see endpoint.h for the states.
 *
 * A message in memory, with handles, or that the table does not grant can take long, so it has pauses (message_pause),
 * in which interrupts are taken and more urgent threads run. Who does it is the server: a request as its work
 * (take_request, then long_request), an answer in its own Reply (then long_reply). So at each pause the call is in row
 * REPLY_WAIT of endpoint.h's table: client->peer == server, server->caller == client, the server RUNNABLE.
 *
 *   pause                                     what there is besides                 who has it, if the call ends here
 *   request: before all; descriptors read;    -
 *     table filled; decided
 *   sealing, each 64 pages                    server->sealed; some pages            arena_unseal, on the way out
 *   constant part read                        it, in the CPU's scratch page         the server: checkpoint.c
 *   arena kept, each 2 KiB                    message.arena_copy                    freed on the way out
 *   verifying, each 3 looks of 16 bytes       -
 *   handles: each one passed                  new handles                           taken back
 *   constant part copied; arrived arena       the same; bytes in the receiver's     the same; of which it is not told
 *     verified, each 3 looks                  buffer
 *   answer: delivered                         status and words in client->context,  ipc_complete() overwrites them;
 *                                             new handles                           taken back
 *   answer: unsealing, each 64 pages          the same
 *   each page fault of what is read            as where it is read
 *   (between decision on handles and their passing: none)
 *
 *   what happened in the pause                                       what is found behind it
 *   call ends: time limit, channel gone, client terminated           server->caller is null: message_stands(). Nothing
 *                                                                    of the client is used any more. A request: the
 *                                                                    server receives again; an answer: rcNotConnected
 *   server ordered to end                                            it goes on; then thread_finish()
 *   server's handle gone                                             nothing; its next Recv fails
 *   policy's state changed                                           message.paused: what was known is asked again
 *   memory of either unmapped, changed                               a fault; what was read once is not read again
 *
 * The server gets no other caller meanwhile, so server->caller is the same client or none.
 */
#pragma once
#include <ipc/endpoint.h>
#include <ipc/words.h>

/* Fast paths' way out: decodes the selector and does everything in full. Registers are spilled. */
[[noreturn]] void ipc_slow(struct thread *thread);

/* ---- transfer.c ---- */
/* Where the outgoing message of a thread is, read once. */
struct message {
    word info;
    bool in_memory;
    struct kos_message_buffer buffer; /* in_memory: addresses in the sender's space */
    vaddr in_place;                   /* where the receiver finds the arena without a copy, or 0 */
    struct kos_message_buffer target; /* target_known: the receiver's descriptor, which has been read */
    bool target_known;
    u8 *arena_copy; /* the kernel's copy of the arena, on which was decided, or null */
    /* In whose own call or work this is, or null: then it runs through. client: whom it serves, if the message is
     * between the two. */
    struct thread *server, *client;
    bool whole;  /* no pause for now: it was decided on what its handles name */
    bool paused; /* there was a pause: what was known of the policy's state may not be so any more */
    /* Its handles are given, and what follows are set: to whom, which were made for it; held: with a reference, since
     * the first pause, for the receiver of an answer may be gone behind it. */
    bool giving;
    bool held;
    bool made[KOS_INFO_HANDLES_MASK];
    struct domain *to;
};
/* False: the call has ended in a pause, and the client may be gone. */
static inline bool message_stands(const struct message *message)
{
    return message->client == nullptr || message->server->caller == message->client;
}
void message_paused(struct message *message);
/* A checkpoint (smp/preemption.h), if this may be one; and what message_stands() says then. */
static inline bool message_pause(struct message *message)
{
    if (message->server == nullptr || message->whole)
        return true;
    if (preemption_point())
        message_paused(message);
    return message_stands(message);
}
/* The first `count` handles of a message that was not delivered in the end, those that were made for it, are taken back
 * from domain `to`; copy: the constant part as it went there. */
void message_handles_back(struct domain *to, const struct ksm_shape *shape, const u8 *copy, const bool *made,
                          u32 count);
/* server, client: as in struct message. rcSourceFault, rcInvalidArgument (sizes do not agree), rcBufferTooLarge;
 * rcNotConnected: the call has ended in a pause, each page fault being followed by one; PREEMPTED: the descriptor is
 * not there, and there can be no pause. */
retcode message_read(struct thread *sender, struct message *message, struct thread *server, struct thread *client);
/* One kernel copy of what goes into the constant part, behind the header's place; copy: a page, cpu->scratch.
 * rcBufferTooLarge, rcSourceFault; rcNotConnected, as above. */
retcode message_snapshot(struct thread *sender, struct message *message, u8 *copy);
/* Verification, decision and delivery of a message into the receiver's registers and memory: everything that can fail
 * comes before anything is visible to the receiver. If the server has a transfer pending afterwards, the memory is yet
 * to be copied. Codes: rcInvalidArgument, rcSecurityDisallow, rcBufferTooSmall,
 * rcSourceFault, rcTargetFault, rcNoCapability... The receiver's status is set to rcOk. */
retcode message_deliver(enum ksm_event event, struct thread *sender, struct thread *receiver, struct message *message,
                        const struct ksm_shape *shape, struct endpoint *endpoint);

/* What the table of two classes says about a message without an arena. */
enum table_verdict {
    TABLE_UNKNOWN, /* nothing yet */
    TABLE_GRANTS,  /* and its size is right */
    TABLE_SILENT,  /* ask the policy */
};
/* pair: null if there is no memory for it. */
enum table_verdict message_look_up(enum ksm_event event, const struct ksm_pair *pair, word info);
/* Of a request in registers, which the table grants. */
retcode message_deliver_granted(struct thread *sender, struct thread *receiver, struct message *message);

/* The message is none of its method: leaves a record, and is rcInvalidArgument. receiver: null for a request that has
 * none yet. */
retcode message_malformed(enum ksm_event event, const struct thread *sender, const struct thread *receiver,
                          const struct message *message, const struct endpoint *endpoint);

/* ---- copy.c ---- */
/* Between memory of tasks and the kernel's, at once, of pages that are there: rcOk, rcSourceFault, rcTargetFault. */
retcode copy_in(struct domain *from, void *to, vaddr address, u64 size);
retcode copy_out(struct domain *to, vaddr address, const void *from, u64 size);
retcode copy_across(struct domain *to, vaddr target, struct domain *from, vaddr source, u64 size);
/* The same, of whatever can be brought in: at most COPY_STEP bytes or one page fault at a time, from *done on: also
 * PREEMPTED. */
#define COPY_STEP (PAGE_SIZE / 2)
retcode copy_in_steps(struct domain *from, void *to, vaddr address, u64 size, u64 *done);
retcode copy_out_steps(struct domain *to, vaddr address, const void *from, u64 size, u64 *done);
retcode copy_across_steps(struct domain *to, vaddr target, struct domain *from, vaddr source, u64 size, u64 *done);
/* Kernel pointer to read [address, ...) of a space and how much of size lies on that page; null if that is not there.
 */
const void *copy_span(struct address_space *space, vaddr address, u64 size, u64 *span);
/* copy_in() for a message; what is not there is brought in, with pauses. Codes as message_read(). */
retcode message_bring_in(struct message *message, struct domain *from, void *to, vaddr address, u64 size);
static inline retcode message_copy_in(struct message *message, struct domain *from, void *to, vaddr address, u64 size)
{
    retcode code = copy_in(from, to, address, size);
    return likely(code == rcOk) ? code : message_bring_in(message, from, to, address, size);
}
/* True if copying [address, size) takes no page fault; looks at two pages at most. */
bool copy_resident(const struct domain *domain, vaddr address, u64 size, u32 access);

/* ---- long_copy.c ---- */
/* Memory of a message: copied at once if it is short and there, else the server gets a transfer, for the work below,
 * and with it message->arena_copy. */
retcode message_copy(struct thread *server, struct thread *sender, struct thread *receiver,
                     const struct kos_message_buffer *target, struct message *message, const struct ksm_shape *shape,
                     const u8 *snapshot);
static inline bool transfer_pending(const struct thread *server)
{
    return (server->transfer.pieces[0].size | server->transfer.pieces[1].size) != 0;
}
/* The server copies the request that it has been given, the response that it gives, before it goes on. */
void long_request(struct thread *server);
void long_reply(struct thread *server);

/* What lies in an arena of size bytes, and the tags in the constant part, fit the shape. With pauses, if message allows
 * them; false also if the call has ended. */
bool message_content_fits(struct message *message, const struct ksm_shape *shape, const u8 *copy, struct domain *domain,
                          vaddr base, u64 size);

/* Ends a system call of a thread that is not running with an error status (no message). Owner of its IPC state. */
void ipc_complete(struct thread *thread, retcode code);

/* ---- security.c ---- */
void ipc_security_init(void); /* boot */
struct object *ipc_security_object(void);
/* The running thread's Call on a handle of the security interface: rcOk, its response is set, or what the Call ends
 * with. It does not block. */
retcode ipc_security_ask(struct thread *client);

/* ---- handle_pass.c, user_object.c ---- */
/* One handle of a message goes from one task to another: transfer or dereference; *descriptor becomes what the receiver
 * sees. *made: it is a new handle, which the receiver did not have. */
retcode ipc_handle_pass(struct domain *from, struct domain *to, struct kos_handle_descriptor *descriptor, bool *made);
/* Endpoint (no new reference) of a callable handle's object; puts its RIID into *info. rcInvalidArgument if it is none.
 */
retcode user_object_callable(const struct object *object, struct endpoint **endpoint, word *info);

/* ---- call.c, receive.c, reply.c: operate on the running thread; afterwards leave by sched_exit() ---- */
void ipc_call(struct thread *client, word selector);
void ipc_receive(struct thread *server, word selector);
/* The same but for what follows a failure, which may have checkpoints. */
retcode ipc_receive_once(struct thread *server, word selector);
void ipc_receive_failed(struct thread *server, word selector, retcode code);
void ipc_reply(struct thread *server, word selector);
/* Links client and server after delivery; entry: what lets the reply take a fast path, or null. */
void ipc_connect(struct thread *client, struct thread *server, const struct ksm_entry *entry);
/* The client's call has ended, but for its wake-up: its IPC state is its home's again. model: rendezvous.pml 5 */
static inline void ipc_call_ends(struct thread *client)
{
    client->peer = nullptr;
    thread_peer_cpu_set(client, client->home);
}
/* The server serves nobody any more. */
void ipc_disconnect(struct thread *server);
/* memory_path.c: Call and Reply-then-Recv with a message in memory; reached from the fast path. */
HAL_FAST void ipc_memory_call(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_arena_call(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_judged_call(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_memory_reply(HAL_FAST_PARAMETERS);
/* cross.c: the same for a receiver, a client on another CPU. */
HAL_FAST void ipc_cross_call(HAL_FAST_PARAMETERS);
/* The running server has a distant_entry, whose response that is; its caller's home is elsewhere; nobody has parked in
 * its slot. */
HAL_FAST void ipc_cross_reply(HAL_FAST_PARAMETERS);
/* Reply-then-Recv in registers that no entry decides. */
HAL_FAST void ipc_undecided_reply(HAL_FAST_PARAMETERS);
/* apart.c: Reply on the handle of the server's last Recv, without a Recv: as its caller expects (reply_selector), and
 * any other; and a plain Recv. */
HAL_FAST void ipc_reply_apart(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_reply_apart_elsewhere(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_memory_reply_apart(HAL_FAST_PARAMETERS); /* memory_path.c */
HAL_FAST void ipc_receive_apart(HAL_FAST_PARAMETERS);
/* What makes receive_selector of the selector of a Recv. */
#define IPC_RECV_TO_REPLY_RECV ((KOS_OPERATION_RECV ^ KOS_OPERATION_REPLY) << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV)
/* The general form of whatever system call it is: spills the registers, ipc_slow. */
HAL_FAST void ipc_fast_missed(HAL_FAST_PARAMETERS);
/* MID and RIID of the request that server answers. */
word ipc_request_identity(const struct thread *server);
/* What follows on a response that was delivered, or was not: code. */
void ipc_reply_end(struct thread *server, retcode code);
/* The running server's caller is told that its request failed with code, and the server receives again, by
 * transfer.selector and with transfer.deadline. */
void ipc_refuse_request(struct thread *server, retcode code);
/* If a caller waits, and a receiver is parked here, that one takes it: true, if there was one. Owner CPU of the slot.
 */
bool ipc_serve(struct endpoint *endpoint);

/* ---- cancel.c ---- */
/* Ends whatever IPC or futex wait thread (home: this CPU) is in, with code; true if done now (the thread is in no
 * queue, state unchanged), false if another CPU was asked and the thread will be woken with code later. */
bool ipc_cancel(struct thread *thread, retcode code);
/* The thread ends: its caller gets rcNotConnected, its endpoint loses it. */
void ipc_thread_gone(struct thread *thread);

/* The request that server is serving, if any, ends with code. Server's CPU. */
void ipc_abandon_caller(struct thread *server, retcode code);

/* ---- sync_object.c: IPC synchronization objects ---- */
struct sync_object {
    struct object object;
    struct spinlock lock;
    struct list waiters;     /* threads in CallEx or RecvEx with it; guarded by lock */
    struct list interrupted; /* of them, those that are about to be told; guarded by lock */
    bool interrupting;       /* guarded by lock */
    bool clears_itself;      /* when it has interrupted somebody; constant */
    struct quota *quota;
    struct epoch_entry epoch;
};
void sync_object_init(void);
retcode sync_object_create(struct quota *quota, bool clears_itself, struct sync_object **sync);
/* From now on it interrupts, or no longer. If it does, those who wait with it are told by the other, one a step: rcOk,
 * or PREEMPTED, and then it has to be called again. */
void sync_object_set(struct sync_object *sync, bool interrupting);
retcode sync_object_interrupt(struct sync_object *sync);
/* Begins an extended wait of the running thread: rcIpcInterrupt at once, rcInvalidHandle..., or rcOk, and then *limit
 * is for ipc_extended_arm(). PREEMPTED: what it waits for cannot be read, or is not there yet. */
retcode ipc_extended_begin(struct thread *thread, u32 *limit);
/* Last of all, when the thread waits: it may end at once. */
void ipc_extended_arm_limit(struct thread *thread, u32 limit);
static inline void ipc_extended_arm(struct thread *thread, u32 limit)
{
    if (unlikely(limit != KOS_INFINITE_TIMEOUT))
        ipc_extended_arm_limit(thread, limit);
}
void ipc_extended_stop(struct thread *thread);
static inline void ipc_extended_end(struct thread *thread)
{
    if (unlikely(thread->sync != nullptr || (thread->home == cpu_self()->hal.index && timer_armed(&thread->timer))))
        ipc_extended_stop(thread);
}
/* The same wait goes on after a request that was refused, with the time limit that it had: transfer.deadline. */
void ipc_extended_resume(struct thread *server);

/* Implemented by kernel/core_call.c: Call on KOS_CORE_HANDLE. Register form from the fast path, and the general form.
 */
HAL_FAST void core_call_fast(HAL_FAST_PARAMETERS);
HAL_FAST void core_call_isolated(HAL_FAST_PARAMETERS);    /* the same; leaves by sched_exit() */
HAL_FAST void core_call_fast_traced(HAL_FAST_PARAMETERS); /* the same, with tracepoints */
void core_call_slow(struct thread *client, word selector);
/* Implemented by kernel/exception.c: the running thread broke the ABI. */
void thread_fault_illegal_call(struct thread *thread);
