/* SPDX-License-Identifier: Apache-2.0 */
#include "futex.h"
#include <kos/event.h>

/*
 * The low word counts the sets, so who waits sees a set even if a reset came before it ran. One exchange changes count
 * and set bit and reads the number of waiters: after it the event may be gone.
 */
#define SET       1ULL
#define COUNT     2ULL
#define LOW       0xffffffffULL
#define WAITER    (1ULL << 32)
#define IS_SET(s) (((s) & SET) != 0)

void KosEventInit(KosEvent *event)
{
    event->state = 0;
}

void KosEventDeinit(KosEvent *event)
{
    event->state = 0;
}

void KosEventSet(KosEvent *event)
{
    rtl_uint64_t seen = __atomic_load_n(&event->state, __ATOMIC_RELAXED), wanted;
    do
        wanted = (seen & ~LOW) | ((seen + COUNT) & LOW) | SET;
    while (!kos_swap(&event->state, &seen, wanted));
    if (seen >= WAITER)
        kos_futex_wake(kos_low(&event->state), KOS_ALL_THREADS);
}

void KosEventReset(KosEvent *event)
{
    __atomic_fetch_and(&event->state, ~SET, __ATOMIC_SEQ_CST);
}

/* Who has waited leaves: counted off, and the event is reset if that was asked for and no other set came since. */
static void leave(KosEvent *event, rtl_uint64_t set_seen, rtl_bool reset)
{
    rtl_uint64_t seen = __atomic_load_n(&event->state, __ATOMIC_RELAXED), wanted;
    do {
        wanted = seen - WAITER;
        if (reset && (seen & LOW) == set_seen)
            wanted &= ~SET;
    } while (!kos_swap(&event->state, &seen, wanted));
}

static Retcode wait(KosEvent *event, rtl_bool reset, rtl_uint32_t msec)
{
    rtl_uint64_t seen = __atomic_load_n(&event->state, __ATOMIC_ACQUIRE);
    for (;;) {
        if (IS_SET(seen)) {
            if (!reset || kos_swap(&event->state, &seen, seen & ~SET))
                return rcOk;
        } else if (msec == 0) {
            return rcTimeout;
        } else if (kos_swap(&event->state, &seen, seen + WAITER)) {
            break;
        }
    }
    nk_uint64_t deadline = kos_deadline(msec);
    rtl_uint64_t before = seen & LOW, now = before;
    Retcode rc = rcOk;
    while (rc != rcTimeout &&
           now == before) { /* no set since: only the count, or a reset that changes nothing, is in the word */
        rc = kos_futex_wait(kos_low(&event->state), (rtl_uint32_t)before, deadline);
        now = __atomic_load_n(&event->state, __ATOMIC_ACQUIRE) & LOW;
    }
    leave(event, now, reset && now != before);
    return now != before ? rcOk : rcTimeout;
}

void KosEventWait(KosEvent *event, rtl_bool reset)
{
    (void)wait(event, reset, INFINITE_TIMEOUT);
}

Retcode KosEventWaitTimeout(KosEvent *event, rtl_bool reset, rtl_uint32_t msec)
{
    return wait(event, reset, msec);
}
