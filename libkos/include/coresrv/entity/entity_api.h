/* SPDX-License-Identifier: Apache-2.0 */
/* Starting processes, as the initializing program of a solution does. */
#pragma once
#include <services/handle/if_connection.h>
#ifdef __cplusplus
extern "C" {
#endif
#define ENTITY_ARGS_MAX 64
#define ENTITY_ENV_MAX  64
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
#ifdef __cplusplus
}
#endif
