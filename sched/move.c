/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where threads run. A thread changes its home only while it is runnable and does not run: its old home takes it out of
 * everything and sends it, as a message, to its new one. A blocked thread moves when it is made runnable (sched_wake,
 * sched_handoff look at its affinity), so its home is stable for whoever is about to wake it.
 */
#include <sched/counting.h>
#include <sched/local.h>
#include <sched/scheduler.h>
#include <traces/trace.h>

_Atomic u64 cpus_isolated, cpus_offline;

u64 cpus_all(void)
{
    u32 count = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    return count == KOS_CPUS_MAX ? ~0ULL : (1ULL << count) - 1;
}

u64 thread_cpus(const struct thread *thread)
{
    if (unlikely(thread->pinned))
        return 1ULL << thread->home;
    u64 online = cpus_all() & ~atomic_load_explicit(&cpus_offline, memory_order_relaxed);
    u64 allowed = thread->affinity & online;
    return allowed != 0 ? allowed : online;
}

void sched_watch(struct thread *thread)
{
    struct scheduler *scheduler = scheduler_self();
    thread->watched = thread->reservation.bandwidth != 0 || thread->lender != nullptr ||
                      ((thread_cpus(thread) >> thread->home) & 1U) == 0;
    if (unlikely(scheduler->offline.checks) && thread_must_stay(thread, scheduler->offline.others))
        scheduler->offline.stays = true;
}

bool thread_must_stay(const struct thread *thread, u64 others)
{
    /* with a reservation also while it has overrun, and runs as a standard thread */
    bool real_time = thread->own_level != RUN_LEVEL_STANDARD || thread->reservation.bandwidth != 0;
    return thread->pinned || (real_time && (thread->affinity & others) == 0);
}

u32 thread_choose_cpu(const struct thread *thread)
{
    u64 allowed = thread_cpus(thread);
    u64 shared = allowed & ~atomic_load_explicit(&cpus_isolated, memory_order_relaxed);
    if (shared != 0)
        allowed = shared; /* onto an isolated CPU only if nothing else is left */
    u32 best = (u32)__builtin_ctzll(allowed), best_level = ~0U;
    for (u64 rest = allowed; rest != 0; rest &= rest - 1) {
        u32 cpu = (u32)__builtin_ctzll(rest);
        u32 doing = atomic_load_explicit(&cpu_table[cpu]->doing, memory_order_relaxed); /* a hint */
        u32 level = doing > INBOX_LEVEL_MAX ? 0 : doing;
        if (level < best_level) {
            best = cpu;
            best_level = level;
        }
    }
    return best;
}

void sched_home_enter(struct thread *thread)
{
    struct scheduler *scheduler = &schedulers[thread->home];
    list_push_back(&scheduler->home, &thread->home_link);
    scheduler->threads++;
    sched_watch(thread);
}

void sched_home_leave(struct thread *thread)
{
    struct scheduler *scheduler = &schedulers[thread->home];
    if (unlikely(scheduler->offline.next == &thread->home_link))
        scheduler->offline.next = thread->home_link.next;
    list_remove(&thread->home_link);
    scheduler->threads--;
    scheduler->reserved -= thread->reservation.bandwidth;
    timer_cancel(&thread->replenish);
    thread->reservation.bandwidth = 0;
    if (unlikely(thread->lender != nullptr))
        sched_lender_release(thread);
}

static void moved(struct request *request)
{
    struct thread *thread = container_of(request, struct thread, wake_request);
    sched_home_enter(thread);
    thread_ipc_moved(thread);
    if (unlikely(thread->dying))
        thread->context.kind = HAL_RESUME_CALL; /* it leaves by the slow exit, which looks at dying */
    counting_arrived(thread);
    sched_wake(thread);
}

void thread_move(struct thread *thread, u32 target)
{
    struct cpu *cpu = cpu_self();
    kassert(thread->home == cpu->hal.index && target != thread->home);
    trace_migrate(cpu, 0, (u16)target, thread->object.sid, 0, 0);
    if (cpu->hal.current == &thread->context) {
        if ((cpu->hal.pending & CPU_PENDING_FPU) != 0)
            hal_fpu_release(&cpu->hal);
        cpu->hal.current = &cpu->idle_context;
    }
    if (unlikely(counting_on(cpu)))
        counting_stop(cpu, thread);
    sched_home_leave(thread);
    thread->state = THREAD_MOVING;
    thread_ipc_moves(thread, target);
    /* model: shootdown.pml thread_move(); before any translation is cached there, whoever changes one knows of it */
    atomic_fetch_or_explicit(&thread->domain->space.cpus, 1ULL << target, memory_order_seq_cst);
    thread->home = target;
    inbox_send(cpu_table[target], &thread->wake_request, moved, thread->level);
}

bool sched_send_off(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    sched_watch(thread);
    if (((thread_cpus(thread) >> thread->home) & 1U) != 0)
        return false;
    sched_off_fast_path(thread);
    if (sched_queued(thread)) {
        run_queue_remove(&cpu->run_queue, thread);
        thread_move(thread, thread_choose_cpu(thread));
    } else if (thread->state == THREAD_RUNNABLE) {
        cpu->hal.pending |= CPU_PENDING_RESCHEDULE; /* the running one goes on the way out */
    }
    return true;
}

retcode sched_set_affinity(struct thread *thread, u64 cpus)
{
    cpus &= cpus_all();
    if (cpus == 0)
        return rcInvalidArgument;
    if (thread->reservation.bandwidth != 0 && ((cpus >> thread->home) & 1U) == 0)
        return rcInvalidThreadState; /* its time is this CPU's */
    thread->affinity = cpus;
    (void)sched_send_off(thread);
    return rcOk;
}

/* ---- balance of standard threads ---- */

/* How many waiting threads a CPU looks through for one that may go. */
#define CANDIDATES 8U

/* Those that take part, but for this one; none if it does not. */
static u64 others(const struct cpu *cpu)
{
    u64 out = atomic_load_explicit(&cpus_isolated, memory_order_relaxed) |
              atomic_load_explicit(&cpus_offline, memory_order_relaxed);
    u64 self = 1ULL << cpu->hal.index;
    return (out & self) != 0 ? 0 : cpus_all() & ~out & ~self;
}

/* Where a waiting thread may go to. */
static u64 outlets(const struct thread *thread)
{
    return thread->own_level == RUN_LEVEL_STANDARD && thread->caller == nullptr && !thread->dying ? thread_cpus(thread)
                                                                                                  : 0;
}

/* Those of `targets` that may have one of the threads that wait here. */
static u64 wanted(const struct cpu *cpu, u64 targets)
{
    const struct list *queue = &cpu->run_queue.queues[RUN_LEVEL_STANDARD];
    u64 all = 0;
    u32 looked = 0;
    list_for_each(node, queue)
    {
        if (looked++ == CANDIDATES)
            break;
        all |= outlets(list_entry(node, struct thread, run_link));
    }
    return all & targets;
}

/* The first that may go goes to target, if there is one. */
static void give(struct cpu *cpu, u32 target)
{
    struct list *queue = &cpu->run_queue.queues[RUN_LEVEL_STANDARD];
    u32 looked = 0;
    list_for_each(node, queue)
    {
        struct thread *thread = list_entry(node, struct thread, run_link);
        if (looked++ == CANDIDATES)
            return;
        if (((outlets(thread) >> target) & 1U) != 0) {
            run_queue_remove(&cpu->run_queue, thread);
            thread_move(thread, target);
            return;
        }
    }
}

/* Tells these CPUs that there is something to be had here. A hint in both directions: what hangs on it is checked by
 * the queue's owner. */
static void crowded_set(u64 cpus)
{
    struct scheduler *scheduler = scheduler_self();
    if (atomic_load_explicit(&scheduler->crowded, memory_order_relaxed) != cpus)
        atomic_store_explicit(&scheduler->crowded, cpus, memory_order_relaxed);
}

static void pull_arrived(struct request *request)
{
    const struct scheduler *asker = container_of(request, struct scheduler, pull);
    struct cpu *cpu = cpu_self();
    struct list *queue = &cpu->run_queue.queues[RUN_LEVEL_STANDARD];
    u32 target = (u32)(asker - schedulers);
    if (list_empty(queue) || (!cpu->busy && queue->next->next == queue)) {
        crowded_set(0); /* what waits is about to run here */
        return;
    }
    give(cpu, target);
    crowded_set(wanted(cpu, others(cpu)));
}

void balance_pull(struct cpu *cpu)
{
    u32 self = cpu->hal.index, count = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    u64 from = others(cpu);
    if (from == 0)
        return;
    for (u32 i = 1; i < count; i++) {
        u32 other = (self + i) % count;
        if (((from >> other) & 1U) != 0 &&
            ((atomic_load_explicit(&schedulers[other].crowded, memory_order_relaxed) >> self) & 1U) != 0) {
            (void)inbox_push_at(cpu_table[other], &schedulers[self].pull, pull_arrived, RUN_LEVEL_STANDARD);
            return;
        }
    }
}

void balance_push(struct cpu *cpu)
{
    u32 self = cpu->hal.index, count = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    u64 targets = wanted(cpu, others(cpu));
    for (u32 i = 1; targets != 0 && i < count; i++) {
        u32 other = (self + i) % count;
        if (((targets >> other) & 1U) != 0 &&
            atomic_load_explicit(&cpu_table[other]->doing, memory_order_relaxed) > INBOX_LEVEL_MAX) {
            give(cpu, other);
            return;
        }
    }
    crowded_set(targets);
}

retcode sched_isolate(u64 cpus, u64 *changed)
{
    if ((cpus & ~cpus_all()) != 0 || cpus == cpus_all())
        return rcInvalidArgument;
    /* relaxed: for balancing a hint; who is told of a change by inbox sees it, or a later one */
    *changed = cpus ^ atomic_exchange_explicit(&cpus_isolated, cpus, memory_order_relaxed);
    return rcOk;
}

void sched_isolate_self(void)
{
    epoch_isolate(((atomic_load_explicit(&cpus_isolated, memory_order_relaxed) >> cpu_self()->hal.index) & 1U) != 0);
}
