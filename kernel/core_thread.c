/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint thread.Thread. */
#include <kernel/core_call.h>

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
    const word *words = call->words;
    u32 flags = (u32)words[5], class = (flags >> KOS_THREAD_CLASS_SHIFT) & 3U;
    if ((words[5] & ~(word)THREAD_FLAGS) != 0 || !priority_valid(class, words[0]) || words[1] > (64U << 20))
        return rcInvalidArgument;
    const struct thread_parameters parameters = {.routine = words[2],
                                                 .argument0 = words[3],
                                                 .argument1 = words[4],
                                                 .stack_size = words[1],
                                                 .class = class,
                                                 .priority = (u32)words[0],
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
    call->words[1] = handle;
    call->words[2] = thread->tid;
    object_release(&thread->object);
    return code;
}

retcode core_THREAD_OpenCurrent(struct core_call *call)
{
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = handle_insert(&call->task->domain.handles, &call->self->object, THREAD_RIGHTS, &handle);
    call->words[1] = handle;
    call->words[2] = call->self->tid;
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
    struct thread *thread;
    retcode code = core_thread(call, (u32)call->words[0], KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code != rcOk)
        return code;
    code = thread_resume(thread);
    object_release(&thread->object);
    return code;
}

retcode core_THREAD_Terminate(struct core_call *call)
{
    struct thread *thread;
    retcode code = core_thread(call, (u32)call->words[0], KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code != rcOk)
        return code;
    thread_terminate(thread, (s32)call->words[1]);
    object_release(&thread->object);
    return rcOk;
}

retcode core_THREAD_Exit(struct core_call *call)
{
    thread_exit(call->self, (s32)call->words[0]);
    return CORE_BLOCKED;
}

retcode core_THREAD_Wait(struct core_call *call)
{
    struct thread *thread;
    retcode code = core_thread(call, (u32)call->words[0], KOS_RIGHT_THREAD_WAIT, &thread);
    if (code != rcOk)
        return code;
    if (thread == call->self)
        code = rcInvalidOperation;
    else if (thread_join(call->self, &thread->joiners, &thread->ended, (u32)call->words[1]))
        code = CORE_BLOCKED;
    else
        call->words[1] = (word)(s64)thread->exit_code;
    object_release(&thread->object);
    return code;
}

static void set_priority(struct thread *thread, u32 class, u32 priority)
{
    struct cpu *cpu = cpu_self();
    bool queued = thread->state == THREAD_RUNNABLE && !(cpu->busy && thread_current() == thread);
    if (queued)
        run_queue_remove(&cpu->run_queue, thread);
    thread->class = class;
    thread->priority = priority;
    thread->base_level = run_level(class, priority);
    /* A donated level is kept while it is higher. A caller being served decides on the slow path from here on. */
    u32 donated = thread->caller != nullptr ? thread->caller->level : 0;
    thread->level = donated > thread->base_level ? donated : thread->base_level;
    if (thread->reply_entry != nullptr) {
        thread->caller->call_info = (u32)thread->reply_entry->memory_response;
        thread->reply_entry = nullptr;
        thread->reply_selector = 0;
    }
    if (queued)
        run_queue_push_back(&cpu->run_queue, thread);
    cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
}

retcode core_THREAD_SetPriority(struct core_call *call)
{
    u32 class = (u32)(call->words[1] >> 8), priority = (u32)call->words[1] & 0xffU;
    struct thread *thread;
    if (!priority_valid(class, priority))
        return rcInvalidArgument;
    retcode code = core_thread(call, (u32)call->words[0], KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code != rcOk)
        return code;
    if (thread->home == cpu_self()->hal.index)
        set_priority(thread, class, priority);
    else
        code = rcInvalidThreadState; /* only on the thread's own CPU until the scheduler's own inbox orders */
    object_release(&thread->object);
    return code;
}

retcode core_THREAD_SetTls(struct core_call *call)
{
    vaddr address = call->words[0];
    if (address >= KOS_USER_LIMIT)
        return rcInvalidArgument;
    call->self->context.thread_pointer = address;
    cpu_self()->hal.current = &cpu_self()->idle_context; /* so that the way out loads it */
    return rcOk;
}

static void sleep_over(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    sched_wake(thread);
}

retcode core_THREAD_Sleep(struct core_call *call)
{
    u32 ms = (u32)call->words[0];
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

static_assert((u32)THREAD_RUNNABLE == KOS_THREAD_STATE_RUNNABLE &&
                  (u32)THREAD_RECEIVING == KOS_THREAD_STATE_RECEIVING &&
                  (u32)THREAD_CALLING == KOS_THREAD_STATE_CALLING &&
                  (u32)THREAD_REPLY_WAIT == KOS_THREAD_STATE_REPLY_WAIT &&
                  (u32)THREAD_FUTEX == KOS_THREAD_STATE_FUTEX && (u32)THREAD_SLEEPING == KOS_THREAD_STATE_SLEEPING &&
                  (u32)THREAD_JOINING == KOS_THREAD_STATE_JOINING &&
                  (u32)THREAD_SUSPENDED == KOS_THREAD_STATE_SUSPENDED && (u32)THREAD_DEAD == KOS_THREAD_STATE_DEAD,
              "abi/core.h");

retcode core_THREAD_GetInfo(struct core_call *call)
{
    struct thread *thread;
    retcode code = core_thread(call, (u32)call->words[0], KOS_RIGHT_THREAD_INFO, &thread);
    if (code != rcOk)
        return code;
    call->words[1] = thread->tid;
    call->words[2] = thread->state;
    call->words[3] = (thread->class << 8) | thread->priority;
    call->words[4] = thread->affinity;
    object_release(&thread->object);
    return rcOk;
}

/* Threads are placed before they first run; moving running ones comes with the scheduler's inbox orders. */
retcode core_THREAD_SetAffinity(struct core_call *call)
{
    u32 cpus = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    u64 mask = call->words[1] & (cpus == KOS_CPUS_MAX ? ~0ULL : (1ULL << cpus) - 1);
    struct thread *thread;
    if (mask == 0)
        return rcInvalidArgument;
    retcode code = core_thread(call, (u32)call->words[0], KOS_RIGHT_THREAD_CONTROL, &thread);
    if (code != rcOk)
        return code;
    bool here = thread->home == cpu_self()->hal.index;
    if (((mask >> thread->home) & 1U) != 0)
        thread->affinity = mask;
    else if (here && thread->state == THREAD_SUSPENDED && thread->receive_endpoint == nullptr) {
        thread->affinity = mask;
        thread->home = thread->peer_cpu = (u32)__builtin_ctzll(mask);
        atomic_fetch_or_explicit(&thread->domain->space.cpus, 1ULL << thread->home, memory_order_relaxed);
    } else {
        code = rcInvalidThreadState;
    }
    object_release(&thread->object);
    return code;
}
