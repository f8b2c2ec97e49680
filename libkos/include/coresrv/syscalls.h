/* SPDX-License-Identifier: Apache-2.0 */
/* Call, Recv, Reply: inline down to the instruction, so that small messages never touch memory twice. */
#pragma once
#include <abi/ipc.h>
#include <kos/arch/syscall.h>
#include <nk/types.h>
#include <services/rtl/nk_msg.h>

/* Puts the constant part of a message into the words, or a reference to it if it does not fit registers. */
static inline __attribute__((always_inline)) void kos_words_load(struct kos_message_words *words, const SMsgHdr *out)
{
    const struct nk_message *m = (const struct nk_message *)(rtl_uintptr_t)out->constant_part;
    words->info = *(const nk_uint64_t *)m;
    if (out->constant_size <= KOS_REGISTER_MESSAGE_SIZE && out->arena_size == 0) {
        const nk_uint64_t *from = (const nk_uint64_t *)(m + 1);
        nk_size_t count = (out->constant_size - KOS_MESSAGE_HEADER_SIZE) / 8;
#pragma clang loop unroll(full)
        for (nk_size_t i = 0; i < 8; i++)
            words->w[i] = i < count ? from[i] : 0;
    } else {
        words->selector |= KOS_CALL_MEMORY;
        words->w[0] = (rtl_uintptr_t)out;
        words->w[1] = words->w[2] = words->w[3] = words->w[4] = words->w[5] = words->w[6] = words->w[7] = 0;
    }
}

/* Stores what came in; the arena's used part is told by the return value. */
static inline __attribute__((always_inline)) nk_size_t kos_words_store(const struct kos_message_words *words,
                                                                       const SMsgHdr *in)
{
    struct nk_message *m = (struct nk_message *)(rtl_uintptr_t)in->constant_part;
    *(nk_uint64_t *)m = words->info;
    if (__builtin_expect((words->selector & KOS_STATUS_MEMORY) != 0, 0))
        return (nk_size_t)words->w[1];
    nk_uint64_t *to = (nk_uint64_t *)(m + 1);
    nk_size_t count = (in->constant_size - KOS_MESSAGE_HEADER_SIZE) / 8;
#pragma clang loop unroll(full)
    for (nk_size_t i = 0; i < 8; i++)
        if (i < count)
            to[i] = words->w[i];
    return 0;
}

static inline __attribute__((always_inline)) Retcode kos_exchange(nk_uint64_t selector, const SMsgHdr *out,
                                                                  const SMsgHdr *in, nk_size_t *arena_used)
{
    struct kos_message_words words;
    words.selector = selector;
    words.receive = (rtl_uintptr_t)in;
    if (out != NK_NULL)
        kos_words_load(&words, out);
    else
        words.info = words.w[0] = words.w[1] = words.w[2] = words.w[3] = words.w[4] = words.w[5] = words.w[6] =
            words.w[7] = 0;
    kos_system_call(&words);
    if ((rtl_uint32_t)words.selector == 0 && in != NK_NULL)
        *arena_used = kos_words_store(&words, in);
    return (Retcode)(rtl_uint32_t)words.selector;
}

static inline Retcode Call(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn)
{
    nk_size_t used = 0;
    Retcode rc = kos_exchange(handle, msgOut, msgIn, &used);
    if (rc == rcOk && msgIn != NK_NULL)
        msgIn->arena_size = (rtl_uint32_t)used;
    return rc;
}
static inline Retcode Recv(Handle handle, SMsgHdr *msgIn)
{
    nk_size_t used = 0;
    Retcode rc = kos_exchange(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | handle, NK_NULL, msgIn, &used);
    if (rc == rcOk)
        msgIn->arena_size = (rtl_uint32_t)used;
    return rc;
}
static inline Retcode Reply(Handle handle, const SMsgHdr *msgOut)
{
    nk_size_t used;
    return kos_exchange(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | handle, msgOut, NK_NULL, &used);
}
static inline Retcode CallEx(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn, rtl_uint32_t mdelay,
                             Handle syncHandle)
{
    nk_size_t used = 0;
    msgIn->timeout = mdelay;
    msgIn->sync_handle = syncHandle;
    Retcode rc = kos_exchange(KOS_CALL_EXTENDED | handle, msgOut, msgIn, &used);
    if (rc == rcOk)
        msgIn->arena_size = (rtl_uint32_t)used;
    return rc;
}
static inline Retcode RecvEx(Handle handle, SMsgHdr *msgIn, rtl_uint32_t mdelay, Handle syncHandle)
{
    nk_size_t used = 0;
    msgIn->timeout = mdelay;
    msgIn->sync_handle = syncHandle;
    Retcode rc =
        kos_exchange(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | KOS_CALL_EXTENDED | handle, NK_NULL, msgIn, &used);
    if (rc == rcOk)
        msgIn->arena_size = (rtl_uint32_t)used;
    return rc;
}
