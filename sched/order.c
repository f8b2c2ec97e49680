/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/order.h>

static void order_arrived(struct request *request)
{
    struct order *order = container_of(request, struct order, request);
    struct thread *asker = container_of(order, struct thread, order), *target = order->target;
    if (target != nullptr && target->home != cpu_self()->hal.index) {
        inbox_send(cpu_table[target->home], &order->request, order_arrived, INBOX_AT_ONCE);
        return;
    }
    order->done(asker, order->apply(target, order));
    if (target != nullptr)
        object_release(&target->object);
    sched_wake_remote(asker);
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
    asker->state = THREAD_ORDERING;
    sched_block();
    inbox_send(cpu_table[cpu], &order->request, order_arrived, INBOX_AT_ONCE);
    return false;
}

bool order_give(struct thread *asker, struct order *order, retcode *code)
{
    return give(asker, order, order->target->home, code);
}

bool order_give_cpu(struct thread *asker, struct order *order, u32 cpu, retcode *code)
{
    order->target = nullptr;
    return give(asker, order, cpu, code);
}
