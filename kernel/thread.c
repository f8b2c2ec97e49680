/* SPDX-License-Identifier: Apache-2.0 */
#include <kernel/core_call.h>
#include <kernel/stack.h>
#include <kernel/task.h>
#include <kernel/thread.h>
#include <memory/object_cache.h>
#include <sched/counting.h>
#include <sched/futex.h>
#include <sched/order.h>
#include <sched/work.h>
#include <traces/trace.h>

static struct object_cache threads;
static _Atomic u32 next_tid = 1;
static struct spinlock join_lock; /* guards what waits in joins of threads and tasks */

void fpu_room_init(void);
void fpu_state_free(struct thread *thread);

bool thread_tid_before(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct thread, tid_node)->tid < tree_entry(b, struct thread, tid_node)->tid;
}

static bool tid_reached(const struct tree_node *node, const void *tid)
{
    return tree_entry(node, struct thread, tid_node)->tid >= *(const u32 *)tid;
}

struct thread *task_thread_from(const struct task *task, u32 tid)
{
    const struct tree_node *node = tree_find(&task->tids, tid_reached, &tid);
    return node == nullptr ? nullptr : tree_entry(node, struct thread, tid_node);
}

struct thread *domain_thread(struct domain *domain, u32 tid)
{
    struct task *task = task_of(domain);
    spinlock_lock(&task->lock);
    struct thread *thread = task_thread_from(task, tid);
    spinlock_unlock(&task->lock);
    return thread != nullptr && thread->tid == tid ? thread : nullptr;
}

static void thread_reclaim(struct epoch_entry *entry)
{
    struct thread *thread = container_of(entry, struct thread, epoch);
    struct quota *quota = &thread->domain->quota;
    kassert(thread->counters == nullptr); /* who has run has ended: counting_keep */
    fpu_state_free(thread);
    futex_thread_free(thread);
    object_cache_free(&threads, thread, nullptr);
    domain_drop(quota);
}

static void thread_destroy(struct object *object)
{
    epoch_defer(&thread_from_object(object)->epoch, thread_reclaim);
}

static u32 thread_events(const struct object *object)
{
    bool ended = __atomic_load_n(&const_container_of(object, struct thread, object)->ended, __ATOMIC_RELAXED);
    return ended ? KOS_EVENT_THREAD_COMPLETED : 0;
}

void thread_room_init(void)
{
    object_cache_init(&threads, "thread", sizeof(struct thread), KOS_CACHE_LINE);
    object_cache_clear_first(&threads, offsetof(struct thread, transfer));
    object_operations[OBJECT_THREAD] = (struct object_operations){.destroy = thread_destroy, .events = thread_events};
    fpu_room_init();
    counting_room_init();
}

static void thread_init(struct thread *thread, struct task *task, const struct thread_parameters *parameters)
{
    object_init(&thread->object, OBJECT_THREAD);
    thread->domain = &task->domain;
    domain_hold(&task->domain.quota);
    thread->core_pair = task->domain.core_pair;
    thread->handles = atomic_load_explicit(&task->domain.handles.block, memory_order_acquire);
    thread->class = parameters->class;
    thread->priority = parameters->priority;
    thread->own_level = thread->base_level = thread->level = run_level(parameters->class, parameters->priority);
    thread->home = thread->peer_cpu = parameters->home;
    /* real-time threads stay where they are put, standard ones are balanced */
    thread->affinity = parameters->class == KOS_CLASS_STANDARD ? ~0ULL : 1ULL << parameters->home;
    thread->turns = 1;
    thread->transfer.pieces[0].size = thread->transfer.pieces[1].size = 0; /* none pending */
    thread->transfer.deadline = 0;
    thread->state = THREAD_SUSPENDED;
    thread->detached = parameters->detached;
    thread->tid = atomic_fetch_add_explicit(&next_tid, 1, memory_order_relaxed);
    list_init(&thread->ipc_link);
    tree_node_init(&thread->call_node);
    list_init(&thread->receive_link);
    list_init(&thread->sync_link);
    list_init(&thread->run_link);
    list_init(&thread->futex_link);
    tree_init(&thread->held, pi_lock_held_before);
    list_init(&thread->home_link);
    list_init(&thread->task_link);
    list_init(&thread->join_link);
    joins_init(&thread->joins);
    thread->lender = nullptr;
    timer_init(&thread->timer);
    timer_init(&thread->replenish);
    hal_context_init(&thread->context, &task->domain.space.hal, parameters->routine,
                     thread->stack_base + thread->stack_size, parameters->argument0, parameters->argument1);
}

retcode thread_create(struct task *task, const struct thread_parameters *parameters, struct thread **result)
{
    if (parameters->routine < KOS_USER_BASE || parameters->routine >= KOS_USER_LIMIT)
        return rcInvalidArgument;
    struct thread *thread = object_cache_allocate(&threads, &task->domain.quota);
    if (thread == nullptr)
        return quota_refusal(&task->domain.quota, 0);
    checkpoint();
    thread->stack_size = parameters->stack_size != 0 ? parameters->stack_size : task->stack_size_default;
    retcode code = stack_take(task, &thread->stack_size, &thread->stack_base);
    if (code != rcOk) {
        object_cache_free(&threads, thread, &task->domain.quota);
        return code;
    }
    checkpoint();
    thread_init(thread, task, parameters);
    spinlock_lock(&task->lock);
    bool ending = task->state >= TASK_DYING;
    if (!ending) {
        list_push_back(&task->threads, &thread->task_link);
        tree_insert(&task->tids, &thread->tid_node);
        task->thread_count++;
        atomic_fetch_or_explicit(&task->domain.space.cpus, 1ULL << thread->home, memory_order_relaxed);
        object_reference(&thread->object); /* the thread's own, until it has ended */
    }
    spinlock_unlock(&task->lock);
    if (ending) {
        object_release(&thread->object);
        return rcInvalidOperation;
    }
    trace_thread_create(cpu_self(), 0, (u16)thread->home, thread->object.sid, task->domain.object.sid, thread->tid);
    sched_home_enter(thread);
    *result = thread;
    return rcOk;
}

/* Sends an order with its reference to where the thread is at home; one that is on its way already does as well. */
static void send_home(struct thread *thread, struct request *request, void (*handle)(struct request *))
{
    if (!inbox_push(cpu_table[thread->home], request, handle))
        object_release(&thread->object);
}

retcode thread_resume(struct thread *thread)
{
    if (thread->state != THREAD_SUSPENDED)
        return rcInvalidThreadState;
    if (thread->home == cpu_self()->hal.index) {
        sched_wake(thread);
    } else {
        object_reference(&thread->object);
        thread_control(thread, THREAD_CONTROL_RESUME);
    }
    return rcOk;
}

/* Whatever it does in the kernel, it comes to its end first. */
static void die(struct thread *thread)
{
    thread->dying = true;
    if (thread->work.run == nullptr)
        thread->work.run = thread_finish;
}

static void terminate_here(struct thread *thread)
{
    if (thread->dying || thread->state == THREAD_DEAD)
        return;
    die(thread);
    thread->exit_code = thread->terminate_code;
    if (thread->state == THREAD_MOVING || thread->state == THREAD_ORDERING)
        return; /* it runs again soon, and is dying then */
    if (thread->state == THREAD_RUNNABLE) {
        thread->context.kind = HAL_RESUME_CALL;            /* not STATUS: a yield must leave by the slow exit */
        cpu_self()->hal.pending |= CPU_PENDING_RESCHEDULE; /* leave by the slow exit, which looks at its work */
        return;
    }
    if (thread->state == THREAD_JOINING) {
        spinlock_lock(&join_lock);
        bool waiting = !list_empty(&thread->join_link);
        list_remove(&thread->join_link);
        spinlock_unlock(&join_lock);
        if (!waiting)
            return; /* another CPU has sent its wake-up: it ends when that arrives */
    }
    if (ipc_cancel(thread, rcAbort))
        sched_wake(thread);
}

static void terminate_arrived(struct request *request)
{
    struct thread *thread = container_of(request, struct thread, terminate_request);
    if (thread->home != cpu_self()->hal.index) { /* it moved meanwhile */
        send_home(thread, request, terminate_arrived);
        return;
    }
    terminate_here(thread);
    object_release(&thread->object);
}

void thread_terminate(struct thread *thread, s32 code)
{
    thread->terminate_code = code; /* of several CPUs at once, one's counts */
    if (thread->home == cpu_self()->hal.index)
        terminate_here(thread);
    else {
        object_reference(&thread->object);
        send_home(thread, &thread->terminate_request, terminate_arrived);
    }
}

void thread_exit(struct thread *thread, s32 code)
{
    thread->exit_code = code;
    die(thread);
    thread->context.kind = HAL_RESUME_CALL;
}

void thread_joinable_end(bool *ended)
{
    spinlock_lock(&join_lock);
    *ended = true;
    spinlock_unlock(&join_lock);
}

/* Tells one, if there is one; true: there are more. */
static inline __attribute__((always_inline)) bool join_wake_one(struct joins *joins)
{
    struct thread *joiner = nullptr;
    bool more = false;
    spinlock_lock(&join_lock);
    if (!list_empty(&joins->waiting)) {
        joiner = list_entry(joins->waiting.next, struct thread, join_link);
        list_remove(&joiner->join_link);
        more = !list_empty(&joins->waiting);
    }
    spinlock_unlock(&join_lock);
    if (joiner != nullptr) {
        static_assert(KOS_CORE_THREAD_Wait_out_code == KOS_CORE_TASK_Wait_out_code); /* of a thread that is all */
        CORE_RESPOND(joiner, rcOk, TASK, Wait, .code = (word)(s64)joins->code, .reason = joins->reason);
        sched_wake_remote(joiner);
    }
    return more;
}

[[gnu::noinline]] static void join_wake_rest(struct request *request)
{
    struct joins *joins = container_of(request, struct joins, request);
    while (!preemption_point()) { /* before the first, too: what came before may have been long */
        if (join_wake_one(joins))
            continue;
        object_release(joins->object);
        return;
    }
    (void)inbox_push(cpu_self(), request, join_wake_rest); /* sched_exit() lets the interrupt in first */
}

void thread_join_wake(struct joins *joins, struct object *object, s32 code, u32 reason)
{
    joins->object = object;
    joins->code = code;
    joins->reason = reason;
    if (unlikely(join_wake_one(joins)))
        join_wake_rest(&joins->request);
    else
        object_release(joins->object);
}

static void join_time_limit(struct timer *timer)
{
    struct thread *joiner = container_of(timer, struct thread, timer);
    spinlock_lock(&join_lock);
    bool waiting = !list_empty(&joiner->join_link);
    list_remove(&joiner->join_link);
    spinlock_unlock(&join_lock);
    if (waiting) {
        core_respond(joiner, rcTimeout, 0, 0);
        sched_wake(joiner);
    }
}

bool thread_join(struct thread *joiner, struct joins *joins, const bool *ended, u32 timeout_ms)
{
    spinlock_lock(&join_lock);
    bool waits = !*ended;
    if (waits) {
        joiner->state = THREAD_JOINING;
        list_push_back(&joins->waiting, &joiner->join_link);
        if (timeout_ms != KOS_INFINITE_TIMEOUT)
            timer_arm(&joiner->timer, timer_deadline(timeout_ms), join_time_limit);
    }
    spinlock_unlock(&join_lock);
    if (waits)
        sched_block();
    return waits;
}

/* The first of the task's threads; it is the last one then. */
static void first_terminate(struct task *task, s32 code)
{
    spinlock_lock(&task->lock);
    if (!list_empty(&task->threads)) {
        struct thread *thread = list_entry(task->threads.next, struct thread, task_link);
        list_remove(&thread->task_link);
        list_push_back(&task->threads, &thread->task_link);
        thread_terminate(thread, code);
    }
    spinlock_unlock(&task->lock);
}

void task_threads_terminate(struct task *task, u32 count, s32 code)
{
    for (; count != 0; count--) {
        first_terminate(task, code);
        if (count > 1)
            checkpoint();
    }
}

bool task_thread_gone(struct task *task, struct thread *thread)
{
    spinlock_lock(&task->lock);
    list_remove(&thread->task_link);
    tree_remove(&task->tids, &thread->tid_node);
    counting_keep(thread, &task->counters);
    bool last = --task->thread_count == 0;
    if (last && task->state < TASK_DYING) { /* the last thread just returned */
        task->state = TASK_DYING;
        task->exit_code = thread->exit_code;
        task->exit_reason = KOS_TASK_EXITED;
    }
    spinlock_unlock(&task->lock);
    return last;
}

/* Nothing of the thread but its object is left. */
static inline __attribute__((always_inline)) void thread_leave(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    thread->state = THREAD_DEAD;
    sched_block();
    sched_home_leave(thread);
    cpu->hal.current = &cpu->idle_context; /* the thread may be freed before another one runs here */
    thread_joinable_end(&thread->ended);
    object_tell(&thread->object, KOS_EVENT_THREAD_COMPLETED);
    thread_join_wake(&thread->joins, &thread->object, thread->exit_code, 0); /* with its own reference */
}

/* Work of the last thread of a task that had much memory. On this CPU, as the pages are. */
static void pages_awaited(struct thread *thread)
{
    if (!page_returned((u32)thread->work.progress.position)) {
        hal_cpu_relax(); /* others pass: emulated CPUs that take turns only if this one gives it up */
        return;
    }
    task_ended(task_of(thread->domain));
    thread_leave(thread);
}

static void await_pages(struct thread *thread)
{
    thread->work.progress.position = page_return_ticket();
    thread->pinned = true;
    sched_watch(thread);
    work_begin(thread, pages_awaited);
}

void thread_finish(struct thread *thread)
{
    struct cpu *cpu = cpu_self();
    struct task *task = task_of(thread->domain);
    kassert(thread_current() == thread && cpu->busy);
    trace_thread_end(cpu, 0, 0, thread->object.sid, (u64)(s64)thread->exit_code, 0);
    ipc_thread_gone(thread);
    pi_lock_owner_gone(thread);
    if (task->state == TASK_RUNNING)
        stack_put(task, thread->stack_base, thread->stack_size);
    if ((cpu->hal.pending & CPU_PENDING_FPU) != 0)
        hal_fpu_release(&cpu->hal);
    if (unlikely(thread->counters != nullptr)) { /* a path of its own */
        checkpoint();
        spinlock_lock(&task->lock);
        counting_keep(thread, &task->counters);
        spinlock_unlock(&task->lock);
    }
    checkpoint();
    if (task_thread_gone(task, thread)) { /* if not, no checkpoint from here on: the space may go at any time */
        if (task_end(task)) {
            await_pages(thread);
            return;
        }
        task_ended(task);
    }
    thread_leave(thread);
}
