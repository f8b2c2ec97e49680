/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/reservation.h>

u32 reservation_bandwidth(u64 budget, u64 period, u64 relative_deadline)
{
    if (budget < RESERVATION_BUDGET_MIN || budget > relative_deadline || relative_deadline > period ||
        period > RESERVATION_PERIOD_MAX)
        return 0;
    return (u32)((budget * RESERVATION_UNIT + relative_deadline - 1) / relative_deadline);
}

static void begin(struct reservation *reservation, u64 start)
{
    reservation->start = start;
    reservation->deadline = start + reservation->relative_deadline;
    u64 paid = reservation->debt < reservation->budget / 2 ? reservation->debt : reservation->budget / 2;
    reservation->remaining = reservation->budget - paid;
    reservation->debt -= (u32)paid;
}

void reservation_set(struct reservation *reservation, u64 budget, u64 period, u64 relative_deadline, u64 now,
                     bool runnable)
{
    reservation->budget = budget;
    reservation->period = period;
    reservation->relative_deadline = relative_deadline;
    reservation->bandwidth = reservation_bandwidth(budget, period, relative_deadline);
    reservation->overruns = reservation->debt = 0;
    begin(reservation, now);
    if (!runnable)
        reservation->start = now - period; /* over */
}

/* Budget that fits into `left` at the reserved bandwidth. Factors are below 2^34 each: the product fits. */
static u64 fitting(const struct reservation *reservation, u64 left)
{
    return (u64)((unsigned __int128)left * reservation->bandwidth / RESERVATION_UNIT);
}

u64 reservation_wake(struct reservation *reservation, u64 now)
{
    u64 next = reservation->start + reservation->period;
    if (now >= next) {
        begin(reservation, now);
        return 0;
    }
    if (now >= reservation->deadline || reservation->remaining == 0)
        return next;
    u64 fits = fitting(reservation, reservation->deadline - now);
    if (reservation->remaining > fits) {
        if (reservation->relative_deadline == reservation->period)
            begin(reservation, now);
        else
            reservation->remaining = fits;
        if (reservation->remaining == 0)
            return next;
    }
    return 0;
}

void reservation_charge(struct reservation *reservation, u64 ran)
{
    u64 charged = ran < reservation->remaining ? ran : reservation->remaining;
    u64 debt = reservation->debt + (ran - charged);
    reservation->remaining -= charged;
    reservation->debt = debt < ~0U ? (u32)debt : ~0U;
}

u64 reservation_exhausted(struct reservation *reservation, u64 now, bool may_hold)
{
    reservation->overruns++;
    u64 next = reservation->start + reservation->period;
    if (may_hold && next > now)
        return next;
    begin(reservation, next);
    return 0;
}

void reservation_replenish(struct reservation *reservation, u64 now)
{
    u64 next = reservation->start + reservation->period;
    begin(reservation, next + reservation->period > now ? next : now);
}
