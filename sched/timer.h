/* SPDX-License-Identifier: Apache-2.0 */
/* One-shot timers of one CPU, kept in a list ascending by deadline; owner only. */
#pragma once
#include <smp/list.h>

struct timer {
    struct list link;                    /* in cpu->timers while armed */
    u64 deadline;                        /* ns, hal_time_now */
    void (*expire)(struct timer *timer); /* on the owner, interrupts masked */
};

static inline void timer_init(struct timer *timer)
{
    list_init(&timer->link);
    timer->expire = nullptr;
}
static inline bool timer_armed(const struct timer *timer)
{
    return !list_empty(&timer->link);
}

/* Arms (re-arms) timer on this CPU. */
void timer_arm(struct timer *timer, u64 deadline, void (*expire)(struct timer *));
void timer_cancel(struct timer *timer);
/* Runs what is due and programs the hardware for the next. */
void timer_run(void);
/* Deadline of `ms` milliseconds from now; KOS_INFINITE_TIMEOUT never. */
u64 timer_deadline(u32 ms);
