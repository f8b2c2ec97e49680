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
    bool queued = sched_queued(thread);
    reservation_replenish(&thread->reservation, hal_time_now());
    replenished(thread);
    if (queued)
        run_queue_remove(&cpu_self()->run_queue, thread);
    if (thread->caller == nullptr)
        sched_account_set(thread, thread);
    if (queued)
        run_queue_push_back(&cpu_self()->run_queue, thread);
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
