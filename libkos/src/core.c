/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/hal/hal_api.h>
#include <kos/core.h>
#include <string.h>

Retcode KosCoreCallArena(unsigned riid, unsigned mid, unsigned count, nk_uint64_t words[8], const void *arena,
                         rtl_size_t arenaSize, unsigned responseCount, void *out, rtl_size_t outSize)
{
    struct {
        struct nk_message header;
        nk_uint64_t words[8];
    } request, response;
    SMsgHdr to = {.constant_part = (rtl_uintptr_t)&request,
                  .arena = (rtl_uintptr_t)arena,
                  .constant_size = KOS_MESSAGE_HEADER_SIZE + 8 * count,
                  .arena_size = (rtl_uint32_t)arenaSize};
    SMsgHdr from = {.constant_part = (rtl_uintptr_t)&response,
                    .arena = (rtl_uintptr_t)out,
                    .constant_size = sizeof(response),
                    .arena_size = (rtl_uint32_t)outSize};
    memcpy(request.words, words, 8UL * count);
    struct kos_message_words m = {.selector = KOS_CORE_HANDLE | KOS_CALL_MEMORY,
                                  .info = KOS_INFO(riid, mid, to.constant_size, 0),
                                  .receive = (rtl_uintptr_t)&from,
                                  .w = {(rtl_uintptr_t)&to}};
    kos_system_call(&m);
    if ((rtl_uint32_t)m.selector != 0)
        return (Retcode)(rtl_uint32_t)m.selector;
    memset(words, 0, 64);
    memcpy(words, (m.selector & KOS_STATUS_MEMORY) != 0 ? (const void *)response.words : m.w, 8UL * responseCount);
    return (Retcode)(rtl_uint32_t)words[0];
}

Retcode KnHalGetEnv(const char *name, char *value, rtl_size_t size)
{
    rtl_size_t length = strlen(name) + 1;
    KOS_CORE_PARTS(HAL, GetEnv) parts = {.in = {.name = {0, (unsigned)length}}};
    return KOS_CORE_ARENA(HAL, GetEnv, parts.words, name, length, value, size);
}
