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
Entity *EntityInit(const EntityInfo *info);
Entity *EntityInitEx(const EntityInfo *info, const char *name, const char *path);
Retcode EntitySetArgs(Entity *entity, const char *args[]);
Retcode EntityConnectToService(Entity *client, Entity *server, const char *name);
Retcode EntityRun(Entity *entity);
Handle EntityGetHandle(const Entity *entity); /* ours */
#ifdef __cplusplus
}
#endif
