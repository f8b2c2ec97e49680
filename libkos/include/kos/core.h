/* SPDX-License-Identifier: Apache-2.0 */
/* Typed access to the kernel's endpoints (abi/core_methods.h). Every function returns the method's own code, or that of
 * the Call. */
#pragma once
#include <abi/core.h>
#include <abi/core_methods.h>
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
/* By number of words, because C++ has no array literals. */
static inline __attribute__((always_inline)) struct kos_core_result kos_core_call1(unsigned riid, unsigned mid,
                                                                                   nk_uint64_t w0)
{
    const nk_uint64_t words[] = {w0};
    return kos_core_call(riid, mid, 1, words);
}
static inline __attribute__((always_inline)) struct kos_core_result kos_core_call2(unsigned riid, unsigned mid,
                                                                                   nk_uint64_t w0, nk_uint64_t w1)
{
    const nk_uint64_t words[] = {w0, w1};
    return kos_core_call(riid, mid, 2, words);
}
static inline __attribute__((always_inline)) struct kos_core_result
kos_core_call3(unsigned riid, unsigned mid, nk_uint64_t w0, nk_uint64_t w1, nk_uint64_t w2)
{
    const nk_uint64_t words[] = {w0, w1, w2};
    return kos_core_call(riid, mid, 3, words);
}
static inline __attribute__((always_inline)) struct kos_core_result
kos_core_call4(unsigned riid, unsigned mid, nk_uint64_t w0, nk_uint64_t w1, nk_uint64_t w2, nk_uint64_t w3)
{
    const nk_uint64_t words[] = {w0, w1, w2, w3};
    return kos_core_call(riid, mid, 4, words);
}
static inline __attribute__((always_inline)) struct kos_core_result kos_core_call5(unsigned riid, unsigned mid,
                                                                                   nk_uint64_t w0, nk_uint64_t w1,
                                                                                   nk_uint64_t w2, nk_uint64_t w3,
                                                                                   nk_uint64_t w4)
{
    const nk_uint64_t words[] = {w0, w1, w2, w3, w4};
    return kos_core_call(riid, mid, 5, words);
}
static inline __attribute__((always_inline)) struct kos_core_result kos_core_call6(unsigned riid, unsigned mid,
                                                                                   nk_uint64_t w0, nk_uint64_t w1,
                                                                                   nk_uint64_t w2, nk_uint64_t w3,
                                                                                   nk_uint64_t w4, nk_uint64_t w5)
{
    const nk_uint64_t words[] = {w0, w1, w2, w3, w4, w5};
    return kos_core_call(riid, mid, 6, words);
}
static inline __attribute__((always_inline)) struct kos_core_result
kos_core_call7(unsigned riid, unsigned mid, nk_uint64_t w0, nk_uint64_t w1, nk_uint64_t w2, nk_uint64_t w3,
               nk_uint64_t w4, nk_uint64_t w5, nk_uint64_t w6)
{
    const nk_uint64_t words[] = {w0, w1, w2, w3, w4, w5, w6};
    return kos_core_call(riid, mid, 7, words);
}
static inline __attribute__((always_inline)) struct kos_core_result
kos_core_call8(unsigned riid, unsigned mid, nk_uint64_t w0, nk_uint64_t w1, nk_uint64_t w2, nk_uint64_t w3,
               nk_uint64_t w4, nk_uint64_t w5, nk_uint64_t w6, nk_uint64_t w7)
{
    const nk_uint64_t words[] = {w0, w1, w2, w3, w4, w5, w6, w7};
    return kos_core_call(riid, mid, 8, words);
}
#define KOS_CORE_PICK(w0, w1, w2, w3, w4, w5, w6, w7, name, ...) name
#define KOS_CORE_FITS(condition)                                 ((void)sizeof(char[(condition) ? 1 : -1])) /* else it does not compile */
/* KOS_CORE(VMM, Free, address, size): the parameters in the order of the definition, all of them. */
#define KOS_CORE(interface, method, ...)                                                                               \
    (KOS_CORE_FITS(KOS_CORE_PICK(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0) == KOS_WORDS_##interface##_##method##_in),    \
     KOS_CORE_PICK(__VA_ARGS__, kos_core_call8, kos_core_call7, kos_core_call6, kos_core_call5, kos_core_call4,        \
                   kos_core_call3, kos_core_call2, kos_core_call1,                                                     \
                   0)(KOS_RIID_##interface, (unsigned)KOS_CORE_MID(interface, method), __VA_ARGS__))
#define KOS_CORE0(interface, method)                                                                                   \
    (KOS_CORE_FITS(KOS_WORDS_##interface##_##method##_in == 0),                                                        \
     kos_core_call(KOS_RIID_##interface, (unsigned)KOS_CORE_MID(interface, method), 0, (const nk_uint64_t *)NK_NULL))
/* A parameter of the answer by its name. */
#define KOS_CORE_OUT(result, interface, method, name)                                                                  \
    ((result).w[KOS_CORE_##interface##_##method##_out_##name - 1]) /* behind rc */

/* The words of a call by their names: KOS_CORE_PARTS(TASK, Wait) parts = {.in = {.task = task}}. For methods with
 * parameters. */
#define KOS_CORE_PARTS(interface, method)                                                                              \
    union {                                                                                                            \
        struct kos_core_##interface##_##method##_in in;                                                                \
        struct kos_core_##interface##_##method##_out out;                                                              \
        nk_uint64_t words[8];                                                                                          \
    }

/* General form, with arenas: words in and out (8 places, as those of KOS_CORE_PARTS); out may be null if the method
 * answers without an arena. */
#ifdef __cplusplus
extern "C" {
#endif
Retcode KosCoreCallArena(unsigned riid, unsigned mid, unsigned count, nk_uint64_t words[8], const void *arena,
                         rtl_size_t arenaSize, unsigned responseCount, void *out, rtl_size_t outSize);
#ifdef __cplusplus
}
#endif
#define KOS_CORE_ARENA(interface, method, words, arena, arenaSize, out, outSize)                                       \
    KosCoreCallArena(KOS_RIID_##interface, (unsigned)KOS_CORE_MID(interface, method),                                  \
                     KOS_WORDS_##interface##_##method##_in, (words), (arena), (arenaSize),                             \
                     KOS_WORDS_##interface##_##method##_out, (out), (outSize))
