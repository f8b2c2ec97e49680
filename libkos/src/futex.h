/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting on a word (kl.core.Sync) with a time limit, for the synchronization objects. */
#pragma once
#include <coresrv/sync/sync_api.h>
#include <kos/time.h>

/* A moment of the uptime in nanoseconds, or KOS_FOREVER. */
#define KOS_FOREVER (~0ULL)

static inline nk_uint64_t kos_deadline(rtl_uint32_t mdelay)
{
    return mdelay == INFINITE_TIMEOUT ? KOS_FOREVER : kos_time_ns() + mdelay * 1000000ULL;
}

/* Milliseconds until then, rounded up; 0: it has passed. */
static inline rtl_uint32_t kos_time_left(nk_uint64_t deadline)
{
    if (deadline == KOS_FOREVER)
        return INFINITE_TIMEOUT;
    nk_uint64_t now = kos_time_ns();
    return now >= deadline ? 0 : (rtl_uint32_t)((deadline - now + 999999U) / 1000000U);
}

/*
 * Waits while *word is value, until somebody wakes it, at most to the deadline. rcOk: woken, for whatever reason;
 * rcFutexWouldBlock: *word has another value; rcTimeout. Any other answer of the kernel means that the program cannot
 * synchronize at all (its policy denies it): it stops here.
 */
Retcode kos_futex_wait(const void *word, rtl_uint32_t value, nk_uint64_t deadline);
/* Looks at the address only, never at the memory: the object may be gone already. */
void kos_futex_wake(const void *word, rtl_uint32_t threads);
#define KOS_ALL_THREADS (~0U)

/* The two halves of a 64-bit state, both of which can be waited on. */
static inline const void *kos_low(const rtl_uint64_t *state)
{
    return state;
}
static inline const void *kos_high(const rtl_uint64_t *state)
{
    return (const rtl_uint32_t *)(const void *)state + 1;
}
static inline int kos_swap(rtl_uint64_t *state, rtl_uint64_t *seen, rtl_uint64_t wanted)
{
    return __atomic_compare_exchange_n(state, seen, wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
