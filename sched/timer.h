/* SPDX-License-Identifier: Apache-2.0 */
/* One-shot timers of one CPU, in a tree by deadline; owner only. Arming and cancelling are logarithmic in their number.
 */
#pragma once
#include <smp/tree.h>

struct timer {
    struct tree_node node;               /* in cpu->timers while armed */
    u64 deadline;                        /* ns, hal_time_now */
    void (*expire)(struct timer *timer); /* on the owner, interrupts masked */
};

static inline void timer_init(struct timer *timer)
{
    tree_node_init(&timer->node);
    timer->expire = nullptr;
}
static inline bool timer_armed(const struct timer *timer)
{
    return tree_contains(&timer->node);
}

/* Order of cpu->timers. */
bool timer_before(const struct tree_node *a, const struct tree_node *b);
/* Arms (re-arms) timer on this CPU. */
void timer_arm(struct timer *timer, u64 deadline, void (*expire)(struct timer *));
/* timer is armed. */
void timer_disarm(struct timer *timer);
static inline void timer_cancel(struct timer *timer)
{
    if (unlikely(timer_armed(timer)))
        timer_disarm(timer);
}
/* The timer of that deadline was disarmed: nor will there be an interrupt for it, if it would have been the next. */
void timer_program_again(u64 deadline);
/* Runs what is due, TIMERS_AT_ONCE at most, and programs the hardware for the next: at once if more is due. */
#define TIMERS_AT_ONCE 4U
void timer_run(void);
/* Deadline of `ms` milliseconds from now; KOS_INFINITE_TIMEOUT never. */
u64 timer_deadline(u32 ms);
