/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint profiler.Profiler: what is counted and recorded, from now on. All of it is off at first. */
#include <hal/pmu.h>
#include <kernel/core_call.h>
#include <sched/counting.h>
#include <sched/order.h>
#include <traces/trace.h>

static void order_done(struct thread *asker, retcode code)
{
    core_respond(asker, code, 0, 0);
}

/* Every CPU carries it out, one after the other, with that argument. */
static retcode order_all(struct core_call *call, u64 argument, retcode (*apply)(struct thread *, struct order *))
{
    u32 count = atomic_load_explicit(&cpu_count, memory_order_acquire);
    struct order *order = &call->self->order;
    order->apply = apply;
    order->done = order_done;
    order->arguments[0] = argument;
    retcode code = rcOk;
    u64 all = count == KOS_CPUS_MAX ? ~0ULL : (1ULL << count) - 1;
    return order_give_cpus(call->self, order, all, &code) ? code : CORE_BLOCKED;
}

static retcode apply_counting(struct thread *none, struct order *order)
{
    (void)none;
    counting_set_self(order->arguments[0] != 0);
    return rcOk;
}

retcode core_PROFILER_SetCounting(struct core_call *call)
{
    CORE_METHOD(PROFILER, SetCounting);
    if (IN(on) > 1)
        return rcInvalidArgument;
    if (IN(on) == 0)
        (void)counting_claim_machine(0);
    return order_all(call, IN(on), apply_counting);
}

static retcode apply_pmu(struct thread *none, struct order *order)
{
    (void)none;
    return counting_set_pmu_self((u32)order->arguments[0]);
}

retcode core_PROFILER_SetPmu(struct core_call *call)
{
    CORE_METHOD(PROFILER, SetPmu);
    u64 events = IN(events);
    if ((events & ~(word)hal_pmu_events()) != 0)
        return rcDeviceNotFound;
    if (!countings[cpu_self()->hal.index].asked)
        return events == 0 ? rcOk : rcInvalidOperation;
    retcode code = counting_claim_machine((u32)events);
    return code == rcOk ? order_all(call, events, apply_pmu) : code;
}

static retcode apply_thread_pmu(struct thread *thread, struct order *order)
{
    return counting_set_pmu_thread(thread, (u32)order->arguments[0]);
}

retcode core_PROFILER_SetThreadPmu(struct core_call *call)
{
    CORE_METHOD(PROFILER, SetThreadPmu);
    struct thread *thread;
    if ((IN(events) & ~(word)hal_pmu_events()) != 0)
        return rcDeviceNotFound;
    retcode code = core_thread(call, (u32)IN(thread), KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code != rcOk)
        return code;
    struct order *order = &call->self->order;
    order->target = thread;
    order->apply = apply_thread_pmu;
    order->done = order_done;
    order->arguments[0] = IN(events);
    if (!order_give(call->self, order, &code))
        code = CORE_BLOCKED;
    object_release(&thread->object);
    return code;
}

retcode core_PROFILER_GetPmu(struct core_call *call)
{
    CORE_METHOD(PROFILER, GetPmu);
    const char *description = hal_pmu_description();
    OUT(events) = hal_pmu_events();
    OUT(counters) = hal_pmu_counters();
    return core_return_bytes(call, &OUT(description), description, strlen(description) + 1);
}

static retcode apply_trace(struct thread *none, struct order *order)
{
    (void)none;
    return trace_set_self(order->arguments[0]);
}

retcode core_PROFILER_SetTrace(struct core_call *call)
{
    CORE_METHOD(PROFILER, SetTrace);
    u64 events = IN(events) & (~0ULL >> (64 - TRACE_EVENT_COUNT));
    if (events != 0) {
        if (!trace_prepare(events))
            return rcOutOfMemory;
        checkpoint(); /* each CPU has a page to clear, too */
    }
    return order_all(call, events, apply_trace);
}
