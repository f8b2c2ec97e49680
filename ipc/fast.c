/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast paths of Call and of Reply-then-Recv between two threads of one CPU. Each is one straight function in three
 * stages: checks that change nothing; a commit point; steps that cannot fail. Any doubt goes to ipc_slow, which does
 * the whole operation from the start.
 *
 * No lock, no atomic read-modify-write, no line that another CPU writes in this case, no allocation. Message words stay
 * in registers: the parameters are the registers (hal/context.h).
 *
 * docs/ipc.md lists the conditions. Compiled twice: ipc/fast_trace.h.
 */
#include <hal/upcall.h>
#include <ipc/fast_check.h>
#include <ipc/fast_trace.h>
#include <ipc/ipc.h>
#include <ipc/judged.h>
#include <sched/counting.h>

static inline __attribute__((always_inline)) struct endpoint_slot *slot_of(const struct channel *channel,
                                                                           struct hal_cpu *cpu)
{
    return (struct endpoint_slot *)(void *)((char *)channel->slots + ((struct cpu *)(void *)cpu)->slot_offset);
}

/* A register whose value nobody will look at. */
#define ANY_WORD(variable) __asm__("" : "=r"(variable))
/* Memory is read and written in the order of the text here. */
#define IN_ORDER(pointer) __asm__("" : "+r"(pointer)::"memory")

#ifndef FAST_TRACED /* once */
HAL_FAST [[gnu::noinline]] void ipc_fast_missed(HAL_FAST_PARAMETERS)
{
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    ipc_slow(thread_of(self));
}

HAL_FAST void kernel_diverted_entry(HAL_FAST_PARAMETERS)
{
    if (likely((cpu->pending & (CPU_PENDING_ISOLATED | CPU_PENDING_COUNTING)) == 0)) {
        if ((s64)selector < 0)
            hal_tail kernel_reply_entry_traced(HAL_FAST_ARGUMENTS);
        hal_tail kernel_call_entry_traced(HAL_FAST_ARGUMENTS);
    }
    if ((cpu->pending & CPU_PENDING_ISOLATED) != 0)
        epoch_enter((struct cpu *)(void *)cpu);
    if ((cpu->pending & CPU_PENDING_COUNTING) != 0) {
        counting_enter((struct cpu *)(void *)cpu);
        counting_call((struct cpu *)(void *)cpu, thread_of(self), selector, info);
    }
    if ((s64)selector < 0)
        hal_tail kernel_reply_entry(HAL_FAST_ARGUMENTS);
    if (selector == KOS_CORE_HANDLE)
        hal_tail core_call_isolated(HAL_FAST_ARGUMENTS);
    hal_tail kernel_call_entry(HAL_FAST_ARGUMENTS);
}
#endif

/* Resumes with a message that does not fill the registers. */
HAL_FAST [[gnu::noinline]] static void resume_shorter(HAL_FAST_PARAMETERS)
{
    if (info >> KOS_INFO_SIZE_SHIFT == KOS_MESSAGE_HEADER_SIZE)
        hal_tail hal_fast_resume_empty(HAL_FAST_ARGUMENTS);
    hal_tail hal_fast_resume_shorter(HAL_FAST_ARGUMENTS);
}

/* Nor a call. */
HAL_FAST [[gnu::noinline]] static void not_a_call(HAL_FAST_PARAMETERS)
{
#ifndef FAST_TRACED
    if (selector >> 32 == KOS_OPERATION_RECV << KOS_OPERATION_SHIFT >> 32)
        hal_tail ipc_receive_apart(HAL_FAST_ARGUMENTS);
#endif
    hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
}

/* The last step: the other side has the processor, and the message in the registers. */
#define GO_ON_WITH(thread)                                                                                             \
    do {                                                                                                               \
        cpu->current = &(thread)->context;                                                                             \
        hal_switch_space(self, &(thread)->context);                                                                    \
        self = &(thread)->context;                                                                                     \
        if (likely(info >> KOS_INFO_SIZE_SHIFT == KOS_REGISTER_MESSAGE_SIZE))                                          \
            hal_tail hal_fast_resume(HAL_FAST_ARGUMENTS);                                                              \
        hal_tail resume_shorter(HAL_FAST_ARGUMENTS);                                                                   \
    } while (0)

/* What the first lookup did not take. */
HAL_FAST [[gnu::noinline]] static void not_callable(HAL_FAST_PARAMETERS)
{
    if (likely(selector == KOS_CORE_HANDLE)) {
        ANY_WORD(selector);
        hal_tail FAST(core_call_fast)(HAL_FAST_ARGUMENTS);
    }
    if ((selector & ~0xffffffffULL) == KOS_CALL_MEMORY)
        hal_tail FAST(ipc_memory_call)(HAL_FAST_ARGUMENTS);
    hal_tail not_a_call(HAL_FAST_ARGUMENTS);
}

/* The selector has been put away. */
HAL_FAST [[gnu::noinline]] static void missed_later(HAL_FAST_PARAMETERS)
{
    selector = self->selector;
    hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
}

/* Not in the table: a rule is asked. Traces have it from the general path. */
HAL_FAST [[gnu::noinline]] static void not_granted(HAL_FAST_PARAMETERS)
{
    selector = self->selector;
    hal_fast_spill(HAL_FAST_ARGUMENTS);
    struct thread *client = thread_of(self);
#ifndef FAST_TRACED
    const struct handle_block *handles = client->handles;
    struct thread *next = ipc_judged_request(client, handles->entries[selector & handles->mask].channel);
    if (likely(next != nullptr))
        ipc_judged_resume(next);
#endif
    ipc_slow(client);
}

/* The receiver's own level is above the caller's, and it keeps it. Behind the answer somebody between the two may have
 * to run first, so that comes through reply_distant. */
HAL_FAST [[gnu::noinline]] static void call_raises(HAL_FAST_PARAMETERS)
{
    if (unlikely(cpu->pending != 0))
        hal_tail missed_later(HAL_FAST_ARGUMENTS);
    struct channel *channel = thread_of(self)->channel;
    struct endpoint_slot *slot = slot_of(channel, cpu);
    struct thread *server = slot->receiver;

    /* ---- commit point: nothing below fails ---- */
    fast_check(cpu, thread_of(self), server);
    slot->receiver = nullptr;
    thread_of(self)->call_info = info;
    server->distant_entry = server->reply_entry; /* put there just now */
    server->reply_entry = nullptr;
    server->reply_selector = 0;
    server->level = server->base_level;
    server->caller = thread_of(self);
    server->state = THREAD_RUNNABLE;
    thread_of(self)->peer = server;
    thread_of(self)->state = THREAD_REPLY_WAIT;
    fast_trace_call(cpu, TRACE_FAST, thread_of(self), server, info);
    GO_ON_WITH(server);
}

/* No receiver is parked on this CPU: perhaps on another. */
HAL_FAST [[gnu::noinline]] static void nobody_here(HAL_FAST_PARAMETERS)
{
    selector = self->selector;
    if (cpu->pending != 0)
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    hal_tail ipc_cross_call(HAL_FAST_ARGUMENTS);
}

/*
 * The message and its surroundings fill twelve registers, and x86_64 has two more. So whatever is not needed for a
 * while is stored where it would go anyway, and the order of the steps is fixed (IN_ORDER): stores into the client, and
 * into a server that is parked, mean nothing before the commit point.
 */
HAL_FAST void FAST(kernel_call_entry)(HAL_FAST_PARAMETERS)
{
    lock_check_begin(cpu);
    const struct handle_block *handles = thread_of(self)->handles;
    const struct handle_entry *entry = &handles->entries[selector & handles->mask];
    /* relaxed: a close on another CPU takes effect for lookups that start after it; the objects outlive this kernel
     * entry (epochs) */
    if (unlikely(atomic_load_explicit(&entry->callable, memory_order_relaxed) != selector))
        hal_tail not_callable(HAL_FAST_ARGUMENTS);
    self->selector = selector;
    ANY_WORD(selector);
    struct channel *channel = entry->channel;
    const struct ksm_entry *decision = ksm_entry(channel->pair, info);
    if (unlikely(decision->request != info)) /* the verdict, and the shape of the message, in one compare */
        hal_tail not_granted(HAL_FAST_ARGUMENTS);
    thread_of(self)->channel = channel;
    struct endpoint_slot *slot = slot_of(channel, cpu);
    IN_ORDER(slot);
    struct thread *server = slot->receiver;
    if (unlikely((word)server <= (word)SLOT_CONTENDED))
        hal_tail nobody_here(HAL_FAST_ARGUMENTS);
    server->reply_entry = decision; /* the reply has its reply_selector from when it parked */
    IN_ORDER(server);
    u32 level = thread_of(self)->level;
    if (unlikely(server->base_level > level))
        hal_tail call_raises(HAL_FAST_ARGUMENTS);
    if (unlikely(cpu->pending != 0))
        hal_tail missed_later(HAL_FAST_ARGUMENTS);

    /* ---- commit point: nothing below fails ---- */
    fast_check(cpu, thread_of(self), server);
    slot->receiver = nullptr;
    server->level = level; /* the server runs on its caller's priority and time */
    server->caller = thread_of(self);
    server->state = THREAD_RUNNABLE;
    thread_of(self)->peer = server;
    thread_of(self)->state = THREAD_REPLY_WAIT;
    fast_trace_call(cpu, TRACE_FAST, thread_of(self), server, info);
    GO_ON_WITH(server);
}

/*
 * The caller's level is below the server's own: it runs next only if nobody waits from its level upwards, and if the
 * others know this CPU as one that runs such a level (cpu->doing): else a message that came without an interrupt, since
 * the server is more urgent, would wait until the caller next enters the kernel.
 */
HAL_FAST [[gnu::noinline]] static void reply_lowers(HAL_FAST_PARAMETERS)
{
    struct thread *server = thread_of(self), *client = server->caller;
    struct cpu *here = (struct cpu *)(void *)cpu;
    if (unlikely(run_queue_highest(&here->run_queue) >= client->level || cpu->pending != 0))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    /* relaxed: this CPU's own word */
    if (unlikely(atomic_load_explicit(&here->doing, memory_order_relaxed) != client->level))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);

    /* ---- commit point: nothing below fails ---- */
    fast_check(cpu, client, server);
    server->receive_slot->receiver = server;
    server->distant_entry = nullptr;
    server->reply_selector = selector;
    server->caller = nullptr;
    server->state = THREAD_RECEIVING;
    client->state = THREAD_RUNNABLE;
    fast_trace_reply(cpu, TRACE_FAST, server, client, info);
    GO_ON_WITH(client);
}

HAL_FAST [[gnu::noinline]] static void reply_distant(HAL_FAST_PARAMETERS)
{
    const struct thread *server = thread_of(self);
    const struct ksm_entry *decision = server->distant_entry;
    if (unlikely(decision == nullptr || info != decision->response || server->receive_slot->receiver != nullptr))
        hal_tail ipc_undecided_reply(HAL_FAST_ARGUMENTS);
    if (server->caller->home != cpu->index) /* there is one, for there is a distant_entry */
        hal_tail ipc_cross_reply(HAL_FAST_ARGUMENTS);
    hal_tail reply_lowers(HAL_FAST_ARGUMENTS);
}

/* Nor Reply-then-Recv on the handle that was expected. */
HAL_FAST [[gnu::noinline]] static void not_then_receive(HAL_FAST_PARAMETERS)
{
#ifndef FAST_TRACED
    if (selector == (thread_of(self)->reply_selector & ~KOS_CALL_THEN_RECV))
        hal_tail ipc_reply_apart(HAL_FAST_ARGUMENTS);
    if (selector == (thread_of(self)->receive_selector & ~KOS_CALL_THEN_RECV))
        hal_tail ipc_reply_apart_elsewhere(HAL_FAST_ARGUMENTS);
    if (selector == ((thread_of(self)->receive_selector & ~KOS_CALL_THEN_RECV) | KOS_CALL_MEMORY))
        hal_tail ipc_memory_reply_apart(HAL_FAST_ARGUMENTS);
#endif
    hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
}

/* Not the answer that was expected on the fast path. */
HAL_FAST [[gnu::noinline]] static void not_expected(HAL_FAST_PARAMETERS)
{
    const word difference = selector ^ thread_of(self)->receive_selector; /* is not 0 if that is */
    if (difference == 0)
        hal_tail reply_distant(HAL_FAST_ARGUMENTS);
    if (difference == KOS_CALL_MEMORY)
        hal_tail FAST(ipc_memory_reply)(HAL_FAST_ARGUMENTS);
    hal_tail not_then_receive(HAL_FAST_ARGUMENTS);
}

HAL_FAST void FAST(kernel_reply_entry)(HAL_FAST_PARAMETERS)
{
    lock_check_begin(cpu);
    struct thread *server = thread_of(self);
    if (unlikely(selector != server->reply_selector)) /* non-zero only if there is a caller and a reply_entry */
        hal_tail not_expected(HAL_FAST_ARGUMENTS);
    if (unlikely(info != server->reply_entry->response)) /* verdict and shape of this one response */
        hal_tail not_expected(HAL_FAST_ARGUMENTS);
    struct endpoint_slot *slot = server->receive_slot;
    if (unlikely(slot->receiver != nullptr))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    if (unlikely(cpu->pending != 0))
        hal_tail ipc_fast_missed(HAL_FAST_ARGUMENTS);
    struct thread *client = server->caller;

    /* ---- commit point: nothing below fails ---- */
    fast_check(cpu, client, server);
    slot->receiver = server;
    server->caller = nullptr;
    server->state = THREAD_RECEIVING;
    client->state = THREAD_RUNNABLE;
    fast_trace_reply(cpu, TRACE_FAST, server, client, info);
    GO_ON_WITH(client);
}
