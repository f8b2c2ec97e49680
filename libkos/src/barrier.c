/* SPDX-License-Identifier: Apache-2.0 */
#include "futex.h"
#include <kos/barrier.h>

#define COUNT_MAX 0xffffU

Retcode KosBarrierInit(KosBarrier *barrier, rtl_uint32_t count)
{
    if (count == 0 || count > COUNT_MAX)
        return rcInvalidArgument;
    barrier->count = count;
    barrier->state = 0;
    return rcOk;
}

/* One word: rounds in the upper half, threads of this round in the lower. Who completes a round starts the next one in
 * the same step. */
rtl_bool KosBarrierWait(KosBarrier *barrier)
{
    rtl_uint32_t count = barrier->count, seen = __atomic_load_n(&barrier->state, __ATOMIC_RELAXED), wanted;
    do
        wanted = (seen & COUNT_MAX) + 1 == count ? (seen & ~COUNT_MAX) + COUNT_MAX + 1 : seen + 1;
    while (!__atomic_compare_exchange_n(&barrier->state, &seen, wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    rtl_uint32_t round = seen >> 16;
    if (wanted >> 16 != round) {
        if (count > 1)
            kos_futex_wake(&barrier->state, KOS_ALL_THREADS);
        return 1;
    }
    for (seen = wanted; seen >> 16 == round; seen = __atomic_load_n(&barrier->state, __ATOMIC_ACQUIRE))
        (void)kos_futex_wait(&barrier->state, seen, KOS_FOREVER);
    return 0;
}
