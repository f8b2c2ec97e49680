/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast path of requests with an arena: granted by table, chunks of bytes or plain elements, no handles, both
 * threads on this CPU; the arena either shared, so that it stays where it is whatever its size, or no larger than a
 * page and copied. Steps and ways out are those of ipc/memory_path.c, but the constant part goes through a copy of the
 * kernel's: its chunks are verified there, and the receiver gets what was verified.
 *
 *   step                                          active space    what can fail
 *   1 decision and shape, receiver, levels        sender's        -> general path
 *   2 sender's buffer descriptor read             sender's        fault, sizes
 *   3 where the receiver finds the arena          sender's        neither shared nor small
 *   4 constant part copied, chunks verified       sender's        fault, chunk outside the arena
 *   5 switch                                      receiver's
 *   6 receiver's buffer descriptor read           receiver's      fault, too small             (undo 5)
 *   7 constant part and arena copied              receiver's      fault                        (undo 5)
 *   8 commit                                      receiver's      -
 */
#include <hal/upcall.h>
#include <hal/user_copy.h>
#include <ipc/fast_check.h>
#include <ipc/arena.h>
#include <ipc/fast_trace.h>
#include <ipc/pieces.h>

#define CONSTANT_MAX 512U

struct delivery {
    const struct ksm_shape *shape;
    const u8 *copy;                /* the payload */
    u64 size;                      /* of the constant part, header included */
    struct kos_message_buffer out; /* the sender's */
    vaddr in_place;                /* where the receiver finds the arena; 0: it is copied */
    struct pieces arena;           /* else */
};

/* Step 3. An empty arena is found like any other. */
static inline bool arena_find(const struct thread *client, const struct channel *channel, struct delivery *delivery)
{
    const struct arena *arena = atomic_load_explicit(&channel->arena, memory_order_acquire);
    u64 size = delivery->out.arena_size;
    delivery->in_place = 0;
    delivery->arena = (struct pieces){};
    if (arena != nullptr) {
        u64 offset = delivery->out.arena - arena->client_base;
        bool inside = arena->client == client->domain && offset < arena->size && size <= arena->size - offset;
        if (likely(inside && channel->arena_discipline == KOS_ARENA_SHARED)) {
            delivery->in_place = channel->arena_server + offset;
            return true;
        }
        if (inside && channel->arena_discipline != KOS_ARENA_COPIED &&
            !(channel->arena_discipline == KOS_ARENA_AUTO && size < KOS_ARENA_SEALED_FROM))
            return false;
    }
    return size == 0 || (size <= KOS_PAGE_SIZE &&
                         delivery->out.arena - KOS_USER_BASE <= KOS_USER_LIMIT - KOS_USER_BASE - KOS_PAGE_SIZE &&
                         pieces_find(client, delivery->out.arena, size, &delivery->arena));
}

/* Steps 2 to 4. */
static inline bool take(const struct thread *client, const struct channel *channel, vaddr descriptor, struct cpu *cpu,
                        struct delivery *delivery)
{
    struct pieces constant;
    const struct kos_message_buffer *out = &delivery->out;
    if (unlikely(!hal_load_user_words(&delivery->out, descriptor, sizeof(delivery->out))))
        return false;
    if (unlikely(out->constant_size != delivery->size || out->constant_part % 8 != 0 ||
                 out->constant_part - KOS_USER_BASE > KOS_USER_LIMIT - KOS_USER_BASE - KOS_PAGE_SIZE ||
                 delivery->size > CONSTANT_MAX || !arena_find(client, channel, delivery) ||
                 !pieces_find(client, out->constant_part + KOS_MESSAGE_HEADER_SIZE,
                              delivery->size - KOS_MESSAGE_HEADER_SIZE, &constant)))
        return false;
    memcpy(cpu->scratch, constant.first, constant.first_size);
    if (unlikely(constant.second_size != 0))
        memcpy(cpu->scratch + constant.first_size, constant.second, constant.second_size);
    delivery->copy = cpu->scratch;
    return ksm_chunks_fit(delivery->shape, delivery->copy, out->arena_size);
}

/* Steps 6 and 7. */
static inline bool give(const struct thread *server, const struct delivery *delivery)
{
    struct kos_message_buffer in;
    if (unlikely(!hal_load_user_words(&in, server->context.receive, sizeof(in)) || in.constant_size < delivery->size))
        return false;
    if (delivery->in_place != 0) {
        if (unlikely((in.arena_size & KOS_ARENA_IN_PLACE) == 0))
            return false;
    } else if (unlikely((in.arena_size & ~KOS_ARENA_IN_PLACE) < delivery->out.arena_size ||
                        !pieces_give(&delivery->arena, in.arena))) {
        return false;
    }
    return hal_copy_to_user(in.constant_part + KOS_MESSAGE_HEADER_SIZE, delivery->copy,
                            delivery->size - KOS_MESSAGE_HEADER_SIZE);
}

/* Null: take the general path; nothing has changed. */
static struct thread *deliver(struct thread *client, struct channel *channel, word info, vaddr descriptor,
                              struct cpu *cpu, struct delivery *delivery)
{
    delivery->size = delivery->shape->size;
    struct endpoint_slot *slot = slot_find(channel, cpu);
    struct thread *server = slot->receiver;
    if (unlikely(!server_takes(server, client, cpu) || !take(client, channel, descriptor, cpu, delivery)))
        return nullptr;
    switch_to(&cpu->hal, client, server);
    if (unlikely(!give(server, delivery))) {
        switch_to(&cpu->hal, server, client);
        return nullptr;
    }
    fast_check(&cpu->hal, client, server);
    call_commit(client, server, channel, slot, ksm_entry(channel->pair, info));
    fast_trace_call(&cpu->hal, TRACE_ARENA, client, server, info);
    return server;
}

#ifdef FAST_TRACED
#define JUDGED ipc_judged_call_traced
HAL_FAST void ipc_judged_call_traced(HAL_FAST_PARAMETERS)
{
    FORGET_WORDS();
    hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
}
#else
#define JUDGED ipc_judged_call
#endif

/* From ipc_memory_call, with the channel in w1. What the table does not grant goes on to ipc/judged_path.c. */
HAL_FAST void FAST(ipc_arena_call)(HAL_FAST_PARAMETERS)
{
    struct delivery delivery;
    delivery.shape = ksm_arena_shape(((struct channel *)w1)->pair, info); /* NOLINT */
    if (unlikely(delivery.shape == nullptr))
        hal_tail JUDGED(HAL_FAST_ARGUMENTS);
    struct thread *server =
        deliver(thread_of(self), (struct channel *)w1, info, w0, (struct cpu *)(void *)cpu, &delivery); /* NOLINT */
    if (unlikely(server == nullptr)) {
        FORGET_WORDS();
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    }
    self = &server->context;
    selector = KOS_STATUS_MEMORY;
    w0 = delivery.size;
    w1 = delivery.out.arena_size;
    w2 = delivery.in_place;
    w3 = w4 = w5 = w6 = w7 = 0;
    hal_tail hal_fast_resume_status(HAL_FAST_ARGUMENTS);
}
