/* SPDX-License-Identifier: Apache-2.0 */
#include <ipc/arena.h>
#include <ipc/decide.h>
#include <ipc/interrupt.h>
#include <memory/user_copy.h>
#include <sched/counting.h>
#include <sched/work.h>
#include <traces/trace.h>

#define SELECTOR_KNOWN_BITS ((3ULL << KOS_OPERATION_SHIFT) | KOS_CALL_FLAGS | 0xffffffffULL)
/* In so many tries a Call with a time limit begins anew for an interrupt's sake. */
#define PAUSES (USER_COPY_TRIES / 2)

static void trace_entered(const struct thread *thread, word selector)
{
    static const u8 entries[] = {[KOS_OPERATION_CALL] = TRACE_CALL,
                                 [KOS_OPERATION_RECV] = TRACE_RECEIVE,
                                 [KOS_OPERATION_REPLY] = TRACE_REPLY,
                                 TRACE_EXCEPTION};
    trace_enter(cpu_self(), entries[selector >> KOS_OPERATION_SHIFT & 3U], 0, thread->object.sid, 0, 0);
}

/* To count, or to record, is as long as some calls. */
[[gnu::noinline]] static void pause_observed(const struct thread *thread, word selector)
{
    if (trace_on(cpu_self(), TRACE_enter))
        trace_entered(thread, selector);
    checkpoint();
    if (unlikely(thread->dying)) /* and must not wait any more: its work is to end */
        sched_exit();
}

void ipc_slow(struct thread *thread)
{
    word selector = thread->context.selector;
    const struct cpu *cpu = cpu_self();
    if (unlikely(cpu->trace_events != 0 || counting_on(cpu)))
        pause_observed(thread, selector);
    /* The block may have been outgrown since; refresh it here so that the next try may be fast. acquire: see
     * handle_block */
    thread->handles = atomic_load_explicit(&thread->domain->handles.block, memory_order_acquire);
    if (unlikely((selector & ~SELECTOR_KNOWN_BITS) != 0 || (selector >> KOS_OPERATION_SHIFT) > KOS_OPERATION_REPLY))
        thread_fault_illegal_call(thread);
    else if (selector >> KOS_OPERATION_SHIFT == KOS_OPERATION_REPLY)
        ipc_reply(thread, selector);
    else if (selector >> KOS_OPERATION_SHIFT == KOS_OPERATION_RECV)
        ipc_receive(thread, selector);
    else if ((u32)selector == KOS_CORE_HANDLE)
        core_call_slow(thread, selector);
    else
        ipc_call(thread, selector);
    sched_exit();
}

static void expect_reply(struct thread *server, const struct ksm_entry *entry)
{
    server->reply_entry = entry;
    kassert(server->distant_entry == nullptr);
    server->reply_selector = entry != nullptr && ksm_entry_answers_in_registers(entry) ? server->receive_selector : 0;
}

void ipc_connect(struct thread *client, struct thread *server, const struct ksm_entry *entry)
{
    server->caller = client;
    expect_reply(server, entry);
    if (client->level > server->base_level) /* model: level.pml CONNECT */
        server->level = client->level;
    else
        server->level = server->base_level;
    if (server->reservation.bandwidth == 0)
        sched_account_set(server, sched_account(client));
    client->peer = server;
    client->state = THREAD_REPLY_WAIT;
}

void ipc_refuse_request(struct thread *server, retcode code)
{
    word selector = server->transfer.selector;
    checkpoint();
    ipc_abandon_caller(server, code);
    checkpoint();
    ipc_receive(server, (KOS_OPERATION_RECV << KOS_OPERATION_SHIFT) | (selector & KOS_CALL_EXTENDED) | (u32)selector);
    if (server->work.run == nullptr) /* else it has the next request that may be refused */
        server->transfer.deadline = 0;
}

/* Who has paid pays for the client again, and for the server's work, or that of others for it, no longer. */
[[gnu::noinline]] static void account_back(struct thread *client, struct thread *server)
{
    struct thread *payee = sched_payee(server);
    if (client->home == cpu_self()->hal.index)
        client->account = sched_account(payee);
    sched_account_pass(payee, nullptr);
    if (payee != server)
        server->account = nullptr;
}

void ipc_disconnect(struct thread *server)
{
    struct thread *client = server->caller;
    server->caller = nullptr;
    server->reply_entry = server->distant_entry = nullptr;
    server->reply_selector = 0;
    if (server->reservation.bandwidth == 0) {
        const struct cpu *cpu = cpu_self();
        if (unlikely(!cpu->busy || thread_current() != server || cpu->account != nullptr))
            account_back(client, server);
        else if (client->home == cpu->hal.index) /* the fast path did not save that nobody pays for it */
            client->account = nullptr;
    }
    sched_level_update(server);
}

/* Where a client handle leads: the endpoint and the channel, if it is one, both borrowed (handle_borrow); a callable
 * handle fixes the RIID in *info. The security interface has no endpoint: null. */
static retcode route(struct thread *client, u32 handle, word *info, struct endpoint **endpoint,
                     struct channel **channel)
{
    struct object *object;
    retcode code = handle_borrow(&client->domain->handles, handle, OBJECT_NONE, KOS_RIGHT_IPC_CALL, &object);
    if (code != rcOk)
        return code;
    *channel = nullptr;
    if (object->type == OBJECT_USER)
        return user_object_callable(object, endpoint, info);
    if (object->type == OBJECT_SECURITY) {
        *endpoint = nullptr;
        return rcOk;
    }
    if (object->type != OBJECT_CHANNEL)
        return rcInvalidArgument;
    *channel = container_of(object, struct channel, object);
    *endpoint = (*channel)->endpoint;
    return rcOk;
}

/* Of the client's class and the server's. */
static const struct ksm_pair *pair_of(const struct thread *client, const struct endpoint *endpoint)
{
    return ksm_pair_get(client->domain->class, endpoint->owner_class);
}

/* The decision that lets the response take a fast path back: only between two threads of one CPU where the client's
 * level rules. */
static const struct ksm_entry *reply_entry(const struct thread *client, const struct thread *server,
                                           const struct ksm_pair *pair)
{
    if (pair == nullptr || (client->context.selector & KOS_CALL_EXTENDED) != 0 || client->home != server->home ||
        server->sealed != nullptr || server->base_level > client->level || server->watched ||
        ((client->affinity >> client->home) & 1U) == 0)
        return nullptr;
    const struct ksm_entry *entry = ksm_entry(pair, client->call_info);
    return ksm_entry_speaks(entry, client->call_info) ? entry : nullptr;
}

static retcode verify_and_take(struct thread *client, struct thread *server, struct endpoint *endpoint)
{
    struct message message;
    retcode code = message_read(client, &message, server, client);
    if (code != rcOk)
        return code;
    message.info = client->call_info;
    if (!message_pause(&message))
        return rcNotConnected;
    const struct ksm_method *method = ksm_method(endpoint->owner_class, message.info);
    return method == nullptr ? message_malformed(KSM_REQUEST, client, server, &message, endpoint)
                             : message_deliver(KSM_REQUEST, client, server, &message, &method->request, endpoint);
}

/* Work of a server, which has the client, but not yet its request: verification, decision, delivery, with pauses. */
static void take_request(struct thread *server)
{
    struct thread *client = server->caller; /* model: rendezvous.pml LONG: also looked at after each pause */
    struct endpoint *endpoint = server->receive_endpoint;
    retcode code = client == nullptr || server->dying ? rcNotConnected : verify_and_take(client, server, endpoint);
    work_end(server);
    if (code == rcOk) {
        expect_reply(server, reply_entry(client, server, pair_of(client, endpoint)));
        if (transfer_pending(server))
            work_begin(server, long_request);
        else
            server->transfer.deadline = 0;
    } else if (!server->dying) {
        ipc_refuse_request(server, code);
    }
}

/* What the table says about a request in registers. Others, and those with handles, are not in it. */
static enum table_verdict words_look_up(const struct thread *client, const struct ksm_pair *pair)
{
    if ((client->context.selector & KOS_CALL_MEMORY) != 0 ||
        ((client->call_info >> KOS_INFO_HANDLES_SHIFT) & KOS_INFO_HANDLES_MASK) != 0)
        return TABLE_UNKNOWN;
    return message_look_up(KSM_REQUEST, pair, client->call_info);
}

/* Delivers the request of client to server, which is in no queue; server is runnable afterwards if rcOk. At once if the
 * table grants it in registers; else that can be long, and the server does it, as its work. */
static retcode deliver_request(struct thread *client, struct thread *server, const struct ksm_pair *pair, bool granted)
{
    const struct ksm_entry *entry = nullptr;
    if (granted) {
        struct message message;
        retcode code = message_read(client, &message, nullptr, nullptr);
        if (code != rcOk)
            return code;
        message.info = client->call_info;
        code = message_deliver_granted(client, server, &message);
        if (code != rcOk)
            return code;
        entry = reply_entry(client, server, pair);
    } else {
        if (unlikely(timer_armed(&server->timer)))
            server->transfer.deadline = server->timer.deadline;
        server->transfer.selector = server->receive_selector != 0 ? server->receive_selector : server->context.selector;
        work_begin(server, take_request);
    }
    ipc_extended_end(server);
    server->state = THREAD_RUNNABLE;
    ipc_connect(client, server, entry);
    return rcOk;
}

/* Before queueing: everything about the request that does not need the receiver. What came before takes long where
 * there is a time limit: PREEMPTED, if an interrupt waits, in the first try. */
static retcode check_request(struct thread *client, struct endpoint *endpoint, u32 tries)
{
    const bool pauses = (client->context.selector & KOS_CALL_EXTENDED) != 0 && tries < PAUSES;
    if (pauses && preemption_point())
        return PREEMPTED;
    struct message message;
    retcode code = message_read(client, &message, nullptr, nullptr);
    if (code != rcOk)
        return code;
    message.info = client->call_info;
    const struct ksm_method *method = ksm_method(endpoint->owner_class, message.info);
    if (method == nullptr || !ksm_shape_fits(&method->request, message.info, message.buffer.arena_size))
        return message_malformed(KSM_REQUEST, client, nullptr, &message, endpoint);
    struct ksm_query query = {.event = KSM_REQUEST,
                              .source_class = (u16)client->domain->class,
                              .destination_class = (u16)endpoint->owner_class,
                              .source_sid = client->domain->object.sid,
                              .destination_sid = endpoint->owner_sid,
                              .riid = (u16)(client->call_info >> KOS_INFO_RIID_SHIFT),
                              .mid = (u16)(client->call_info >> KOS_INFO_MID_SHIFT)};
    struct ksm_plan plan;
    ksm_plan_make(&plan, &query);
    /* Else decided when a receiver takes it: once, and on the bytes that it gets. */
    code = ksm_plan_known(&plan) ? ipc_plan_decide(&plan, &query) : rcOk;
    return code == rcOk && pauses && preemption_point() ? PREEMPTED : code;
}

/* The same: that of the channel, unless it came from a task of another class. */
static const struct ksm_pair *channel_pair(const struct thread *client, const struct endpoint *endpoint,
                                           const struct channel *channel)
{
    return likely(channel != nullptr && channel->pair->source_class == client->domain->class)
               ? channel->pair
               : pair_of(client, endpoint);
}

/* PREEMPTED: from the beginning, once more. */
static retcode call(struct thread *client, word selector, struct endpoint *endpoint, const struct channel *channel,
                    u32 tries)
{
    retcode code;
    u32 limit = KOS_INFINITE_TIMEOUT;
    if ((selector & KOS_CALL_EXTENDED) != 0 && (code = ipc_extended_begin(client, &limit)) != rcOk)
        return code;
    struct thread *server = endpoint_take(endpoint);
    if (server != nullptr) {
        const struct ksm_pair *pair = channel_pair(client, endpoint, channel);
        enum table_verdict verdict = words_look_up(client, pair);
        code = verdict == TABLE_SILENT ? check_request(client, endpoint, tries) : rcOk; /* refused without the server */
        if (code == rcOk)
            code = deliver_request(client, server, pair, verdict == TABLE_GRANTS);
        if (code != rcOk) {
            endpoint_park(endpoint, server);
            return code;
        }
        client->endpoint = endpoint;
        ipc_extended_arm(client, limit);
        sched_block();
        sched_handoff(server);
        return rcOk;
    }
    code = check_request(client, endpoint, tries);
    if (code == rcOk)
        code = endpoint_queue(endpoint, client);
    if (code == rcOk) {
        ipc_extended_arm(client,
                         limit); /* if another CPU has taken it, or is done with it, that ends it: in the inbox */
        sched_block();
    }
    return code;
}

/* The descriptors that a thread's own system call reads are there now; or the code that it ends with. With checkpoints.
 */
[[gnu::noinline]] static retcode descriptors_bring(struct thread *thread, word selector, u32 tries)
{
    struct address_space *space = &thread->domain->space;
    const vaddr waits = thread->context.receive + offsetof(struct kos_message_buffer, timeout);
    ipc_extended_end(thread);
    if ((selector & KOS_CALL_EXTENDED) != 0 && !user_bring(space, waits, 2 * sizeof(u32), HAL_ACCESS_READ))
        return rcTargetFault;
    if ((selector & KOS_CALL_MEMORY) == 0)
        return tries < USER_COPY_TRIES ? rcOk : rcTargetFault;
    bool there = user_bring(space, thread->context.words[0], sizeof(struct kos_message_buffer), HAL_ACCESS_READ);
    return there && tries < USER_COPY_TRIES ? rcOk : rcSourceFault;
}

static retcode call_once(struct thread *client, word selector, u32 tries, word *what)
{
    struct endpoint *endpoint = nullptr;
    struct channel *channel = nullptr;
    word info = client->context.info;
    retcode code = (selector & KOS_CALL_THEN_RECV) != 0 || (info & KOS_INFO_ERROR) != 0 ? rcInvalidArgument : rcOk;
    if (code == rcOk)
        code = route(client, (u32)selector, &info, &endpoint, &channel);
    if (code == rcOk && endpoint == nullptr) {
        code = (selector & KOS_CALL_EXTENDED) != 0 ? rcInvalidArgument : ipc_security_ask(client);
    } else if (code == rcOk) {
        client->call_info = info;
        client->calls++;
        client->channel = channel;
        trace_call(cpu_self(), TRACE_SLOW, 0, channel != nullptr ? channel->object.sid : 0, info, 0);
        code = call(client, selector, endpoint, channel, tries);
    }
    *what = info;
    return code;
}

void ipc_call(struct thread *client, word selector)
{
    word info;
    u32 tries = 0;
    retcode code;
    while (unlikely((code = call_once(client, selector, tries, &info)) == PREEMPTED)) {
        code = descriptors_bring(client, selector, tries++);
        if (client->dying) /* it must not wait any more */
            return;
        if (code != rcOk)
            break;
    }
    if (code != rcOk) {
        trace_reply(cpu_self(), TRACE_SLOW, 0, client->object.sid, info, (u64)(s64)code);
        ipc_complete(client, code);
    }
}

/* A caller taken from the queue, with code, gets its request delivered to server (blocked or running, not parked);
 * false if the request failed: the caller is told. */
static bool accept(struct endpoint *endpoint, struct thread *client, struct thread *server, retcode code)
{
    if (likely(code == rcOk)) {
        const struct ksm_pair *pair = pair_of(client, endpoint);
        code = deliver_request(client, server, pair, words_look_up(client, pair) == TABLE_GRANTS);
    }
    if (code == rcOk)
        return true;
    trace_reply(cpu_self(), TRACE_SLOW, 0, client->object.sid, client->call_info, (u64)(s64)code);
    ipc_call_ends(client);
    ipc_complete(client, code);
    sched_wake_remote(client);
    return false;
}

bool ipc_serve(struct endpoint *endpoint)
{
    struct endpoint_slot *slot = endpoint_own_slot(endpoint);
    if (endpoint_is_closed(endpoint))
        return false;
    struct thread *server = endpoint_take(endpoint);
    if (server == nullptr) {
        slot->receiver = SLOT_CONTENDED; /* model: rendezvous.pml serve(): the next Recv here looks at the queue */
        return false;
    }
    retcode code;
    struct thread *client = endpoint_next_caller(endpoint, &code);
    if (client != nullptr && accept(endpoint, client, server, code))
        sched_wake_remote(server);
    else
        endpoint_park(endpoint, server);
    return client != nullptr;
}

/* The running thread takes the first caller, true; or there is none, or his request failed. Then there may be others,
 * for those that are parked here: in steps, when it is parked, too. */
[[gnu::noinline]] static bool take_first(struct thread *server, struct endpoint *endpoint)
{
    retcode code;
    struct thread *client = endpoint_next_caller(endpoint, &code);
    bool taken = client != nullptr && accept(endpoint, client, server, code);
    if (!taken)
        endpoint_work_later(endpoint);
    else if (endpoint_own_slot(endpoint)->begun != __atomic_load_n(&endpoint->news, __ATOMIC_RELAXED))
        endpoint_levels(endpoint);
    return taken;
}

/*
 * The running thread receives: the next waiting caller, or it parks. The looks at `closed` and at the queue take no
 * lock: what changes them pokes this CPU afterwards (the thread is attached by now, so its CPU counts among those that
 * serve), and a poke finds the receiver parked, or came before, and then its handler, which took the lock, has shown
 * this CPU what there is.
 */
static retcode receive(struct thread *server, struct endpoint *endpoint, word selector)
{
    retcode code = endpoint_attach(endpoint, server);
    if (code != rcOk)
        return code;
    if (endpoint_is_closed(endpoint))
        return rcHandleRevoked;
    struct endpoint_slot *slot = &endpoint->slots[cpu_self()->hal.index];
    bool extended = (selector & KOS_CALL_EXTENDED) != 0;
    /* Only a plain receiver may be taken by the fast path, which knows of no time limits. */
    server->receive_selector =
        extended ? 0 : (KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT) | KOS_CALL_THEN_RECV | (u32)selector;
    server->receive_slot = slot;
    if (endpoint_has_callers(endpoint) && take_first(server, endpoint))
        return rcOk;
    if (slot->receiver == SLOT_CONTENDED)
        slot->receiver = nullptr;
    if (extended) {
        u32 limit;
        code = ipc_extended_begin(server, &limit);
        if (code != rcOk)
            return code;
        ipc_extended_arm(server, limit);
        ipc_extended_resume(server);
    }
    server->state = THREAD_RECEIVING;
    server->level = server->base_level;
    sched_block();
    endpoint_park(endpoint, server);
    return rcOk;
}

/* The endpoint that a Recv is for, borrowed. */
static retcode listened(const struct thread *server, word selector, struct endpoint **endpoint)
{
    struct object *object;
    retcode code = handle_borrow(&server->domain->handles, (u32)selector, OBJECT_ENDPOINT, KOS_RIGHT_IPC_RECV, &object);
    if (code != rcOk)
        return code;
    *endpoint = container_of(object, struct endpoint, object);
    /* a moved listener would speak for another class */
    return (*endpoint)->owner == server->domain ? rcOk : rcInvalidOperation;
}

static bool is_interrupt(const struct thread *server, word selector)
{
    struct object *object;
    return handle_borrow(&server->domain->handles, (u32)selector, OBJECT_INTERRUPT, KOS_RIGHT_IPC_RECV, &object) ==
           rcOk;
}

static retcode receive_interrupt(struct thread *server, word selector)
{
    struct object *object;
    retcode code =
        handle_borrow(&server->domain->handles, (u32)selector, OBJECT_INTERRUPT, KOS_RIGHT_IPC_RECV, &object);
    if (code != rcOk)
        return code;
    server->level = server->base_level;
    return interrupt_receive(server, container_of(object, struct interrupt, object));
}

retcode ipc_receive_once(struct thread *server, word selector)
{
    struct endpoint *endpoint = nullptr;
    retcode code = (selector & (KOS_CALL_MEMORY)) != 0 ? rcInvalidArgument : listened(server, selector, &endpoint);
    bool interrupt = code == rcInvalidArgument && (selector & KOS_CALL_FLAGS) == 0 && is_interrupt(server, selector);
    if ((code == rcOk || interrupt) && unlikely(server->caller != nullptr || server->sealed != nullptr)) {
        ipc_abandon_caller(server, rcAbort); /* a request that was never answered */
        arena_unseal(server);
        checkpoint(); /* to wake its client, and to take another, are two paths */
        code = interrupt ? code : listened(server, selector, &endpoint);
    }
    if (unlikely(server->dying)) /* since the last checkpoint: it must not wait any more */
        return rcOk;
    if (interrupt) {
        code = receive_interrupt(server, selector);
    } else if (code == rcOk) {
        trace_receive(cpu_self(), 0, 0, endpoint->object.sid, 0, 0);
        code = receive(server, endpoint, selector);
    }
    return code;
}

void ipc_receive_failed(struct thread *server, word selector, retcode code)
{
    for (u32 tries = 0; code == PREEMPTED; tries++) {
        code = descriptors_bring(server, selector, tries);
        if (code == rcOk)
            code = ipc_receive_once(server, selector);
    }
    if (code != rcOk)
        ipc_complete(server, code);
}

void ipc_receive(struct thread *server, word selector)
{
    retcode code = ipc_receive_once(server, selector);
    if (code != rcOk)
        ipc_receive_failed(server, selector, code);
}
