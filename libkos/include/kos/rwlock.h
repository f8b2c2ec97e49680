/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many readers or one writer. A reader waits while a writer has the lock or waits for it; so a thread must not
 * read-lock twice. At most 65,535 threads may use one lock at a time.
 */
#pragma once
#include <kos/sync_types.h>
#ifdef __cplusplus
extern "C" {
#endif
void KosRWLockInit(KosRWLock *lock);
void KosRWLockRead(KosRWLock *lock);
Retcode KosRWLockTryRead(KosRWLock *lock); /* rcBusy */
void KosRWLockWrite(KosRWLock *lock);
Retcode KosRWLockTryWrite(KosRWLock *lock); /* rcBusy: in use, or another writer waits */
void KosRWLockUnlock(KosRWLock *lock);      /* whichever the caller has */
#ifdef __cplusplus
}
#endif
