/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reservation: so much processor time (budget) in every period, by a deadline relative to the period's start. Scheduled
 * earliest deadline first; enforced as a constant bandwidth server (Abeni, Buttazzo 1998) with the hard variant of its
 * rules, so that nobody who keeps to his reservation notices one who does not:
 *
 *   event                         condition                                  then
 *   wakes at t                    t >= start + period                        new period: start = t, full budget
 *                                 deadline <= t < start + period             held until start + period
 *                                 else, remaining / (deadline - t) is more
 *                                   than budget / relative_deadline:
 *                                     deadline = period                      new period: start = t, full budget
 *                                     deadline < period                      remaining cut to what fits
 *   runs                                                                     remaining shrinks by the time it ran
 *   full budget                   it ran beyond the last one, for its end    so much less
 *                                 was noticed late
 *   remaining is 0                it runs itself, throttling                 held until start + period
 *                                 it runs itself, reporting                  a standard thread until start + period
 *                                 a server runs for it                       start and deadline one period later, full
 *                                                                            budget
 *
 * Pure arithmetic: no clock, no queue. All times in ns. Owner: the CPU on which its thread is at home; that which
 * serves the thread's Call while it travels.
 */
#pragma once
#include <hal/base.h>

#define RESERVATION_UNIT       (1U << 20) /* bandwidth of a whole CPU */
#define RESERVATION_LIMIT      (RESERVATION_UNIT / 100U * 97U)
#define RESERVATION_PERIOD_MAX 10000000000ULL
#define RESERVATION_BUDGET_MIN 1000ULL

struct reservation {
    u64 budget, period, relative_deadline; /* budget <= relative_deadline <= period */
    u64 start, deadline;                   /* of the present period; absolute */
    u64 remaining;                         /* of the present budget */
    u32 bandwidth;                         /* of RESERVATION_UNIT; 0: no reservation */
    u32 overruns;
    u32 debt; /* ran beyond its budget since interrupts were late; paid from the next ones, half of each at most */
    bool throttles; /* else overruns are reported, and the thread goes on as a standard one */
};

/* Bandwidth that these parameters take, rounded up; 0 if they make no sense. */
u32 reservation_bandwidth(u64 budget, u64 period, u64 relative_deadline);
/* Sets the parameters, which are valid. A runnable thread's first period begins now, else when it wakes. */
void reservation_set(struct reservation *reservation, u64 budget, u64 period, u64 relative_deadline, u64 now,
                     bool runnable);
/* The thread wakes: time until which it is held, or 0: it may run. */
u64 reservation_wake(struct reservation *reservation, u64 now);
/* It ran for so long. */
void reservation_charge(struct reservation *reservation, u64 ran);
/* The budget is used up at now: time until which the thread has none, or 0: it goes on with a later deadline. may_hold:
 * false while a server works for the thread, which must not be kept from its other callers. */
u64 reservation_exhausted(struct reservation *reservation, u64 now, bool may_hold);
/* A held thread's time has come. */
void reservation_replenish(struct reservation *reservation, u64 now);
