/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who pays for the time that passes. The account belongs to the CPU, not to the thread that runs: a Call on the fast
 * path goes on to the server without touching it, so the server runs on its caller's budget, and a Reply likewise.
 * Every slow way out of running saves it in the thread (sched_block, preemption), every slow way in takes it from
 * there.
 */
#include <sched/local.h>
#include <sched/scheduler.h>
#include <traces/trace.h>

struct scheduler schedulers[KOS_CPUS_MAX];

static void budget_over(struct timer *timer);

void account_begin(struct cpu *cpu, struct thread *account)
{
    struct scheduler *scheduler = scheduler_self();
    cpu->account = account;
    scheduler->account_since = hal_time_now();
    timer_arm(&scheduler->budget, scheduler->account_since + account->reservation.remaining, budget_over);
}

void account_end(struct cpu *cpu)
{
    struct scheduler *scheduler = scheduler_self();
    reservation_charge(&cpu->account->reservation, hal_time_now() - scheduler->account_since);
    timer_cancel(&scheduler->budget);
    cpu->account = nullptr;
}

static void replenished(const struct thread *thread)
{
    trace_replenish(cpu_self(), 0, 0, thread->object.sid, thread->reservation.budget, thread->reservation.deadline);
}

static void held_over(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    reservation_replenish(&thread->reservation, hal_time_now());
    replenished(thread);
    sched_wake_held(thread);
}

void sched_hold(struct thread *thread, u64 until)
{
    thread->state = THREAD_HELD;
    timer_arm(&thread->timer, until, held_over);
}

static void background_over(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, replenish);
    reservation_replenish(&thread->reservation, hal_time_now());
    replenished(thread);
    struct thread *payee = sched_payee(thread);
    if (payee != thread)
        thread->account = thread;
    sched_account_pass(payee, thread);
    thread->own_level = RUN_LEVEL_RESERVATION;
    sched_level_update(thread);
}

/* The running thread goes on without its reservation, until its next period. */
static void background_begin(struct thread *running, u64 until)
{
    running->account = nullptr;
    running->own_level = RUN_LEVEL_STANDARD;
    timer_arm(&running->replenish, until, background_over);
    sched_level_update(running);
}

static void budget_over(struct timer *timer)
{
    struct cpu *cpu = cpu_self();
    struct thread *account = cpu->account;
    (void)timer;
    if (account == nullptr || !cpu->busy)
        return;
    struct thread *running = thread_current();
    u64 now = hal_time_now();
    account_end(cpu);
    if (account->reservation.remaining != 0) { /* the clock's grain */
        account_begin(cpu, account);
        return;
    }
    u64 until = reservation_exhausted(&account->reservation, now, running == account);
    trace_overrun(cpu, 0, 0, account->object.sid, running->object.sid, 0);
    thread_overrun(account);
    if (until != 0 && !account->reservation.throttles) {
        background_begin(running, until);
        return;
    }
    if (until != 0) {
        sched_hold(running, until);
        sched_block();
        running->account = account;
        return;
    }
    account_begin(cpu, account);
    if (run_queue_more_urgent(&cpu->run_queue, running->level, account))
        cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
}

void sched_account_switch(struct thread *account)
{
    struct cpu *cpu = cpu_self();
    if (cpu->account != nullptr)
        account_end(cpu);
    if (account != nullptr)
        account_begin(cpu, account);
}

/* ---- chains of calls ---- */

struct thread *sched_payee(struct thread *thread)
{
    u32 here = cpu_self()->hal.index;
    while (thread->state == THREAD_REPLY_WAIT && thread_peer_cpu(thread) == here) {
        struct thread *server = thread->peer;
        if (server == nullptr || server->caller != thread || server->reservation.bandwidth != 0)
            break; /* the answer is on its way; who has a reservation pays himself */
        thread = server;
    }
    return thread;
}

/* A call of payee may be served elsewhere, at the cost of who has paid for it up to now. */
static void lender_keep(struct thread *payee, struct thread *before)
{
    bool calls = payee->state == THREAD_CALLING || payee->state == THREAD_REPLY_WAIT;
    if (!calls || payee->lender != nullptr || !object_try_reference(&before->object))
        return;
    payee->lender = before;
    sched_watch(payee);
}

void sched_account_pass(struct thread *payee, struct thread *account)
{
    struct thread *before = sched_account(payee);
    bool queued = payee->level == RUN_LEVEL_RESERVATION && sched_queued(payee); /* by the account's deadline */
    if (before == account)
        return;
    if (queued)
        run_queue_remove(&cpu_self()->run_queue, payee);
    sched_account_set(payee, account);
    if (queued)
        run_queue_push_back(&cpu_self()->run_queue, payee);
    if (before != nullptr)
        lender_keep(payee, before);
}

void sched_lender_release(struct thread *thread)
{
    struct thread *lender = thread->lender;
    thread->lender = nullptr;
    object_release(&lender->object);
}
