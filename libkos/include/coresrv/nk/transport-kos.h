/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <nk/transport.h>
typedef struct NkKosTransport {
    struct nk_transport base;
} NkKosTransport;
static inline void NkKosTransport_Init(NkKosTransport *t, Handle handle, void *unused, nk_size_t size)
{
    (void)unused, (void)size;
    t->base.ops = NK_NULL;
    t->base.handle = handle;
}
