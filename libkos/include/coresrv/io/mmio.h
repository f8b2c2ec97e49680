/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of devices: whole pages, registered once, then mapped without cache. The kernel copies none of it
 * to other processes: a message or an arena that lies there is refused. */
#pragma once
#include <kos/core.h>
#include <vmm/flags.h>

/* rcInvalidArgument: RAM, or what the kernel keeps for itself; rcAlreadyExists: somebody has some of it. The handle can
 * be passed on; revoking it takes the mappings away. */
static inline Retcode KnRegisterPhyMem(rtl_uint64_t addr, rtl_size_t size, Handle *outRid)
{
    struct kos_core_result r = KOS_CORE(IO, RegisterMmio, addr, size);
    *outRid = (Handle)KOS_CORE_OUT(r, IO, RegisterMmio, resource);
    return r.rc;
}
/* prot: VMM_FLAG_READ, and VMM_FLAG_WRITE; attr: 0 or VMM_FLAG_CACHE_DISABLE, which is the same. Revoking *handle takes
 * the mapping away (KnHandleRevoke), and so does KnVmUnmap; closing it does not. */
static inline Retcode KnIoMapMem(Handle rid, rtl_uint32_t prot, rtl_uint32_t attr, void **addr, Handle *handle)
{
    struct kos_core_result r = KOS_CORE(IO, MapMem, rid, prot, attr);
    *addr = (void *)(rtl_uintptr_t)KOS_CORE_OUT(r, IO, MapMem, va);
    *handle = (Handle)KOS_CORE_OUT(r, IO, MapMem, mapping);
    return r.rc;
}

static inline rtl_uint8_t IoReadMmReg8(volatile void *reg)
{
    return *(volatile rtl_uint8_t *)reg;
}
static inline void IoWriteMmReg8(volatile void *reg, rtl_uint8_t v)
{
    *(volatile rtl_uint8_t *)reg = v;
}
static inline void IoReadMmBuffer8(volatile rtl_uint8_t *base, rtl_uint8_t *dst, rtl_size_t cnt)
{
    for (rtl_size_t i = 0; i < cnt; i++)
        dst[i] = base[i];
}
static inline void IoWriteMmBuffer8(volatile rtl_uint8_t *base, const rtl_uint8_t *src, rtl_size_t cnt)
{
    for (rtl_size_t i = 0; i < cnt; i++)
        base[i] = src[i];
}
static inline rtl_uint16_t IoReadMmReg16(volatile void *reg)
{
    return *(volatile rtl_uint16_t *)reg;
}
static inline void IoWriteMmReg16(volatile void *reg, rtl_uint16_t v)
{
    *(volatile rtl_uint16_t *)reg = v;
}
static inline void IoReadMmBuffer16(volatile rtl_uint16_t *base, rtl_uint16_t *dst, rtl_size_t cnt)
{
    for (rtl_size_t i = 0; i < cnt; i++)
        dst[i] = base[i];
}
static inline void IoWriteMmBuffer16(volatile rtl_uint16_t *base, const rtl_uint16_t *src, rtl_size_t cnt)
{
    for (rtl_size_t i = 0; i < cnt; i++)
        base[i] = src[i];
}
static inline rtl_uint32_t IoReadMmReg32(volatile void *reg)
{
    return *(volatile rtl_uint32_t *)reg;
}
static inline void IoWriteMmReg32(volatile void *reg, rtl_uint32_t v)
{
    *(volatile rtl_uint32_t *)reg = v;
}
static inline void IoReadMmBuffer32(volatile rtl_uint32_t *base, rtl_uint32_t *dst, rtl_size_t cnt)
{
    for (rtl_size_t i = 0; i < cnt; i++)
        dst[i] = base[i];
}
static inline void IoWriteMmBuffer32(volatile rtl_uint32_t *base, const rtl_uint32_t *src, rtl_size_t cnt)
{
    for (rtl_size_t i = 0; i < cnt; i++)
        base[i] = src[i];
}
