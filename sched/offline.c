/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUs that take no threads. An order (sched/order.h) is carried out by the CPU itself; as it may be home to any number
 * of threads, these are looked at in steps (sched/steps.h) of the asker's level:
 *
 *   step     going      what
 *   CHECK    offline    each thread at home: one that must stay ends it with rcBusy, also if it becomes such
 *                       meanwhile (sched_watch)
 *   CHANGE   both       cpus_offline; if another CPU has gone or come since CHECK began: again from there
 *   WATCH    both       each thread at home: watched. Those that are queued go elsewhere now, the running one on the
 *                       way out of the kernel, others when they are woken
 *
 * Threads that come are watched as they come, and are behind those that are to be looked at. `next` is the first of
 * these; when it goes, that is the one behind it (sched_home_leave). Between the steps threads run here, in WATCH also
 * such as have not been looked at. Orders come one after the other.
 */
#include <sched/local.h>
#include <sched/order.h>
#include <sched/scheduler.h>

/* How much of a step each piece takes: forty instructions, eighty, four hundred. */
#define POINTS_CHECK 2U
#define POINTS_WATCH 4U
#define POINTS_MOVE  24U
#define POINTS_STEP  40U

/* False: another CPU went offline or online meanwhile; then it may be that this one must stay. */
static bool offline_change(u64 before, u64 after)
{
    return atomic_compare_exchange_strong_explicit(&cpus_offline, &before, after, memory_order_relaxed,
                                                   memory_order_relaxed);
}

/* From the first thread on. */
static void walk(struct offline *offline, bool checks)
{
    offline->checks = checks;
    offline->stays = false;
    offline->next = scheduler_self()->home.next;
}

static void check_begin(struct offline *offline)
{
    offline->before = atomic_load_explicit(&cpus_offline, memory_order_relaxed);
    offline->others = cpus_all() & ~offline->before & ~(1ULL << cpu_self()->hal.index);
    walk(offline, true);
    offline->stays = offline->others == 0;
}

static void order_begin(struct order *order)
{
    struct offline *offline = &scheduler_self()->offline;
    struct cpu *cpu = cpu_self();
    offline->order = order;
    if (order->online) {
        cpu->accepts = true;
        atomic_fetch_and_explicit(&cpus_offline, ~(1ULL << cpu->hal.index), memory_order_relaxed);
        walk(offline, false);
    } else {
        check_begin(offline);
    }
}

/* The walk with `checks` has ended: true if the threads are to be watched now, or looked at once more. */
static bool check_ends(struct offline *offline)
{
    struct cpu *cpu = cpu_self();
    offline->order->code = offline->stays ? rcBusy : rcOk;
    if (offline->stays)
        return false;
    if (offline_change(offline->before, offline->before | 1ULL << cpu->hal.index)) {
        cpu->accepts = false;
        walk(offline, false);
    } else {
        check_begin(offline);
    }
    return true;
}

static u32 look(struct offline *offline, struct thread *thread)
{
    if (!offline->checks)
        return sched_send_off(thread) ? POINTS_MOVE : POINTS_WATCH;
    offline->stays |= thread_must_stay(thread, offline->others);
    return POINTS_CHECK;
}

bool offline_step(void)
{
    struct offline *offline = &scheduler_self()->offline;
    for (u32 points = 0; points < POINTS_STEP;) {
        struct list *next = offline->next;
        if (next == &scheduler_self()->home || offline->stays)
            return offline->checks && check_ends(offline);
        offline->next = next->next;
        points += look(offline, list_entry(next, struct thread, home_link));
    }
    return true;
}

void offline_done(void)
{
    struct offline *offline = &scheduler_self()->offline;
    struct order *order = offline->order, *after = offline->waiting;
    offline->next = nullptr;
    offline->checks = false;
    offline->order = nullptr;
    if (after != nullptr) {
        offline->waiting = after->behind;
        order_begin(after);
        steps_add(&offline->steps, after->level);
    }
    order_applied(order, order->code);
}

retcode sched_set_online(struct order *order, bool online)
{
    struct offline *offline = &scheduler_self()->offline;
    order->online = online;
    order->behind = nullptr;
    order->code = rcOk;
    if (offline->order == nullptr)
        order_begin(order);
    else if (offline->waiting == nullptr)
        offline->waiting = offline->last = order;
    else
        offline->last = offline->last->behind = order;
    steps_add(&offline->steps, order->level); /* also for who waits: those before it are as urgent */
    return PREEMPTED;
}
