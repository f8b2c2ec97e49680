/* SPDX-License-Identifier: Apache-2.0 */
/* What a decision reads besides the constant part, in memory that nobody can change until the message is delivered. */
#include <ipc/arena.h>
#include <ipc/decide.h>
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <memory/page.h>
#include <memory/user_copy.h>
#include <sched/counting.h>

static u32 sid_of(struct domain *domain, u32 handle, struct message_sids *sids, retcode *code)
{
    struct object *object;
    if (handle == KOS_INVALID_HANDLE || *code != rcOk)
        return 0;
    *code = handle_lookup(&domain->handles, handle, OBJECT_NONE, 0, &object);
    if (*code != rcOk)
        return 0;
    sids->held[sids->held_count++] = object;
    return object->sid;
}

retcode message_sids_take(struct message_sids *sids, struct domain *domain, const struct ksm_shape *shape,
                          const void *constant_part)
{
    retcode code = rcOk;
    sids->held_count = 0;
    for (u32 i = 0; i < shape->handle_count; i++) {
        struct kos_handle_descriptor descriptor;
        memcpy(&descriptor, (const u8 *)constant_part + shape->handle_offsets[i] - KOS_MESSAGE_HEADER_SIZE,
               sizeof(descriptor));
        sids->sids[i] = sid_of(domain, descriptor.handle, sids, &code);
    }
    if (code != rcOk)
        message_sids_drop(sids);
    return code;
}

void message_sids_drop(struct message_sids *sids)
{
    while (sids->held_count != 0)
        object_release(sids->held[--sids->held_count]);
}

retcode decide_traced(const struct ksm_plan *plan, const struct ksm_query *query)
{
    enum trace_verdict verdict = TRACE_EVALUATED;
    if (ksm_plan_known(plan)) /* what is evaluated, to record it too, has a decision */
        verdict = plan->decision == nullptr ? TRACE_CONSTANT : TRACE_CACHED;
    u64 begun = hal_counter();
    retcode code = ksm_plan_decide(plan, query);
    trace_decision(cpu_self(), code != rcOk ? (u8)TRACE_DENIED : (u8)verdict, (u16)query->event,
                   (u32)query->source_class << 16 | query->destination_class,
                   KOS_INFO(query->riid, query->mid, query->constant_size, 0), hal_counter() - begun);
    return code;
}

#define CORE_WORDS 16U
static_assert(KOS_REGISTER_WORDS <= CORE_WORDS, "handle_words has a bit for each word of a call of the kernel");

/* Handles that a call of the kernel names by numbers. One that names nothing has no SID and no rights: what the call
 * says to it is the kernel's business. */
static void words_describe(struct message_sids *sids, struct domain *domain, u32 handle_words, struct ksm_query *query,
                           u64 *words)
{
    memcpy(words, query->constant_part, query->constant_size);
    for (; handle_words != 0; handle_words &= handle_words - 1) {
        u32 index = (u32)__builtin_ctz(handle_words), rights = 0;
        struct object *object;
        if (handle_describe(&domain->handles, (u32)words[index], &object, &rights)) {
            sids->held[sids->held_count++] = object;
            sids->sids[index] = object->sid;
        }
        words[index] = (u32)words[index] | (u64)rights << 32;
    }
    query->constant_part = words;
}

static retcode decide_on_words(const struct ksm_plan *plan, struct ksm_query *query, struct domain *domain,
                               struct message_sids *sids)
{
    u64 words[CORE_WORDS];
    const void *constant_part = query->constant_part;
    if (query->constant_size > sizeof(words)) /* no call of the kernel */
        return rcSecurityDisallow;
    memset(sids->sids, 0, sizeof(sids->sids));
    sids->held_count = 0;
    words_describe(sids, domain, plan->decision->handle_words, query, words);
    query->sids = sids->sids;
    retcode code = ipc_plan_decide(plan, query);
    query->constant_part = constant_part;
    return code;
}

/* Large; only for decisions that look at handles. */
[[gnu::noinline]] static retcode decide_on_handles(const struct ksm_plan *plan, struct ksm_query *query,
                                                   struct domain *domain, const struct ksm_shape *shape)
{
    struct message_sids sids;
    retcode code;
    if (plan->decision->handle_words != 0) {
        code = decide_on_words(plan, query, domain, &sids);
    } else {
        code = message_sids_take(&sids, domain, shape, query->constant_part);
        if (code != rcOk)
            return code;
        query->sids = sids.sids;
        code = ipc_plan_decide(plan, query);
    }
    query->sids = nullptr;
    message_sids_drop(&sids);
    return code;
}

/* A decision with pauses. In one, others are decided on this CPU: they note their results elsewhere. */
struct decision_pauser {
    struct ksm_pauser pauser;
    struct message *message;
};

static void decision_pause(struct ksm_pauser *pauser)
{
    paddr page = page_allocate(0);
    if (page == PADDR_NONE) /* it goes on without a pause */
        return;
    void *notes = ksm_audit_notes_change(hal_direct(page));
    message_paused(container_of(pauser, struct decision_pauser, pauser)->message);
    page_free(hal_physical(ksm_audit_notes_change(notes)), 0);
}

static retcode decide_with_pauses(const struct ksm_plan *plan, const struct ksm_query *query, struct message *message)
{
    struct decision_pauser pauser = {{decision_pause}, message};
    ksm_cpu_self()->pauser = &pauser.pauser;
    ksm_pause(); /* the plan stays as it is: no state made it */
    retcode code = ipc_plan_decide(plan, query);
    ksm_cpu_self()->pauser = nullptr;
    return code != rcOk && !message_stands(message) ? rcNotConnected : code;
}

[[gnu::noinline]] static retcode decide_specially(const struct ksm_plan *plan, struct ksm_query *query,
                                                  struct domain *domain, const struct ksm_shape *shape,
                                                  struct message *message)
{
    if ((plan->needs & KSM_READS_HANDLES) != 0)
        return decide_on_handles(plan, query, domain, shape);
    bool pauses = message != nullptr && message->server != nullptr && !message->whole;
    return pauses ? decide_with_pauses(plan, query, message) : ipc_plan_decide(plan, query);
}

#define SPECIAL (KSM_READS_HANDLES | KSM_LONG)

/* The same as message_decide(), with the time that it takes. */
[[gnu::noinline]] static retcode decide_counted(const struct ksm_plan *plan, struct ksm_query *query,
                                                struct domain *domain, const struct ksm_shape *shape,
                                                struct message *message)
{
    static const enum kos_ksm_kind kinds[] = {[KSM_REQUEST] = KOS_KSM_REQUEST,
                                              [KSM_RESPONSE] = KOS_KSM_RESPONSE,
                                              [KSM_EXECUTE] = KOS_KSM_EXECUTE,
                                              [KSM_ERROR] = KOS_KSM_ERROR,
                                              [KSM_SECURITY] = KOS_KSM_SECURITY};
    u64 begin = hal_time_now();
    retcode code = (plan->needs & SPECIAL) != 0 ? decide_specially(plan, query, domain, shape, message)
                                                : ipc_plan_decide(plan, query);
    counting_decided(cpu_self(), kinds[query->event], begin);
    return code;
}

retcode message_decide(const struct ksm_plan *plan, struct ksm_query *query, struct domain *domain,
                       const struct ksm_shape *shape, struct message *message)
{
    if (likely(ksm_plan_known(plan))) /* then it needs nothing */
        return ipc_plan_decide(plan, query);
    if (unlikely(counting_on(cpu_self())))
        return decide_counted(plan, query, domain, shape, message);
    if (unlikely((plan->needs & SPECIAL) != 0))
        return decide_specially(plan, query, domain, shape, message);
    return ipc_plan_decide(plan, query);
}

/* What is verified between two pauses: so many times, so many bytes. */
#define LOOKS_AT_ONCE 3U
#define LOOK_BYTES    16U

/* The page at offset, which is not there. Null: it cannot be, or the call has ended in a pause. */
[[gnu::noinline]] static const void *span_bring(const struct message_arena *arena, u64 offset, u64 *available)
{
    struct address_space *space = &arena->domain->space;
    const void *found = nullptr;
    for (u32 tries = 0; found == nullptr && tries < USER_COPY_TRIES; tries++) {
        retcode code;
        do {
            if (arena->message != nullptr && !message_pause(arena->message))
                return nullptr;
            code = space_fault_preemptible(space, arena->base + offset, HAL_ACCESS_READ);
        } while (code == PREEMPTED);
        if (code != rcOk || (arena->message != nullptr && !message_pause(arena->message)))
            return nullptr;
        found = copy_span(space, arena->base + offset, PAGE_SIZE, available);
    }
    return found;
}

static const void *span(void *context, u64 offset, u64 *available)
{
    struct message_arena *arena = context;
    if (arena->message != nullptr && ++arena->looks > LOOKS_AT_ONCE) {
        arena->looks = 0;
        if (!message_pause(arena->message))
            return nullptr;
    }
    const void *found;
    if (arena->copy != nullptr) {
        found = arena->copy + offset;
        *available = arena->arena.size - offset;
    } else {
        found = copy_span(&arena->domain->space, arena->base + offset, PAGE_SIZE, available);
        if (unlikely(found == nullptr))
            found = span_bring(arena, offset, available);
    }
    if (arena->message != nullptr && *available > LOOK_BYTES)
        *available = LOOK_BYTES;
    return found;
}

void message_arena_make(struct message_arena *arena, struct domain *domain, vaddr base, u64 size)
{
    arena->domain = domain;
    arena->base = base;
    arena->copy = nullptr;
    arena->message = nullptr;
    arena->arena = (struct ksm_arena){.size = size, .span = span, .context = arena};
}

bool message_arena_fits(struct message_arena *arena, struct message *message, const struct ksm_shape *shape,
                        const void *constant_part)
{
    if (!message_pause(message))
        return false;
    arena->message = message->server != nullptr ? message : nullptr;
    arena->looks = 0;
    bool fits = ksm_message_fits(shape, constant_part, &arena->arena);
    arena->message = nullptr;
    return message_pause(message) && fits;
}

static unsigned order_of(u64 size)
{
    unsigned order = 0;
    while (((u64)PAGE_SIZE << order) < size)
        order++;
    return order;
}

void arena_copy_free(const struct thread *server, u8 *copy, u64 size)
{
    if (copy == nullptr)
        return;
    page_free(hal_physical(copy), order_of(size));
    quota_release_pages(&server->domain->quota, 1ULL << order_of(size));
}

/* A run of pages for size bytes, or null with *code. */
static u8 *arena_copy_make(const struct thread *server, u64 size, retcode *code)
{
    *code = rcBufferTooLarge;
    if (size > MESSAGE_ARENA_DECIDED_MAX)
        return nullptr;
    *code = quota_charge_pages(&server->domain->quota, 1ULL << order_of(size));
    if (*code != rcOk)
        return nullptr;
    paddr pages = page_allocate(order_of(size));
    if (pages != PADDR_NONE)
        return hal_direct(pages);
    quota_release_pages(&server->domain->quota, 1ULL << order_of(size));
    *code = rcOutOfMemory;
    return nullptr;
}

#define KEPT_AT_ONCE 2048U

retcode message_arena_keep(struct message_arena *arena, struct thread *sender, struct thread *receiver,
                           struct message *message)
{
    u64 size = message->buffer.arena_size;
    if (message->in_place != 0) {
        if (receiver->sealed == nullptr)
            return rcSecurityDisallow; /* shared: it says nothing that stays */
        /* in one piece, and there as long as it is sealed, whatever becomes of the receiver's mapping */
        const struct arena *sealed = receiver->sealed;
        arena->copy = (const u8 *)hal_direct(sealed->backing) + (receiver->sealed_address - sealed->client_base);
        return rcOk;
    }
    if (message->arena_copy != nullptr)
        return rcOk;
    retcode code;
    arena->copy = message->arena_copy = arena_copy_make(message->server, size, &code);
    if (code != rcOk)
        return code;
    for (u64 done = 0; done < size; done += KEPT_AT_ONCE) {
        u64 some = size - done < KEPT_AT_ONCE ? size - done : KEPT_AT_ONCE;
        if (done != 0 && !message_pause(message))
            return rcNotConnected;
        code = message_copy_in(message, sender->domain, message->arena_copy + done, message->buffer.arena + done, some);
        if (code != rcOk)
            return code;
    }
    return rcOk;
}
