/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/space.h>
#include <sched/counting.h>
#include <sched/local.h>
#include <sched/scheduler.h>
#include <sched/steps.h>
#include <smp/lock_check.h>
#include <traces/trace.h>

void sched_cpu_init(struct cpu *cpu)
{
    struct scheduler *scheduler = &schedulers[cpu->hal.index];
    tree_init(&cpu->timers, timer_before);
    tree_init(&cpu->run_queue.deadlines, run_queue_earlier);
    tree_init(&cpu->steps, steps_before);
    timer_init(&scheduler->slice);
    timer_init(&scheduler->budget);
    list_init(&scheduler->home);
    cpu->accepts = true;
}

bool sched_queued(const struct thread *thread)
{
    const struct cpu *cpu = cpu_self();
    return thread->state == THREAD_RUNNABLE && !(cpu->busy && thread_current() == thread);
}

/* Runnable, on this CPU. */
static void wake_here(struct cpu *cpu, struct thread *thread)
{
    thread->state = THREAD_RUNNABLE;
    trace_wake(cpu, 0, (u16)thread->level, thread->object.sid, 0, 0);
    run_queue_push_back(&cpu->run_queue, thread);
    if (!cpu->busy)
        return;
    struct thread *running = thread_current();
    if (thread->level > running->level)
        cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
    else if (thread->level == running->level) {
        if (unlikely(thread->level == RUN_LEVEL_RESERVATION)) {
            if (run_queue_more_urgent(&cpu->run_queue, running->level, cpu->account))
                cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
        } else {
            turn_begin(running);
        }
    }
}

/* True if thread may not run here, or not now: it has been taken care of. */
[[gnu::noinline]] static bool diverted(struct cpu *cpu, struct thread *thread)
{
    if (unlikely(thread->lender != nullptr)) {
        sched_lender_release(thread);
        sched_watch(thread);
    }
    if (thread->account == thread && thread->reservation.bandwidth != 0 && !thread->dying) {
        u64 until = reservation_wake(&thread->reservation, hal_time_now());
        if (until != 0) {
            sched_hold(thread, until);
            return true;
        }
    }
    if (((thread_cpus(thread) >> cpu->hal.index) & 1U) != 0)
        return false;
    thread_move(thread, thread_choose_cpu(thread));
    return true;
}

void sched_wake(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    kassert(thread->home == cpu->hal.index);
    if (likely(!thread->watched) || !diverted(cpu, thread))
        wake_here(cpu, thread);
}

void sched_wake_held(struct thread *thread)
{
    wake_here(cpu_self(), thread);
}

static void wake_arrived(struct request *request);

void sched_wake_remote(struct thread *thread)
{
    if (thread->home == cpu_self()->hal.index) {
        timer_cancel(&thread->timer);
        sched_wake(thread);
    } else {
        inbox_send(cpu_table[thread->home], &thread->wake_request, wake_arrived, thread->level);
    }
}

void sched_block(void)
{
    struct cpu *cpu = cpu_self();
    kassert(cpu->busy && thread_current()->state != THREAD_RUNNABLE);
    trace_block(cpu, (u8)thread_current()->state, 0, thread_current()->object.sid, 0, 0);
    thread_current()->account = cpu->account; /* also if it is null: a server's may be an old caller's */
    if (unlikely(cpu->account != nullptr))
        account_end(cpu);
    cpu->busy = false;
    cpu->hal.pending &= ~CPU_PENDING_RESCHEDULE;
}

/* thread runs, or nobody if it is null: after whoever was the current one, if he has run since. */
[[gnu::noinline]] static void switch_traced(struct cpu *cpu, const struct thread *thread)
{
    const struct hal_context *before = cpu->hal.current;
    bool idle = cpu->trace_idle || before == &cpu->idle_context;
    const struct thread *previous = const_container_of(before, struct thread, context);
    cpu->trace_idle = thread == nullptr;
    trace_switch(cpu, idle ? (u8)TRACE_STATE_IDLE : (u8)previous->state, 0, thread != nullptr ? thread->object.sid : 0,
                 idle ? 0 : previous->object.sid, thread != nullptr ? thread->level : 0);
}

/* The FP registers, if live, belong to the outgoing thread. */
static inline __attribute__((always_inline)) void switch_current(struct cpu *cpu, struct thread *thread)
{
    cpu->busy = true;
    if (unlikely(trace_on(cpu, TRACE_switch)))
        switch_traced(cpu, thread);
    if (unlikely(thread->account != nullptr))
        account_begin(cpu, thread->account);
    if (&thread->context != cpu->hal.current) {
        if (unlikely((cpu->hal.pending & CPU_PENDING_FPU) != 0))
            hal_fpu_release(&cpu->hal);
        hal_switch_space(cpu->hal.current, &thread->context);
        cpu->hal.current = &thread->context;
    }
    if (unlikely(((cpu->run_queue.ready >> thread->level) & 1U) != 0))
        turn_begin(thread);
}

void sched_handoff(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    kassert(!cpu->busy);
    if (unlikely(thread->watched) && diverted(cpu, thread))
        return;
    if (run_queue_more_urgent(&cpu->run_queue, thread->level, thread->account))
        run_queue_push_front(&cpu->run_queue, thread);
    else
        switch_current(cpu, thread);
}

/* A CPU that was idle goes straight on to the thread. */
/* model: rendezvous.pml 7 */
static void wake_arrived(struct request *request)
{
    struct thread *thread = container_of(request, struct thread, wake_request);
    timer_cancel(&thread->timer);
    thread->peer_cpu = thread->home;
    if (unlikely(thread->dying)) {
        if (thread->state == THREAD_DEAD)
            return;
        thread->context.kind = HAL_RESUME_CALL; /* ended while this was under way: the slow exit looks at dying */
    }
    if (cpu_self()->busy) {
        sched_wake(thread);
    } else {
        thread->state = THREAD_RUNNABLE;
        sched_handoff(thread);
    }
}

/* The running thread stops running, and stays runnable. */
static void preempted(struct cpu *cpu, struct thread *running)
{
    running->account = cpu->account;
    if (cpu->account != nullptr)
        account_end(cpu);
}

void sched_preempt(struct list *place)
{
    struct cpu *cpu = cpu_self();
    struct thread *running = thread_current();
    preempted(cpu, running);
    list_insert_after(place, &running->run_link);
    cpu->run_queue.ready |= 1ULL << running->level;
    switch_current(cpu, run_queue_pop(&cpu->run_queue));
}

void sched_yield(void)
{
    struct list *queue = &cpu_self()->run_queue.queues[thread_current()->level];
    if (!list_empty(queue))
        sched_preempt(queue->previous);
}

/* Preempts the running thread if a more urgent one waits. */
static void reschedule(struct cpu *cpu)
{
    /* What was done, and a switch that is paid for or recorded, are two paths. */
    if (unlikely(cpu->account != nullptr || cpu->trace_events != 0) && preemption_point())
        hal_interrupts_take();
    cpu->hal.pending &= ~CPU_PENDING_RESCHEDULE;
    struct thread *running = thread_current();
    struct scheduler *scheduler = scheduler_self();
    if (unlikely(((thread_cpus(running) >> cpu->hal.index) & 1U) == 0)) {
        preempted(cpu, running);
        cpu->busy = false;
        thread_move(running, thread_choose_cpu(running));
    } else if (run_queue_more_urgent(&cpu->run_queue, running->level, cpu->account)) {
        preempted(cpu, running);
        run_queue_push_front(&cpu->run_queue, running);
        struct thread *next = run_queue_pop(&cpu->run_queue);
        if (running->level < RUN_LEVEL_REAL_TIME && next->level >= RUN_LEVEL_REAL_TIME &&
            unlikely(timer_armed(&scheduler->slice) || scheduler->turn_is_over == running))
            turn_put_off(scheduler);
        switch_current(cpu, next);
    } else if (unlikely(scheduler->turn_is_over == running)) {
        scheduler->turn_is_over = nullptr;
        turn_end(cpu, running);
    }
}

/* How often an idle CPU looks before it sleeps: a few microseconds on hardware, more than a round trip between CPUs. */
#define IDLE_LOOKS 400U
/* Deferred objects that are freed on the way out of the kernel. */
#define EPOCH_ENTRIES 8U
#define EPOCH_STEP    3U

/* Steps come by the inbox. */
[[gnu::noinline]] static void clean_some(struct cpu *cpu)
{
    if (unlikely((cpu->hal.pending & CPU_PENDING_STEPS) != 0))
        (void)steps_resume(cpu, 0);
    else
        epoch_advance(EPOCH_STEP);
}

/* What is left to free is freed when nobody has anything else to do. Stops if somebody may have. */
static void clean_up(struct cpu *cpu)
{
    bool more;
    do {
        more = (cpu->hal.pending & (CPU_PENDING_EPOCH | CPU_PENDING_STEPS)) != 0;
        if (more)
            clean_some(cpu);
        else if (page_reclaim_waits()) /* what the last thread did may have been long */
            more = !preemption_point() && page_reclaim();
    } while (unlikely(more) && !inbox_waits(cpu) && !preemption_point());
}

/* On the way out, before that thread runs. */
[[gnu::noinline]] static void free_some(struct cpu *cpu, const struct thread *thread)
{
    bool real_time = thread->level >= RUN_LEVEL_REAL_TIME;
    u32 most = real_time ? 1 : EPOCH_ENTRIES, step = real_time ? 1 : EPOCH_STEP;
    for (u32 freed = 0; freed < most && (cpu->hal.pending & CPU_PENDING_EPOCH) != 0; freed += step) {
        if (preemption_point()) /* before the first, too: what the thread did may have been long */
            hal_interrupts_take();
        epoch_advance(step);
    }
}

/* Returns when there is something in the inbox; steps a to g of smp/inbox.h. */
static void sched_idle(struct cpu *cpu)
{
    if (unlikely(counting_on(cpu))) {
        if (preemption_point()) /* as on the way out to a thread */
            hal_interrupts_take();
        counting_leave(cpu, nullptr);
    }
    kassert(lock_check_none_held(&cpu->hal));
    /* While others are awake they may send something soon; the only CPU need not wait for itself. */
    bool alone = atomic_load_explicit(&cpu_count, memory_order_relaxed) == 1;
    u32 looks = alone ? 0 : IDLE_LOOKS;
    atomic_store_explicit(&cpu->doing, INBOX_POLLING, memory_order_relaxed); /* model: inbox.pml a */
    /* model: inbox.pml b; an interrupt that waits, which is taken below, ends it */
    for (u32 i = 1; i <= looks && !inbox_waits(cpu); i++) {
        if (i % 4 == 0 && preemption_point())
            break;
        hal_cpu_relax();
    }
    if (!inbox_waits(cpu)) {
        clean_up(cpu);
        if (!alone)
            balance_pull(cpu);
    }
    atomic_store_explicit(&cpu->doing, INBOX_SLEEPING, memory_order_seq_cst); /* model: inbox.pml c */
    atomic_thread_fence(memory_order_seq_cst);                                /* model: inbox.pml d */
    if (!inbox_waits(cpu)) {                                                  /* model: inbox.pml e */
        if (unlikely((cpu->hal.pending & CPU_PENDING_ISOLATED) != 0))
            epoch_leave(cpu);
        hal_cpu_idle(); /* model: inbox.pml f */
    }
    atomic_store_explicit(&cpu->doing, 0, memory_order_relaxed); /* model: inbox.pml g; else in interrupt_enter() */
}

/* Tells the other CPUs how urgent the running thread is (step k of smp/inbox.h); true if that went down. Calls on the
 * fast path change nothing about it: the server runs on its caller's level. */
static bool publish_level(struct cpu *cpu, u32 level)
{
    u32 before = atomic_load_explicit(&cpu->doing, memory_order_relaxed);
    if (before == level)
        return false;
    atomic_store_explicit(&cpu->doing, level, memory_order_relaxed); /* model: inbox.pml k */
    if (level < before)
        atomic_thread_fence(memory_order_seq_cst); /* model: inbox.pml l */
    return level < before;
}

/* Nobody runs: whoever comes first does from now on. Apart: its constants would be loaded anew after every call in
 * sched_exit. */
[[gnu::noinline]] static void next_begin(struct cpu *cpu)
{
    switch_current(cpu, run_queue_pop(&cpu->run_queue));
}

#define PENDING_ON_THE_WAY_OUT (CPU_PENDING_STEPS | CPU_PENDING_ISOLATED | CPU_PENDING_COUNTING)
void sched_exit(void)
{
    struct cpu *cpu = cpu_self();
    for (bool idled = false;;) {
        if (unlikely(inbox_waits(cpu))) {
            if (unlikely(atomic_load_explicit(&cpu->cross_senders, memory_order_relaxed) != 0))
                smp_poll();
            while (unlikely(inbox_drain(cpu)))
                if (preemption_point()) {
                    inbox_put_off(cpu);
                    hal_interrupts_take();
                }
        }
        if (cpu->busy && unlikely((cpu->hal.pending & CPU_PENDING_RESCHEDULE) != 0))
            reschedule(cpu);
        if (!cpu->busy) {
            if (cpu->run_queue.ready == 0) {
                if (unlikely(trace_on(cpu, TRACE_switch)) && !cpu->trace_idle)
                    switch_traced(cpu, nullptr);
                /* Messages can come for ever without the CPU's going to sleep. */
                if (idled && preemption_point())
                    hal_interrupts_take();
                idled = true;
                sched_idle(cpu);
                continue;
            }
            next_begin(cpu);
        }
        struct thread *thread = thread_current();
        kassert(lock_check_none_held(&cpu->hal) && thread->home == cpu->hal.index);
        if (unlikely((cpu->hal.pending & (CPU_PENDING_EPOCH | PENDING_ON_THE_WAY_OUT)) != 0)) {
            if ((cpu->hal.pending & CPU_PENDING_EPOCH) != 0)
                free_some(cpu, thread);
            if ((cpu->hal.pending & PENDING_ON_THE_WAY_OUT) != 0) {
                if ((cpu->hal.pending & CPU_PENDING_STEPS) != 0 && steps_resume(cpu, thread->level))
                    continue;
                thread = thread_current(); /* the same; so that it is in no register meanwhile */
                if ((cpu->hal.pending & (CPU_PENDING_ISOLATED | CPU_PENDING_COUNTING)) != 0 &&
                    thread->work.run == nullptr) {
                    if (publish_level(cpu, thread->level) && inbox_waits(cpu))
                        continue;
                    if (preemption_point()) /* what was done may have been as long as a path may */
                        hal_interrupts_take();
                    if (counting_on(cpu))
                        counting_leave(cpu, thread);
                    if ((cpu->hal.pending & CPU_PENDING_ISOLATED) != 0)
                        epoch_leave(cpu);
                    trace_resume(cpu, 0, 0, thread->object.sid, 0, 0);
                    hal_resume(&thread->context);
                }
            }
        }
        if (unlikely(publish_level(cpu, thread->level)) && inbox_waits(cpu))
            continue; /* requests that came without an IPI, for the level was higher */
        if (likely(thread->work.run == nullptr)) {
            trace_resume(cpu, 0, 0, thread->object.sid, 0, 0);
            hal_resume(&thread->context);
        }
        if (preemption_point())
            hal_interrupts_take();
        thread->work.run(thread);
    }
}
