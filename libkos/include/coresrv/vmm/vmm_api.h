/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <kos/core.h>
#include <vmm/flags.h>
static inline void *KnVmAllocate(void *addr, rtl_size_t size, int flags)
{
    struct kos_core_result r = KOS_CORE(VMM, Allocate, (rtl_uintptr_t)addr, size, (nk_uint64_t)(unsigned)flags);
    return r.rc == rcOk ? (void *)(rtl_uintptr_t)r.w[0] : RTL_NULL;
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
    *start = (void *)(rtl_uintptr_t)r.w[0];
    *size = (rtl_size_t)r.w[1];
    *flags = (int)r.w[2];
    return r.rc;
}
