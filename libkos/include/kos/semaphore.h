/* SPDX-License-Identifier: Apache-2.0 */
/* Counting semaphores. Every function: rcInvalidArgument, if the semaphore is null or not initialized. */
#pragma once
#include <kos/sync_types.h>
#ifdef __cplusplus
extern "C" {
#endif
Retcode KosSemaphoreInit(KosSemaphore *semaphore, unsigned count); /* rcFail: count > KOS_SEMAPHORE_VALUE_MAX */
Retcode KosSemaphoreDeinit(KosSemaphore *semaphore);               /* rcBusy: somebody waits */
/* rcFail: the value would be above KOS_SEMAPHORE_VALUE_MAX; it stays as it is. */
Retcode KosSemaphoreSignal(KosSemaphore *semaphore);
Retcode KosSemaphoreSignalN(KosSemaphore *semaphore, rtl_uint32_t n);
Retcode KosSemaphoreWait(KosSemaphore *semaphore);
Retcode KosSemaphoreWaitTimeout(KosSemaphore *semaphore, rtl_uint32_t mdelay); /* rcTimeout */
Retcode KosSemaphoreTryWait(KosSemaphore *semaphore);                          /* rcBusy */
#ifdef __cplusplus
}
#endif
