/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/io/dma.h>
#include <kos/alloc.h>

static Retcode told(Retcode rc, rtl_uint64_t flags, rtl_uint64_t order, rtl_uint64_t size, struct kos_chunk chunk,
                    const rtl_uint64_t *frames, DmaInfo **result)
{
    rtl_size_t count = rc == rcOk ? chunk.size / sizeof(frames[0]) : 0;
    DmaInfo *info = rc == rcOk ? KosMemZalloc(sizeof(*info) + count * sizeof(info->descriptors[0])) : RTL_NULL;
    *result = info;
    if (info == RTL_NULL)
        return rc == rcOk ? rcOutOfMemory : rc;
    info->flags = (DmaAttr)flags;
    info->orderMin = order;
    info->size = size;
    info->count = count;
    for (rtl_size_t i = 0; i < count; i++)
        info->descriptors[i].raw = frames[i];
    return rcOk;
}

#define TOLD(method)                                                                                                   \
    rtl_uint64_t frames[DMA_FRAMES_COUNT_MAX];                                                                         \
    KOS_CORE_PARTS(IO, method) parts = {.in = {.resource = rid}};                                                      \
    Retcode rc = KOS_CORE_ARENA(IO, method, parts.words, NK_NULL, 0, frames, sizeof(frames));                          \
    return told(rc, parts.out.flags, parts.out.order, parts.out.size, parts.out.frames, frames, outInfo)

Retcode KnIoDmaGetInfo(Handle rid, DmaInfo **outInfo)
{
    TOLD(GetDmaInfo);
}

Retcode KnIoDmaGetPhysInfo(Handle rid, DmaInfo **outInfo)
{
    TOLD(GetDmaPhysInfo);
}
