/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
#ifdef __cplusplus
extern "C" {
#endif
/* A new, empty-handed process from a ROMFS file; runs after KnTaskResume. */
Retcode KnTaskCreate(const char *name, const char *eiid, const char *path, rtl_uint32_t schedulingClass,
                     rtl_uint32_t priority, Handle *task);
/* stackSize: of the first thread, and of those that are created without a size; 0: THREAD_STACK_SIZE_DEFAULT of the
 * kernel. It holds the arguments, too: rcBufferTooLarge. */
Retcode KnTaskCreateEx(const char *name, const char *eiid, const char *path, rtl_size_t stackSize,
                       rtl_uint32_t schedulingClass, rtl_uint32_t priority, Handle *task);
Retcode KnTaskSetEnv(Handle task, const char *const args[], const char *const envs[]);
Retcode KnTaskConnect(Handle client, Handle server, const char *channel);
/* Ours. arena: KOS_ARENA_*, how the channel's requests hand over an arena that the client attaches, whatever the client
 * asks for; KOS_ARENA_AUTO: as it asks. */
Retcode KnTaskConnectWithArena(Handle client, Handle server, const char *channel, rtl_uint32_t arena);
Retcode KnTaskAddResource(Handle task, Handle handle, rtl_uint32_t rights, const char *name);
Retcode KnTaskLookupResource(rtl_uint32_t kind, const char *name, Handle *handle);
/* task: INVALID_HANDLE is the caller's own. rcBufferTooSmall. */
Retcode KnTaskGetName(Handle task, char *name, rtl_size_t size);
#ifdef __cplusplus
}
#endif
static inline Retcode KnTaskResume(Handle task)
{
    return KOS_CORE(TASK, Resume, task).rc;
}
static inline Retcode KnTaskTerminate(Handle task, rtl_int32_t code)
{
    return KOS_CORE(TASK, Terminate, task, (nk_uint64_t)(rtl_int64_t)code).rc;
}
static inline void KnTaskExit(rtl_int32_t code)
{
    (void)KOS_CORE(TASK, Exit, (nk_uint64_t)(rtl_int64_t)code);
}
static inline Retcode KnTaskWait(Handle task, rtl_uint32_t timeout, rtl_int32_t *code, rtl_uint32_t *reason)
{
    struct kos_core_result r = KOS_CORE(TASK, Wait, task, timeout);
    *code = (rtl_int32_t)KOS_CORE_OUT(r, TASK, Wait, code);
    *reason = (rtl_uint32_t)KOS_CORE_OUT(r, TASK, Wait, reason);
    return r.rc;
}
