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
Entity *EntityInit(const EntityInfo *info);
Entity *EntityInitEx(const EntityInfo *info, const char *name, const char *path);
/* args and envs end with a null pointer and live until EntityRun. args[0] is the process's name; envs are
 * "NAME=VALUE" and replace those of EntityInfo. */
Retcode EntitySetArgs(Entity *entity, const char *args[]);
Retcode EntitySetEnvs(Entity *entity, const char *envs[]); /* ours */
Retcode EntityConnectToService(Entity *client, Entity *server, const char *name);
Retcode EntityRun(Entity *entity);
Handle EntityGetHandle(const Entity *entity); /* ours */
/* Ours: its first thread may run on these CPUs only (a mask), and begins on the first of them. The caller goes there to
 * make it, and then may run on the CPUs again on which it might before. */
Entity *EntityInitOnCpus(const EntityInfo *info, const char *name, const char *path, rtl_uint64_t cpus);
/* Ours; before EntityRun, for the process's first thread: class KOS_CLASS_* and priority; or so much time (budget) in
 * every period, by deadline, in ns, of the CPU on which it begins. rcInvalidArgument, rcBusy (the CPU has no time
 * left).
 */
Retcode EntitySetPriority(Entity *entity, rtl_uint32_t schedulingClass, rtl_uint32_t priority);
Retcode EntitySetReservation(Entity *entity, rtl_uint64_t budget, rtl_uint64_t period, rtl_uint64_t deadline);
/* Ours: how requests through the channel hand over what lies in their arena. rcUnimplemented: not this way. */
#define ENTITY_ARENA_AUTO   0U
#define ENTITY_ARENA_COPIED 1U
#define ENTITY_ARENA_SEALED 2U
#define ENTITY_ARENA_SHARED 3U
Retcode EntityConnectWithArena(Entity *client, Entity *server, const char *name, rtl_uint32_t arena);
#ifdef __cplusplus
}
#endif
