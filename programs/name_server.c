/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name server, class kl.core.NameServer: knows which process serves which interface, as they publish it. Who may
 * publish and ask is the policy's to say. It is asked through static channels of its class's name, and through dynamic
 * ones, which one thread accepts while the other answers.
 */
#include <coresrv/cm/cm_api.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/sl/sl_api.h>
#include <kl/core/NameServer.edl.h>
#include <kos/alloc.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES_MAX 256U
#define NAMES        3U

/* interface, server, endpoint: NUL-terminated, in memory of their own. */
static struct service {
    char *names[NAMES];
} services[SERVICES_MAX];
static unsigned service_count;

/* Texts of a request. */
static int texts(const struct nk_arena *arena, const nk_ptr_t *const *chunks, const char **to, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        nk_size_t size = 0;
        to[i] = nk_arena_get(nk_char_t, arena, chunks[i], &size);
        if (to[i] == NK_NULL || size < 2)
            return 0;
    }
    return 1;
}

static unsigned find(const char *const *names)
{
    unsigned i = 0;
    while (i < service_count &&
           (strcmp(services[i].names[0], names[0]) != 0 || strcmp(services[i].names[1], names[1]) != 0 ||
            strcmp(services[i].names[2], names[2]) != 0))
        i++;
    return i;
}

static void forget(const struct service *service)
{
    for (unsigned i = 0; i < NAMES; i++)
        KosMemFree(service->names[i]);
}

static Retcode publish(const char *const *names)
{
    struct service *service = &services[service_count];
    if (find(names) < service_count)
        return rcAlreadyExists;
    if (service_count == SERVICES_MAX)
        return rcOutOfMemory;
    for (unsigned i = 0; i < NAMES; i++) {
        service->names[i] = KosMemAlloc(strlen(names[i]) + 1);
        if (service->names[i] == RTL_NULL) {
            while (i > 0)
                KosMemFree(service->names[--i]);
            return rcOutOfMemory;
        }
        strcpy(service->names[i], names[i]);
    }
    service_count++;
    return rcOk;
}

static nk_err_t publish_impl(struct kl_core_NameServer *self, const struct kl_core_NameServer_Publish_req *req,
                             const struct nk_arena *reqArena, struct kl_core_NameServer_Publish_res *res,
                             struct nk_arena *resArena)
{
    const nk_ptr_t *const chunks[] = {&req->interfaceName, &req->server, &req->endpoint};
    const char *names[NAMES];
    (void)self, (void)resArena;
    res->rc = texts(reqArena, chunks, names, NAMES) ? publish(names) : rcInvalidArgument;
    return NK_EOK;
}

static nk_err_t unpublish_impl(struct kl_core_NameServer *self, const struct kl_core_NameServer_UnPublish_req *req,
                               const struct nk_arena *reqArena, struct kl_core_NameServer_UnPublish_res *res,
                               struct nk_arena *resArena)
{
    const nk_ptr_t *const chunks[] = {&req->interfaceName, &req->server, &req->endpoint};
    const char *names[NAMES];
    (void)self, (void)resArena;
    unsigned at = texts(reqArena, chunks, names, NAMES) ? find(names) : service_count;
    res->rc = at < service_count ? rcOk : rcResourceNotFound;
    if (at < service_count) {
        forget(&services[at]);
        service_count--;
        memmove(&services[at], &services[at + 1], (service_count - at) * sizeof(services[0]));
    }
    return NK_EOK;
}

static int answer(struct nk_arena *arena, nk_ptr_t *chunk, const char *text)
{
    rtl_size_t size = strlen(text) + 1;
    nk_char_t *to = nk_arena_alloc(nk_char_t, arena, chunk, size);
    if (to != NK_NULL)
        memcpy(to, text, size);
    return to != NK_NULL;
}

static nk_err_t enum_impl(struct kl_core_NameServer *self, const struct kl_core_NameServer_Enum_req *req,
                          const struct nk_arena *reqArena, struct kl_core_NameServer_Enum_res *res,
                          struct nk_arena *resArena)
{
    const nk_ptr_t *const chunks[] = {&req->interfaceName};
    const char *name;
    unsigned left = req->index;
    (void)self;
    memset(&res->server, 0, sizeof(res->server));
    memset(&res->service, 0, sizeof(res->service));
    res->rc = texts(reqArena, chunks, &name, 1) ? rcResourceNotFound : rcInvalidArgument;
    for (unsigned i = 0; i < service_count && res->rc == rcResourceNotFound; i++) {
        if (strcmp(services[i].names[0], name) != 0 || left-- != 0)
            continue;
        res->rc = answer(resArena, &res->server, services[i].names[1]) &&
                          answer(resArena, &res->service, services[i].names[2])
                      ? rcOk
                      : rcInternalError;
    }
    return NK_EOK;
}

/* ---- channels ---- */

static Handle listener;

/* The next client that asks for a channel gets one. */
static Retcode accept_one(void)
{
    static char client[kl_core_Types_UCoreStringSize], service[kl_core_Types_UCoreStringSize];
    Handle handle;
    Retcode rc = KnCmListen(RTL_NULL, INFINITE_TIMEOUT, client, service);
    if (rc != rcOk)
        return rc;
    if (strcmp(service, NS_SERVER_NAME) != 0) {
        (void)KnCmDrop(client, service);
        return rcOk;
    }
    if (KnCmAccept(client, service, kl_core_NameServer_ns_iid, listener, &handle) == rcOk)
        listener = handle;
    return rcOk;
}

static int accept_all(void *context)
{
    (void)context;
    while (accept_one() == rcOk)
        ;
    return 0;
}

int main(void)
{
    static const struct kl_core_NameServer_ops ops = {
        .Publish = publish_impl, .UnPublish = unpublish_impl, .Enum = enum_impl};
    static struct kl_core_NameServer names = {.ops = &ops};
    static struct kl_core_NameServer_entity entity;
    kl_core_NameServer_entity_init(&entity, &names);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(kl_core_NameServer, entity);
    Tid tid;
    listener = ServiceLocatorRegister(NS_SERVER_NAME, NULL, 0, NULL);
    while (listener == INVALID_HANDLE) { /* without a static channel the first dynamic one makes it */
        Retcode rc = accept_one();
        if (rc != rcOk) {
            fprintf(stderr, "NameServer: no static channel, and cm.CM says %d\n", rc);
            return EXIT_FAILURE;
        }
    }
    (void)KosThreadCreate(&tid, ThreadPriorityNormal, 0, accept_all, RTL_NULL, 0);
    (void)NkKosDoDispatch(listener, &info);
    return EXIT_FAILURE;
}
