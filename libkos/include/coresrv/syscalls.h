/* SPDX-License-Identifier: Apache-2.0 */
/* Call, Recv, Reply: inline down to the instruction, so that small messages never touch memory twice. */
#pragma once
#include <abi/ipc.h>
#include <kos/arch/syscall.h>
#include <nk/types.h>
#include <services/rtl/nk_msg.h>

/* Where the two messages of an exchange lie. Everything constant after inlining folds away. */
struct kos_exchange_parts {
    const struct nk_message *out; /* null: nothing goes out (Recv) */
    nk_size_t out_size;           /* bytes of the constant part */
    nk_size_t out_readable;       /* bytes that may be read at out; >= out_size */
    const void *out_arena;
    nk_size_t out_arena_used;
    struct nk_message *in; /* null: nothing comes in (Reply) */
    nk_size_t in_size;     /* bytes that fit */
    nk_size_t in_writable; /* bytes there that may be written, with zeros beyond a message in registers */
    void *in_arena;
    nk_size_t in_arena_size;
    void **in_place; /* where to tell that the arena of what came is not in in_arena but there; null: it must be */
    rtl_uint32_t timeout;
    Handle sync_handle;
};

#ifdef __cplusplus
#define KOS_NO_PARTS                                                                                                   \
    {                                                                                                                  \
    }
#else
#define KOS_NO_PARTS {0}
#endif

/* A word that nobody looks at: the kernel clears what a message does not have. */
#define KOS_ANY_WORD(place) __asm__("" : "=r"(place))

/* One system call. *arena_used: bytes that came into the arena. */
static inline __attribute__((always_inline)) Retcode kos_exchange(nk_uint64_t selector, struct kos_exchange_parts parts,
                                                                  nk_size_t *arena_used)
{
    struct kos_message_words words;
    SMsgHdr out, in;
    words.selector = selector;
    words.info = 0;
    if (parts.out != NK_NULL && parts.out_arena_used == 0 && parts.out_size <= KOS_REGISTER_MESSAGE_SIZE) {
        const nk_uint64_t *from = (const nk_uint64_t *)(parts.out + 1);
        words.info = *(const nk_uint64_t *)parts.out;
#pragma clang loop unroll(full)
        for (nk_size_t i = 0; i < KOS_REGISTER_WORDS; i++) {
            if (KOS_MESSAGE_HEADER_SIZE + 8 * (i + 1) <= parts.out_readable)
                words.w[i] = from[i];
            else
                KOS_ANY_WORD(words.w[i]);
        }
    } else {
#pragma clang loop unroll(full)
        for (nk_size_t i = 1; i < KOS_REGISTER_WORDS; i++)
            KOS_ANY_WORD(words.w[i]);
        words.w[0] = 0;
        if (parts.out != NK_NULL) {
            words.info = *(const nk_uint64_t *)parts.out;
            out.constant_part = (rtl_uintptr_t)parts.out;
            out.constant_size = (rtl_uint32_t)parts.out_size;
            out.arena = (rtl_uintptr_t)parts.out_arena;
            out.arena_size = (rtl_uint32_t)parts.out_arena_used;
            words.selector |= KOS_CALL_MEMORY;
            words.w[0] = (rtl_uintptr_t)&out;
        }
    }
    words.receive = 0;
    if (parts.in != NK_NULL && (parts.in_size > KOS_REGISTER_MESSAGE_SIZE || parts.in_arena_size != 0 ||
                                (selector & KOS_CALL_EXTENDED) != 0)) {
        in.constant_part = (rtl_uintptr_t)parts.in;
        in.constant_size = (rtl_uint32_t)parts.in_size;
        in.arena = (rtl_uintptr_t)parts.in_arena;
        in.arena_size = (rtl_uint32_t)parts.in_arena_size | (parts.in_place != NK_NULL ? KOS_ARENA_IN_PLACE : 0);
        in.timeout = parts.timeout;
        in.sync_handle = parts.sync_handle;
        words.receive = (rtl_uintptr_t)&in;
    }
    kos_system_call(&words);
    *arena_used = 0;
    if (__builtin_expect(words.selector == 0, 1)) {
        if (parts.in == NK_NULL)
            return rcOk;
        nk_uint64_t *to = (nk_uint64_t *)(parts.in + 1);
        *(nk_uint64_t *)parts.in = words.info;
#pragma clang loop unroll(full)
        for (nk_size_t i = 0; i < KOS_REGISTER_WORDS; i++)
            if (KOS_MESSAGE_HEADER_SIZE + 8 * (i + 1) <= parts.in_writable)
                to[i] = words.w[i];
        return rcOk;
    }
    if ((rtl_uint32_t)words.selector != 0 || parts.in == NK_NULL)
        return (Retcode)(rtl_uint32_t)words.selector;
    *(nk_uint64_t *)parts.in = words.info; /* it came in memory */
    *arena_used = (nk_size_t)words.w[1];
    if (parts.in_place != NK_NULL)
        *parts.in_place = (void *)(rtl_uintptr_t)words.w[2];
    return rcOk;
}

/* The parts that two headers describe. */
static inline __attribute__((always_inline)) struct kos_exchange_parts kos_parts(const SMsgHdr *out, const SMsgHdr *in)
{
    struct kos_exchange_parts parts = KOS_NO_PARTS;
    if (out != NK_NULL) {
        parts.out = (const struct nk_message *)(rtl_uintptr_t)out->constant_part;
        parts.out_size = parts.out_readable = out->constant_size;
        parts.out_arena = (const void *)(rtl_uintptr_t)out->arena;
        parts.out_arena_used = out->arena_size;
    }
    if (in != NK_NULL) {
        parts.in = (struct nk_message *)(rtl_uintptr_t)in->constant_part;
        parts.in_size = parts.in_writable = in->constant_size;
        parts.in_arena = (void *)(rtl_uintptr_t)in->arena;
        parts.in_arena_size = in->arena_size;
        parts.timeout = in->timeout;
        parts.sync_handle = in->sync_handle;
    }
    return parts;
}

static inline Retcode kos_exchange_headers(nk_uint64_t selector, const SMsgHdr *out, SMsgHdr *in)
{
    nk_size_t used;
    Retcode rc = kos_exchange(selector, kos_parts(out, in), &used);
    if (rc == rcOk && in != NK_NULL)
        in->arena_size = (rtl_uint32_t)used;
    return rc;
}

static inline Retcode Call(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn)
{
    return kos_exchange_headers(handle, msgOut, msgIn);
}
static inline Retcode Recv(Handle handle, SMsgHdr *msgIn)
{
    return kos_exchange_headers(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | handle, NK_NULL, msgIn);
}
static inline Retcode Reply(Handle handle, const SMsgHdr *msgOut)
{
    return kos_exchange_headers(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | handle, msgOut, NK_NULL);
}
static inline Retcode CallEx(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn, rtl_uint32_t mdelay,
                             Handle syncHandle)
{
    msgIn->timeout = mdelay;
    msgIn->sync_handle = syncHandle;
    return kos_exchange_headers(KOS_CALL_EXTENDED | handle, msgOut, msgIn);
}
static inline Retcode RecvEx(Handle handle, SMsgHdr *msgIn, rtl_uint32_t mdelay, Handle syncHandle)
{
    msgIn->timeout = mdelay;
    msgIn->sync_handle = syncHandle;
    return kos_exchange_headers(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | KOS_CALL_EXTENDED | handle, NK_NULL, msgIn);
}
