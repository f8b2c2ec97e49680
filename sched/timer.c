/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/timer.h>
#include <smp/cpu.h>
#include <smp/preemption.h>
#include <traces/trace.h>

static struct timer *timer_first(const struct cpu *cpu)
{
    return tree_empty(&cpu->timers) ? nullptr : tree_entry(cpu->timers.first, struct timer, node);
}

static void timer_program(struct cpu *cpu)
{
    const struct timer *first = timer_first(cpu);
    u64 next = first == nullptr ? ~0ULL : first->deadline;
    if (next != cpu->timer_programmed) {
        cpu->timer_programmed = next;
        hal_timer_set(next);
    }
}

bool timer_before(const struct tree_node *a, const struct tree_node *b)
{
    return tree_entry(a, struct timer, node)->deadline < tree_entry(b, struct timer, node)->deadline;
}

void timer_arm(struct timer *timer, u64 deadline, void (*expire)(struct timer *))
{
    struct cpu *cpu = cpu_self();
    timer_cancel(timer);
    timer->deadline = deadline;
    timer->expire = expire;
    tree_insert(&cpu->timers, &timer->node);
    /* A later hardware deadline is left alone: an early interrupt only finds nothing due. */
    if (deadline < cpu->timer_programmed)
        timer_program(cpu);
}

void timer_disarm(struct timer *timer)
{
    tree_remove(&cpu_self()->timers, &timer->node);
}

void timer_program_again(u64 deadline)
{
    struct cpu *cpu = cpu_self();
    if (cpu->timer_programmed == deadline)
        timer_program(cpu);
}

void timer_run(void)
{
    struct cpu *cpu = cpu_self();
    u64 now = hal_time_now();
    cpu->timer_programmed = 0; /* for those that are armed meanwhile: programmed once, at the end */
    for (u32 i = 0; i < TIMERS_AT_ONCE; i++) {
        struct timer *timer = timer_first(cpu);
        if (timer == nullptr || timer->deadline > now || (i != 0 && preemption_point()))
            break;
        tree_remove(&cpu->timers, &timer->node);
        trace_timer(cpu, 0, 0, 0, timer->deadline, now - timer->deadline);
        timer->expire(timer);
    }
    cpu->timer_programmed = ~0ULL; /* one-shot: it has fired */
    timer_program(cpu);
}

u64 timer_deadline(u32 ms)
{
    return ms == KOS_INFINITE_TIMEOUT ? ~0ULL : hal_time_now() + (u64)ms * 1000000U;
}
