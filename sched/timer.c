/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/timer.h>
#include <smp/cpu.h>

static void timer_program(struct cpu *cpu)
{
    u64 next = list_empty(&cpu->timers) ? ~0ULL : list_entry(cpu->timers.next, struct timer, link)->deadline;
    if (next != cpu->timer_programmed) {
        cpu->timer_programmed = next;
        hal_timer_set(next);
    }
}

void timer_arm(struct timer *timer, u64 deadline, void (*expire)(struct timer *))
{
    struct cpu *cpu = cpu_self();
    list_remove(&timer->link);
    timer->deadline = deadline;
    timer->expire = expire;
    struct list *place = cpu->timers.previous;
    while (place != &cpu->timers && list_entry(place, struct timer, link)->deadline > deadline)
        place = place->previous;
    list_insert_after(place, &timer->link);
    /* A later hardware deadline is left alone: an early interrupt only finds nothing due. */
    if (deadline < cpu->timer_programmed)
        timer_program(cpu);
}

void timer_cancel(struct timer *timer)
{
    list_remove(&timer->link);
}

void timer_run(void)
{
    struct cpu *cpu = cpu_self();
    u64 now = hal_time_now();
    cpu->timer_programmed = ~0ULL; /* one-shot: it has fired */
    while (!list_empty(&cpu->timers)) {
        struct timer *timer = list_entry(cpu->timers.next, struct timer, link);
        if (timer->deadline > now)
            break;
        list_remove(&timer->link);
        timer->expire(timer);
    }
    timer_program(cpu);
}

u64 timer_deadline(u32 ms)
{
    return ms == KOS_INFINITE_TIMEOUT ? ~0ULL : hal_time_now() + (u64)ms * 1000000U;
}
