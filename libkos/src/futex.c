/* SPDX-License-Identifier: Apache-2.0 */
#include "futex.h"

Retcode kos_futex_wait(const void *word, rtl_uint32_t value, nk_uint64_t deadline)
{
    rtl_uint32_t left = kos_time_left(deadline);
    if (left == 0)
        return rcTimeout;
    Retcode rc = KnSyncWait(word, value, left);
    if (rc != rcOk && rc != rcFutexWouldBlock && rc != rcTimeout)
        __builtin_trap();
    return rc;
}

__attribute__((noinline)) void kos_futex_wake(const void *word, rtl_uint32_t threads)
{
    rtl_uint32_t woken;
    if (KnSyncWake(word, threads, &woken) != rcOk)
        __builtin_trap();
}
