/* SPDX-License-Identifier: Apache-2.0 */
/* The security interface: a process asks the security module, and is told by the status of its Call. No message goes
 * anywhere. */
#include <ipc/decide.h>
#include <ksm/audit.h>

static struct object security; /* every handle of the interface names it; never freed */

struct object *ipc_security_object(void)
{
    return &security;
}

void ipc_security_init(void)
{
    object_init(&security, OBJECT_SECURITY);
}

/* The question that info asks, or null. */
static const struct ksm_method *method_of(u32 class_index, word info)
{
    const struct ksm_class *class = &ksm_policy_now()->classes[class_index];
    u32 number = (u32)(info >> KOS_INFO_RIID_SHIFT) & 0xffffU, mid = (u32)(info >> KOS_INFO_MID_SHIFT) & 0xffffU;
    if (number >= class->security_count || mid >= class->security[number].interface->method_count)
        return nullptr;
    return &class->security[number].interface->methods[mid];
}

static retcode malformed(const struct ksm_query *query, const struct message *message)
{
    word info = message->info;
    ksm_audit_malformed(query, (struct ksm_audit_message){
                                   .constant_size = (u32)((info >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK),
                                   .arena_size = (u32)message->buffer.arena_size,
                                   .handle_count = (u32)((info >> KOS_INFO_HANDLES_SHIFT) & KOS_INFO_HANDLES_MASK)});
    return rcInvalidArgument;
}

/* On copies: nobody changes what is verified and decided on. */
static retcode decide(struct thread *client, struct message *message, const struct ksm_shape *shape,
                      struct ksm_query *query)
{
    u8 *copy = cpu_self()->scratch;
    struct message_arena arena;
    message_arena_make(&arena, client->domain, message->buffer.arena, message->buffer.arena_size);
    retcode code = message_snapshot(client, message, copy);
    (void)message_pause(message);
    if (code == rcOk && message->buffer.arena_size != 0)
        code = message_arena_keep(&arena, client, nullptr, message);
    if (code != rcOk)
        return code;
    if (!ksm_chunks_fit(shape, copy, message->buffer.arena_size) ||
        (shape->deep && !message_arena_fits(&arena, message, shape, copy)))
        return malformed(query, message);
    (void)message_pause(message);
    query->constant_part = copy;
    query->constant_size = shape->size - KOS_MESSAGE_HEADER_SIZE;
    query->arena = message->buffer.arena_size != 0 ? &arena.arena : nullptr;
    struct ksm_plan plan;
    ksm_plan_make(&plan, query);
    return message_decide(&plan, query, client->domain, shape, message);
}

retcode ipc_security_ask(struct thread *client)
{
    struct message message = {};
    word info = client->context.info;
    retcode code = message_read(client, &message, client, nullptr); /* its own call, and nobody else's */
    if (code != rcOk)
        return code;
    struct ksm_query query = {.event = KSM_SECURITY,
                              .source_class = (u16)client->domain->class,
                              .source_sid = client->domain->object.sid,
                              .riid = (u16)(info >> KOS_INFO_RIID_SHIFT),
                              .mid = (u16)(info >> KOS_INFO_MID_SHIFT)};
    const struct ksm_method *method = method_of(client->domain->class, info);
    if (method == nullptr || !ksm_shape_fits(&method->request, info, message.buffer.arena_size))
        return malformed(&query, &message);
    code = decide(client, &message, &method->request, &query);
    arena_copy_free(client, message.arena_copy, message.buffer.arena_size);
    if (code != rcOk)
        return code;
    memset(client->context.words, 0, sizeof(client->context.words));
    client->context.info =
        KOS_INFO((info >> KOS_INFO_RIID_SHIFT) & 0xffffU, info & 0xffffU, KOS_MESSAGE_HEADER_SIZE, 0);
    client->context.selector = 0;
    client->context.kind = HAL_RESUME_CALL;
    return rcOk;
}
