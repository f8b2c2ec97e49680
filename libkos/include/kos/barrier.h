/* SPDX-License-Identifier: Apache-2.0 */
/* Ours. A place where `count` threads wait for each other, as often as they like. */
#pragma once
#include <kos/sync_types.h>
#ifdef __cplusplus
extern "C" {
#endif
Retcode KosBarrierInit(KosBarrier *barrier, rtl_uint32_t count); /* rcInvalidArgument: 0, or above 65,535 */
/* Waits until count threads have come. True in the one that came last. */
rtl_bool KosBarrierWait(KosBarrier *barrier);
#ifdef __cplusplus
}
#endif
