/* SPDX-License-Identifier: Apache-2.0 */
/* Message transfer off the fast path. Registers: the words of the context. Memory: one copy, from the sender's pages to
 * the receiver's. */
#include <hal/user_copy.h>
#include <ipc/arena.h>
#include <ipc/decide.h>
#include <ksm/audit.h>
#include <memory/page.h>

static u32 info_size(word info)
{
    return (u32)((info >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK);
}
static u32 info_handles(word info)
{
    return (u32)((info >> KOS_INFO_HANDLES_SHIFT) & KOS_INFO_HANDLES_MASK);
}

static bool user_range(vaddr address, u64 size)
{
    return size == 0 || (address >= KOS_USER_BASE && address < KOS_USER_LIMIT && size <= KOS_USER_LIMIT - address);
}

/* The usual case of the below: another thread's, on one page, which is there. */
static bool descriptor_there(const struct thread *thread, struct kos_message_buffer *buffer, vaddr address)
{
    u32 present;
    u64 offset = address & (PAGE_SIZE - 1);
    if (unlikely(address >= KOS_USER_LIMIT || offset > PAGE_SIZE - sizeof(*buffer)))
        return false;
    paddr page = hal_space_lookup(&thread->domain->space.hal, address, &present);
    if (unlikely(page == PADDR_NONE || (present & HAL_ACCESS_READ) == 0))
        return false;
    __builtin_memcpy(buffer, (const u8 *)hal_direct(round_down(page, PAGE_SIZE)) + offset, sizeof(*buffer));
    return true;
}

retcode message_bring_in(struct message *message, struct domain *from, void *to, vaddr address, u64 size)
{
    if (message->server == nullptr)
        return PREEMPTED;
    if (!message_pause(message))
        return rcNotConnected;
    u64 done = 0;
    retcode code;
    while ((code = copy_in_steps(from, to, address, size, &done)) == PREEMPTED)
        if (!message_pause(message))
            return rcNotConnected;
    return code;
}

static retcode descriptor_read(struct message *message, const struct thread *thread, struct kos_message_buffer *buffer,
                               vaddr address)
{
    if (thread == thread_current() ? hal_load_user_words(buffer, address, sizeof(*buffer))
                                   : descriptor_there(thread, buffer, address))
        return rcOk;
    return message_copy_in(message, thread->domain, buffer, address, sizeof(*buffer));
}

retcode message_read(struct thread *sender, struct message *message, struct thread *server, struct thread *client)
{
    message->server = server;
    message->client = client;
    message->whole = message->paused = message->target_known = message->giving = false;
    message->info = sender->context.info;
    message->in_memory = (sender->context.selector & KOS_CALL_MEMORY) != 0;
    u32 size = info_size(message->info);
    if (size < KOS_MESSAGE_HEADER_SIZE || size % 8 != 0)
        return rcInvalidArgument;
    if (!message->in_memory) {
        message->buffer = (struct kos_message_buffer){};
        return size <= KOS_REGISTER_MESSAGE_SIZE ? rcOk : rcInvalidArgument;
    }
    struct kos_message_buffer *buffer = &message->buffer;
    retcode code = descriptor_read(message, sender, buffer, sender->context.words[0]);
    if (code != rcOk)
        return code;
    if ((u64)size + buffer->arena_size > KOS_MESSAGE_SIZE_MAX)
        return rcBufferTooLarge;
    if (buffer->constant_size != size || buffer->constant_part % 8 != 0)
        return rcInvalidArgument;
    if (!user_range(buffer->constant_part, size) || !user_range(buffer->arena, buffer->arena_size))
        return rcSourceFault;
    return rcOk;
}

retcode message_snapshot(struct thread *sender, struct message *message, u8 *copy)
{
    u32 size = info_size(message->info) - KOS_MESSAGE_HEADER_SIZE;
    if (!message->in_memory) {
        memcpy(copy, sender->context.words, size);
        return rcOk;
    }
    if (size > PAGE_SIZE)
        return rcBufferTooLarge;
    return message_copy_in(message, sender->domain, copy, message->buffer.constant_part + KOS_MESSAGE_HEADER_SIZE,
                           size);
}

static void receiver_hold(struct message *message)
{
    if (message->giving && !message->held) {
        object_reference(&message->to->object);
        message->held = true;
    }
}

void message_paused(struct message *message)
{
    message->paused = true;
    receiver_hold(message);
    checkpoint_reached();
}

void message_handles_back(struct domain *to, const struct ksm_shape *shape, const u8 *copy, const bool *made, u32 count)
{
    while (count-- > 0) {
        struct kos_handle_descriptor descriptor;
        memcpy(&descriptor, copy + shape->handle_offsets[count] - KOS_MESSAGE_HEADER_SIZE, sizeof(descriptor));
        if (made[count])
            handle_take_back(&to->handles, descriptor.handle); /* unless the receiver closed it meanwhile */
    }
}

/* Gives the handles of a snapshot to the receiver; on failure takes back those made for it, not those that came home.
 */
static retcode handles_transfer(struct message *message, struct thread *sender, struct thread *receiver,
                                const struct ksm_shape *shape, u8 *copy)
{
    struct domain *from = sender->domain, *to = receiver->domain;
    u32 done = 0;
    retcode code = rcOk;
    message->giving = true;
    message->held = false;
    message->to = to;
    for (; done < shape->handle_count; done++) {
        struct kos_handle_descriptor descriptor;
        u8 *place = copy + shape->handle_offsets[done] - KOS_MESSAGE_HEADER_SIZE;
        memcpy(&descriptor, place, sizeof(descriptor));
        code = ipc_handle_pass(from, to, &descriptor, &message->made[done]);
        if (code != rcOk)
            break;
        memcpy(place, &descriptor, sizeof(descriptor));
        if (done + 1 == shape->handle_count) /* all that was decided on has been passed */
            message->whole = false;
        if (!message_pause(message)) {
            code = rcNotConnected;
            done++;
            break;
        }
    }
    if (code != rcOk)
        message_handles_back(to, shape, copy, message->made, done);
    return code;
}

/* The last pauses of an answer that gave handles: if the client goes in one of them, nobody is told of the handles. */
static retcode handles_stay(struct message *message)
{
    if (message->server->sealed != nullptr)
        receiver_hold(message);
    arena_unseal(message->server);
    return message_pause(message) ? rcOk : rcNotConnected;
}

/* receiver: null for a request that waits for one. */
static struct ksm_query query_of(enum ksm_event event, const struct thread *sender, const struct thread *receiver,
                                 const struct message *message, const struct endpoint *endpoint)
{
    bool request = event == KSM_REQUEST;
    return (struct ksm_query){
        .event = event,
        .source_class = (u16)sender->domain->class,
        .destination_class = (u16)(request ? endpoint->owner_class : receiver->domain->class),
        .source_sid = sender->domain->object.sid,
        .destination_sid = request ? endpoint->owner_sid : receiver->domain->object.sid,
        .riid = (u16)(message->info >> KOS_INFO_RIID_SHIFT),
        .mid = (u16)(message->info >> KOS_INFO_MID_SHIFT),
        .constant_size = info_size(message->info) - KOS_MESSAGE_HEADER_SIZE,
    };
}

retcode message_malformed(enum ksm_event event, const struct thread *sender, const struct thread *receiver,
                          const struct message *message, const struct endpoint *endpoint)
{
    struct ksm_query query = query_of(event, sender, receiver, message, endpoint);
    ksm_audit_malformed(&query, (struct ksm_audit_message){.constant_size = info_size(message->info),
                                                           .arena_size = (u32)message->buffer.arena_size,
                                                           .handle_count = info_handles(message->info)});
    return rcInvalidArgument;
}

bool message_content_fits(struct message *message, const struct ksm_shape *shape, const u8 *copy, struct domain *domain,
                          vaddr base, u64 size)
{
    struct message_arena arena;
    message_arena_make(&arena, domain, base, size);
    return message_arena_fits(&arena, message, shape, copy);
}

static bool target_read(const struct thread *receiver, struct message *message)
{
    if (!message->target_known)
        message->target_known = descriptor_read(message, receiver, &message->target, receiver->context.receive) == rcOk;
    return message->target_known;
}

/* What the descriptor says is no good; to read it may have taken a page fault. */
static retcode target_refused(struct message *message, retcode code)
{
    return message_pause(message) ? code : rcNotConnected;
}

static retcode deliver_memory(struct thread *server, struct thread *sender, struct thread *receiver,
                              struct message *message, const struct ksm_shape *shape, const u8 *copy)
{
    if (receiver->context.receive == 0)
        return rcBufferTooSmall;
    if (!target_read(receiver, message))
        return target_refused(message, rcTargetFault);
    struct kos_message_buffer target = message->target;
    u32 size = info_size(message->info);
    target.arena_size &= ~KOS_ARENA_IN_PLACE;
    u64 arena_copied = message->in_place != 0 ? 0 : message->buffer.arena_size;
    if (target.constant_size < size || target.arena_size < arena_copied)
        return target_refused(message, rcBufferTooSmall);
    if (!user_range(target.constant_part, size) || !user_range(target.arena, arena_copied))
        return target_refused(message, rcTargetFault);
    retcode code = message_copy(server, sender, receiver, &target, message, shape, copy);
    if (code != rcOk)
        return code;
    ipc_words_clear(&receiver->context);
    receiver->context.words[0] = size;
    receiver->context.words[1] = message->buffer.arena_size;
    receiver->context.words[2] = message->in_place;
    return rcOk;
}

/* The constant part from copy, or from the sender's memory if that is null; the arena from the sender's memory. */
static retcode deliver(struct thread *server, struct thread *sender, struct thread *receiver, struct message *message,
                       const struct ksm_shape *shape, const u8 *copy)
{
    retcode code = rcOk;
    if (message->in_memory)
        code = deliver_memory(server, sender, receiver, message, shape, copy);
    else
        ipc_words_deliver(&receiver->context, (const word *)(const void *)copy,
                          info_size(message->info) - KOS_MESSAGE_HEADER_SIZE);
    if (code != rcOk)
        return code;
    receiver->context.info = message->info;
    receiver->context.selector = message->in_memory ? KOS_STATUS_MEMORY : 0;
    receiver->context.kind = HAL_RESUME_CALL;
    return rcOk;
}

static struct ksm_pair *pair_of(enum ksm_event event, u32 source_class, u32 destination_class)
{
    return event == KSM_REQUEST ? ksm_pair_get(source_class, destination_class)
                                : ksm_pair_get(destination_class, source_class);
}

/* The verdict and the shape in one compare, as on the fast path. */
enum table_verdict message_look_up(enum ksm_event event, const struct ksm_pair *pair, word info)
{
    if (unlikely((event != KSM_REQUEST && event != KSM_RESPONSE) || pair == nullptr))
        return TABLE_SILENT;
    if (unlikely(!ksm_pair_knows(pair, info)))
        return TABLE_UNKNOWN;
    /* RIID and MID alone make the place, so a response finds its request's entry */
    const struct ksm_entry *entry = ksm_entry(pair, info);
    return (event == KSM_REQUEST ? entry->memory_request : entry->memory_response) == info ? TABLE_GRANTS
                                                                                           : TABLE_SILENT;
}

/* The same; what is not known is learnt first, as a step of its own. False: the call has ended. */
static bool look_up(enum ksm_event event, u32 source_class, u32 destination_class, struct message *message,
                    enum table_verdict *verdict)
{
    struct ksm_pair *pair = pair_of(event, source_class, destination_class);
    *verdict = message_look_up(event, pair, message->info);
    if (likely(*verdict != TABLE_UNKNOWN))
        return true;
    ksm_pair_learn(pair, message->info);
    *verdict = message_look_up(event, pair, message->info);
    return message_pause(message);
}

/* Rules see the rights that the receiver will get: no more than the sender has. A handle that is none fails later. */
static void handles_limit(struct domain *from, const struct ksm_shape *shape, u8 *copy)
{
    for (u32 i = 0; i < shape->handle_count; i++) {
        struct kos_handle_descriptor descriptor;
        struct handle_view view;
        u8 *place = copy + shape->handle_offsets[i] - KOS_MESSAGE_HEADER_SIZE;
        memcpy(&descriptor, place, sizeof(descriptor));
        if (handle_view(&from->handles, descriptor.handle, &view) != rcOk)
            continue;
        descriptor.rights &= view.rights;
        memcpy(place, &descriptor, sizeof(descriptor));
        handle_view_release(&view);
    }
}

/* What a decision or the verification reads must not change under it: read it from a copy, *copy, and send that. With
 * pauses. needs: KSM_READS_* */
static retcode snapshot_and_verify(enum ksm_event event, struct thread *sender, struct thread *receiver,
                                   struct message *message, const struct ksm_shape *shape, struct endpoint *endpoint,
                                   u32 needs, struct message_arena *arena, u8 **copy)
{
    if (message->in_memory && shape->handle_count == 0 && shape->chunk_count == 0 && !shape->deep && needs == 0)
        return rcOk;
    *copy = cpu_self()->scratch;
    retcode code = message_snapshot(sender, message, *copy);
    if (code == rcOk && needs != 0)
        handles_limit(sender->domain, shape, *copy);
    if (code == rcOk && (needs != 0 || shape->deep) && !message_pause(message))
        code = rcNotConnected;
    if (code == rcOk && (needs & KSM_READS_ARENA) != 0 && message->buffer.arena_size != 0)
        code = message_arena_keep(arena, sender, receiver, message);
    if (code != rcOk)
        return code;
    if (!ksm_chunks_fit(shape, *copy, message->buffer.arena_size))
        return message_malformed(event, sender, receiver, message, endpoint);
    /* Rules come after the verification. Without rules that look, that of the delivered arena is enough. */
    if (shape->deep && (needs != 0 || message->buffer.arena_size == 0) &&
        !message_arena_fits(arena, message, shape, *copy))
        return message_stands(message) ? message_malformed(event, sender, receiver, message, endpoint) : rcNotConnected;
    return rcOk;
}

/* Decision on a message whose sizes fit, on bytes that do not change: *copy is the constant part that was decided on.
 */
static retcode verify_and_decide(enum ksm_event event, struct thread *sender, struct thread *receiver,
                                 struct message *message, const struct ksm_shape *shape, struct endpoint *endpoint,
                                 u8 **copy)
{
    struct ksm_query query = query_of(event, sender, receiver, message, endpoint);
    struct ksm_plan plan;
    struct message_arena arena;
    message_arena_make(&arena, sender->domain, message->buffer.arena, message->buffer.arena_size);
    ksm_plan_make(&plan, &query);
    for (u32 needs = plan.needs, before = ~needs; needs != before;) {
        retcode code = snapshot_and_verify(event, sender, receiver, message, shape, endpoint, needs, &arena, copy);
        if (code != rcOk)
            return code;
        before = needs;
        if (unlikely(message->paused)) {
            message->paused = false;
            ksm_plan_make(&plan, &query);
            needs |= plan.needs;
        }
    }
    message->whole = (plan.needs & KSM_READS_HANDLES) != 0;
    query.constant_part = *copy;
    query.arena = message->buffer.arena_size != 0 ? &arena.arena : nullptr;
    return message_decide(&plan, &query, sender->domain, shape, message);
}

/* What follows when the fast compare does not do. */
static retcode verify_and_deliver(enum ksm_event event, struct thread *sender, struct thread *receiver,
                                  struct message *message, const struct ksm_shape *shape, struct endpoint *endpoint)
{
    if (!ksm_shape_fits(shape, message->info, message->buffer.arena_size))
        return message_malformed(event, sender, receiver, message, endpoint);
    u8 *copy = nullptr;
    retcode code = verify_and_decide(event, sender, receiver, message, shape, endpoint, &copy);
    if (code == rcOk && !message_pause(message))
        code = rcNotConnected;
    if (code == rcOk && info_handles(message->info) != 0)
        code = handles_transfer(message, sender, receiver, shape, copy);
    message->whole = false;
    if (code == rcOk) {
        struct thread *server = event == KSM_REQUEST ? receiver : sender;
        code = deliver(server, sender, receiver, message, shape, copy);
        if (code == rcOk && message->giving && server == sender && !transfer_pending(server))
            code = handles_stay(message);
        if (code != rcOk && message->giving)
            message_handles_back(message->to, shape, copy, message->made, shape->handle_count);
        if (code == rcInvalidArgument) /* changed under the copy */
            code = message_malformed(event, sender, receiver, message, endpoint);
    }
    if (unlikely(message->giving && message->held))
        object_release(&message->to->object);
    arena_copy_free(message->server, message->arena_copy, message->buffer.arena_size);
    return code;
}

static bool accepts_in_place(const struct thread *receiver, struct message *message)
{
    return receiver->context.receive != 0 && target_read(receiver, message) &&
           (message->target.arena_size & KOS_ARENA_IN_PLACE) != 0;
}

retcode message_deliver(enum ksm_event event, struct thread *sender, struct thread *receiver, struct message *message,
                        const struct ksm_shape *shape, struct endpoint *endpoint)
{
    message->in_place = 0;
    message->arena_copy = nullptr;
    if (message->buffer.arena_size == 0) {
        u32 destination_class = event == KSM_REQUEST ? endpoint->owner_class : receiver->domain->class;
        enum table_verdict verdict;
        if (!look_up(event, sender->domain->class, destination_class, message, &verdict))
            return rcNotConnected;
        if (verdict == TABLE_GRANTS)
            return deliver(event == KSM_REQUEST ? receiver : sender, sender, receiver, message, shape,
                           message->in_memory ? nullptr : (const u8 *)sender->context.words);
    } else if (event == KSM_REQUEST) {
        if (accepts_in_place(receiver, message))
            message->in_place = arena_in_place(sender, receiver, message);
        else if (!message_stands(message)) /* a page fault of the descriptor's was long enough */
            return rcNotConnected;
    }
    bool stands = message->in_place == 0 || message_pause(message);
    retcode code = stands ? verify_and_deliver(event, sender, receiver, message, shape, endpoint) : rcNotConnected;
    if (code != rcOk && message->in_place != 0) /* not of a response: its receiver may itself serve a sealed request */
        arena_unseal(receiver);
    return code;
}

retcode message_deliver_granted(struct thread *sender, struct thread *receiver, struct message *message)
{
    return deliver(receiver, sender, receiver, message, nullptr, (const u8 *)sender->context.words);
}

void ipc_complete(struct thread *thread, retcode code)
{
    ipc_extended_end(thread);
    thread->context.selector = (u32)code;
    thread->context.info = 0;
    ipc_words_clear(&thread->context);
    thread->context.kind = HAL_RESUME_CALL;
}
