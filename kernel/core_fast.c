/* SPDX-License-Identifier: Apache-2.0 */
/* The methods whose common case is a few instructions. */
#include <kernel/core_fast.h>

static_assert(KOS_CORE_HAL_GetCpuCount_out_count == 1 && KOS_CORE_TIME_GetResolution_out_nsecs == 1);

HAL_FAST void core_fast_GetCpuCount(HAL_FAST_PARAMETERS)
{
    CORE_FAST_RETURN(rcOk, atomic_load_explicit(&cpu_count, memory_order_relaxed)); /* grows at boot only */
}

HAL_FAST void core_fast_GetResolution(HAL_FAST_PARAMETERS)
{
    CORE_FAST_RETURN(rcOk, hal_time_resolution());
}

/*
 * Sleep for no time: the next thread of the same level runs. Both threads are in a call that succeeded, so all that is
 * saved and restored is the info word. No thread of a higher level is ready, or CPU_PENDING_RESCHEDULE would be set; a
 * thread that was terminated meanwhile is not in state HAL_RESUME_STATUS.
 */
HAL_FAST void core_fast_Sleep(HAL_FAST_PARAMETERS)
{
    struct thread *thread = thread_of(self);
    struct cpu *this_cpu = (struct cpu *)(void *)cpu;
    if (unlikely(CORE_REGISTER(THREAD, Sleep, delay) != 0 || cpu->pending != 0))
        CORE_FAST_FALL_BACK();
    struct list *queue = &this_cpu->run_queue.queues[thread->level];
    if (list_empty(queue))
        CORE_FAST_RETURN_EMPTY();
    struct thread *next = list_entry(queue->next, struct thread, run_link);
    __asm__("" : "+r"(next)); /* its fields are near it, but far from the link */
    if (unlikely(next->context.kind != HAL_RESUME_STATUS))
        CORE_FAST_FALL_BACK();
    (void)run_queue_rotate(queue, thread);
    self->info = selector;
    self->kind = HAL_RESUME_STATUS;
    cpu->current = &next->context;
    hal_switch_space(self, &next->context);
    self = &next->context;
    selector = self->info;
    CORE_FAST_RETURN_EMPTY();
}
