/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes: made from an executable of the image, connected, given handles, and run. The specification names functions
 * and fields; prototypes are ours.
 */
#pragma once
#include <services/handle/if_connection.h>
#ifdef __cplusplus
extern "C" {
#endif
struct nk_component_node;

#define KOS_TASK_FLAGS_NONE    0U
#define KOS_TASK_FLAG_DUMPABLE 1U /* accepted; a process that faults ends all the same */

typedef struct KosTaskParams {
    const char *eiid; /* process class */
    rtl_size_t endpointsCount;
    const EndpointInfo *endpoints; /* of the class; the kernel has them from the policy */
    const char *const *args;       /* ended by null, or null; the first is the process's name */
    const char *const *envs;       /* "NAME=VALUE" */
    rtl_uint32_t flags;            /* KOS_TASK_FLAG... */
    const struct nk_component_node *componentTree;
} KosTaskParams;

typedef struct KosTask KosTask;

/* A process that does not run yet. name: null means the class's; path: its file, null means the class's name without
 * its package. Null arguments, flags: rcInvalidArgument; no such file: rcResourceNotFound; rcOutOfMemory, and what
 * Task.Create says. */
Retcode KosTaskInitEx(const KosTaskParams *params, const char *name, const char *path, KosTask **task);
Retcode KosTaskInit(const KosTaskParams *params, KosTask **task);
/* Init, and run at once. */
Retcode KosTaskLaunch(const KosTaskParams *params, KosTask **task);
Retcode KosTaskRun(KosTask *task); /* ours */
/* Ours. reason: KOS_TASK_EXITED, TERMINATED or FAULTED. rcTimeout. */
Retcode KosTaskWait(KosTask *task, rtl_uint32_t timeout, rtl_int32_t *code, rtl_uint32_t *reason);
Handle KosTaskGetHandle(const KosTask *task);
/* This process. Its handle can be passed on, waited for and asked about, and needs no closing; nobody can end the
 * process by it. Null: the kernel gives none. */
const KosTask *KosTaskGetSelf(void);
void KosTaskFree(KosTask *task); /* ours: the process goes on; null: nothing happens */

/* A handle that the parent gave to this process under that name (KnTaskAddResource). rcResourceNotFound. */
Retcode KosTaskLookupResource(const char *name, Handle *handle);
#ifdef __cplusplus
}
#endif
