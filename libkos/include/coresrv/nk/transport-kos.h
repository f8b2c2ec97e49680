/* SPDX-License-Identifier: Apache-2.0 */
/* The transport whose calls are the kernel's. Each thread has one of its own; one serves all channels of a listener. */
#pragma once
#include <nk/transport.h>
#include <rtl/stdlib.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct NkKosTransport {
    struct nk_transport base;
    Handle call_sync, receive_sync; /* NkKosTransportSync_Init */
} NkKosTransport;
/* Ours: a transport whose receiver takes requests' arenas where they are, if their sender has attached one to its
 * channel (IPC.AttachArena): after nk_transport_recv() the arena points to them, until the next one. */
typedef struct NkKosArenaTransport {
    struct nk_transport base;
    nk_uint8_t *in_place, *own_start, *own_end;
} NkKosArenaTransport;
void NkKosArenaTransport_Init(NkKosArenaTransport *t, Handle handle);
/* As nk_transport_reply_recv(), for an answer without arena. */
nk_err_t NkKosArenaTransport_ReplyRecv(NkKosArenaTransport *t, const struct nk_message *res, nk_size_t resReadable,
                                       struct nk_message *req, nk_size_t reqSize, struct nk_arena *reqArena);

extern const struct nk_transport_ops kos_sync_transport_ops;

/* handle: of a client, a server or a listener, or a callable one. The last two arguments mean nothing. */
static inline void NkKosTransport_Init(NkKosTransport *t, Handle handle, void *unused, nk_size_t size)
{
    (void)unused, (void)size;
    t->base.ops = NK_NULL;
    t->base.handle = handle;
    t->call_sync = t->receive_sync = INVALID_HANDLE;
}

/* Calls and receives end with rcIpcInterrupt when their IPC synchronization object (coresrv/ipc/ipc_api.h) interrupts;
 * either handle may be INVALID_HANDLE. */
static inline void NkKosTransportSync_Init(NkKosTransport *t, Handle handle, Handle callSync, Handle recvSync)
{
    t->base.ops = &kos_sync_transport_ops;
    t->base.handle = handle;
    t->call_sync = callSync;
    t->receive_sync = recvSync;
}
#ifdef __cplusplus
}
#endif
