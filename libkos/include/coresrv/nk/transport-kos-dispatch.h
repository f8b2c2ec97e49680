/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of a server: receive, dispatch, reply. Buffers come from KosMemAlloc. A request whose dispatch fails is not
 * answered, and its client's call ends with rcAbort; an answer that cannot be delivered (denied, client gone, its
 * buffers too small) is dropped. The loop ends when nothing can be received any more, and returns that error.
 */
#pragma once
#include <coresrv/nk/transport-kos.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef nk_err_t NkKosDispatchFn(void *self, const struct nk_message *req, const struct nk_arena *reqArena,
                                 struct nk_message *res, struct nk_arena *resArena);
typedef struct NkKosDispatchInfo {
    void *self;                   /* its first argument */
    const void *dispatch;         /* a function like NkKosDispatchFn, but for its first parameter's type */
    nk_size_t req_size, res_size; /* of the message unions */
    nk_size_t req_arena_size, res_arena_size;
} NkKosDispatchInfo;

/* prefix: as generated for the class; entity: a prefix_entity, which prefix_entity_dispatch gets the address of. */
#define NK_ENTITY_DISPATCH_INFO_INITIALIZER(prefix, entity)                                                            \
    {(void *)&(entity),           (const void *)prefix##_entity_dispatch, sizeof(prefix##_entity_req),                 \
     sizeof(prefix##_entity_res), prefix##_entity_req_arena_size,         prefix##_entity_res_arena_size}

nk_err_t NkKosDoDispatch(Handle listener, NkKosDispatchInfo *info);
/* Ours in its last argument: an IPC synchronization object that ends the loop with rcIpcInterrupt, or INVALID_HANDLE.
 */
nk_err_t NkKosDoDispatchEx(Handle listener, NkKosDispatchInfo *info, Handle recvSync);

/*
 * Ours. One such loop on each CPU, so that every call is served where its client runs; the implementation must bear
 * that. The caller becomes the loop of its CPU 0. Returns when all loops have ended: the error that ended the caller's
 * loop, or that of starting the others, after which none runs.
 */
nk_err_t NkKosDoDispatchPerCpu(Handle listener, NkKosDispatchInfo *info);
#ifdef __cplusplus
}
#endif
