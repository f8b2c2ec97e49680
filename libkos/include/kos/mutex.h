/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutual exclusion within a process. Free mutexes are taken and given back without the kernel; waiters get it in order
 * of priority. A plain mutex that its own holder locks again is a deadlock, and only the holder may unlock. A recursive
 * one wants as many unlocks as locks. A priority-inheriting one is handed to its most urgent waiter, and until then its
 * holder runs at that one's level; locking it again, unlocking it without having it, and waiting without a time limit
 * for a holder that has ended stop the process. Recursive and inheriting mutexes are for threads with thread-local
 * variables: the first one and those of kos/thread.h.
 */
#pragma once
#include <kos/sync_types.h>
#ifdef __cplusplus
extern "C" {
#endif
void KosMutexInit(KosMutex *mutex);
void KosMutexInitEx(KosMutex *mutex, int recursive);
void KosMutexInitRt(KosMutex *mutex, int recursive); /* ours: priority-inheriting */
void KosMutexLock(KosMutex *mutex);
Retcode KosMutexTryLock(KosMutex *mutex);                          /* rcBusy: somebody has it */
Retcode KosMutexLockTimeout(KosMutex *mutex, rtl_uint32_t mdelay); /* milliseconds; rcTimeout */
void KosMutexUnlock(KosMutex *mutex);
rtl_bool KosMutexIsLocked(KosMutex *mutex); /* by anybody, at that moment */
#ifdef __cplusplus
}
#endif
