/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who pays for the time that passes. The account belongs to the CPU, not to the thread that runs: a Call on the fast
 * path goes on to the server without touching it, so the server runs on its caller's budget, and a Reply likewise.
 * Every slow way out of running saves it in the thread (sched_block, preemption), every slow way in takes it from
 * there.
 */
#include <sched/local.h>
#include <sched/scheduler.h>

struct scheduler schedulers[KOS_CPUS_MAX];

static void budget_over(struct timer *timer);

void account_begin(struct scheduler *scheduler, struct thread *account)
{
    scheduler->account = account;
    if (account == nullptr)
        return;
    scheduler->account_since = hal_time_now();
    timer_arm(&scheduler->budget, scheduler->account_since + account->reservation.remaining, budget_over);
}

void account_end(struct scheduler *scheduler)
{
    struct thread *account = scheduler->account;
    if (account == nullptr)
        return;
    reservation_charge(&account->reservation, hal_time_now() - scheduler->account_since);
    timer_cancel(&scheduler->budget);
    scheduler->account = nullptr;
}

static void held_over(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    reservation_replenish(&thread->reservation, hal_time_now());
    sched_wake_held(thread);
}

void sched_hold(struct thread *thread, u64 until)
{
    thread->state = THREAD_HELD;
    timer_arm(&thread->timer, until, held_over);
}

static void budget_over(struct timer *timer)
{
    struct cpu *cpu = cpu_self();
    struct scheduler *scheduler = container_of(timer, struct scheduler, budget);
    struct thread *account = scheduler->account;
    if (account == nullptr || !cpu->busy)
        return;
    struct thread *running = thread_current();
    u64 now = hal_time_now();
    account_end(scheduler);
    if (account->reservation.remaining != 0) { /* the clock's grain */
        account_begin(scheduler, account);
        return;
    }
    u64 until = reservation_exhausted(&account->reservation, now, running == account);
    thread_overrun(account);
    if (until != 0) {
        sched_hold(running, until);
        sched_block();
        running->account = account;
        return;
    }
    account_begin(scheduler, account);
    if (run_queue_more_urgent(&cpu->run_queue, running->level, account))
        cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
}

struct thread *sched_account(const struct thread *thread)
{
    const struct cpu *cpu = cpu_self();
    return cpu->busy && thread_current() == thread ? scheduler_self()->account : thread->account;
}

void sched_account_set(struct thread *thread, struct thread *account)
{
    struct cpu *cpu = cpu_self();
    if (cpu->busy && thread_current() == thread) {
        struct scheduler *scheduler = scheduler_self();
        if (scheduler->account == account)
            return;
        account_end(scheduler);
        account_begin(scheduler, account);
    } else {
        thread->account = account;
    }
}
