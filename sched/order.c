/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/order.h>
#include <smp/preemption.h>

static u32 next_cpu(struct order *order)
{
    u32 cpu = (u32)__builtin_ctzll(order->cpus);
    order->cpus &= order->cpus - 1;
    return cpu;
}

/* Step 5. */
static void order_over(struct request *request)
{
    struct order *order = container_of(request, struct order, request);
    struct thread *asker = container_of(order, struct thread, order), *target = order->target;
    order->done(asker, order->code);
    if (target != nullptr)
        object_release(&target->object);
    sched_wake_remote(asker);
}

static void order_arrived(struct request *request)
{
    struct order *order = container_of(request, struct order, request);
    struct thread *target = order->target;
    if (target != nullptr && target->home != cpu_self()->hal.index) {
        inbox_send(cpu_table[target->home], &order->request, order_arrived, INBOX_AT_ONCE);
        return;
    }
    if (preemption_point()) { /* what this CPU did before may have been long, and the order is: sched_exit() */
        inbox_send(cpu_self(), &order->request, order_arrived, INBOX_AT_ONCE);
        return;
    }
    retcode code = order->apply(target, order);
    if (code != PREEMPTED)
        order_applied(order, code);
}

void order_applied(struct order *order, retcode code)
{
    order->code = code;
    if (order->target == nullptr && order->cpus != 0) {
        u32 next = next_cpu(order);
        inbox_send(cpu_table[next], &order->request, order_arrived, INBOX_AT_ONCE);
        return;
    }
    if (preemption_point()) /* each step is long enough */
        inbox_send(cpu_self(), &order->request, order_over, INBOX_AT_ONCE);
    else
        order_over(&order->request);
}

static void wait_for_answer(struct thread *asker)
{
    asker->state = THREAD_ORDERING;
    sched_block();
}

static bool give(struct thread *asker, struct order *order, u32 cpu, retcode *code)
{
    struct thread *target = order->target;
    if (cpu == cpu_self()->hal.index) {
        *code = order->apply(target, order);
        return true;
    }
    if (target != nullptr)
        object_reference(&target->object);
    wait_for_answer(asker);
    inbox_send(cpu_table[cpu], &order->request, order_arrived, INBOX_AT_ONCE);
    return false;
}

bool order_give(struct thread *asker, struct order *order, retcode *code)
{
    return give(asker, order, order->target->home, code);
}

bool order_give_cpus(struct thread *asker, struct order *order, u64 cpus, retcode *code)
{
    u64 self = 1ULL << cpu_self()->hal.index;
    order->target = nullptr;
    order->cpus = cpus & ~self;
    order->level = asker->level;
    if ((cpus & self) != 0) {
        *code = order->apply(nullptr, order);
        if (*code == PREEMPTED) {
            wait_for_answer(asker);
            return false;
        }
    }
    return order->cpus == 0 || give(asker, order, next_cpu(order), code);
}

/* ---- without an answer ---- */

static void control_arrived(struct request *request)
{
    struct thread *thread = container_of(request, struct thread, control_request);
    /* relaxed: the inbox has ordered it with who set it */
    thread_control(thread, atomic_exchange_explicit(&thread->controls, 0, memory_order_relaxed));
}

void thread_control(struct thread *thread, u32 what)
{
    if (thread->home != cpu_self()->hal.index) {
        atomic_fetch_or_explicit(&thread->controls, what, memory_order_relaxed);
        if (inbox_push(cpu_table[thread->home], &thread->control_request, control_arrived))
            return;
        what = 0; /* one that is on its way takes this along */
    }
    if ((what & THREAD_CONTROL_RESUME) != 0 && thread->state == THREAD_SUSPENDED)
        sched_wake(thread);
    if ((what & THREAD_CONTROL_INTERRUPT) != 0)
        thread_interrupt(thread);
    object_release(&thread->object);
}
