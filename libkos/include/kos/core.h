/* SPDX-License-Identifier: Apache-2.0 */
/* Typed access to the kernel's endpoints (abi/core.h). Every function returns the method's own code, or that of the
 * Call. */
#pragma once
#include <abi/core.h>
#include <coresrv/syscalls.h>

struct kos_core_result {
    Retcode rc;
    nk_uint64_t w[7]; /* response words after rc */
};

/* Register form: up to eight words, no arena. */
static inline __attribute__((always_inline)) struct kos_core_result
kos_core_call(unsigned riid, unsigned mid, unsigned count, const nk_uint64_t *words)
{
    struct kos_message_words m;
    struct kos_core_result result;
    m.selector = KOS_CORE_HANDLE;
    m.info = KOS_INFO(riid, mid, KOS_MESSAGE_HEADER_SIZE + 8 * count, 0);
    m.receive = 0;
#pragma clang loop unroll(full)
    for (unsigned i = 0; i < 8; i++)
        if (i < count)
            m.w[i] = words[i];
        else
            KOS_ANY_WORD(m.w[i]);
    kos_system_call(&m);
    result.rc = (rtl_uint32_t)m.selector != 0 ? (Retcode)(rtl_uint32_t)m.selector : (Retcode)(rtl_uint32_t)m.w[0];
#pragma clang loop unroll(full)
    for (unsigned i = 0; i < 7; i++)
        result.w[i] = m.w[i + 1];
    return result;
}
#define KOS_CORE(interface, method, ...)                                                                               \
    kos_core_call(KOS_RIID_##interface, (unsigned)KOS_CORE_MID(interface, method),                                     \
                  sizeof((nk_uint64_t[]){__VA_ARGS__}) / 8, (nk_uint64_t[]){__VA_ARGS__})
#define KOS_CORE0(interface, method)                                                                                   \
    kos_core_call(KOS_RIID_##interface, (unsigned)KOS_CORE_MID(interface, method), 0, (const nk_uint64_t *)0)

/* General form, with arenas: words in and out (8 places); out may be null if the method answers without an arena. */
Retcode KosCoreCallArena(unsigned riid, unsigned mid, unsigned count, nk_uint64_t words[8], const void *arena,
                         rtl_size_t arenaSize, unsigned responseCount, void *out, rtl_size_t outSize);
#define KOS_CORE_ARENA(interface, method, count, words, arena, arenaSize, responseCount, out, outSize)                 \
    KosCoreCallArena(KOS_RIID_##interface, (unsigned)KOS_CORE_MID(interface, method), (count), (words), (arena),       \
                     (arenaSize), (responseCount), (out), (outSize))
