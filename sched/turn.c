/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns of threads that share a level. RR: one quantum each, in a circle. Standard threads: a thread of priority p has
 * a quantum of (p + 1) quarters and 1 + p / 4 quanta in a round: while it has quanta left it goes behind the next
 * waiting thread only, after the last one to the end of the queue. So nobody waits for ever, and a higher priority
 * brings both longer and more frequent quanta.
 */
#include <sched/local.h>
#include <sched/scheduler.h>

#define QUANTUM_NS       10000000ULL
#define TURNS(priority_) (1U + (priority_) / 4U)
#define SOON_NS          200000ULL

static void turn_over(struct timer *timer);

static void turn_arm(const struct thread *running)
{
    struct scheduler *scheduler = scheduler_self();
    u64 quantum = running->class == KOS_CLASS_STANDARD ? QUANTUM_NS / 4 * (running->priority + 1) : QUANTUM_NS;
    u64 end = scheduler->slice_put_off != 0 ? scheduler->slice_put_off : hal_time_now() + quantum;
    scheduler->slice_put_off = 0;
    scheduler->turn_is_over = nullptr;
    timer_arm(&scheduler->slice, end, turn_over);
}

/* The running thread goes back into the queue and the next one comes. */
static void turn_next(struct cpu *cpu, struct thread *running)
{
    struct list *queue = &cpu->run_queue.queues[running->level];
    if (running->level == RUN_LEVEL_STANDARD && running->turns > 1) {
        running->turns--;
        sched_preempt(queue->next);
    } else {
        running->turns = TURNS(running->priority);
        sched_preempt(queue->previous);
    }
}

/* The way out looks at it, behind whatever else is due: a real-time thread that comes now does not wait for this. */
static void turn_over(struct timer *timer)
{
    (void)timer;
    struct cpu *cpu = cpu_self();
    if (!cpu->busy)
        return;
    struct thread *running = thread_current();
    if (running->level >= RUN_LEVEL_REAL_TIME) {
        turn_end(cpu, running);
        return;
    }
    scheduler_self()->turn_is_over = running;
    cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
}

void turn_end(struct cpu *cpu, struct thread *running)
{
    if (list_empty(&cpu->run_queue.queues[running->level]) || running->class == KOS_CLASS_FIFO)
        return;
    if (running->level == RUN_LEVEL_STANDARD)
        balance_push(cpu);
    if (list_empty(&cpu->run_queue.queues[running->level]))
        return;
    turn_next(cpu, running); /* also if it ran for a part of it only: threads that take turns by blocking would keep
                                the others waiting for ever */
}

void turn_begin(struct thread *running)
{
    if (running->class != KOS_CLASS_FIFO && running->level != RUN_LEVEL_RESERVATION &&
        !timer_armed(&scheduler_self()->slice))
        turn_arm(running);
}

void turn_put_off(struct scheduler *scheduler)
{
    u64 end = scheduler->slice.deadline;
    if (!timer_armed(&scheduler->slice)) {
        scheduler->slice_put_off = end;
        return;
    }
    if (end - hal_time_now() >= SOON_NS)
        return;
    scheduler->slice_put_off = end;
    timer_disarm(&scheduler->slice);
    timer_program_again(end);
}
