/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads of this process, by their numbers. They are standard threads (priority 0 to 15; the numbers up to 31 of older
 * programs count as 15), start on their creator's CPU and have their own thread-local variables on their stack. An exit
 * code is never -1, because KosThreadWait says so when it fails.
 */
#pragma once
#include <coresrv/thread/thread_api.h>
#ifdef __cplusplus
extern "C" {
#endif

#define ThreadPriorityLowest   0U
#define ThreadPriorityNormal   15U
#define ThreadPriorityHighest  31U
#define ThreadStackSizeDefault 0U

typedef int (*ThreadRoutine)(void *context);

/* stackSize in bytes; suspended: it runs after KosThreadResume. The thread ends when routine returns, with the code
 * that it returns. Its number and code stay until KosThreadWait has told them. rcInvalidArgument, rcOutOfMemory,
 * rcQuotaExceeded. */
Retcode KosThreadCreate(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize, ThreadRoutine routine, void *context,
                        int suspended);
/* The same, but nobody waits for it: nothing stays of it when it ends. */
Retcode KosThreadCreateDetached(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize, ThreadRoutine routine,
                                void *context, int suspended);

Tid KosThreadCurrentId(void);
Retcode KosThreadSuspend(Tid tid); /* the caller itself, else rcInvalidOperation */
Retcode KosThreadResume(Tid tid);  /* rcInvalidThreadState: it is not suspended; rcResourceNotFound: no such thread */
__attribute__((noreturn)) void KosThreadExit(rtl_int32_t code);
/* A suspended thread only, else rcInvalidThreadState. */
Retcode KosThreadTerminate(Tid tid, rtl_int32_t exitCode);
/* The code of a thread that ended, or -1: no such thread, it is detached, it is the caller, or the time is over. */
int KosThreadWait(rtl_uint32_t tid, rtl_uint32_t timeoutMs);
Retcode KosThreadSleep(rtl_uint32_t ms); /* 0: as KosThreadYield */
void KosThreadYield(void);

/* A pointer of the calling thread's own. */
void *KosThreadTlsGet(void);
Retcode KosThreadTlsSet(void *tls);
/* Lowest address and size of a thread's stack; null: no such thread, or it has not run yet. */
void *KosThreadGetStack(Tid tid, rtl_uint32_t *size);

typedef rtl_uint32_t KosThreadOnceState;
#define KOS_THREAD_ONCE_INIT 0U
/* init runs once; who comes meanwhile waits until it has ended. */
Retcode KosThreadOnce(KosThreadOnceState *state, void (*init)(void));

typedef enum KosThreadCallbackReason {
    KosThreadCallbackReasonCreate,
    KosThreadCallbackReasonDestroy
} KosThreadCallbackReason;
typedef void KosThreadCallback(KosThreadCallbackReason reason);
/* From then on, callback runs in each new thread before its routine and in each ending one. rcOutOfMemory: there are
 * already KOS_THREAD_CALLBACKS_MAX; rcResourceNotFound: it is not registered. */
#define KOS_THREAD_CALLBACKS_MAX 16
Retcode KosThreadCallbackRegister(KosThreadCallback *callback);
Retcode KosThreadCallbackUnregister(KosThreadCallback *callback);

/* Ours. The handle of a thread, which libkos keeps; for KnThreadSetAffinityByHandle and the like. INVALID_HANDLE: no
 * such thread. */
Handle KosThreadGetHandle(Tid tid);
#ifdef __cplusplus
}
#endif
