/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/upcall.h>
#include <ipc/decide.h>
#include <kernel/core_call.h>
#include <kernel/core_fast.h>
#include <ksm/audit.h>
#include <ksm/message.h>
#include <memory/page.h>
#include <memory/user_copy.h>
#include <sched/work.h>
#include <traces/trace.h>

#define HANDLER(interface, method, rq, rqa, rs, rsa) core_##interface##_##method,
static core_handler *const handlers[] = {KOS_CORE_METHODS(HANDLER)};
#undef HANDLER

/* Methods without a response arena, by place in a pair's table (ksm_hash); same places for every class. */
#define FAST_METHODS 256U
static core_handler *ordinary_handlers[FAST_METHODS];
/* How each is reached. A number, not a pointer: with all its parameters in registers a function has none left for the
 * target of an indirect jump. */
enum fast_way : u8 {
    FAST_NONE, /* by the general form only */
#define FAST_WAY(interface, method) FAST_##method,
    CORE_FAST_METHODS(FAST_WAY)
#undef FAST_WAY
        FAST_ORDINARY,
};
static enum fast_way fast_ways[FAST_METHODS];

static enum fast_way fast_way(u32 riid, u32 mid)
{
#define FAST_WAY(interface, method)                                                                                    \
    if (riid == KOS_RIID_##interface && mid == KOS_CORE_MID(interface, method))                                        \
        return FAST_##method;
    CORE_FAST_METHODS(FAST_WAY)
#undef FAST_WAY
    return FAST_ORDINARY;
}

static struct object kernel_object; /* what KOS_CORE_HANDLE names: the kernel as a server */
struct object *core_object(void)
{
    return &kernel_object;
}

/* Index in handlers[] of an info word's method, which exists. */
static u32 method_index(word info)
{
#define FIRST(name, endpoint, interface) KOS_CORE_FIRST_##name,
    static const u32 first[] = {KOS_CORE_ENDPOINTS(FIRST)};
#undef FIRST
    return first[(info >> KOS_INFO_RIID_SHIFT) & 0xffffU] + (u32)(info & 0xffffU);
}

void core_object_init(void)
{
    object_init(&kernel_object, OBJECT_CHANNEL_CORE);
}

void core_call_init(void)
{
    for (u32 riid = 0; riid < ksm_core_endpoint_count; riid++) {
        const struct ksm_interface *interface = ksm_core_endpoints[riid].interface;
        for (u32 mid = 0; mid < interface->method_count; mid++) {
            const struct ksm_method *method = &interface->methods[mid];
            word info = KOS_INFO(riid, mid, method->request.size, 0);
            u64 place = ksm_hash(info) % FAST_METHODS;
            kassert(ordinary_handlers[place] == nullptr);
            if (method->response.arena_size != 0)
                continue;
            ordinary_handlers[place] = handlers[method_index(info)];
            fast_ways[place] = fast_way(riid, mid);
        }
    }
}

static struct ksm_query query_of(enum ksm_event event, const struct thread *thread, word info)
{
    bool request = event == KSM_REQUEST;
    const struct domain *domain = thread->domain;
    return (struct ksm_query){.event = event,
                              .source_class = (u16)(request ? domain->class : KSM_CLASS_CORE),
                              .destination_class = (u16)(request ? KSM_CLASS_CORE : domain->class),
                              .source_sid = request ? domain->object.sid : kernel_object.sid,
                              .destination_sid = request ? kernel_object.sid : domain->object.sid,
                              .riid = (u16)(info >> KOS_INFO_RIID_SHIFT),
                              .mid = (u16)(info >> KOS_INFO_MID_SHIFT)};
}

/* Leaves a record. */
static retcode malformed_request(const struct thread *thread, const struct message *message)
{
    struct ksm_query query = query_of(KSM_REQUEST, thread, message->info);
    word info = message->info;
    ksm_audit_malformed(&query, (struct ksm_audit_message){
                                    .constant_size = (u32)((info >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK),
                                    .arena_size = (u32)message->buffer.arena_size,
                                    .handle_count = (u32)((info >> KOS_INFO_HANDLES_SHIFT) & KOS_INFO_HANDLES_MASK)});
    return rcInvalidArgument;
}

/* arena: the kernel's copy, or null. message: the call's, if it may pause; else null. */
static retcode decide(enum ksm_event event, struct thread *thread, word info, const struct ksm_shape *shape,
                      const struct ksm_arena *arena, struct message *message)
{
    struct domain *domain = thread->domain;
    struct ksm_query query = query_of(event, thread, info);
    query.constant_part = thread->context.words;
    query.constant_size = shape->size - KOS_MESSAGE_HEADER_SIZE;
    query.arena = arena;
    struct ksm_plan plan;
    ksm_plan_make(&plan, &query);
    return message_decide(&plan, &query, domain, shape, message);
}

/* A constant grant, as on the fast path. */
static bool response_in_table(const struct thread *thread)
{
    return likely(ksm_entry(thread->core_pair, thread->core_response)->memory_response == thread->core_response);
}

/* The response in a thread's context, which has no arena; the thread gets an error instead if that is denied. */
static void decide_response(struct thread *thread)
{
    word info = thread->core_response;
    if (decide(KSM_RESPONSE, thread, info, &ksm_method(KSM_CLASS_CORE, info)->response, nullptr, nullptr) != rcOk)
        ipc_complete(thread, rcSecurityDisallow);
}

void core_respond(struct thread *thread, retcode code, word w1, word w2)
{
    core_respond_more(thread, code, w1, w2, 0);
}

void core_respond_more(struct thread *thread, retcode code, word w1, word w2, word w3)
{
    bool granted = response_in_table(thread);
    thread->context.info = thread->core_response;
    if (code == rcOk && (w1 | w2 | w3) == 0 && granted) {
        thread->context.kind = HAL_RESUME_STATUS;
        return;
    }
    word *words = thread->context.words;
    memset(words, 0, sizeof(thread->context.words));
    words[0] = (word)(s64)(s32)code;
    u32 count =
        (u32)(((thread->core_response >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK) - KOS_MESSAGE_HEADER_SIZE) / 8;
    if (count > 1)
        words[1] = w1;
    if (count > 2)
        words[2] = w2;
    if (count > 3)
        words[3] = w3;
    thread->context.selector = 0;
    thread->context.kind = HAL_RESUME_CALL;
    if (!granted)
        decide_response(thread);
}

/* Words that the response does not declare, in a context that is resumed from memory. */
static void clear_words_beyond(struct hal_context *context)
{
    u32 size = (u32)((context->info >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK) - KOS_MESSAGE_HEADER_SIZE;
    for (u32 i = size / 8; i < KOS_REGISTER_WORDS; i++)
        context->words[i] = 0;
}

/* Work of a thread whose call, verified and granted, was preempted. Its words are those of the request. */
static void again(struct thread *thread)
{
    struct hal_context *context = &thread->context;
    if (thread->dying && thread->work.object == nullptr) { /* nothing is left behind */
        work_end(thread);
        return;
    }
    struct core_call call = {.self = thread, .task = task_of(thread->domain), .words = context->words};
    retcode code = ordinary_handlers[ksm_hash(context->info) % FAST_METHODS](&call);
    if (code == PREEMPTED)
        return;
    work_end(thread);
    if (code == CORE_BLOCKED)
        return;
    context->words[0] = (word)(s64)(s32)code;
    context->info = thread->core_response;
    context->selector = 0;
    clear_words_beyond(context);
    if (!response_in_table(thread))
        decide_response(thread);
}

/* Returns if the thread goes on at once; its words are in the context, those beyond the response's not yet cleared. */
[[gnu::noinline]] static void run(struct thread *thread, word response)
{
    struct hal_context *context = &thread->context;
    core_handler *handler = ordinary_handlers[ksm_hash(context->info) % FAST_METHODS];
    struct core_call call = {.self = thread, .task = task_of(thread->domain), .words = context->words};
    thread->core_response = response;
    retcode code = handler(&call);
    if (unlikely(code > rcOk)) {
        if (code == PREEMPTED)
            work_begin(thread, again);
        sched_exit();
    }
    context->words[0] = (word)(s64)(s32)code;
    context->info = thread->core_response;
    struct hal_cpu *cpu = hal_cpu_self();
    if (likely((cpu->pending & ~CPU_PENDING_FPU) == 0 && cpu->current == context))
        return;
    context->selector = 0;
    clear_words_beyond(context);
    sched_exit();
}

HAL_FAST void core_call_ordinary(HAL_FAST_PARAMETERS)
{
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    run(thread_of(self), selector);
    cpu = hal_cpu_self();
    self = cpu->current;
    w0 = self->words[0], w1 = self->words[1], w2 = self->words[2], w3 = self->words[3];
    w4 = self->words[4], w5 = self->words[5], w6 = self->words[6], w7 = self->words[7];
    info = self->info;
    IPC_CLEAR_WORDS_BEYOND(info);
    hal_tail hal_fast_resume(HAL_FAST_ARGUMENTS);
}

HAL_FAST void core_call_fast(HAL_FAST_PARAMETERS)
{
    const struct ksm_pair *pair = thread_of(self)->core_pair;
    const struct ksm_entry *decision = ksm_entry(pair, info);
    if (unlikely(decision->request != info)) {
        selector = KOS_CORE_HANDLE;
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    }
    selector = decision->response;
    switch (fast_ways[ksm_hash(info) % FAST_METHODS]) {
#define FAST_WAY(interface, method)                                                                                    \
    case FAST_##method:                                                                                                \
        hal_tail core_fast_##method(HAL_FAST_ARGUMENTS);
        CORE_FAST_METHODS(FAST_WAY)
#undef FAST_WAY
    case FAST_ORDINARY:
        hal_tail core_call_ordinary(HAL_FAST_ARGUMENTS);
    case FAST_NONE:
        break;
    }
    selector = KOS_CORE_HANDLE;
    hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
}

/* The clock is read once more when the call has ended: the stack keeps the time. */
HAL_FAST void core_call_fast_traced(HAL_FAST_PARAMETERS)
{
    const struct ksm_entry *decision = ksm_entry(thread_of(self)->core_pair, info);
    selector = KOS_CORE_HANDLE;
    if (decision->request != info || fast_ways[ksm_hash(info) % FAST_METHODS] == FAST_NONE)
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    selector = decision->response;
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    trace_core_call(cpu_self(), TRACE_FAST, 0, 0, info, 0);
    u64 begun = trace_since(cpu_self(), TRACE_core_return);
    run(thread_of(self), selector);
    cpu = hal_cpu_self();
    self = cpu->current;
    trace_core_return(cpu_self(), TRACE_FAST, 0, 0, self->words[0], hal_counter() - begun);
    w0 = self->words[0], w1 = self->words[1], w2 = self->words[2], w3 = self->words[3];
    w4 = self->words[4], w5 = self->words[5], w6 = self->words[6], w7 = self->words[7];
    info = self->info;
    IPC_CLEAR_WORDS_BEYOND(info);
    hal_tail hal_fast_resume(HAL_FAST_ARGUMENTS);
}

HAL_FAST void core_call_isolated(HAL_FAST_PARAMETERS)
{
    const struct ksm_entry *decision = ksm_entry(thread_of(self)->core_pair, info);
    if (decision->request != info || fast_ways[ksm_hash(info) % FAST_METHODS] == FAST_NONE)
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    if (unlikely(
            preemption_point())) /* what brought it here may be as long as a call; the general form has checkpoints */
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    selector = decision->response;
    hal_tail core_call_ordinary(HAL_FAST_ARGUMENTS);
}

/* ---- the general form: arenas, verdicts that are evaluated, everything that may be wrong ---- */

static bool nul_among(const u8 *bytes, u32 size)
{
    u32 at = 0;
    for (u64 word; at + sizeof(word) <= size; at += sizeof(word)) {
        __builtin_memcpy(&word, bytes + at, sizeof(word)); /* one load, not a call */
        /* Subtracting 1 from each sets a highest bit that was not set only where there is a 0, or behind one. */
        if (((word - 0x0101010101010101U) & ~word & 0x8080808080808080U) != 0)
            return true;
    }
    while (at < size && bytes[at] != '\0')
        at++;
    return at < size;
}

#define TEXT_AT_ONCE 256U

const char *core_string(const struct core_call *call, word chunk_word)
{
    const u8 *bytes;
    u32 size;
    if (!core_bytes(call, chunk_word, &bytes, &size) || size < 2 || size > KOS_NAME_SIZE || bytes[size - 1] != '\0')
        return nullptr;
    u32 left = size - 1;
    for (const u8 *at = bytes; left > TEXT_AT_ONCE; at += TEXT_AT_ONCE, left -= TEXT_AT_ONCE) {
        if (nul_among(at, TEXT_AT_ONCE))
            return nullptr;
        checkpoint();
    }
    return nul_among(bytes + size - 1 - left, left) ? nullptr : (const char *)bytes;
}

const char *core_short_string(const struct core_call *call, word chunk_word)
{
    return core_chunk_size(chunk_word) <= KOS_SHORT_NAME_SIZE ? core_string(call, chunk_word) : nullptr;
}

bool core_bytes(const struct core_call *call, word chunk_word, const u8 **bytes, u32 *size)
{
    u64 offset = chunk_word & 0xffffffffU, length = chunk_word >> 32;
    if (offset + length > call->arena_size)
        return false;
    static const u8 none[1];
    *bytes = call->arena != nullptr ? call->arena + offset : none; /* a request in registers has no arena */
    *size = (u32)length;
    return true;
}

retcode core_give_object(struct core_call *call, struct object *object, u32 rights, u32 *handle)
{
    retcode code = handle_insert(&call->task->domain.handles, object, rights, handle);
    object_release(object);
    return code;
}

retcode core_return_bytes(struct core_call *call, word *chunk, const void *bytes, u64 size)
{
    u64 end = call->response_size, offset = round_up(end, 8);
    if (offset + size > call->response_capacity)
        return rcBufferTooSmall;
    memset(call->response_arena + end, 0, offset - end); /* the page is not: what was in it is not the caller's */
    memcpy(call->response_arena + offset, bytes, size);
    call->response_size = offset + size;
    *chunk = core_chunk(offset, size);
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

retcode core_first_thread(struct core_call *call, u32 handle, struct thread **thread)
{
    struct object *object;
    retcode code = handle_lookup(&call->task->domain.handles, handle, OBJECT_TASK, KOS_RIGHT_TASK_CONTROL, &object);
    if (code != rcOk)
        return code;
    struct task *task = task_from_object(object);
    code = task_first_thread(task, thread);
    object_release(object);
    return code;
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

/* What is looked at without a checkpoint. */
#define ARENA_LOOK 64U

static const void *arena_piece(void *context, u64 offset, u64 *available)
{
    checkpoint();
    *available = ARENA_LOOK;
    return (const u8 *)context + offset;
}

/* Do the chunks lie in the arena, are texts UTF-8, as the definition of the method has it? */
static bool content_fits(const struct ksm_shape *shape, const struct core_call *call)
{
    const struct ksm_arena arena = {
        .size = call->arena_size, .span = arena_piece, .context = (void *)(uintptr_t)call->arena};
    return ksm_message_fits(shape, call->words, &arena);
}

/* The response of a method with an arena goes to memory, as a whole. With checkpoints. */
static retcode return_memory(struct core_call *call, const struct kos_message_buffer *target, u32 size)
{
    struct address_space *space = &call->task->domain.space;
    if (target->constant_size < size || target->arena_size < call->response_size)
        return rcBufferTooSmall;
    checkpoint();
    if (!user_copy_out(space, target->constant_part + KOS_MESSAGE_HEADER_SIZE, call->words,
                       size - KOS_MESSAGE_HEADER_SIZE) ||
        !user_copy_out(space, target->arena, call->response_arena, call->response_size))
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
    struct ksm_arena arena = ksm_arena_flat(call->response_arena, call->response_size);
    retcode code =
        decide(KSM_RESPONSE, thread, info, &method->response, call->response_size != 0 ? &arena : nullptr, nullptr);
    if (code != rcOk)
        return code;
    if (call->response_size != 0)
        code = return_memory(call, target, size);
    else
        thread->context.selector = 0;
    thread->context.info = thread->core_response;
    thread->context.kind = HAL_RESUME_CALL;
    return code;
}

/* Request verified, copied, decided; handler; response. rcOk or CORE_BLOCKED: done; else the Call itself fails. */
static retcode serve(struct thread *thread, struct message *message, const struct ksm_method *method, u8 *arena)
{
    u32 payload = method->request.size - KOS_MESSAGE_HEADER_SIZE;
    struct core_call call = {.self = thread, .task = task_of(thread->domain), .words = thread->context.words};
    struct address_space *space = &thread->domain->space;
    if (message->in_memory) {
        memset(call.words, 0, sizeof(thread->context.words));
        if (payload > sizeof(thread->context.words) ||
            !user_copy_in(space, call.words, message->buffer.constant_part + KOS_MESSAGE_HEADER_SIZE, payload))
            return rcSourceFault;
        if (message->buffer.arena_size != 0) {
            checkpoint();
            if (!user_copy_in(space, arena, message->buffer.arena, message->buffer.arena_size))
                return rcSourceFault;
        }
    }
    call.arena = arena;
    call.arena_size = message->buffer.arena_size;
    if (method->request.chunk_count != 0 && !content_fits(&method->request, &call))
        return malformed_request(thread, message);
    struct ksm_arena flat = ksm_arena_flat(arena, message->buffer.arena_size);
    checkpoint();
    retcode code =
        decide(KSM_REQUEST, thread, message->info, &method->request, call.arena_size != 0 ? &flat : nullptr, message);
    checkpoint();
    struct kos_message_buffer target; /* read if there is a response in memory */
    u8 *response = nullptr;
    unsigned order = 0;
    if (code == rcOk && method->response.arena_size != 0) {
        if (thread->context.receive == 0)
            return rcBufferTooSmall;
        if (!user_copy_in(space, &target, thread->context.receive, sizeof(target)))
            return rcTargetFault;
        call.response_capacity =
            method->response.arena_size < target.arena_size ? method->response.arena_size : target.arena_size;
        paddr page = page_allocate(0);
        if (page == PADDR_NONE)
            return rcOutOfMemory;
        response = call.response_arena = hal_direct(page);
        static_assert(KOS_NAME_SIZE <= PAGE_SIZE, "response arenas are at most a page");
    }
    if (code == rcOk && thread->dying) /* since a checkpoint: it must not wait any more */
        code = rcAbort;
    if (code == rcOk) {
        word info = message->info;
        thread->core_response =
            KOS_INFO((info >> KOS_INFO_RIID_SHIFT) & 0xffffU, info & 0xffffU, method->response.size, 0);
        code = handlers[method_index(info)](&call);
        if (code == PREEMPTED)
            work_begin(thread, again); /* such a method has no arenas: they go with the kernel entry */
        else if (code != CORE_BLOCKED) {
            checkpoint();
            code = respond(&call, method, info, code, &target);
        }
    }
    if (response != nullptr)
        page_free(hal_physical(response), order);
    return code;
}

void core_call_slow(struct thread *thread, word selector)
{
    struct message message;
    trace_core_call(cpu_self(), TRACE_SLOW, 0, 0, thread->context.info, 0);
    u64 begun = trace_since(cpu_self(), TRACE_core_return);
    bool malformed =
        (selector & (KOS_CALL_THEN_RECV | KOS_CALL_EXTENDED)) != 0 || (thread->context.info & KOS_INFO_ERROR) != 0;
    retcode code = malformed ? rcInvalidArgument : message_read(thread, &message, thread, nullptr);
    const struct ksm_method *method = code == rcOk ? ksm_method(KSM_CLASS_CORE, message.info) : nullptr;
    if (method != nullptr && unlikely(!ksm_pair_knows(thread->core_pair, message.info)))
        ksm_pair_learn(thread->core_pair, message.info);
    checkpoint();
    if (code == rcOk &&
        (method == nullptr || !ksm_shape_fits(&method->request, message.info, message.buffer.arena_size)))
        code = malformed_request(thread, &message);
    unsigned order = 0;
    u8 *arena = nullptr;
    if (code == rcOk) {
        arena = arena_get(message.buffer.arena_size, &order);
        code = arena == nullptr ? rcOutOfMemory : serve(thread, &message, method, arena);
        arena_put(arena, order);
    }
    if (code <= rcOk && unlikely(trace_on(cpu_self(), TRACE_core_return)))
        trace_core_return(cpu_self(), TRACE_SLOW, 0, 0, code == rcOk ? thread->context.words[0] : (u64)(s64)code,
                          hal_counter() - begun);
    if (code < rcOk)
        ipc_complete(thread, code);
}
