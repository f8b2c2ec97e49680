/* SPDX-License-Identifier: Apache-2.0 */
/* What code generated with --trace-client-ipc or --trace-server-ipc prints about a message, to stderr. */
#pragma once
#include <nk/types.h>
#include <stdio.h>

static inline void nk_trace_bytes(const char *what, const nk_uint8_t *bytes, nk_size_t size)
{
    nk_size_t i;
    for (i = 0; i < size; i++) {
        if (i % 16 == 0)
            fprintf(stderr, "%s  %s %04x:", i == 0 ? "" : "\n", what, (unsigned)i);
        fprintf(stderr, " %02x", (unsigned)bytes[i]);
    }
    if (size != 0)
        fputs("\n", stderr);
}

/* what: "request" or "response"; dump: all bytes too, of the constant part and of what the arena holds. */
static inline void nk_trace_message(const char *interface, const char *method, const char *what,
                                    const struct nk_message *message, const struct nk_arena *arena, nk_bool_t dump)
{
    nk_size_t used = arena != NK_NULL ? (nk_size_t)(arena->unused - arena->start) : 0;
    fprintf(stderr, "%s.%s %s: riid %u, mid %u, %u bytes, %u handles, arena %u%s\n", interface, method, what,
            (unsigned)message->iid, (unsigned)message->mid, (unsigned)nk_message_size(message),
            (unsigned)(message->tag >> 24 & 0x7fU), (unsigned)used, (message->tag & 0x80000000U) != 0 ? ", error" : "");
    if (!dump)
        return;
    nk_trace_bytes("constant", (const nk_uint8_t *)message, nk_message_size(message));
    if (used != 0)
        nk_trace_bytes("arena", arena->start, used);
}
