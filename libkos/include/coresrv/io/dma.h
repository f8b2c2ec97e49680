/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers that a device reads and writes by itself. One is contiguous, one block, zeroed, and cached: devices of the
 * machines that are supported see what the caches hold, so that attributes of caching change nothing. There is no
 * IOMMU: a device that is told an address can write there, so its driver is trusted as the kernel is.
 *
 *     Handle buffer, mapping, access;
 *     void *at;
 *     DmaInfo *info;
 *     KnIoDmaCreate(0, 4096, DMA_DIR_BIDIR, &buffer);
 *     KnIoDmaMap(buffer, 0, 4096, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &at, &mapping);
 *     KnIoDmaBegin(buffer, &access);
 *     KnIoDmaGetInfo(buffer, &info);
 *     ... the device gets (rtl_uint64_t)info->descriptors[0].frame << 12 ...
 *     KosMemFree(info);
 */
#pragma once
#include <kos/core.h>
#include <vmm/flags.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef rtl_uint32_t DmaAttr;
typedef rtl_uint64_t DmaAddr;

/* Who writes: one of them; the rest may be added. */
#define DMA_DIR_TO_DEVICE      KOS_DMA_TO_DEVICE
#define DMA_DIR_FROM_DEVICE    KOS_DMA_FROM_DEVICE
#define DMA_DIR_BIDIR          KOS_DMA_BIDIR
#define DMA_ZONE_DMA32         KOS_DMA_32
#define DMA_ATTR_WRITE_BACK    KOS_DMA_WRITE_BACK
#define DMA_ATTR_WRITE_THROUGH KOS_DMA_WRITE_THROUGH
#define DMA_ATTR_CACHE_DISABLE KOS_DMA_CACHE_DISABLE
#define DMA_ATTR_WRITE_COMBINE KOS_DMA_WRITE_COMBINE

#define DMA_FRAME_ORDER_BITS 12
#define DMA_FRAME_BASE_BITS  52
#define DMA_FRAMES_COUNT_MAX 512U

/* order: of a block's size in pages; frame: its address / 4096. */
typedef union DmaDescriptor {
    __extension__ struct {
        DmaAddr order : DMA_FRAME_ORDER_BITS;
        DmaAddr frame : DMA_FRAME_BASE_BITS;
    };
    DmaAddr raw;
} DmaDescriptor;

typedef struct DmaInfo {
    DmaAttr flags;
    rtl_size_t orderMin;
    rtl_size_t size;
    rtl_size_t count; /* of descriptors; 0: not available to the device */
    DmaDescriptor descriptors[1];
} DmaInfo;

/* Blocks of 2^order pages at least; size: whole pages. rcInvalidArgument, rcOutOfMemory (also: none below 4 GiB),
 * rcQuotaExceeded. */
static inline Retcode KnIoDmaCreate(rtl_uint32_t order, rtl_size_t size, DmaAttr flags, Handle *outRid)
{
    struct kos_core_result r = KOS_CORE(IO, RegisterDma, size, flags, order);
    *outRid = (Handle)KOS_CORE_OUT(r, IO, RegisterDma, resource);
    return r.rc;
}
/* One block, as every buffer is; prototype ours. */
static inline Retcode KnIoDmaCreateContinuous(rtl_size_t size, DmaAttr flags, Handle *outRid)
{
    return KnIoDmaCreate(0, size, flags, outRid);
}
/* vmflags: VMM_FLAG_READ, and VMM_FLAG_WRITE. Revoking *handle takes the mapping away, and so does KnVmUnmap. */
static inline Retcode KnIoDmaMap(Handle rid, rtl_size_t offset, rtl_size_t length, void *hint, int vmflags, void **addr,
                                 Handle *handle)
{
    struct kos_core_result r = KOS_CORE(IO, MapDma, rid, offset, length, (rtl_uintptr_t)hint, (rtl_uint32_t)vmflags);
    *addr = (void *)(rtl_uintptr_t)KOS_CORE_OUT(r, IO, MapDma, va);
    *handle = (Handle)KOS_CORE_OUT(r, IO, MapDma, mapping);
    return r.rc;
}
/* The buffer stays until *handle is closed, too. */
static inline Retcode KnIoDmaBegin(Handle rid, Handle *handle)
{
    struct kos_core_result r = KOS_CORE(IO, BeginDma, rid);
    *handle = (Handle)KOS_CORE_OUT(r, IO, BeginDma, access);
    return r.rc;
}
/* Addresses for the device, once KnIoDmaBegin was called; of the memory. To be freed by KosMemFree. rcOutOfMemory. */
Retcode KnIoDmaGetInfo(Handle rid, DmaInfo **outInfo);
Retcode KnIoDmaGetPhysInfo(Handle rid, DmaInfo **outInfo);
#ifdef __cplusplus
}
#endif
