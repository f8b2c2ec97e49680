/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint thread.Thread. */
#include <kernel/core_call.h>
#include <sched/order.h>
#include <smp/preemption.h>

#define THREAD_RIGHTS                                                                                                  \
    (KOS_RIGHT_THREAD_CONTROL | KOS_RIGHT_THREAD_WAIT | KOS_RIGHT_THREAD_INFO | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER |  \
     KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT)
#define THREAD_FLAGS (KOS_THREAD_SUSPENDED | KOS_THREAD_DETACHED | (3U << KOS_THREAD_CLASS_SHIFT))

static bool priority_valid(u32 class, u64 priority)
{
    return class == KOS_CLASS_STANDARD ? priority <= KOS_PRIORITY_STANDARD_MAX
                                       : class <= KOS_CLASS_ROUND_ROBIN && priority <= KOS_PRIORITY_REAL_TIME_MAX;
}

retcode core_THREAD_Create(struct core_call *call)
{
    CORE_METHOD(THREAD, Create);
    u32 flags = (u32)IN(flags), class = (flags >> KOS_THREAD_CLASS_SHIFT) & 3U;
    if ((IN(flags) & ~(word)THREAD_FLAGS) != 0 || !priority_valid(class, IN(priority)) || IN(stackSize) > (64U << 20))
        return rcInvalidArgument;
    const struct thread_parameters parameters = {.routine = IN(routine),
                                                 .argument0 = IN(context),
                                                 .argument1 = IN(context2),
                                                 .stack_size = IN(stackSize),
                                                 .class = class,
                                                 .priority = (u32)IN(priority),
                                                 .home = cpu_self()->hal.index,
                                                 .detached = (flags & KOS_THREAD_DETACHED) != 0};
    struct thread *thread;
    retcode code = thread_create(call->task, &parameters, &thread);
    if (code != rcOk)
        return code;
    u32 handle = KOS_INVALID_HANDLE;
    code = handle_insert(&call->task->domain.handles, &thread->object, THREAD_RIGHTS, &handle);
    if (code != rcOk)
        thread_terminate(thread, -1);
    else if ((flags & KOS_THREAD_SUSPENDED) == 0)
        code = thread_resume(thread);
    OUT(thread) = handle;
    OUT(tid) = thread->tid;
    object_release(&thread->object);
    return code;
}

retcode core_THREAD_OpenCurrent(struct core_call *call)
{
    CORE_METHOD(THREAD, OpenCurrent);
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = handle_insert(&call->task->domain.handles, &call->self->object, THREAD_RIGHTS, &handle);
    OUT(thread) = handle;
    OUT(tid) = call->self->tid;
    return code;
}

retcode core_THREAD_Suspend(struct core_call *call)
{
    core_respond(call->self, rcOk, 0, 0);
    call->self->state = THREAD_SUSPENDED;
    sched_block();
    return CORE_BLOCKED;
}

retcode core_THREAD_Resume(struct core_call *call)
{
    CORE_METHOD(THREAD, Resume);
    struct thread *thread;
    retcode code = core_thread(call, (u32)IN(thread), KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code != rcOk)
        return code;
    code = thread_resume(thread);
    object_release(&thread->object);
    return code;
}

retcode core_THREAD_Terminate(struct core_call *call)
{
    CORE_METHOD(THREAD, Terminate);
    struct thread *thread;
    retcode code = core_thread(call, (u32)IN(thread), KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code != rcOk)
        return code;
    thread_terminate(thread, (s32)IN(code));
    object_release(&thread->object);
    return rcOk;
}

retcode core_THREAD_Exit(struct core_call *call)
{
    CORE_METHOD(THREAD, Exit);
    thread_exit(call->self, (s32)IN(code));
    return CORE_BLOCKED;
}

retcode core_THREAD_Wait(struct core_call *call)
{
    CORE_METHOD(THREAD, Wait);
    struct thread *thread;
    if (IN(timeout) > KOS_INFINITE_TIMEOUT)
        return rcInvalidArgument;
    retcode code = core_thread(call, (u32)IN(thread), KOS_RIGHT_THREAD_WAIT, &thread);
    if (code != rcOk)
        return code;
    if (thread == call->self)
        code = rcInvalidOperation;
    else if (thread_join(call->self, &thread->joins, &thread->ended, (u32)IN(timeout)))
        code = CORE_BLOCKED;
    else
        OUT(code) = (word)(s64)thread->exit_code;
    object_release(&thread->object);
    return code;
}

static void order_done(struct thread *asker, retcode code)
{
    core_respond(asker, code, 0, 0);
}

/* Carries out `apply`, with what is in the caller's order.arguments, at home of the thread that the handle names: a
 * thread, or a task that does not run yet, whose first thread is meant. */
static retcode order(struct core_call *call, word handle, retcode (*apply)(struct thread *, struct order *))
{
    struct thread *thread;
    retcode code = core_thread(call, (u32)handle, KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code == rcInvalidArgument)
        code = core_first_thread(call, (u32)handle, &thread);
    if (code != rcOk)
        return code;
    struct order *order = &call->self->order;
    order->target = thread;
    order->apply = apply;
    order->done = order_done;
    if (!order_give(call->self, order, &code))
        code = CORE_BLOCKED;
    object_release(&thread->object);
    if (code != CORE_BLOCKED)
        checkpoint(); /* behind a change of who pays, which is long */
    return code;
}

static retcode apply_priority(struct thread *thread, struct order *order)
{
    if (thread->state == THREAD_DEAD)
        return rcInvalidThreadState;
    retcode code = rcOk;
    if (thread->reservation.bandwidth != 0)
        code = sched_set_reservation(thread, 0, 0, 0, false);
    if (code == rcOk)
        sched_set_class(thread, (u32)order->arguments[0] >> 8, (u32)order->arguments[0] & 0xffU);
    return code;
}

retcode core_THREAD_SetPriority(struct core_call *call)
{
    CORE_METHOD(THREAD, SetPriority);
    u64 class_number = IN(priority) >> 8;
    if (class_number > KOS_CLASS_ROUND_ROBIN || !priority_valid((u32)class_number, IN(priority) & 0xffU))
        return rcInvalidArgument;
    call->self->order.arguments[0] = IN(priority);
    return order(call, IN(thread), apply_priority);
}

static retcode apply_reservation(struct thread *thread, struct order *order)
{
    return sched_set_reservation(thread, order->arguments[0], order->arguments[1], order->arguments[2],
                                 order->arguments[3] == KOS_RESERVATION_THROTTLE);
}

retcode core_THREAD_SetReservation(struct core_call *call)
{
    CORE_METHOD(THREAD, SetReservation);
    if (IN(action) > KOS_RESERVATION_REPORT)
        return rcInvalidArgument;
    u64 *arguments = call->self->order.arguments;
    arguments[0] = IN(budget), arguments[1] = IN(period), arguments[2] = IN(deadline), arguments[3] = IN(action);
    return order(call, IN(thread), apply_reservation);
}

/* A look from outside: values may be of different moments while the thread runs on another CPU. */
retcode core_THREAD_GetReservation(struct core_call *call)
{
    CORE_METHOD(THREAD, GetReservation);
    struct thread *thread;
    retcode code = core_thread(call, (u32)IN(thread), KOS_RIGHT_THREAD_INFO, &thread);
    if (code != rcOk)
        return code;
    const struct reservation *reservation = &thread->reservation;
    if (cpu_self()->account == thread)
        sched_account_switch(thread); /* what it has run so far counts */
    bool any = reservation->bandwidth != 0;
    OUT(budget) = any ? reservation->budget : 0;
    OUT(period) = any ? reservation->period : 0;
    OUT(deadline) = any ? reservation->relative_deadline : 0;
    OUT(remaining) = any ? reservation->remaining : 0;
    OUT(overruns) = reservation->overruns;
    object_release(&thread->object);
    return rcOk;
}

static retcode apply_affinity(struct thread *thread, struct order *order)
{
    if (thread->state == THREAD_DEAD)
        return rcInvalidThreadState;
    return sched_set_affinity(thread, order->arguments[0]);
}

retcode core_THREAD_SetAffinity(struct core_call *call)
{
    CORE_METHOD(THREAD, SetAffinity);
    call->self->order.arguments[0] = IN(cpus);
    return order(call, IN(thread), apply_affinity);
}

retcode core_THREAD_SetTls(struct core_call *call)
{
    CORE_METHOD(THREAD, SetTls);
    vaddr address = IN(addr);
    if (address >= KOS_USER_LIMIT)
        return rcInvalidArgument;
    struct hal_context *context = &call->self->context;
    context->thread_pointer = address;
    hal_switch_space(context, context); /* loads it */
    return rcOk;
}

static void sleep_over(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    sched_wake(thread);
}

retcode core_THREAD_Sleep(struct core_call *call)
{
    CORE_METHOD(THREAD, Sleep);
    u32 ms = (u32)IN(delay);
    if (IN(delay) > KOS_INFINITE_TIMEOUT)
        return rcInvalidArgument;
    core_respond(call->self, rcOk, 0, 0);
    if (ms == 0)
        sched_yield();
    else {
        call->self->state = THREAD_SLEEPING;
        if (ms != KOS_INFINITE_TIMEOUT)
            timer_arm(&call->self->timer, timer_deadline(ms), sleep_over);
        sched_block();
    }
    return CORE_BLOCKED;
}

/* Absolute: a thread that sleeps until start + n * period does not drift, however late it wakes. */
retcode core_THREAD_SleepUntil(struct core_call *call)
{
    CORE_METHOD(THREAD, SleepUntil);
    u64 deadline = IN(time);
    if (deadline <= hal_time_now())
        return rcOk;
    core_respond(call->self, rcOk, 0, 0);
    call->self->state = THREAD_SLEEPING;
    if (deadline != ~0ULL)
        timer_arm(&call->self->timer, deadline, sleep_over);
    sched_block();
    return CORE_BLOCKED;
}

static_assert((u32)THREAD_RUNNABLE == KOS_THREAD_STATE_RUNNABLE &&
                  (u32)THREAD_RECEIVING == KOS_THREAD_STATE_RECEIVING &&
                  (u32)THREAD_CALLING == KOS_THREAD_STATE_CALLING &&
                  (u32)THREAD_REPLY_WAIT == KOS_THREAD_STATE_REPLY_WAIT &&
                  (u32)THREAD_FUTEX == KOS_THREAD_STATE_FUTEX && (u32)THREAD_SLEEPING == KOS_THREAD_STATE_SLEEPING &&
                  (u32)THREAD_JOINING == KOS_THREAD_STATE_JOINING &&
                  (u32)THREAD_SUSPENDED == KOS_THREAD_STATE_SUSPENDED && (u32)THREAD_DEAD == KOS_THREAD_STATE_DEAD &&
                  (u32)THREAD_MOVING == KOS_THREAD_STATE_MOVING && (u32)THREAD_ORDERING == KOS_THREAD_STATE_ORDERING &&
                  (u32)THREAD_HELD == KOS_THREAD_STATE_HELD,
              "abi/core.h");

retcode core_THREAD_GetInfo(struct core_call *call)
{
    CORE_METHOD(THREAD, GetInfo);
    struct thread *thread;
    retcode code = core_thread(call, (u32)IN(thread), KOS_RIGHT_THREAD_INFO, &thread);
    if (code != rcOk)
        return code;
    OUT(tid) = thread->tid;
    OUT(state) = thread->state;
    OUT(priority) = (thread->class << 8) | thread->priority;
    OUT(affinity) = thread->affinity;
    object_release(&thread->object);
    return rcOk;
}

/* A look from outside, as GetReservation. */
retcode core_THREAD_GetSchedule(struct core_call *call)
{
    CORE_METHOD(THREAD, GetSchedule);
    struct thread *thread;
    retcode code = core_thread(call, (u32)IN(thread), KOS_RIGHT_THREAD_INFO, &thread);
    if (code != rcOk)
        return code;
    OUT(cpu) = thread->home;
    OUT(level) = thread->level;
    OUT(ownLevel) = thread->base_level;
    object_release(&thread->object);
    return rcOk;
}
