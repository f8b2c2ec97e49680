/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <nk/transport.h>
typedef struct NkKosTransport {
    struct nk_transport base;
} NkKosTransport;
/* Ours: a transport whose receiver takes requests' arenas where they are, if their sender has attached one to its
 * channel (IPC.AttachArena): after nk_transport_recv() the arena points to them, until the next one. */
typedef struct NkKosArenaTransport {
    struct nk_transport base;
    nk_uint8_t *in_place, *own_start, *own_end;
} NkKosArenaTransport;
void NkKosArenaTransport_Init(NkKosArenaTransport *t, Handle handle);
static inline void NkKosTransport_Init(NkKosTransport *t, Handle handle, void *unused, nk_size_t size)
{
    (void)unused, (void)size;
    t->base.ops = NK_NULL;
    t->base.handle = handle;
}
