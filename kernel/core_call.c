/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/upcall.h>
#include <kernel/core_call.h>
#include <memory/page.h>

#define HANDLER(interface, method, rq, rqa, rs, rsa) core_##interface##_##method,
static core_handler *const handlers[] = {KOS_CORE_METHODS(HANDLER)};
#undef HANDLER

/* Handlers of methods without a response arena, by place in a pair's table (ksm_hash); same places for every class. */
#define FAST_HANDLERS 256U
static core_handler *fast_handlers[FAST_HANDLERS];

static struct object kernel_object; /* what KOS_CORE_HANDLE names: the kernel as a server */
struct object *core_object(void)
{
    return &kernel_object;
}

/* Index in handlers[] of an info word's method, which exists. */
static u32 method_index(word info)
{
    return (u32)(ksm_method(KSM_CLASS_CORE, info) - ksm_core_endpoints[0].interface->methods);
}

void core_call_init(void)
{
    object_init(&kernel_object, OBJECT_CHANNEL_CORE);
    for (u32 riid = 0; riid < ksm_core_endpoint_count; riid++) {
        const struct ksm_interface *interface = ksm_core_endpoints[riid].interface;
        for (u32 mid = 0; mid < interface->method_count; mid++) {
            const struct ksm_method *method = &interface->methods[mid];
            word info = KOS_INFO(riid, mid, method->request.size, 0);
            core_handler **place = &fast_handlers[ksm_hash(info) % FAST_HANDLERS];
            kassert(*place == nullptr);
            if (method->response.arena_size == 0)
                *place = handlers[method_index(info)];
        }
    }
}

void core_respond(struct thread *thread, retcode code, word w1, word w2)
{
    word *words = thread->context.words;
    memset(words, 0, sizeof(thread->context.words));
    words[0] = (word)(s64)(s32)code;
    words[1] = w1;
    words[2] = w2;
    u32 count =
        (u32)(((thread->core_response >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK) - KOS_MESSAGE_HEADER_SIZE) / 8;
    for (u32 i = count; i < 3; i++)
        words[i] = 0;
    thread->context.info = thread->core_response;
    thread->context.selector = 0;
    thread->context.kind = HAL_RESUME_CALL;
}

/* Leaves for the same thread if nothing else is pending. */
[[noreturn]] static void leave(struct thread *thread)
{
    if (likely((cpu_self()->hal.pending & ~CPU_PENDING_FPU) == 0))
        hal_resume(&thread->context);
    sched_exit();
}

[[noreturn]] static void run(struct thread *thread, core_handler *handler)
{
    struct core_call call = {.self = thread, .task = task_of(thread->domain), .words = thread->context.words};
    retcode code = handler(&call);
    if (code == CORE_BLOCKED)
        sched_exit();
    word *words = thread->context.words;
    words[0] = (word)(s64)(s32)code;
    u32 size = (u32)((thread->core_response >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK) - KOS_MESSAGE_HEADER_SIZE;
    for (u32 i = size / 8; i < KOS_REGISTER_WORDS; i++)
        words[i] = 0;
    thread->context.info = thread->core_response;
    thread->context.selector = 0;
    leave(thread);
}

HAL_FAST static void slow(HAL_FAST_PARAMETERS)
{
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    ipc_slow(thread_of(self));
}

HAL_FAST void core_call_fast(HAL_FAST_PARAMETERS)
{
    struct thread *thread = thread_of(self);
    const struct ksm_pair *pair = thread->domain->core_pair;
    const struct ksm_entry *decision = ksm_entry(pair, info);
    core_handler *handler = fast_handlers[ksm_hash(info) % FAST_HANDLERS];
    if (unlikely(decision->request != info || handler == nullptr))
        hal_tail slow(HAL_FAST_ARGUMENTS);
    thread->core_response = decision->response;
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    run(thread, handler);
}

/* ---- the general form: arenas, verdicts that are evaluated, everything that may be wrong ---- */

const char *core_string(const struct core_call *call, word chunk_word)
{
    const u8 *bytes;
    u32 size;
    if (!core_bytes(call, chunk_word, &bytes, &size) || size < 2 || size > KOS_NAME_SIZE || bytes[size - 1] != '\0' ||
        strlen((const char *)bytes) != size - 1)
        return nullptr;
    return (const char *)bytes;
}

bool core_bytes(const struct core_call *call, word chunk_word, const u8 **bytes, u32 *size)
{
    u64 offset = chunk_word & 0xffffffffU, length = chunk_word >> 32;
    if (offset + length > call->arena_size)
        return false;
    *bytes = call->arena + offset;
    *size = (u32)length;
    return true;
}

retcode core_return_bytes(struct core_call *call, u32 index, const void *bytes, u64 size)
{
    u64 offset = round_up(call->response_size, 8);
    if (offset + size > call->response_capacity)
        return rcBufferTooSmall;
    memcpy(call->response_arena + offset, bytes, size);
    call->response_size = offset + size;
    call->words[index] = offset | (size << 32);
    return rcOk;
}

retcode core_task(struct core_call *call, u32 handle, u32 rights, struct task **task)
{
    struct object *object;
    if (handle == KOS_INVALID_HANDLE) {
        *task = call->task;
        object_reference(&call->task->domain.object);
        return rcOk;
    }
    retcode code = handle_lookup(&call->task->domain.handles, handle, OBJECT_TASK, rights, &object);
    if (code == rcOk)
        *task = task_from_object(object);
    return code;
}

retcode core_thread(struct core_call *call, u32 handle, u32 rights, struct thread **thread)
{
    struct object *object;
    if (handle == KOS_INVALID_HANDLE) {
        *thread = call->self;
        object_reference(&call->self->object);
        return rcOk;
    }
    retcode code = handle_lookup(&call->task->domain.handles, handle, OBJECT_THREAD, rights, &object);
    if (code == rcOk)
        *thread = thread_from_object(object);
    return code;
}

static retcode decide(enum ksm_event event, struct thread *thread, word info, const word *words, u32 size)
{
    bool request = event == KSM_REQUEST;
    struct ksm_query query = {.event = event,
                              .source_class = request ? thread->domain->class : KSM_CLASS_CORE,
                              .destination_class = request ? KSM_CLASS_CORE : thread->domain->class,
                              .source_sid = request ? thread->domain->object.sid : kernel_object.sid,
                              .destination_sid = request ? kernel_object.sid : thread->domain->object.sid,
                              .riid = (u32)(info >> KOS_INFO_RIID_SHIFT) & 0xffffU,
                              .mid = (u32)(info >> KOS_INFO_MID_SHIFT) & 0xffffU,
                              .constant_part = words,
                              .constant_size = size - KOS_MESSAGE_HEADER_SIZE};
    return ksm_decide(&query);
}

/* Pages for a copy of an arena; the CPU's scratch page serves small ones. */
static u8 *arena_get(u64 size, unsigned *order)
{
    *order = 0;
    if (size <= PAGE_SIZE)
        return cpu_self()->scratch;
    while (((u64)PAGE_SIZE << *order) < size)
        (*order)++;
    paddr page = page_allocate(*order);
    return page == PADDR_NONE ? nullptr : hal_direct(page);
}

static void arena_put(u8 *arena, unsigned order)
{
    if (arena != nullptr && arena != cpu_self()->scratch)
        page_free(hal_physical(arena), order);
}

/* The response of a method with an arena goes to memory, as a whole. */
static retcode return_memory(struct core_call *call, const struct kos_message_buffer *target, u32 size)
{
    if (target->constant_size < size || target->arena_size < call->response_size)
        return rcBufferTooSmall;
    if (!hal_copy_to_user(target->constant_part + KOS_MESSAGE_HEADER_SIZE, call->words,
                          size - KOS_MESSAGE_HEADER_SIZE) ||
        (call->response_size != 0 && !hal_copy_to_user(target->arena, call->response_arena, call->response_size)))
        return rcTargetFault;
    u64 arena_size = call->response_size;
    memset(call->words, 0, sizeof(call->self->context.words));
    call->words[0] = size;
    call->words[1] = arena_size;
    call->self->context.selector = KOS_STATUS_MEMORY;
    return rcOk;
}

static retcode respond(struct core_call *call, const struct ksm_method *method, word info, retcode result,
                       const struct kos_message_buffer *target)
{
    struct thread *thread = call->self;
    call->words[0] = (word)(s64)(s32)result;
    u32 size = method->response.size;
    for (u32 i = (size - KOS_MESSAGE_HEADER_SIZE) / 8; i < KOS_REGISTER_WORDS; i++)
        call->words[i] = 0;
    retcode code = decide(KSM_RESPONSE, thread, info, call->words, size);
    if (code != rcOk)
        return code;
    thread->context.info = thread->core_response;
    thread->context.selector = 0;
    thread->context.kind = HAL_RESUME_CALL;
    return call->response_size != 0 ? return_memory(call, target, size) : rcOk;
}

/* Request verified, copied, decided; handler; response. rcOk or CORE_BLOCKED: done; else the Call itself fails. */
static retcode serve(struct thread *thread, struct message *message, const struct ksm_method *method, u8 *arena)
{
    u32 payload = method->request.size - KOS_MESSAGE_HEADER_SIZE;
    struct core_call call = {.self = thread, .task = task_of(thread->domain), .words = thread->context.words};
    if (message->in_memory) {
        memset(call.words, 0, sizeof(thread->context.words));
        if (payload > sizeof(thread->context.words) ||
            !hal_copy_from_user(call.words, message->buffer.constant_part + KOS_MESSAGE_HEADER_SIZE, payload) ||
            !hal_copy_from_user(arena, message->buffer.arena, message->buffer.arena_size))
            return rcSourceFault;
    }
    call.arena = arena;
    call.arena_size = message->buffer.arena_size;
    retcode code = decide(KSM_REQUEST, thread, message->info, call.words, method->request.size);
    struct kos_message_buffer target = {};
    u8 *response = nullptr;
    unsigned order = 0;
    if (code == rcOk && method->response.arena_size != 0) {
        if (thread->context.receive == 0 || !hal_copy_from_user(&target, thread->context.receive, sizeof(target)))
            return rcTargetFault;
        call.response_capacity =
            method->response.arena_size < target.arena_size ? method->response.arena_size : target.arena_size;
        paddr page = page_allocate(0);
        if (page == PADDR_NONE)
            return rcOutOfMemory;
        response = call.response_arena = hal_direct(page);
        static_assert(KOS_NAME_SIZE <= PAGE_SIZE, "response arenas are at most a page");
    }
    if (code == rcOk) {
        word info = message->info;
        thread->core_response =
            KOS_INFO((info >> KOS_INFO_RIID_SHIFT) & 0xffffU, info & 0xffffU, method->response.size, 0);
        code = handlers[method_index(info)](&call);
        if (code != CORE_BLOCKED)
            code = respond(&call, method, info, code, &target);
    }
    if (response != nullptr)
        page_free(hal_physical(response), order);
    return code;
}

void core_call_slow(struct thread *thread, word selector)
{
    struct message message;
    retcode code =
        (selector & (KOS_CALL_THEN_RECV | KOS_CALL_EXTENDED)) != 0 ? rcInvalidArgument : message_read(thread, &message);
    const struct ksm_method *method = code == rcOk ? ksm_method(KSM_CLASS_CORE, message.info) : nullptr;
    if (code == rcOk &&
        (method == nullptr || !ksm_shape_fits(&method->request, message.info, message.buffer.arena_size)))
        code = rcInvalidArgument;
    unsigned order = 0;
    u8 *arena = nullptr;
    if (code == rcOk) {
        arena = arena_get(message.buffer.arena_size, &order);
        code = arena == nullptr ? rcOutOfMemory : serve(thread, &message, method, arena);
        arena_put(arena, order);
    }
    if (code != rcOk && code != CORE_BLOCKED)
        ipc_complete(thread, code);
}
