/* SPDX-License-Identifier: Apache-2.0 */
/* Message transfer off the fast path. Registers: the words of the context. Memory: one copy, from the sender's pages to
 * the receiver's. */
#include <ipc/arena.h>
#include <ksm/message.h>
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

retcode message_read(struct thread *sender, struct message *message)
{
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
    retcode code = copy_in(sender->domain, buffer, sender->context.words[0], sizeof(*buffer));
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

/* One kernel copy of what goes into the constant part, in cpu->scratch (behind the header's place). */
static retcode snapshot(struct thread *sender, const struct message *message, u8 *copy)
{
    u32 size = info_size(message->info) - KOS_MESSAGE_HEADER_SIZE;
    if (!message->in_memory) {
        memcpy(copy, sender->context.words, size);
        return rcOk;
    }
    if (size > PAGE_SIZE)
        return rcBufferTooLarge;
    return copy_in(sender->domain, copy, message->buffer.constant_part + KOS_MESSAGE_HEADER_SIZE, size);
}

/* Gives the handles of a snapshot to the receiver; on failure takes back those made for it, not those that came home.
 */
static retcode handles_transfer(struct thread *sender, struct thread *receiver, const struct ksm_shape *shape, u8 *copy)
{
    bool made[KOS_INFO_HANDLES_MASK];
    u32 done = 0;
    retcode code = rcOk;
    for (; done < shape->handle_count; done++) {
        struct kos_handle_descriptor descriptor;
        u8 *place = copy + shape->handle_offsets[done] - KOS_MESSAGE_HEADER_SIZE;
        memcpy(&descriptor, place, sizeof(descriptor));
        code = ipc_handle_pass(sender->domain, receiver->domain, &descriptor, &made[done]);
        if (code != rcOk)
            break;
        memcpy(place, &descriptor, sizeof(descriptor));
    }
    if (code == rcOk)
        return rcOk;
    while (done-- > 0) {
        struct kos_handle_descriptor descriptor;
        memcpy(&descriptor, copy + shape->handle_offsets[done] - KOS_MESSAGE_HEADER_SIZE, sizeof(descriptor));
        if (made[done] && handle_close(&receiver->domain->handles, descriptor.handle) != rcOk)
            continue; /* the receiver closed it meanwhile */
    }
    return code;
}

static retcode decide(enum ksm_event event, struct thread *sender, struct thread *receiver,
                      const struct message *message, const u8 *copy, struct endpoint *endpoint)
{
    bool request = event == KSM_REQUEST;
    struct ksm_query query = {
        .event = event,
        .source_class = sender->domain->class,
        .destination_class = request ? endpoint->owner_class : receiver->domain->class,
        .source_sid = sender->domain->object.sid,
        .destination_sid = request ? endpoint->owner_sid : receiver->domain->object.sid,
        .riid = (u32)(message->info >> KOS_INFO_RIID_SHIFT) & 0xffffU,
        .mid = (u32)(message->info >> KOS_INFO_MID_SHIFT) & 0xffffU,
        .constant_part = copy,
        .constant_size = info_size(message->info) - KOS_MESSAGE_HEADER_SIZE,
    };
    return ksm_decide(&query);
}

/* An arena in the memory of a task. */
struct user_arena {
    struct domain *domain;
    vaddr base;
};

static const void *user_arena_span(void *context, u64 offset, u64 *available)
{
    const struct user_arena *arena = context;
    return copy_span(&arena->domain->space, arena->base + offset, PAGE_SIZE, available);
}

bool message_content_fits(const struct ksm_shape *shape, const u8 *copy, struct domain *domain, vaddr base, u64 size)
{
    struct user_arena place = {domain, base};
    struct ksm_arena arena = {.size = size, .span = user_arena_span, .context = &place};
    return ksm_message_fits(shape, copy, &arena);
}

/* Register message into registers. */
static void deliver_words(struct thread *receiver, const void *words, u32 size)
{
    memcpy(receiver->context.words, words, size);
    memset((u8 *)receiver->context.words + size, 0, sizeof(receiver->context.words) - size);
}

static retcode deliver_memory(struct thread *server, struct thread *sender, struct thread *receiver,
                              const struct message *message, const struct ksm_shape *shape, const u8 *copy)
{
    struct kos_message_buffer target;
    if (receiver->context.receive == 0)
        return rcBufferTooSmall;
    if (copy_in(receiver->domain, &target, receiver->context.receive, sizeof(target)) != rcOk)
        return rcTargetFault;
    u32 size = info_size(message->info);
    target.arena_size &= ~KOS_ARENA_IN_PLACE;
    u64 arena_copied = message->in_place != 0 ? 0 : message->buffer.arena_size;
    if (target.constant_size < size || target.arena_size < arena_copied)
        return rcBufferTooSmall;
    if (!user_range(target.constant_part, size) || !user_range(target.arena, arena_copied))
        return rcTargetFault;
    retcode code = message_copy(server, sender, receiver, &target, message, shape, copy);
    if (code != rcOk)
        return code;
    memset(receiver->context.words, 0, sizeof(receiver->context.words));
    receiver->context.words[0] = size;
    receiver->context.words[1] = message->buffer.arena_size;
    receiver->context.words[2] = message->in_place;
    return rcOk;
}

/* The constant part from copy, or from the sender's memory if that is null; the arena from the sender's memory. */
static retcode deliver(struct thread *server, struct thread *sender, struct thread *receiver,
                       const struct message *message, const struct ksm_shape *shape, const u8 *copy)
{
    retcode code = rcOk;
    if (message->in_memory)
        code = deliver_memory(server, sender, receiver, message, shape, copy);
    else
        deliver_words(receiver, copy, info_size(message->info) - KOS_MESSAGE_HEADER_SIZE);
    if (code != rcOk)
        return code;
    receiver->context.info = message->info;
    receiver->context.selector = message->in_memory ? KOS_STATUS_MEMORY : 0;
    receiver->context.kind = HAL_RESUME_CALL;
    return rcOk;
}

/* The verdict and the shape in one compare, as on the fast path. */
static bool granted_by_table(enum ksm_event event, u32 source_class, u32 destination_class, word info)
{
    if (event != KSM_REQUEST && event != KSM_RESPONSE)
        return false;
    bool request = event == KSM_REQUEST;
    const struct ksm_pair *pair =
        request ? ksm_pair_get(source_class, destination_class) : ksm_pair_get(destination_class, source_class);
    if (pair == nullptr)
        return false;
    if (unlikely(!ksm_pair_knows(pair, info)))
        ksm_pair_learn(pair, info);
    /* RIID and MID alone make the place, so a response finds its request's entry */
    const struct ksm_entry *entry = ksm_entry(pair, info);
    return (request ? entry->memory_request : entry->memory_response) == info;
}

/* What follows when the fast compare does not do: verification and decision on bytes that do not change. */
static retcode verify_and_deliver(enum ksm_event event, struct thread *sender, struct thread *receiver,
                                  struct message *message, const struct ksm_shape *shape, struct endpoint *endpoint)
{
    u32 source_class = sender->domain->class;
    u32 destination_class = event == KSM_REQUEST ? endpoint->owner_class : receiver->domain->class;
    struct thread *server = event == KSM_REQUEST ? receiver : sender;
    if (!ksm_shape_fits(shape, message->info, message->buffer.arena_size))
        return rcInvalidArgument;
    /* What a decision or the verification reads must not change under it: read it from a copy, and send the copy. */
    u8 *copy = nullptr;
    bool reads = ksm_reads_message(event, source_class, destination_class, message->info);
    if (!message->in_memory || shape->handle_count != 0 || shape->chunk_count != 0 || shape->deep || reads) {
        copy = cpu_self()->scratch;
        retcode code = snapshot(sender, message, copy);
        if (code != rcOk)
            return code;
        if (!ksm_chunks_fit(shape, copy, message->buffer.arena_size))
            return rcInvalidArgument;
        /* Rules come after the verification. Without rules that look, that of the delivered arena is enough. */
        if (shape->deep && (reads || message->buffer.arena_size == 0) &&
            !message_content_fits(shape, copy, sender->domain, message->buffer.arena, message->buffer.arena_size))
            return rcInvalidArgument;
    }
    retcode code = decide(event, sender, receiver, message, copy, endpoint);
    if (code == rcOk && info_handles(message->info) != 0)
        code = handles_transfer(sender, receiver, shape, copy);
    /* Should the delivery fail, transferred handles stay with the receiver: it can close them, nothing is lost. */
    return code == rcOk ? deliver(server, sender, receiver, message, shape, copy) : code;
}

static bool accepts_in_place(const struct thread *receiver)
{
    struct kos_message_buffer target;
    return receiver->context.receive != 0 &&
           copy_in(receiver->domain, &target, receiver->context.receive, sizeof(target)) == rcOk &&
           (target.arena_size & KOS_ARENA_IN_PLACE) != 0;
}

retcode message_deliver(enum ksm_event event, struct thread *sender, struct thread *receiver, struct message *message,
                        const struct ksm_shape *shape, struct endpoint *endpoint)
{
    message->in_place = 0;
    if (message->buffer.arena_size == 0) {
        u32 destination_class = event == KSM_REQUEST ? endpoint->owner_class : receiver->domain->class;
        if (granted_by_table(event, sender->domain->class, destination_class, message->info))
            return deliver(event == KSM_REQUEST ? receiver : sender, sender, receiver, message, shape,
                           message->in_memory ? nullptr : (const u8 *)sender->context.words);
    } else if (event == KSM_REQUEST && accepts_in_place(receiver)) {
        message->in_place = arena_in_place(sender, receiver, message);
    }
    retcode code = verify_and_deliver(event, sender, receiver, message, shape, endpoint);
    if (code != rcOk)
        arena_unseal(receiver);
    return code;
}

void ipc_complete(struct thread *thread, retcode code)
{
    ipc_extended_end(thread);
    thread->context.selector = (u32)code;
    thread->context.info = 0;
    memset(thread->context.words, 0, sizeof(thread->context.words));
    thread->context.kind = HAL_RESUME_CALL;
}
