/* SPDX-License-Identifier: Apache-2.0 */
#include "futex.h"
#include <kos/semaphore.h>

#define WAITER   (1ULL << 32)
#define VALUE(s) ((rtl_uint32_t)(s))

static int valid(const KosSemaphore *semaphore)
{
    return semaphore != RTL_NULL && semaphore->magic == KOS_SEMAPHORE_MAGIC;
}

Retcode KosSemaphoreInit(KosSemaphore *semaphore, unsigned count)
{
    if (semaphore == RTL_NULL)
        return rcInvalidArgument;
    if (count > KOS_SEMAPHORE_VALUE_MAX)
        return rcFail;
    semaphore->state = count;
    semaphore->magic = KOS_SEMAPHORE_MAGIC;
    return rcOk;
}

Retcode KosSemaphoreDeinit(KosSemaphore *semaphore)
{
    if (!valid(semaphore))
        return rcInvalidArgument;
    if (__atomic_load_n(&semaphore->state, __ATOMIC_ACQUIRE) >= WAITER)
        return rcBusy;
    semaphore->magic = 0;
    return rcOk;
}

Retcode KosSemaphoreSignalN(KosSemaphore *semaphore, rtl_uint32_t n)
{
    if (!valid(semaphore))
        return rcInvalidArgument;
    rtl_uint64_t seen = __atomic_load_n(&semaphore->state, __ATOMIC_RELAXED);
    do
        if (n > KOS_SEMAPHORE_VALUE_MAX - VALUE(seen))
            return rcFail;
    while (!kos_swap(&semaphore->state, &seen, seen + n));
    if (seen >= WAITER && n != 0)
        kos_futex_wake(kos_low(&semaphore->state), n);
    return rcOk;
}

Retcode KosSemaphoreSignal(KosSemaphore *semaphore)
{
    return KosSemaphoreSignalN(semaphore, 1);
}

static Retcode wait(KosSemaphore *semaphore, rtl_uint32_t mdelay)
{
    if (!valid(semaphore))
        return rcInvalidArgument;
    rtl_uint64_t seen = __atomic_load_n(&semaphore->state, __ATOMIC_RELAXED);
    for (;;) {
        if (VALUE(seen) != 0) {
            if (kos_swap(&semaphore->state, &seen, seen - 1))
                return rcOk;
        } else if (mdelay == 0) {
            return rcTimeout;
        } else if (kos_swap(&semaphore->state, &seen, seen + WAITER)) {
            break;
        }
    }
    nk_uint64_t deadline = kos_deadline(mdelay);
    for (;;) {
        Retcode rc = kos_futex_wait(kos_low(&semaphore->state), 0, deadline);
        seen = __atomic_load_n(&semaphore->state, __ATOMIC_RELAXED);
        while (VALUE(seen) != 0)
            if (kos_swap(&semaphore->state, &seen, seen - WAITER - 1))
                return rcOk;
        if (rc == rcTimeout) {
            while (!kos_swap(&semaphore->state, &seen, seen - WAITER - (VALUE(seen) != 0 ? 1 : 0)))
                ;
            return VALUE(seen) != 0 ? rcOk : rcTimeout;
        }
    }
}

Retcode KosSemaphoreWait(KosSemaphore *semaphore)
{
    return wait(semaphore, INFINITE_TIMEOUT);
}

Retcode KosSemaphoreWaitTimeout(KosSemaphore *semaphore, rtl_uint32_t mdelay)
{
    return wait(semaphore, mdelay);
}

Retcode KosSemaphoreTryWait(KosSemaphore *semaphore)
{
    Retcode rc = wait(semaphore, 0);
    return rc == rcTimeout ? rcBusy : rc;
}
