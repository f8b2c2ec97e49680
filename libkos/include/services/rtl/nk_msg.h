/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <ipc/if_rend.h>
#include <nk/types.h>
static inline void PackOutMsg(SMsgHdr *hdr, struct nk_message *m, const struct nk_arena *arena)
{
    hdr->constant_part = (rtl_uintptr_t)m;
    hdr->constant_size = (rtl_uint32_t)nk_message_size(m);
    hdr->arena = arena != NK_NULL ? (rtl_uintptr_t)arena->start : 0;
    hdr->arena_size = arena != NK_NULL ? (rtl_uint32_t)(arena->unused - arena->start) : 0;
    hdr->timeout = INFINITE_TIMEOUT;
    hdr->sync_handle = INVALID_HANDLE;
}
static inline void PackInMsg(SMsgHdr *hdr, struct nk_message *m, const struct nk_arena *arena)
{
    PackOutMsg(hdr, m, NK_NULL);
    hdr->arena = arena != NK_NULL ? (rtl_uintptr_t)arena->start : 0;
    hdr->arena_size = arena != NK_NULL ? (rtl_uint32_t)(arena->end - arena->start) : 0;
}
