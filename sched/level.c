/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How urgent a thread is, and who else is because of it.
 *
 *   level      = max(base_level, level of the caller that it serves, of the most urgent one that waits for it)
 *   base_level = max(own_level, level of the most urgent waiter for a lock that it holds)
 *
 *   a change of a thread's level goes on      when it                       to
 *                                             waits for a reply             the server of its call (peer, on peer_cpu)
 *                                             waits for a lock (futex)      the holder of the lock
 *                                             queues at an endpoint         those who serve there: ipc/queue.c
 *
 * Each CPU recomputes the level of its own threads only; the next link on another CPU is asked to, by level_request to
 * the thread's home or donation_request to the CPU that serves its call: two, for one on its way to the one would not
 * do for the other (model: level.pml). A chain is walked once per change, some links at a time, and ends where nothing
 * changes; a circle of locks ends there too.
 */
#include <sched/futex.h>
#include <sched/local.h>
#include <sched/scheduler.h>
#include <traces/trace.h>

static u32 level_of(const struct thread *thread)
{
    u32 level = thread->base_level, waiting = thread_waiting_level(thread);
    if (waiting > level)
        level = waiting;
    if (thread->caller != nullptr && thread->caller->level > level)
        level = thread->caller->level;
    return level;
}

bool sched_level_stale(const struct thread *thread)
{
    return level_of(thread) != thread->level;
}

/* The level, and the account that goes with a caller's; true if the level changed. */
static inline __attribute__((always_inline)) bool level_apply(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    bool queued = thread->home == cpu->hal.index && sched_queued(thread);
    u32 level = level_of(thread);
    bool changed = level != thread->level;
    if (queued)
        run_queue_remove(&cpu->run_queue, thread);
    if (changed)
        trace_donation(cpu, (u8)thread->level, (u16)level, thread->object.sid, 0, 0);
    thread->level = level; /* model: level.pml LEVEL */
    if (queued)
        run_queue_push_back(&cpu->run_queue, thread);
    if (changed)
        cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
    return changed;
}

/* One that is on its way already will see what we have changed: it goes where this one would. */
static void ask(struct thread *thread, struct request *request, u32 cpu, void (*handle)(struct request *))
{
    if (!object_try_reference(&thread->object))
        return; /* it has just ended */
    if (!inbox_push(cpu_table[cpu], request, handle))
        object_release(&thread->object);
}

/* Or what is left of an earlier change. */
static void update_here(struct thread *thread)
{
    u32 before = thread->level;
    sched_level_update(thread);
    if (thread->level == before && thread->state == THREAD_FUTEX && thread->futex_words > 1)
        (void)futex_level_changed(thread);
}

static void level_arrived(struct request *request)
{
    struct thread *thread = container_of(request, struct thread, level_request);
    if (thread->home == cpu_self()->hal.index)
        update_here(thread);
    else
        sched_level_update_remote(thread, thread->home); /* it has moved on */
    object_release(&thread->object);
}

void sched_level_update_remote(struct thread *thread, u32 cpu)
{
    ask(thread, &thread->level_request, cpu, level_arrived); /* model: level.pml ask_level() */
}

/* One that is still to arrive here will bring its level along. */
static void donation_arrived(struct request *request)
{
    struct thread *client = container_of(request, struct thread, donation_request);
    u32 peer_cpu = thread_peer_cpu(client);
    if (peer_cpu == cpu_self()->hal.index) {
        struct thread *server = client->peer;
        if (server != nullptr && server->caller == client)
            sched_level_update(server);
    } else if (peer_cpu != client->home) {
        ask(client, &client->donation_request, peer_cpu, donation_arrived); /* its server has moved */
    }
    object_release(&client->object);
}

/* The answer of a server whose own level is above its client's by now: the client does not simply run next, for there
 * may be somebody in between (docs/ipc.md, condition 4 of a Call in registers). */
static void answers_slowly(struct thread *server)
{
    if (server != nullptr && server->caller != nullptr && server->base_level > server->caller->level)
        thread_reply_slowly(server);
}

/* Whom the change concerns next: a thread of this CPU, or null (nobody, or its CPU has been asked). */
static struct thread *next_in_chain(struct thread *thread)
{
    u32 here = cpu_self()->hal.index, peer_cpu = here;
    switch (__atomic_load_n(&thread->state, __ATOMIC_ACQUIRE)) { /* acquire: who took a caller says so first */
    case THREAD_REPLY_WAIT:
        peer_cpu = thread_peer_cpu(thread);
        if (peer_cpu == here) {
            answers_slowly(thread->peer);
            return thread->peer;
        }
        break;
    case THREAD_CALLING:
        if (thread_requeue_caller(thread, &peer_cpu))
            return nullptr;
        break; /* model: level.pml REQUEUE: it travels, or has just been taken */
    case THREAD_FUTEX:
        return futex_level_changed(thread);
    case THREAD_RUNNABLE:
    case THREAD_RECEIVING:
    case THREAD_SLEEPING:
    case THREAD_JOINING:
    case THREAD_SUSPENDED:
    case THREAD_HELD:
    case THREAD_MOVING:
    case THREAD_ORDERING:
    case THREAD_DEAD:
        break;
    }
    if (peer_cpu != here)
        ask(thread, &thread->donation_request, peer_cpu, donation_arrived); /* model: level.pml ask_donation() */
    return nullptr;
}

/* True if its level changed. */
static inline __attribute__((always_inline)) bool link_update(struct thread *thread)
{
    u32 inherited = futex_inherited_level(thread);
    thread->base_level = inherited > thread->own_level ? inherited : thread->own_level;
    return level_apply(thread);
}

/* How long a chain is, its threads choose: after some links it goes on from the inbox, with preemption points. */
#define LINKS_AT_ONCE 3U
[[gnu::noinline]] static void chain_update(struct thread *thread)
{
    u32 links = 1;
    do {
        answers_slowly(thread);
        thread = next_in_chain(thread);
    } while (thread != nullptr && links++ < LINKS_AT_ONCE && link_update(thread));
    if (thread != nullptr && links > LINKS_AT_ONCE)
        sched_level_update_remote(thread, cpu_self()->hal.index);
}

void sched_level_update(struct thread *thread)
{
    if (thread != nullptr && link_update(thread))
        chain_update(thread);
}

/* The fast path must not meet the thread where it is: it looks at neither affinity nor reservation. */
void sched_off_fast_path(struct thread *thread)
{
    if (thread->state == THREAD_RECEIVING)
        thread_park_aside(thread);
    thread_reply_slowly(thread);
    if (thread->state == THREAD_REPLY_WAIT && thread->peer_cpu == thread->home && thread->peer != nullptr) {
        thread->account = sched_account(sched_payee(thread));
        thread_reply_slowly(thread->peer);
    }
}

void sched_set_class(struct thread *thread, u32 class, u32 priority)
{
    struct cpu *cpu = cpu_self();
    sched_off_fast_path(thread);
    bool queued = sched_queued(thread);
    if (queued)
        run_queue_remove(&cpu->run_queue, thread);
    thread->class = class;
    thread->priority = priority;
    thread->own_level = run_level(class, priority);
    sched_watch(thread); /* it may be that it must stay now: sched/offline.c */
    u32 inherited = futex_inherited_level(thread);
    thread->base_level = inherited > thread->own_level ? inherited : thread->own_level;
    u32 before = thread->level;
    thread->level = level_of(thread);
    if (queued)
        run_queue_push_back(&cpu->run_queue, thread);
    cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
    if (thread->level != before)
        sched_level_update(next_in_chain(thread));
}

/* Who pays from now on for what thread does, and for what others do for it here: its reservation, which becomes that,
 * or if that has no bandwidth whoever else does. */
static void reservation_change(struct thread *thread, const struct reservation *new)
{
    struct thread *payee = sched_payee(thread), *client = thread->caller;
    bool had = thread->reservation.bandwidth != 0, has = new->bandwidth != 0;
    if (client != nullptr && !had && has && client->home == thread->home)
        client->account = sched_account(payee); /* a call on the fast path has not saved it */
    bool changes = client == nullptr || had || has;
    if (changes)
        sched_account_pass(payee, nullptr); /* what ran so far is charged to the old one */
    thread->reservation = *new;
    struct thread *account = has ? thread : client != nullptr ? client->account : nullptr;
    if (changes)
        sched_account_pass(payee, account);
    if (changes && payee != thread)
        thread->account = account;
}

retcode sched_set_reservation(struct thread *thread, u64 budget, u64 period, u64 relative_deadline, bool throttles)
{
    struct scheduler *scheduler = scheduler_self();
    u32 bandwidth = budget == 0 ? 0 : reservation_bandwidth(budget, period, relative_deadline);
    if (budget != 0 && bandwidth == 0)
        return rcInvalidArgument;
    bool travels =
        (thread->state == THREAD_CALLING || thread->state == THREAD_REPLY_WAIT) && thread->peer_cpu != thread->home;
    if (travels || thread->dying || thread->state == THREAD_DEAD || sched_payee(thread)->lender != nullptr)
        return rcInvalidThreadState;
    if (bandwidth != 0 && !cpu_self()->accepts) /* offline: it would run elsewhere */
        return rcBusy;
    if (scheduler->reserved - thread->reservation.bandwidth + bandwidth > RESERVATION_LIMIT)
        return rcBusy;
    scheduler->reserved = scheduler->reserved - thread->reservation.bandwidth + bandwidth;
    sched_off_fast_path(thread);
    timer_cancel(&thread->replenish);
    struct reservation new = thread->reservation;
    new.bandwidth = bandwidth;
    if (bandwidth != 0) {
        reservation_set(&new, budget, period, relative_deadline, hal_time_now(), thread->state == THREAD_RUNNABLE);
        new.throttles = throttles;
        thread->affinity = 1ULL << thread->home; /* the time is this CPU's */
    }
    reservation_change(thread, &new);
    sched_watch(thread);
    if (thread->state == THREAD_HELD) {
        timer_cancel(&thread->timer);
        sched_wake_held(thread);
    }
    sched_set_class(thread, bandwidth != 0 ? KOS_CLASS_RESERVATION : KOS_CLASS_STANDARD,
                    bandwidth != 0 ? 0 : KOS_PRIORITY_STANDARD_DEFAULT);
    return rcOk;
}
