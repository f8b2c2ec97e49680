/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/scheduler.h>

#define SLICE_NS 10000000ULL

/* One slice timer per CPU, armed while threads of one level share it. Owner only. */
static struct timer slices[KOS_CPUS_MAX];

static void slice_expire(struct timer *timer);

static void slice_arm(struct cpu *cpu)
{
    struct timer *slice = &slices[cpu->hal.index];
    if (slice->link.next == nullptr)
        timer_init(slice);
    cpu->slice_switches = cpu->switches;
    struct thread *running = thread_current();
    /* higher standard priorities get longer quanta */
    u64 quantum = running->class == KOS_CLASS_STANDARD ? SLICE_NS / 4 * (running->priority + 1) : SLICE_NS;
    timer_arm(slice, hal_time_now() + quantum, slice_expire);
}

static void slice_expire(struct timer *timer)
{
    (void)timer;
    struct cpu *cpu = cpu_self();
    if (!cpu->busy)
        return;
    struct thread *running = thread_current();
    if (list_empty(&cpu->run_queue.queues[running->level]) || running->class == KOS_CLASS_FIFO)
        return;
    if (cpu->switches == cpu->slice_switches)
        sched_yield(); /* it ran all the time */
    else
        slice_arm(cpu);
}

void sched_wake(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    kassert(thread->home == cpu->hal.index);
    thread->state = THREAD_RUNNABLE;
    run_queue_push_back(&cpu->run_queue, thread);
    if (!cpu->busy)
        return;
    struct thread *running = thread_current();
    if (thread->level > running->level)
        cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
    else if (thread->level == running->level && running->class != KOS_CLASS_FIFO &&
             (slices[cpu->hal.index].link.next == nullptr || !timer_armed(&slices[cpu->hal.index])))
        slice_arm(cpu);
}

static void wake_arrived(struct request *request)
{
    struct thread *thread = container_of(request, struct thread, wake_request);
    timer_cancel(&thread->timer);
    thread->peer_cpu = thread->home;
    if (thread->state != THREAD_DEAD)
        sched_wake(thread);
}

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
    cpu->busy = false;
    cpu->hal.pending &= ~CPU_PENDING_RESCHEDULE;
}

/* The FP registers, if live, belong to the outgoing thread. */
static void switch_current(struct cpu *cpu, struct thread *thread)
{
    cpu->switches++;
    cpu->busy = true;
    if (&thread->context != cpu->hal.current) {
        if (unlikely((cpu->hal.pending & CPU_PENDING_FPU) != 0))
            hal_fpu_release(&cpu->hal);
        hal_switch_space(cpu->hal.current, &thread->context);
        cpu->hal.current = &thread->context;
    }
}

void sched_handoff(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    kassert(!cpu->busy);
    if (run_queue_above(&cpu->run_queue, thread->level))
        run_queue_push_front(&cpu->run_queue, thread);
    else
        switch_current(cpu, thread);
}

void sched_yield(void)
{
    struct cpu *cpu = cpu_self();
    struct thread *thread = thread_current();
    if (list_empty(&cpu->run_queue.queues[thread->level]))
        return;
    run_queue_push_back(&cpu->run_queue, thread);
    switch_current(cpu, run_queue_pop(&cpu->run_queue));
}

void sched_remove(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    if (cpu->busy && thread_current() == thread)
        cpu->busy = false;
    else
        run_queue_remove(&cpu->run_queue, thread);
}

/* How often an idle CPU looks before it sleeps: a few microseconds on hardware, more than a round trip between CPUs. */
#define IDLE_LOOKS 400U

static bool inbox_waits(const struct cpu *cpu)
{
    return atomic_load_explicit(&cpu->inbox.head, memory_order_relaxed) != nullptr ||
           atomic_load_explicit(&cpu->cross_senders, memory_order_relaxed) != 0;
}

/* Returns when there is something in the inbox; steps a to f of smp/inbox.h. */
static void sched_idle(struct cpu *cpu)
{
    /* While others are awake they may send something soon; the only CPU need not wait for itself. */
    u32 looks = atomic_load_explicit(&cpu_count, memory_order_relaxed) > 1 ? IDLE_LOOKS : 0;
    atomic_store_explicit(&cpu->doing, INBOX_POLLING, memory_order_relaxed); /* a */
    for (u32 i = 0; i < looks && !inbox_waits(cpu); i++) { /* b; a timer that falls due meanwhile ends it */
        if (i % 16 == 15 && hal_time_now() >= cpu->timer_programmed)
            break;
        hal_cpu_relax();
    }
    atomic_store_explicit(&cpu->doing, INBOX_SLEEPING, memory_order_seq_cst); /* c */
    atomic_thread_fence(memory_order_seq_cst);                                /* d */
    if (!inbox_waits(cpu))                                                    /* e */
        hal_cpu_idle();                                                       /* f */
    atomic_store_explicit(&cpu->doing, 0, memory_order_relaxed);
}

/* Preempts the running thread if a more urgent one waits. */
static void reschedule(struct cpu *cpu)
{
    cpu->hal.pending &= ~CPU_PENDING_RESCHEDULE;
    struct thread *running = thread_current();
    if (run_queue_above(&cpu->run_queue, running->level)) {
        run_queue_push_front(&cpu->run_queue, running);
        switch_current(cpu, run_queue_pop(&cpu->run_queue));
    }
}

/* Tells the other CPUs how urgent the running thread is (step k of smp/inbox.h); true if that went down. Calls on the
 * fast path change nothing about it: the server runs on its caller's level. */
static bool publish_level(struct cpu *cpu, u32 level)
{
    u32 before = atomic_load_explicit(&cpu->doing, memory_order_relaxed);
    if (before == level)
        return false;
    atomic_store_explicit(&cpu->doing, level, memory_order_relaxed);
    if (level < before)
        atomic_thread_fence(memory_order_seq_cst); /* l */
    return level < before;
}

void sched_exit(void)
{
    struct cpu *cpu = cpu_self();
    for (;;) {
        if (unlikely(inbox_waits(cpu))) {
            smp_poll();
            inbox_drain(cpu);
        }
        if (unlikely((cpu->hal.pending & CPU_PENDING_EPOCH) != 0))
            epoch_advance();
        if (cpu->busy) {
            if (unlikely((cpu->hal.pending & CPU_PENDING_RESCHEDULE) != 0))
                reschedule(cpu);
        } else {
            struct thread *next = run_queue_pop(&cpu->run_queue);
            if (next == nullptr) {
                sched_idle(cpu);
                continue;
            }
            switch_current(cpu, next);
        }
        struct thread *thread = thread_current();
        if (unlikely(publish_level(cpu, thread->level)) && inbox_waits(cpu))
            continue; /* requests that came without an IPI, for the level was higher */
        if (likely(!thread->dying))
            hal_resume(&thread->context);
        thread_finish(thread);
    }
}
