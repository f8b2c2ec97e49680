/* SPDX-License-Identifier: Apache-2.0 */
/* The next thread, from a fast path. */
#include <sched/local.h>
#include <sched/scheduler.h>

/* With all the looks around. */
HAL_FAST [[gnu::noinline]] static void leave_slowly(HAL_FAST_PARAMETERS)
{
    (void)w0, (void)w1, (void)w2, (void)w3, (void)w4, (void)w5, (void)w6, (void)w7;
    (void)selector, (void)info, (void)self;
    ((struct cpu *)(void *)cpu)->busy = false;
    sched_exit();
}

#define LEAVE_SLOWLY()                                                                                                 \
    do {                                                                                                               \
        HAL_FAST_ANY_WORDS();                                                                                          \
        hal_tail leave_slowly(HAL_FAST_ARGUMENTS);                                                                     \
    } while (0)

/* next, the first of its level's list, leaves the run queue and becomes the current thread. False: it shares its level,
 * and a turn has to begin. */
static inline __attribute__((always_inline)) bool take(struct hal_cpu *cpu, const struct hal_context *self,
                                                       struct thread *next, u64 ready, u32 level)
{
    struct run_queue *queue = &((struct cpu *)(void *)cpu)->run_queue;
    struct list *list = &queue->queues[level], *second = next->run_link.next;
    if (likely(second == list))
        queue->ready = ready & ~(1ULL << level);
    else if (unlikely(!timer_armed(&schedulers[cpu->index].slice)))
        return false;
    list->next = second; /* its own link is not looked at while it runs */
    second->previous = list;
    cpu->current = &next->context;
    hal_switch_space(self, &next->context);
    return true;
}

HAL_FAST void sched_next_fast(HAL_FAST_PARAMETERS)
{
    struct cpu *this_cpu = (struct cpu *)(void *)cpu;
    u64 ready = this_cpu->run_queue.ready;
    if (unlikely(ready == 0))
        LEAVE_SLOWLY();
    u32 level = 63U - (u32)__builtin_clzll(ready);
    __asm__("" : "+r"(level)); /* the number itself, not what it is made of */
    if (unlikely(level >= RUN_LEVEL_RESERVATION))
        LEAVE_SLOWLY();
    if (unlikely(atomic_load_explicit(&this_cpu->doing, memory_order_relaxed) != level)) {
        atomic_store_explicit(&this_cpu->doing, level, memory_order_relaxed); /* model: inbox.pml k */
        atomic_thread_fence(memory_order_seq_cst);                            /* model: inbox.pml l */
    }
    if (unlikely(inbox_waits(this_cpu)))
        LEAVE_SLOWLY();
    struct thread *next = list_entry(this_cpu->run_queue.queues[level].next, struct thread, run_link);
    __asm__("" : "+r"(next)); /* its fields are near it, but far from the link */
    if (unlikely(next->account != nullptr))
        LEAVE_SLOWLY();
    if (likely(next->context.kind == HAL_RESUME_STATUS)) {
        if (unlikely(!take(cpu, self, next, ready, level)))
            LEAVE_SLOWLY();
        self = &next->context;
        info = self->info;
        HAL_FAST_ANY_WORDS();
        hal_tail hal_fast_resume_empty(HAL_FAST_ARGUMENTS);
    }
    if (unlikely(next->context.kind != HAL_RESUME_CALL || next->work.run != nullptr ||
                 !take(cpu, self, next, ready, level)))
        LEAVE_SLOWLY();
    self = &next->context;
    w0 = self->words[0], w1 = self->words[1], w2 = self->words[2], w3 = self->words[3];
    w4 = self->words[4], w5 = self->words[5], w6 = self->words[6], w7 = self->words[7];
    info = self->info;
    selector = self->selector;
    hal_tail hal_fast_resume_status(HAL_FAST_ARGUMENTS);
}
