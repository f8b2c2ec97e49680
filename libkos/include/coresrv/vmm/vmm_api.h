/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
#include <vmm/flags.h>
static inline void *KnVmAllocate(void *addr, rtl_size_t size, int flags)
{
    struct kos_core_result r = KOS_CORE(VMM, Allocate, (rtl_uintptr_t)addr, size, (nk_uint64_t)(unsigned)flags);
    return r.rc == rcOk ? (void *)(rtl_uintptr_t)KOS_CORE_OUT(r, VMM, Allocate, va) : RTL_NULL;
}
static inline Retcode KnVmCommit(void *addr, rtl_size_t size, int flags)
{
    return KOS_CORE(VMM, Commit, (rtl_uintptr_t)addr, size, (nk_uint64_t)(unsigned)flags).rc;
}
static inline Retcode KnVmDecommit(void *addr, rtl_size_t size)
{
    return KOS_CORE(VMM, Decommit, (rtl_uintptr_t)addr, size).rc;
}
static inline Retcode KnVmProtect(void *addr, rtl_size_t size, int flags)
{
    return KOS_CORE(VMM, Protect, (rtl_uintptr_t)addr, size, (nk_uint64_t)(unsigned)flags).rc;
}
static inline Retcode KnVmUnmap(void *addr, rtl_size_t size)
{
    return KOS_CORE(VMM, Free, (rtl_uintptr_t)addr, size).rc;
}
/* The region around addr: lowest address, bytes, VMM_FLAG_*. rcResourceNotFound: nothing is reserved there. */
static inline Retcode KnVmQuery(const void *addr, void **start, rtl_size_t *size, int *flags)
{
    struct kos_core_result r = KOS_CORE(VMM, Query, (rtl_uintptr_t)addr);
    *start = (void *)(rtl_uintptr_t)KOS_CORE_OUT(r, VMM, Query, start);
    *size = (rtl_size_t)KOS_CORE_OUT(r, VMM, Query, size);
    *flags = (int)KOS_CORE_OUT(r, VMM, Query, flags);
    return r.rc;
}

/*
 * MDL buffers: memory that processes share. flags: VMM_FLAG_READ, and VMM_FLAG_WRITE. The handle can be passed on; who
 * has it maps the buffer, or a part that begins at a page, with no more access than the handle's OCAP_MDL_* rights
 * allow. KnVmUnmap takes a mapping back as a whole. The buffer goes with its last handle and mapping; revoking a handle
 * takes the memory away from those who mapped it by that handle or by copies of it.
 */
static inline Retcode KnPmmMdlCreate(rtl_size_t size, int flags, Handle *mdl)
{
    struct kos_core_result r = KOS_CORE(VMM, MdlCreate, size, (nk_uint64_t)(unsigned)flags);
    *mdl = (Handle)KOS_CORE_OUT(r, VMM, MdlCreate, mdl);
    return r.rc;
}
/* hint: an address wished, or null. */
static inline Retcode KnPmmMdlMap(Handle mdl, rtl_size_t offset, rtl_size_t length, void *hint, int flags, void **addr)
{
    struct kos_core_result r =
        KOS_CORE(VMM, MdlMap, mdl, offset, length, (rtl_uintptr_t)hint, (nk_uint64_t)(unsigned)flags);
    *addr = (void *)(rtl_uintptr_t)KOS_CORE_OUT(r, VMM, MdlMap, va);
    return r.rc;
}
static inline Retcode KnPmmMdlGetSize(Handle mdl, rtl_size_t *size)
{
    struct kos_core_result r = KOS_CORE(VMM, MdlGetSize, mdl);
    *size = (rtl_size_t)KOS_CORE_OUT(r, VMM, MdlGetSize, size);
    return r.rc;
}
/* A new buffer with a copy of size bytes at data; one that is mapped, read and write, at *addr. */
#ifdef __cplusplus
extern "C" {
#endif
Retcode KnPmmMdlCreateFromBuf(const void *data, rtl_size_t size, int flags, Handle *mdl);
Retcode KnPmmMdlCreateFromVm(rtl_size_t size, int flags, void **addr, Handle *mdl);
#ifdef __cplusplus
}
#endif
