/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event is set or not. Set lets everybody go who waits at that moment, even if it is reset right afterwards. A wait
 * with `reset` resets it when it succeeds; of several that come to a set event, without having waited, one gets it.
 */
#pragma once
#include <kos/sync_types.h>
#ifdef __cplusplus
extern "C" {
#endif
void KosEventInit(KosEvent *event); /* not set */
void KosEventDeinit(KosEvent *event);
void KosEventSet(KosEvent *event);
void KosEventReset(KosEvent *event);
void KosEventWait(KosEvent *event, rtl_bool reset);
Retcode KosEventWaitTimeout(KosEvent *event, rtl_bool reset, rtl_uint32_t msec); /* rcTimeout */
#ifdef __cplusplus
}
#endif
