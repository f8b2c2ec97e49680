/* SPDX-License-Identifier: Apache-2.0 */
/* Starting processes, as the initializing program of a solution does. */
#pragma once
#include <abi/core.h>
#include <coresrv/entity/entity_limits.h>
#include <services/handle/if_connection.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef rtl_uint32_t EntityFlags;
struct nk_component_node;
typedef struct EntityInfo {
    const char *eiid;
    nk_iid_t max_endpoints;
    const EndpointInfo *endpoints;
    const char *args[ENTITY_ARGS_MAX + 1];
    const char *envs[ENTITY_ENV_MAX + 1];
    EntityFlags flags;
    const struct nk_component_node *componentTree;
} EntityInfo;
typedef struct Entity Entity;
/* A process that does not run yet; name: null means the class's, path: null means the class's name without its package.
 * Null: the kernel refused it, or there is no memory. */
Entity *EntityInit(const EntityInfo *info);
Entity *EntityInitEx(const EntityInfo *info, const char *name, const char *path);
/* Instead of the info's; the array is read by EntityRun. The first argument is the process's name. */
Retcode EntitySetArgs(Entity *entity, const char *args[]);
Retcode EntitySetEnvs(Entity *entity, const char *envs[]);
/* A channel named like the server, or by name. */
Retcode EntityConnect(Entity *client, Entity *server);
Retcode EntityConnectToService(Entity *client, Entity *server, const char *name);
Retcode EntityRun(Entity *entity);
Retcode EntityWait(Entity *entity, rtl_uint32_t timeout, unsigned *exitCode); /* milliseconds; rcTimeout */
void EntityFree(Entity *entity);              /* the process goes on; null: nothing happens */
Handle EntityGetHandle(const Entity *entity); /* ours */
/* Ours: in words, why the last of these functions that failed in this thread did. */
const char *EntityFailure(void);
/* Ours: its first thread may run on these CPUs only (a mask), and begins on the first of them. The caller goes there to
 * make it, and then may run on the CPUs again on which it might before. */
Entity *EntityInitOnCpus(const EntityInfo *info, const char *name, const char *path, rtl_uint64_t cpus);
/* Ours; before EntityRun, for the process's first thread: class KOS_CLASS_* and priority; or so much time (budget) in
 * every period, by deadline, in ns, of the CPU on which it begins. rcInvalidArgument, rcBusy (the CPU has no time
 * left).
 */
Retcode EntitySetPriority(Entity *entity, rtl_uint32_t schedulingClass, rtl_uint32_t priority);
Retcode EntitySetReservation(Entity *entity, rtl_uint64_t budget, rtl_uint64_t period, rtl_uint64_t deadline);
/* Ours: how requests through the channel hand over what lies in an arena that the client attaches to it, whatever it
 * asks for (IPC.AttachArena); auto: as it asks. */
#define ENTITY_ARENA_AUTO   0U
#define ENTITY_ARENA_COPIED 1U
#define ENTITY_ARENA_SEALED 2U
#define ENTITY_ARENA_SHARED 3U
Retcode EntityConnectWithArena(Entity *client, Entity *server, const char *name, rtl_uint32_t arena);
#ifdef __cplusplus
}
#endif
