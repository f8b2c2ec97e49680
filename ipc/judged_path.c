/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast path of requests in memory that are small and have to be looked at: by a rule, or because strings, unions or
 * nested chunks have to be verified. What the ways of ipc/memory_path.c and ipc/arena_path.c do not know comes here.
 * Constant part and arena go through a copy of the kernel's, so what was verified and decided on is what arrives.
 *
 *   step                                          active space    what can fail
 *   1 shape, receiver, levels                     sender's        -> general path
 *   2 sender's buffer descriptor read             sender's        fault, sizes, an arena to be taken in place
 *   3 constant part and arena copied              sender's        fault
 *   4 plan; then what was copied verified         sender's        handles, audit, too long, denied by table; malformed;
 *                                                                 an interrupt waits, and there is an arena
 *   5 switch, receiver's buffer found             receiver's      fault, too small             (undo 5)
 *   6 decision                                    receiver's      denied: the Call ends        (undo 5)
 *   7 both copied                                 receiver's      fault: the Call ends         (undo 5)
 *   8 commit                                      receiver's      -
 *
 * Up to step 5 nothing has changed and the general path begins anew; it says what is wrong, and verifies with pauses,
 * so nothing is verified here for it in vain. From step 6 on contexts may
 * have changed, so there is no way back, and the Call ends with the general path's error. With traces on all of this
 * is left to the general path, and what is audited too, for it may wake who reads the audit.
 */
#include <hal/user_copy.h>
#include <ipc/judged.h>
#include <ipc/pieces.h>
#include <smp/preemption.h>

#define CONSTANT_MAX 512U
#define ARENA_MAX    128U /* all of it is verified without a pause */

struct judgement {
    u64 size; /* of the constant part, header included */
    struct kos_message_buffer out;
    u8 *constant, *arena; /* the kernel's copies: behind the header; the arena */
    struct ksm_arena flat;
    struct ksm_query query;
    struct ksm_plan plan;
    retcode code; /* what the Call ends with */
};

static bool copy_piecewise(const struct thread *sender, u8 *to, vaddr address, u64 size)
{
    struct pieces pieces;
    if (size == 0)
        return true;
    if (unlikely(address - KOS_USER_BASE > KOS_USER_LIMIT - KOS_USER_BASE - KOS_PAGE_SIZE ||
                 !pieces_find(sender, address, size, &pieces)))
        return false;
    memcpy(to, pieces.first, pieces.first_size);
    if (unlikely(pieces.second_size != 0))
        memcpy(to + pieces.first_size, pieces.second, pieces.second_size);
    return true;
}

/* An arena of this size comes as a copy, whatever its channel's. */
static bool arena_copied(const struct channel *channel)
{
    return atomic_load_explicit(&channel->arena, memory_order_acquire) == nullptr ||
           channel->arena_discipline == KOS_ARENA_COPIED || channel->arena_discipline == KOS_ARENA_AUTO;
}
static_assert(ARENA_MAX < KOS_ARENA_SEALED_FROM, "AUTO would seal it");

/* Steps 2 and 3. */
static bool take(const struct thread *client, const struct channel *channel, const struct ksm_shape *shape, word info,
                 vaddr descriptor, struct judgement *judgement)
{
    struct kos_message_buffer *out = &judgement->out;
    u64 payload = judgement->size - KOS_MESSAGE_HEADER_SIZE;
    if (unlikely(!hal_load_user_words(out, descriptor, sizeof(*out)) || out->constant_size != judgement->size ||
                 out->constant_part % 8 != 0 || out->arena_size > ARENA_MAX || !arena_copied(channel) ||
                 !ksm_shape_fits(shape, info, out->arena_size) ||
                 !copy_piecewise(client, judgement->constant, out->constant_part + KOS_MESSAGE_HEADER_SIZE, payload) ||
                 !copy_piecewise(client, judgement->arena, out->arena, out->arena_size)))
        return false;
    judgement->flat = ksm_arena_flat(judgement->arena, out->arena_size);
    return true;
}

/* Step 4. */
static bool verify(const struct ksm_shape *shape, const struct judgement *judgement)
{
    return shape->deep ? ksm_message_fits(shape, judgement->constant, &judgement->flat)
                       : ksm_chunks_fit(shape, judgement->constant, judgement->flat.size);
}

static bool plan(const struct thread *client, const struct channel *channel, word info, struct judgement *judgement)
{
    const struct endpoint *endpoint = channel->endpoint;
    judgement->query = (struct ksm_query){.event = KSM_REQUEST,
                                          .source_class = (u16)client->domain->class,
                                          .destination_class = (u16)endpoint->owner_class,
                                          .source_sid = client->domain->object.sid,
                                          .destination_sid = endpoint->owner_sid,
                                          .riid = (u16)(info >> KOS_INFO_RIID_SHIFT),
                                          .mid = (u16)(info >> KOS_INFO_MID_SHIFT),
                                          .constant_size = (u32)judgement->size - KOS_MESSAGE_HEADER_SIZE,
                                          .constant_part = judgement->constant,
                                          .arena = judgement->out.arena_size != 0 ? &judgement->flat : nullptr};
    ksm_plan_make(&judgement->plan, &judgement->query);
    return ipc_judged_shortly(&judgement->plan, KSM_AUDITED | KSM_READS_HANDLES);
}

/* [address, address + size) lies on the page of `there`. */
static bool same_page(vaddr there, vaddr address, u64 size)
{
    return there / KOS_PAGE_SIZE == address / KOS_PAGE_SIZE && address % KOS_PAGE_SIZE + size <= KOS_PAGE_SIZE;
}

/* Step 5, in the active space: the receiver's memory is there. */
static bool find_room(const struct thread *server, const struct judgement *judgement, struct kos_message_buffer *in)
{
    if (unlikely(!hal_load_user_words(in, server->context.receive, sizeof(*in)) ||
                 in->constant_size < judgement->size ||
                 (in->arena_size & ~KOS_ARENA_IN_PLACE) < judgement->out.arena_size))
        return false;
    vaddr constant = in->constant_part + KOS_MESSAGE_HEADER_SIZE;
    u64 size = judgement->size - KOS_MESSAGE_HEADER_SIZE, arena_size = judgement->out.arena_size;
    if (!copy_resident(server->domain, constant, size, HAL_ACCESS_WRITE))
        return false;
    return arena_size == 0 || same_page(constant, in->arena, arena_size) ||
           copy_resident(server->domain, in->arena, arena_size, HAL_ACCESS_WRITE);
}

/* Steps 6 and 7, into the active space. */
static retcode decide_and_give(const struct judgement *judgement, const struct kos_message_buffer *in)
{
    retcode code = ksm_plan_decide(&judgement->plan, &judgement->query);
    if (unlikely(code != rcOk))
        return code;
    return likely(hal_copy_to_user(in->constant_part + KOS_MESSAGE_HEADER_SIZE, judgement->constant,
                                   judgement->size - KOS_MESSAGE_HEADER_SIZE) &&
                  hal_copy_to_user(in->arena, judgement->arena, judgement->out.arena_size))
               ? rcOk
               : rcTargetFault;
}

/* Who goes on: the server with the request, the client with judgement->code; null: take the general path. */
static struct thread *deliver(struct thread *client, struct channel *channel, word info, vaddr descriptor,
                              struct cpu *cpu, struct judgement *judgement)
{
    struct endpoint_slot *slot = slot_find(channel, cpu);
    struct thread *server = slot->receiver;
    struct kos_message_buffer in;
    if (unlikely(!server_takes(server, client, cpu) || (info & KOS_INFO_ERROR) != 0))
        return nullptr;
    if (unlikely(!ksm_pair_knows(channel->pair, info))) {
        ksm_pair_learn(channel->pair, info); /* for the next time: of requests with an arena nobody else does */
        return nullptr;
    }
    const struct ksm_method *method = ksm_method(channel->endpoint->owner_class, info);
    if (unlikely(method == nullptr || method->request.size > CONSTANT_MAX || method->request.handle_count != 0))
        return nullptr;
    judgement->size = method->request.size;
    judgement->constant = cpu->scratch;
    judgement->arena = cpu->scratch + CONSTANT_MAX;
    if (unlikely(!take(client, channel, &method->request, info, descriptor, judgement) ||
                 !plan(client, channel, info, judgement) || (judgement->out.arena_size != 0 && preemption_point()) ||
                 !verify(&method->request, judgement)))
        return nullptr;
    switch_to(&cpu->hal, client, server);
    if (unlikely(!find_room(server, judgement, &in))) {
        switch_to(&cpu->hal, server, client);
        return nullptr;
    }
    judgement->code = decide_and_give(judgement, &in);
    if (unlikely(judgement->code != rcOk)) {
        switch_to(&cpu->hal, server, client);
        return client;
    }
    const struct ksm_entry *entry = ksm_entry(channel->pair, info);
    client->call_info = info; /* what the answer is compared with, if the entry is another method's */
    call_commit(client, server, channel, slot, entry);
    if (!ksm_entry_speaks(entry, info)) { /* another method's: the answer takes the general path */
        server->reply_entry = nullptr;
        server->reply_selector = 0;
    }
    return server;
}

/* From ipc_arena_call, with the channel in w1. */
HAL_FAST void ipc_judged_call(HAL_FAST_PARAMETERS)
{
    struct judgement judgement;
    struct thread *client = thread_of(self);
    struct thread *next =
        deliver(client, (struct channel *)w1, info, w0, (struct cpu *)(void *)cpu, &judgement); /* NOLINT */
    FORGET_WORDS();
    if (unlikely(next == nullptr))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    self = &next->context;
    if (likely(next != client)) {
        selector = KOS_STATUS_MEMORY;
        w0 = judgement.size;
        w1 = judgement.out.arena_size;
    } else {
        selector = (u32)judgement.code;
        info = w0 = 0;
    }
    hal_tail hal_fast_resume_status(HAL_FAST_ARGUMENTS);
}
