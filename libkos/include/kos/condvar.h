/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Condition variables. A waiter gives its mutex back (a recursive one as often as it has it) and has it again when it
 * returns, also after the time limit. It may return without a signal: it has to look at its condition again. A condvar
 * may go right after a Broadcast, but not while a wait with a time limit is under way.
 */
#pragma once
#include <kos/sync_types.h>
#ifdef __cplusplus
extern "C" {
#endif
void KosCondvarInit(KosCondvar *condvar);
void KosCondvarDeinit(KosCondvar *condvar);
Retcode KosCondvarWait(KosCondvar *condvar, KosMutex *mutex);
Retcode KosCondvarWaitTimeout(KosCondvar *condvar, KosMutex *mutex, rtl_uint32_t mdelay); /* rcTimeout */
void KosCondvarSignal(KosCondvar *condvar);    /* one waiter, if there is any */
void KosCondvarBroadcast(KosCondvar *condvar); /* all of them */
#ifdef __cplusplus
}
#endif
