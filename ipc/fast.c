/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast paths of Call and of Reply-then-Recv between two threads of one CPU. Each is one straight function in three
 * stages: checks that change nothing; a commit point; steps that cannot fail. Any doubt goes to ipc_slow, which does
 * the whole operation from the start.
 *
 * No lock, no atomic read-modify-write, no line that another CPU writes in this case, no allocation. Message words stay
 * in registers: the parameters are the registers (hal/context.h).
 *
 * docs/ipc.md lists the conditions.
 */
#include <hal/upcall.h>
#include <ipc/ipc.h>

/* Words that the sender did not declare must not reach the receiver. */
#define CLEAR_WORDS_BEYOND(info_)                                                                                      \
    switch ((((info_) >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK) - KOS_MESSAGE_HEADER_SIZE) {                       \
    case 0:                                                                                                            \
        w0 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    case 8:                                                                                                            \
        w1 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    case 16:                                                                                                           \
        w2 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    case 24:                                                                                                           \
        w3 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    case 32:                                                                                                           \
        w4 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    case 40:                                                                                                           \
        w5 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    case 48:                                                                                                           \
        w6 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    case 56:                                                                                                           \
        w7 = 0;                                                                                                        \
        [[fallthrough]];                                                                                               \
    default:                                                                                                           \
        break;                                                                                                         \
    }

HAL_FAST static void slow(HAL_FAST_PARAMETERS)
{
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    ipc_slow(thread_of(self));
}

HAL_FAST void kernel_call_entry(HAL_FAST_PARAMETERS)
{
    struct thread *client = thread_of(self);
    const struct handle_block *handles = client->handles;
    const struct handle_entry *entry = &handles->entries[selector & handles->mask];
    /* relaxed: a close on another CPU takes effect for lookups that start after it; the objects outlive this kernel
     * entry (epochs) */
    if (unlikely(atomic_load_explicit(&entry->callable, memory_order_relaxed) != selector))
        goto not_callable;
    const struct channel *channel = entry->channel;
    const struct ksm_entry *decision = ksm_entry(channel->pair, info);
    if (unlikely(decision->request !=
                 info)) /* the security module's verdict, and the shape of the message, in one compare */
        goto slow;
    struct endpoint_slot *slot =
        (struct endpoint_slot *)(void *)((char *)channel->slots + ((struct cpu *)(void *)cpu)->slot_offset);
    struct thread *server = slot->receiver;
    if (unlikely((word)server <= (word)SLOT_CONTENDED))
        goto slow;
    if (unlikely(server->base_level > client->level))
        goto slow;
    if (unlikely(cpu->pending != 0))
        goto slow;

    /* ---- commit point: nothing below fails ---- */
    slot->receiver = nullptr;
    server->caller = client;
    server->reply_grant = decision->response;
    server->level = client->level; /* the server runs on its caller's priority and time */
    server->state = THREAD_RUNNABLE;
    client->peer = server;
    client->channel = entry->channel;
    client->state = THREAD_REPLY_WAIT;
    cpu->current = &server->context;
    hal_switch_space(self, &server->context);
    CLEAR_WORDS_BEYOND(info);
    self = &server->context;
    hal_tail hal_fast_resume(HAL_FAST_ARGUMENTS);

not_callable:
    if (likely(selector == KOS_CORE_HANDLE))
        hal_tail core_call_fast(HAL_FAST_ARGUMENTS);
slow:
    hal_tail slow(HAL_FAST_ARGUMENTS);
}

HAL_FAST void kernel_reply_entry(HAL_FAST_PARAMETERS)
{
    struct thread *server = thread_of(self);
    if (unlikely(info != server->reply_grant)) /* verdict and shape of this one response */
        goto slow;
    if (unlikely(selector != server->receive_selector))
        goto slow;
    struct endpoint_slot *slot = server->receive_slot;
    if (unlikely(slot->receiver != nullptr))
        goto slow;
    if (unlikely(cpu->pending != 0))
        goto slow;
    struct thread *client = server->caller;

    /* ---- commit point: nothing below fails ---- */
    slot->receiver = server;
    server->caller = nullptr;
    server->reply_grant = 0;
    server->state = THREAD_RECEIVING;
    client->state = THREAD_RUNNABLE;
    cpu->current = &client->context;
    hal_switch_space(self, &client->context);
    CLEAR_WORDS_BEYOND(info);
    self = &client->context;
    hal_tail hal_fast_resume(HAL_FAST_ARGUMENTS);

slow:
    hal_tail slow(HAL_FAST_ARGUMENTS);
}
